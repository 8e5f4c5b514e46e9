#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "plan/launch.h"

namespace rdna1conv {

// How one instance of a solver (a tile row of its table) would run a problem.
struct Plan {
  std::string_view instance;        // the row's name, e.g. "128x128x16"; points at a literal
  std::size_t workspace_bytes = 0;  // asked of the caller; 256-byte aligned sub-buffers inside
  double estimated_clocks = 0;      // by plan/cost_model.h
  std::vector<Launch> launches;     // in order, on one stream
};

}  // namespace rdna1conv
