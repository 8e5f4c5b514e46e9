#pragma once

// Winograd F(2x2,3x3) and F(4x4,3x3) in one kernel on the tile engine (kernels/winograd_fused.hip)
// behind a transform of the filters: forward fp32 2-D convolutions of any layout, padding and
// groups, and every epilogue in the store.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "solvers/solver.h"

namespace rdna1conv::winograd_fused {

// `m`: outputs along a tile's side, 2 or 4.
std::optional<std::string> refusal(std::int64_t m, const ConvProblem& problem,
                                   const DeviceFacts& device);
std::vector<Instance> instances(std::int64_t m, const ConvProblem& problem,
                                const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::winograd_fused
