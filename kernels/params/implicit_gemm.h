#pragma once

// Convolution of any direction, layout and shape as a GEMM whose operands are gathered from the
// tensors while the tiles are staged, so that no column matrix is ever stored:
//   out[m, j] = sum over r of a[m, r] * b[r, j]
// Two index spaces count what a convolution loops over:
//   pixel (image, d, h, w)   with a place in x and one in y
//   tap   (channel, d, h, w) with a place in x and one in w
// A pixel's and a tap's position in x add up to the position of one element, which is zero if it
// lies in the padding. Either space may be the columns j, the other is then summed over:
//   role     columns  summed over  a      out
//   gather   pixels   taps         w      y    forward
//   gather   pixels   taps         w      x    backward data, with x and y exchanged: one problem
//                                              of stride 1 for each residue class of the stride
//   weights  taps     pixels       dy     w    backward weights
// Rows m are the channels that are left, k or (backward data) c; groups are batches.
// The sum may be split over workgroups: each writes its partial sum, in the type of the
// accumulator, and implicit_gemm_sum_* adds them up in a fixed order.

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"

namespace rdna1conv {

// Offsets are in bytes. Kernels of 32-bit offsets use the lower half of each stride.
struct IndexSpace {
  // The outer digit (image or channel) is the fastest, before w, h, d; else the slowest, after
  // them.
  std::uint32_t outer_first;
  FastDivision digits[3];  // lengths of the three fastest digits
  // Position in x of the digits d, h, w: start + digit * step.
  std::int32_t start[3], step[3];
  std::int64_t x_outer;        // stride of the outer digit in x
  std::int64_t other_outer;    // and in the other tensor, y or w
  std::int64_t other_axis[3];  // strides of d, h, w in the other tensor
};

inline constexpr std::uint32_t kImplicitGemmAAlongR = 1;      // neighbouring lanes load along r,
inline constexpr std::uint32_t kImplicitGemmBAlongR = 2;      // else along m or j
inline constexpr std::uint32_t kImplicitGemmStoreAlongM = 4;  // neighbouring lanes store along m

struct ImplicitGemmParams {
  const void* a;
  const void* x;
  void* out;
  void* partial;  // (split, group, m, j) if splits > 1, else unused

  IndexSpace pixel, tap;
  std::int64_t x_axis[3];                    // strides of d, h, w in x, bytes
  std::int64_t a_row, out_row;               // strides of m, bytes
  std::int64_t a_group, x_group, out_group;  // strides of the group, bytes
  std::uint32_t in[3];                       // lengths d, h, w of x
  std::uint32_t flags;
  std::uint32_t r;            // indices summed over, below kFastDivisionLimit
  std::uint32_t r_per_split;  // a multiple of kImplicitGemmTableRows
  std::uint32_t out_type;     // of int8 kernels, kImplicitGemmOut*

  FastDivision m, columns;
  FastDivision tiles_m, tiles_j, splits;

  EpilogueParams epilogue;
  // The index of a normalization parameter of a pixel: start + sum of digit * step.
  std::uint32_t norm_start, norm_step[3];
};

inline constexpr std::uint32_t kImplicitGemmOutFloat = 0;
inline constexpr std::uint32_t kImplicitGemmOutInt32 = 1;
inline constexpr std::uint32_t kImplicitGemmOutInt8 = 2;

// Entries of r that one wave decodes at a time.
inline constexpr std::uint32_t kImplicitGemmTableRows = 32;
inline constexpr std::uint32_t kImplicitGemmSumThreads = 256;

}  // namespace rdna1conv
