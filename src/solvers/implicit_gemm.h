#pragma once

// Any convolution as an implicit GEMM (kernels/params/implicit_gemm.h): every direction, layout,
// set of strides, filter, group and epilogue.

#include <optional>
#include <string>
#include <vector>

#include "solvers/solver.h"

namespace rdna1conv::implicit_gemm {

std::optional<std::string> refusal_forward(const ConvProblem& problem, const DeviceFacts& device);
std::optional<std::string> refusal_backward_data(const ConvProblem& problem,
                                                 const DeviceFacts& device);
std::optional<std::string> refusal_backward_weights(const ConvProblem& problem,
                                                    const DeviceFacts& device);

// Of every tile, without workspace and with sums split over workgroups.
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::implicit_gemm
