#pragma once

#include <cstdint>

#include "epilogue.h"

namespace rdna1conv {

// Arguments of kernels/reference.hip: any convolution in one of three directions. The tensors have
// the names they have in the forward direction. Strides are in elements, triples in the order
// depth, height, width.
struct ReferenceParams {
  void* x;  // (n, groups * c, in)
  void* w;  // (groups * k, c, filter)
  void* y;  // (n, groups * k, out)

  std::int64_t x_strides[5], w_strides[5], y_strides[5];

  std::int64_t n, outputs,
      step;  // images; elements of what is computed, of them by all workgroups at once
  std::int64_t in[3], out[3];  // lengths
  std::int32_t c, k, groups;   // channels of one group
  std::int32_t channels_last;  // neighbouring work items take neighbouring channels, not columns
  std::int32_t filter[3], pad[3], stride[3], dilation[3];

  // Backward data: dilation / stride and its remainder, what an output coordinate loses per tap.
  std::int32_t tap_step[3], tap_remainder[3];

  // Backward weights: so many lanes (a power of two within a wave) share one weight, and each goes
  // through (n, out) in steps of as many, here as digits (n, depth, height, width).
  std::int32_t lanes;
  std::int64_t lane_step[4];

  EpilogueParams epilogue;
};

inline constexpr std::uint32_t kReferenceBlock = 256;

}  // namespace rdna1conv
