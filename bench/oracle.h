#pragma once

// What a layer's result is compared with.

#include <cstdint>
#include <vector>

#include "reference/conv_case.h"

namespace rdna1conv::bench {

// Values of an output, in N, C, D, H, W order, or of a sample of its elements.
struct Oracle {
  std::vector<std::int64_t> sample;  // ascending; empty: all elements
  std::vector<double> values;

  // MIOpen's metric against these values; NaN if any element of `result`, in the sample or not, is
  // not finite.
  double error_of(const std::vector<double>& result) const;
};

// Of inputs drawn for a problem (`inputs.sums` is not read): the convolution summed in double
// precision, at every output, up to 20 GFLOP. Above, that would take longer than all else: there it
// is `cpu_result`, oneDNN's, after that was found to be off by less than half the tolerance at a
// sample of outputs in double precision; if it is not, or is empty, that sample is the oracle.
Oracle make_oracle(const ConvCase& inputs, std::vector<double> cpu_result, double tolerance);

// The same of a fused convolution: the sums are put into `inputs` and go through its epilogue with
// `scalars`; oneDNN's, which has none, are not asked for.
Oracle make_fused_oracle(ConvCase& inputs, const EpilogueScalars& scalars);

// Indices of as many outputs as cost `products`, at least two and at most all, spread over the
// tensor, ascending, first and last element among them.
std::vector<std::int64_t> sample_outputs(const ConvProblem& problem, double products);

}  // namespace rdna1conv::bench
