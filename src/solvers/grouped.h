#pragma once

#include "solvers/solver.h"

// Direct convolution for few channels a group (kernels/grouped.hip): depthwise with any multiplier,
// groups too narrow for a GEMM's tile, and single groups with few input or output channels. Any
// types, strides, filter, padding and dilation, 2-D and 3-D, epilogue. Each row of
// kernels/params/grouped_tiles.h is an instance; how its work items are spread over channels and
// pixels is chosen here for the problem.
namespace rdna1conv::grouped {

// Forward and backward data: no workspace.
std::optional<std::string> refusal_forward(const ConvProblem& problem, const DeviceFacts& device);
std::optional<std::string> refusal_backward_data(const ConvProblem& problem,
                                                 const DeviceFacts& device);
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::grouped
