#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

// The convolution of a problem that is not transposed, summed in double precision by loops of its
// own on all the host's cores. The values are in N, C, D, H, W order whatever the problem's
// strides; of x, w and y the one that the direction computes is not read.
std::vector<double> convolve(const ConvProblem& problem, std::span<const float> x,
                             std::span<const float> w, std::span<const float> y);

// The element of that at `index`, by the definition of the convolution: for samples of results that
// would take too long to have whole.
double convolve_at(const ConvProblem& problem, std::span<const float> x, std::span<const float> w,
                   std::span<const float> y, std::int64_t index);

// The same as a kernel would have it that sums in `type`: rounded after every product.
double narrow_sum_at(const ConvProblem& problem, DataType type, std::span<const float> x,
                     std::span<const float> w, std::span<const float> y, std::int64_t index);

// Products that one element of the output sums at most.
double products_per_output(const ConvProblem& problem);

}  // namespace rdna1conv
