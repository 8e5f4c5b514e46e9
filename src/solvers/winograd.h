#pragma once

#include "solvers/solver.h"

// Winograd F(2x2,3x3) and F(4x4,3x3) in separate passes (kernels/params/winograd.h): 3x3 filters of
// stride and dilation 1, any padding, groups.
namespace rdna1conv::winograd {

std::optional<std::string> refusal_f2x3(const ConvProblem& problem, const DeviceFacts& device);
std::optional<std::string> refusal_f4x3(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Instance> instances_f2x3(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Launch> launches_f2x3(const ConvProblem& problem, const Instance& instance);
std::vector<Instance> instances_f4x3(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Launch> launches_f4x3(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::winograd
