#pragma once

#include <vector>

#include "core/conv_problem.h"
#include "params/epilogue.h"
#include "strided_tensor.h"

namespace rdna1conv {

// A problem with inputs drawn from a fixed seed, rounded to their types, and what the convolution
// sums in double precision. Values are in N, C, D, H, W order whatever the problem's strides.
struct ConvCase {
  ConvProblem problem;         // as solvers see it: untransposed()
  std::vector<float> x, w, y;  // in [0, 1), [-1/2, 1/2), [-1/2, 1/2), int8's in [-128, 128);
                               // what the direction computes is empty
  // What the epilogue takes, as far as there is one.
  std::vector<float> z, bias, norm_scale, norm_shift, norm_mean, norm_variance;
  std::vector<float> output_before;  // if the problem is scaled
  std::vector<double> sums;

  StridedTensor output() const { return output_tensor(problem); }
};

enum class Values {
  kUniform,     // those above
  kIntegers,    // from -8 to 8: fp32 sums of up to 2^18 products are exact in any order
  kCancelling,  // odd, 5 or 7, half of the products that an output sums negative: fp32 sums are
                // exact as well, those of narrower types lose what is left
  kLarge,       // the same, with products beyond what fp16 holds and outputs on both sides of that
  kSmall        // the same, one factor a denormal of fp16 and products below the least of them
};
ConvCase make_case(const ConvProblem& problem, Values values = Values::kUniform);

// The same without the sums, which cost nearly all the time of it.
ConvCase draw_inputs(const ConvProblem& problem, Values values = Values::kUniform);

// Numbers for a run call that make every part of an epilogue show. Those of a scaled problem come
// with a beta other than 0 or, if `overwrites`, with beta 0.
EpilogueScalars scalars_for(const ConvProblem& problem, bool overwrites);

// What the run has to store: the sums after the epilogue of core/epilogue.h, not yet rounded to a
// floating output type.
std::vector<double> expected_output(const ConvCase& conv_case, const EpilogueScalars& scalars);

}  // namespace rdna1conv
