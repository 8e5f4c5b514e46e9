#pragma once

// The instances of DirectGroupedFwd that kernels/grouped_strips.hip has: fp32, two dimensions,
// square filters without dilation, neighbouring pixels side by side in x.

#include <vector>

#include "solvers/solver.h"

namespace rdna1conv::grouped_strips {

// None if the kernel cannot do the problem.
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);

Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::grouped_strips
