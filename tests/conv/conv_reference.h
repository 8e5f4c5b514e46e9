#pragma once

#include <span>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

// The convolution of a problem that is not transposed, summed in double precision by loops of its
// own on all the host's cores. The values are in N, C, D, H, W order whatever the problem's
// strides; of x, w and y the one that the direction computes is not read.
std::vector<double> convolve(const ConvProblem& problem, std::span<const float> x,
                             std::span<const float> w, std::span<const float> y);

}  // namespace rdna1conv
