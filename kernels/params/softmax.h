#pragma once

// Softmax, its logarithm and their gradients. A group is what sums to one: the channels of a pixel,
// or all elements of an item of the batch.

#include <cstdint>

#include "groups.h"

namespace rdna1conv {

// Groups in rows that are short are held: a wave has one, in vectors of kGroupVector elements, and
// keeps it in registers, so that each element is read once.
inline constexpr std::uint32_t kHeldGroups = kGroupThreads / 32;  // of a workgroup
inline constexpr int kFewHeld = 2, kManyHeld = 8;                 // vectors of a lane, at most

// y = alpha * result + beta * y; what y holds is read only with beta.
struct SoftmaxScalars {
  float alpha = 1, beta = 0;
};

struct SoftmaxForwardParams {
  const void* x;
  void* y;
  Walk<2> groups, members;  // of x, y
  std::uint32_t column_shift;
  std::uint32_t is_log;
  SoftmaxScalars scalars;
};

struct SoftmaxBackwardParams {
  const void *y, *dy;
  void* dx;
  Walk<3> groups, members;  // of y, dy, dx
  std::uint32_t column_shift;
  std::uint32_t is_log;
  SoftmaxScalars scalars;
};

}  // namespace rdna1conv
