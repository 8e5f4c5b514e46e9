#pragma once

// im2col: the column matrix of a convolution, one row for each (channel, filter row, filter column)
// and one column for each output pixel. What the padding covers is zero.

#include <cstdint>

#include "fast_division.h"

namespace rdna1conv {

struct Im2colParams {
  const float* x;  // (plane, h, w), a plane for each (image, channel)
  float* column;   // (plane, r, s, out_h, out_w)

  std::uint32_t elements;  // planes * out_h * out_w, below kFastDivisionLimit
  std::int32_t h, w;
  std::uint32_t r, s;
  std::int32_t stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;

  FastDivision out_pixels;  // out_h * out_w
  FastDivision out_w;
};

inline constexpr std::uint32_t kIm2colThreads = 256;

// The input row (or column) that output row `out` meets with filter row `r`; outside [0, length)
// it lies in the padding.
constexpr std::int32_t input_coordinate(std::uint32_t out, std::uint32_t r, std::int32_t stride,
                                        std::int32_t pad, std::int32_t dilation) {
  return static_cast<std::int32_t>(out) * stride - pad + static_cast<std::int32_t>(r) * dilation;
}

constexpr bool is_inside(std::int32_t coordinate, std::int32_t length) {
  return static_cast<std::uint32_t>(coordinate) < static_cast<std::uint32_t>(length);
}

}  // namespace rdna1conv
