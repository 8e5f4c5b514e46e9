#pragma once

// From a problem to launches. A plan is cheap to compare: what decides between plans is an
// Instance, and its launches are built when it is chosen.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "plan/launch.h"

namespace rdna1conv {

// How one instance of a solver (a row of its table of tiles) would run a problem.
struct Instance {
  std::string_view name;            // the row's, e.g. "128x128x16"; points at a literal
  std::size_t workspace_bytes = 0;  // asked of the caller; 256-byte aligned sub-buffers inside
  double estimated_clocks = 0;      // by plan/estimate.h
  // Where weights are transformed or packed: the first bytes of the workspace that hold the result,
  // which launches with Launch::prepares_weights write and nothing else does.
  // What these launches take of the estimate.
  std::size_t weights_bytes = 0;
  double weights_clocks = 0;
  // What the solver decided, in its own terms: the row, and how the row is laid over the problem.
  std::uint32_t row = 0;
  std::array<std::uint32_t, 4> parameters{};
};

// An instance with its launches, in order, on one stream.
struct Plan {
  std::string_view instance;
  std::size_t workspace_bytes = 0;
  double estimated_clocks = 0;
  std::vector<Launch> launches;
};

}  // namespace rdna1conv
