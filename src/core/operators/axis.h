#pragma once

// A reduction along one dimension as a value: sums, products, extremes, the k-th smallest.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/axis.h"

namespace rdna1conv {

struct AxisProblem {
  AxisOperation operation = AxisOperation::kSum;
  DataType type = DataType::kFloat;  // of x and y; indices are int32, of the k-th value 64 bits
  FiveDims lengths{1, 1, 1, 1, 1};   // of x
  std::int64_t dimension = 0;        // that is reduced, of these five
  // Of y and the indices 0 along it; zeros of what there is not.
  FiveDims x_strides{}, y_strides{}, index_strides{};
  bool skips_nan = false;  // sums and products

  auto operator<=>(const AxisProblem&) const = default;

  bool has_indices() const { return operation >= AxisOperation::kArgMin; }
  bool has_values() const {
    return operation != AxisOperation::kArgMin && operation != AxisOperation::kArgMax;
  }
};

// MIOpenDriver's lines:
//   reducecalculation -X 4x8x12x32 -R 1 -N 1 -O 2     -O: 1 product, 2 sum; -N 0 leaves NaN out
//   reduceextreme -X 4x8x12x32 -R 1 -O 2              -O: 1 argmin, 2 argmax, 3 min, 4 max
//   kthvalue -D 4x8x12x32 -k 5 -d 3
std::string to_driver_line(const AxisProblem& problem, const KthValueScalars& scalars = {});

struct ParsedAxis {
  AxisProblem problem;
  KthValueScalars scalars;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedAxis parse_axis(std::string_view line);

}  // namespace rdna1conv
