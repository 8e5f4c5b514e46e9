#pragma once

// Losses of each element or each row, and their sums: workgroups leave partial sums in the
// workspace, and one workgroup adds them up in a fixed order.

#include <cstdint>

#include "elementwise.h"
#include "groups.h"

namespace rdna1conv {

inline constexpr std::uint32_t kMaxPartialSums = 1024;

// log(1 + e^(-x * target)) for each element.
struct SoftMarginParams {
  const void *x, *target;
  void* y;
  SplitWalk<3> elements;  // of x, target, y
};
// dx = -target / (e^(x * target) + 1) * dy * factor
struct SoftMarginBackwardParams {
  const void *x, *target, *dy;
  void* dx;
  SplitWalk<4> elements;  // of x, target, dy, dx
  float factor;
};
struct SoftMarginSumParams {
  const void *x, *target;
  float* partial;    // one for each workgroup
  Walk<2> elements;  // of x, target
  std::uint32_t workgroups;
};

struct MultiMarginScalars {
  std::uint32_t power = 1;  // 1 or 2
  float margin = 1;
};
// weight[t] / classes * sum over c != t of max(0, margin - x[t] + x[c])^power for each row; rows
// whose t is no class have none.
struct MultiMarginParams {
  const void *x, *weight;
  const std::int64_t* target;
  void* y;         // of each row
  float* partial;  // or of each workgroup
  std::uint32_t rows, classes, workgroups;
  std::uint64_t x_row, x_class, weight_step, target_step, y_step;
  MultiMarginScalars scalars;
};

// y = factor * the sum of all partial ones
struct PartialSumsParams {
  const float* partial;
  void* y;
  std::uint32_t count;
  float factor;
};

// dx = x > 0 ? dy : weight * dy
struct PreluParams {
  const void *x, *dy, *weight;
  void* dx;
  SplitWalk<4> elements;  // of x, dy, weights, dx
};
// The gradient of a weight: the sum of x * dy where x is not positive.
struct PreluWeightsParams {
  const void *x, *dy;
  void* dw;
  Walk<3> groups;   // of weights, x, dy
  Walk<2> members;  // of x, dy
  std::uint32_t column_shift;
};

}  // namespace rdna1conv
