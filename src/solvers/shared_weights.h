#pragma once

// Gradients of filters as products of matrices through LDS (kernels/shared_weights.hip), for groups
// with many channels: fp32, 1-D and 2-D, any layout, strides, padding and dilation.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "solvers/solver.h"

namespace rdna1conv::shared_weights {

// One row of kernels/params/shared_weights.h.
struct Tile {
  std::string_view name;   // "shared_128x128": channels of a workgroup, K by C
  const char* kernels[2];  // with pixels and with channels in the lanes
  std::uint32_t k, c;
};
std::span<const Tile> tiles();

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);

// Into how many splits the pixels are cut, whose sums a launch of their own adds up, is the best by
// estimate.
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);

Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::shared_weights
