#pragma once

// Direct convolution: a workgroup stages a patch of x and the filters of its output channels in
// LDS, some input channels at a time, and each thread keeps `K` output channels x `H` output rows
// of one output column in registers. The work items of a workgroup are spread over columns, row
// blocks, output channels and groups by powers of two that the host chooses for the problem:
//   thread = ((group lane << k_shift | k lane) << row_shift | row lane) << column_shift | column
// Either there is one group lane, or all input channels of a group are staged at once.

#include <cstdint>

#include "fast_division.h"

namespace rdna1conv {

struct DirectParams {
  const float* x;  // (image, groups * c, in_h, in_w)
  const float* w;  // (groups * k, c, r, s)
  float* y;        // (image, groups * k, out_h, out_w)

  std::uint32_t threads;  // of a workgroup
  std::uint32_t column_shift, row_shift, k_shift;
  std::uint32_t group_lanes;

  std::uint32_t groups, c, k;  // c, k: channels of one group
  std::int32_t in_h, in_w;
  std::uint32_t out_h, out_w;
  std::uint32_t r, s;
  std::int32_t pad_h, pad_w;
  std::uint32_t stride_h, stride_w, dilation_h, dilation_w;

  std::uint32_t c_step;  // input channels staged at a time
  // The patch in LDS: (plane, column, row), a plane for each staged channel.
  std::uint32_t patch_h, patch_w;           // rows and columns that are filled
  std::uint32_t column_pitch, plane_pitch;  // floats
  std::uint32_t patch_elements;             // planes * patch_h * patch_w
  FastDivision patch_w_division, patch_h_division;
  // `threads` as so many planes, rows and columns: what an element index advances by.
  std::uint32_t step_planes, step_rows, step_columns;
  // The filters in LDS: (group lane, c_step, r, s, k), k padded to k_pitch.
  std::uint32_t filter_offset;  // floats from the start of LDS
  std::uint32_t filter_elements, k_pitch;
  std::uint32_t filter_area;       // r * s
  std::uint32_t filter_row_pitch;  // s * k_pitch
  FastDivision filter_run;         // c_step * r * s
  // `threads` as so many filters and elements of a run.
  std::uint32_t step_filters, step_run;

  // blockIdx.x = (((image * group_blocks + group block) * tiles_h + tile row) * tiles_w +
  //               tile column) * k_blocks + k block
  FastDivision k_blocks, tiles_w, tiles_h, group_blocks;
};

inline constexpr std::uint32_t kDirectMaxThreads = 256;

}  // namespace rdna1conv
