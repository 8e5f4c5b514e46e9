#pragma once

// Backward weights for few channels a group, of tensors with any strides. A work item goes through
// output pixels and sums, for K output channels of a group and R x S taps of one input channel,
// dy times the input under each tap. A workgroup has 2^k_shift blocks of K channels, which may
// belong to several groups, times 2^pixel_shift work items that share the pixels; their sums are
// added up in a fixed order. Where that makes too few workgroups, the pixels are split among
// several, whose sums meet in the workspace and are added by params/weights_sum.h's kernel.

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"

namespace rdna1conv {

// Output pixels are counted by what they are worth in the input: `stride` for each step.
struct GroupedWeightsAxis {
  std::int32_t in;              // length
  std::int32_t extent, stride;  // output length * stride
  std::int32_t step;            // of a work item's pixels, this digit
  std::int32_t pad, dilation, filter;
  std::uint32_t x_stride;  // bytes
  // What the offsets gain, modulo 2^32, where this digit wraps and the next outer one counts up.
  std::uint32_t x_carry, y_carry;  // bytes
};

struct GroupedWeightsParams {
  const void* x;   // (n, groups * c, in)
  const void* y;   // (n, groups * k, out)
  void* w;         // (groups * k, c, filter), without splits
  float* partial;  // (split, groups * k, c, filter), packed, with splits

  GroupedWeightsAxis axes[3];    // depth, height, width
  std::uint32_t x_step, y_step;  // bytes that a work item's pixels are apart, but for carries
  std::uint64_t x_n, y_n;        // bytes
  std::uint32_t c, k;            // channels of one group
  std::uint32_t x_c, y_k;        // bytes
  std::uint32_t y_strides[3];    // bytes
  std::uint32_t w_strides[5];    // elements

  std::uint32_t k_shift, pixel_shift;
  std::uint32_t k_blocks;  // blocks of K channels in all groups
  FastDivision k_blocks_per_group;
  // blockIdx.x = ((image * image_splits + split) * tap_blocks + tap block) * k_groups + k group;
  // either one image stands for all, or each is split by itself.
  FastDivision k_groups, tap_blocks, image_splits;
  FastDivision blocks_s, blocks_r, filter_d;  // tap block = ((c, depth), block of R, block of S)
  FastDivision out_w, out_h, out_d;
  std::uint32_t pixels, split_pixels;  // of an image, of a split
  std::uint32_t writes_partial;
  std::uint64_t weights;

  EpilogueParams epilogue;
};

inline constexpr std::uint32_t kGroupedWeightsMaxThreads = 256;

}  // namespace rdna1conv
