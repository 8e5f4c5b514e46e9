#pragma once

// Winograd F(2x2,3x3) and F(4x4,3x3) in one kernel on the tile engine (kernels/winograd.hip, and
// packed_winograd.hip of fp16) behind a transform of the filters: 2-D convolutions, forward and
// backward data, of any layout, padding and groups, and the engine's epilogues in the store.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "solvers/solver.h"

namespace rdna1conv::winograd {

std::optional<std::string> refusal_f2x3_forward(const ConvProblem& problem,
                                                const DeviceFacts& device);
std::optional<std::string> refusal_f4x3_forward(const ConvProblem& problem,
                                                const DeviceFacts& device);
std::optional<std::string> refusal_f2x3_backward_data(const ConvProblem& problem,
                                                      const DeviceFacts& device);
std::optional<std::string> refusal_f4x3_backward_data(const ConvProblem& problem,
                                                      const DeviceFacts& device);
std::vector<Instance> instances_f2x3(const ConvProblem& problem, const DeviceFacts& device);
std::vector<Instance> instances_f4x3(const ConvProblem& problem, const DeviceFacts& device);
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::winograd
