#pragma once

// Integer arithmetic of grids, Params structs and workspaces.

#include <cstdint>

namespace rdna1conv {

constexpr std::int64_t divide_up(std::int64_t numerator, std::int64_t denominator) {
  return (numerator + denominator - 1) / denominator;
}
constexpr std::uint32_t divide_up(std::uint32_t numerator, std::uint32_t denominator) {
  return (numerator + denominator - 1) / denominator;
}

// For Params fields; the solver's refusal has ruled out values that do not fit.
constexpr std::uint32_t to_u32(std::int64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::int32_t to_i32(std::int64_t value) { return static_cast<std::int32_t>(value); }

// Sub-buffers of a workspace start at multiples of this many bytes.
inline constexpr std::uint64_t kWorkspaceAlignment = 256;
constexpr std::uint64_t align_up(std::uint64_t bytes) {
  return (bytes + kWorkspaceAlignment - 1) / kWorkspaceAlignment * kWorkspaceAlignment;
}

}  // namespace rdna1conv
