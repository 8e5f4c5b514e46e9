#pragma once

// The gradient of indexing a tensor with tensors of indices: each row of dy is added to the row of
// dx that its indices name. A work item has one element of all rows and takes them in order, so
// that rows of the same indices are added up without atomics, the same way at every run.

#include <cstdint>

#include "elementwise.h"

namespace rdna1conv {

inline constexpr int kMaxIndices = 5;

struct GetitemParams {
  const void* dy;
  void* dx;
  const std::int32_t* index[kMaxIndices];
  std::int32_t* error;    // -1 for each tensor that has an index out of range
  SplitWalk<2> elements;  // of dy, dx: a row
  std::uint32_t rows, index_count;
  std::uint64_t dy_row;
  std::uint64_t index_step[kMaxIndices], dx_step[kMaxIndices];
  std::int32_t length[kMaxIndices];  // of dx; negative indices count from its end
};

}  // namespace rdna1conv
