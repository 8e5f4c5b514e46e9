#pragma once

#include <cstdint>

namespace rdna1conv {

// Arguments of kernels/reference.hip: forward 2-D convolution, one output a work item. Strides are
// in elements, dimensions in the order of the name.
struct ReferenceParams {
  const float* x;  // [n, c, in_h, in_w], any strides
  const float* w;  // [k, c / groups, filter_h, filter_w], any strides
  float* y;        // [n, k, out_h, out_w], any strides

  std::int64_t x_n, x_c, x_h, x_w;  // strides of x
  std::int64_t w_k, w_c, w_r, w_s;  // strides of w
  std::int64_t y_n, y_k, y_h, y_w;  // strides of y

  std::int64_t outputs;  // n * k * out_h * out_w
  std::int32_t k, out_h, out_w;
  std::int32_t c_per_group, k_per_group;
  std::int32_t in_h, in_w, filter_h, filter_w;
  std::int32_t stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
};

inline constexpr std::uint32_t kReferenceBlock = 256;

}  // namespace rdna1conv
