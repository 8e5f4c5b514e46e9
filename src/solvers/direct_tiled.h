#pragma once

#include "solvers/solver.h"

// Tiled direct convolution (kernels/direct.hip): any filter, stride, padding, dilation and groups,
// no workspace. Each row of kernels/params/direct_tiles.h is an instance; how its work items are
// spread over columns, rows, output channels and groups is chosen here for the problem.
namespace rdna1conv::direct_tiled {

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::direct_tiled
