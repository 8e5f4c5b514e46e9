#pragma once

// Local response normalization: with s = k + alpha / window's size * (sum of x^2 over the window),
// y = x * s^-beta. The window is of neighbouring channels, or a square of the channel's pixels; of
// an even side the longer half lies behind. A work item has an element, counted W, H, C, N, or with
// channels last C, W, H, N.

#include <cstdint>

#include "fast_division.h"

namespace rdna1conv {

struct LrnScalars {
  float alpha = 1, beta = 1, k = 1;
};

struct LrnParams {
  const void* x;
  void* y;         // backward: read
  const void* dy;  // backward
  void* dx;        // backward
  float* s;        // (N, C, H, W), packed: written forward if `saves`, read backward
  FastDivision digit[3];
  std::uint32_t channels_last;
  std::uint32_t count;
  std::int32_t channels, height, width;
  // Strides of n, c, h, w.
  std::uint64_t x_stride[4], y_stride[4], dy_stride[4], dx_stride[4];
  std::int32_t before, behind;  // elements of the window beside the middle one
  float size_inverse;           // 1 / elements of a whole window
  std::uint32_t saves;
  LrnScalars scalars;
};

inline constexpr std::uint32_t kLrnThreads = 256;

}  // namespace rdna1conv
