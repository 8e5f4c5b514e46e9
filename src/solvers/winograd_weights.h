#pragma once

// Gradients of 3x3 filters with stride 1 by Winograd's F(3 x 3, 2 x 2) in one kernel
// (kernels/winograd_weights.hip): fp32, fp16 and bf16, summed in fp32; any layout, padding and
// groups.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "solvers/solver.h"

namespace rdna1conv::winograd_weights {

// One row of kernels/params/winograd_weights.h.
struct Tile {
  std::string_view name;   // "winograd_64x32": channels of a workgroup, K by C
  const char* kernels[3];  // in the order of kElementTypes
  std::uint32_t waves_k, waves_c;
};
std::span<const Tile> tiles();

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);

// Into how many splits the tiles of the images are cut, whose sums a launch of their own adds up,
// is the best by estimate.
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);

Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::winograd_weights
