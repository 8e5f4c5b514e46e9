#pragma once

#include "solvers/solver.h"

// Backward weights for few channels a group (kernels/grouped_weights.hip): as solvers/grouped.h,
// with a workspace where the pixels are split among workgroups. Each row of
// kernels/params/grouped_weights_tiles.h is an instance.
namespace rdna1conv::grouped_weights {

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::grouped_weights
