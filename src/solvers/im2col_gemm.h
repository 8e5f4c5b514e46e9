#pragma once

#include "solvers/solver.h"

// im2col into the workspace, then a GEMM on the column matrix (kernels/im2col.hip, gemm.hip): any
// filter, stride, padding, dilation and groups, some images at a time.
namespace rdna1conv::im2col_gemm {

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::im2col_gemm
