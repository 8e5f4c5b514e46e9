#pragma once

#include "solvers/solver.h"

// A 1x1 filter without padding is a GEMM on x itself: no column matrix, strides included.
namespace rdna1conv::gemm_1x1 {

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::gemm_1x1
