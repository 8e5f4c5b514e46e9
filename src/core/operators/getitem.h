#pragma once

// The gradient of indexing a tensor as a value. It has no line of the driver's: indices are data.

#include <array>
#include <compare>
#include <cstdint>

#include "core/conv_problem.h"
#include "params/getitem.h"

namespace rdna1conv {

struct GetitemProblem {
  DataType type = DataType::kFloat;  // of dx and dy
  // Of a row: all dimensions of dx but those that are indexed.
  FiveDims lengths{1, 1, 1, 1, 1};
  FiveDims dy_strides{}, dx_strides{};
  std::int64_t rows = 1, dy_row = 0;
  std::int64_t offset = 0;  // elements from dx to the first that may be written to
  std::size_t index_count = 0;
  std::array<std::int64_t, kMaxIndices> index_step{}, dx_step{}, length{};

  auto operator<=>(const GetitemProblem&) const = default;
};

}  // namespace rdna1conv
