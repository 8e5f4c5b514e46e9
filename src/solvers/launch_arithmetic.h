#pragma once

// Integer arithmetic of grids, Params structs and workspaces.

#include <cstdint>
#include <limits>

#include "params/fast_division.h"

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

// HIP counts the work items of a launch in 32 bits.
inline constexpr std::uint64_t kMaxWorkItems = std::numeric_limits<std::uint32_t>::max();
// Of a launch whose indices go through FastDivision.
inline constexpr std::uint64_t kMaxDividedWorkItems = kFastDivisionLimit - 1;

constexpr std::uint32_t log2_of(std::int64_t power_of_two) {
  std::uint32_t shift = 0;
  while ((std::int64_t{1} << shift) < power_of_two) ++shift;
  return shift;
}

// Sub-buffers of a workspace start at multiples of this many bytes.
inline constexpr std::uint64_t kWorkspaceAlignment = 256;
constexpr std::uint64_t align_up(std::uint64_t bytes) {
  return (bytes + kWorkspaceAlignment - 1) / kWorkspaceAlignment * kWorkspaceAlignment;
}

}  // namespace rdna1conv
