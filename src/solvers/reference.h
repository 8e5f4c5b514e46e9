#pragma once

#include "solvers/solver.h"

// One output a work item (kernels/reference.hip): any direction, types, shape, strides and
// epilogue. The last resort and what the other solvers are checked against.
namespace rdna1conv::reference {

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Plan> plans(const ConvProblem& problem, const DeviceFacts& device);

}  // namespace rdna1conv::reference
