#pragma once

#include "solvers/solver.h"

// One output a work item (kernels/reference.hip): any direction, types, shape, strides and
// epilogue. The last resort and what the other solvers are checked against.
namespace rdna1conv::reference {

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::reference
