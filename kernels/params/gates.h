#pragma once

// Operators of two elements of one tensor: gated linear units and rotary position embedding.

#include <cstdint>

#include "elementwise.h"

namespace rdna1conv {

// y = a * logistic(b), where a and b are the halves of x along one dimension.
struct GluForwardParams {
  const void* x;
  void* y;
  SplitWalk<2> elements;  // of a, y
  std::uint64_t x_half;   // elements from a to b
};
struct GluBackwardParams {
  const void *x, *dy;
  void* dx;
  SplitWalk<3> elements;  // of a, dy, da
  std::uint64_t x_half, dx_half;
};

// Pairs of neighbours are turned: y = x * cos + turned(x) * sin, where turned(x) is (-x[1], x[0]);
// backward the other way round. cos and sin are repeated.
struct RopeParams {
  const void *x, *cos, *sin;
  void* y;
  std::uint32_t pairs;
  FastDivision period;  // pairs of cos and sin
  std::uint32_t is_backward;
};

}  // namespace rdna1conv
