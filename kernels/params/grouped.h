#pragma once

// Direct convolution for few channels a group, of tensors with any strides. Forward and backward
// data are one kernel: each output element gathers. `in` is what is read (x, or y of backward
// data), `out` what is written.
//
// Along each axis the outputs are taken in `phases` interleaved classes: 1 forward, in backward
// data the stride, or one for each output if these are fewer. The outputs phase + j * phases of one
// class use the same taps of the filter, and the input of tap t lies at j * in_step + base + t *
// tap_step, so that a class is an ordinary convolution without holes.
//
// A work item computes K output channels of a group and P outputs along the height. A workgroup has
// 2^k_shift * 2^pixel_shift of them: over blocks of K channels, which may belong to several groups,
// and over columns (image, depth, block of P rows, width).

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"

namespace rdna1conv {

struct GroupedAxis {
  std::int32_t in, out, filter;  // lengths
  std::int32_t in_step, phases;
  std::int32_t pad, stride, dilation;  // of the convolution
  // Backward data: of the taps one in tap_phases hits a class, each tap_step lower than the last.
  std::int32_t tap_phases, tap_step;
  std::uint32_t in_stride, out_stride;  // bytes, elements
  std::uint32_t w_stride;               // elements
};

struct GroupedParams {
  const void* in;  // (n, groups * in_c, depth, height, width)
  const void* w;   // (groups, out_c, in_c, depth, height, width) as w_k and w_c are set
  void* out;       // (n, groups * out_c, depth, height, width)

  GroupedAxis axes[3];  // depth, height, width
  std::uint32_t backward;
  std::uint32_t in_c, out_c;        // channels of one group
  std::uint32_t in_c_stride;        // bytes
  std::uint32_t out_c_stride;       // elements
  std::uint64_t in_n_stride;        // bytes
  std::uint64_t out_n_stride;       // elements
  std::uint32_t w_group, w_k, w_c;  // strides by group, output and input channel, elements

  std::uint32_t k_shift, pixel_shift;
  std::uint32_t channels_fast;  // neighbouring lanes hold neighbouring channels, not columns
  std::uint32_t pixels;         // columns of one phase that a workgroup's index counts
  std::uint32_t k_blocks;       // blocks of K channels in all groups
  FastDivision k_blocks_per_group;
  // Columns in (image, depth, block of rows, width) order. Either all images are counted here, or
  // blockIdx counts them.
  FastDivision pixel_w, pixel_h, pixel_d;
  // blockIdx.x = ((image * pixel_groups + pixel group) * k_groups + k group) * phases + phase
  FastDivision phases, k_groups, pixel_groups;
  FastDivision phases_w, phases_h;

  std::uint32_t c_step;       // input channels whose filters are staged in LDS at a time
  std::uint32_t slots;        // K << k_shift: output channels of a workgroup
  std::uint32_t filter_area;  // taps
  // A staged element: (c, tap, slot), slot fastest.
  FastDivision slots_division, area_division, filter_w, filter_h;

  EpilogueParams epilogue;
};

inline constexpr std::uint32_t kGroupedMaxThreads = 256;

}  // namespace rdna1conv
