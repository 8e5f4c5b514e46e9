#pragma once

// Layer normalization and its kin: of all elements of an item, of a group of channels, by the root
// mean square alone. What shares its statistics is a group, whose members are neighbours in memory
// where x is packed.

#include <cstdint>

#include "groups.h"

namespace rdna1conv {

struct LayerNormScalars {
  float epsilon = 0;
};

// y = (v - mean) / sqrt(variance + epsilon) * weight + bias, with v = x or x + x2. Statistics are
// stored where their pointers are not null.
struct LayerNormForwardParams {
  const void *x, *x2;
  const void *weight, *bias;  // null: 1 and 0
  void *y, *mean, *inverse;
  Walk<5> groups;   // of x, x2, y, statistics, weights
  Walk<4> members;  // of x, x2, y, weights
  float members_inverse;
  std::uint32_t by_mean_square;  // no mean is subtracted
  LayerNormScalars scalars;
};

// Of the root mean square alone, with 1 / sqrt(mean of squares + epsilon) as the forward call
// stored it.
struct LayerNormBackwardParams {
  const void *x, *dy;  // dy: null for zeros
  const void *weight, *inverse;
  void* dx;
  Walk<5> groups;   // of x, dy, dx, statistics, weights
  Walk<4> members;  // of x, dy, dx, weights
  float members_inverse;
};

// The gradient of each weight: groups and members change places.
struct LayerNormWeightsParams {
  const void *x, *dy, *inverse;
  void* dw;
  Walk<3> groups;   // of weights, x, dy
  Walk<3> members;  // of x, dy, statistics
  std::uint32_t column_shift;
};

}  // namespace rdna1conv
