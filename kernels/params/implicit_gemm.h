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

// Offsets and strides are in bytes. Kernels of 32-bit offsets use their lower half.
struct IndexSpace {
  // The outer digit (image or channel) is the fastest, before w, h, d; else the slowest, after
  // them.
  std::uint32_t outer_first;
  FastDivision outer;          // images or channels
  std::int32_t step[3];        // from one digit d, h, w to the next, positions in x
  std::int64_t x_outer;        // stride of the outer digit in x
  std::int64_t other_outer;    // and in the other tensor, y or w
  std::int64_t other_axis[3];  // strides of d, h, w in the other tensor
};

// Pixels and taps along one axis. Backward data of a stride has several classes of them: an input
// position i and a filter tap t meet where i + pad - t * dilation is a multiple of the stride, so
// positions i = residue (mod stride) see every tap_step-th tap from a first one on, or none at all.
// For each class that is a convolution of stride 1, without a product with a tap that does not
// reach. Elsewhere stride is 1 and there is one class; start is its first pixel's position.
struct ImplicitGemmAxis {
  FastDivision stride;
  FastDivision tap_step;      // stride / gcd(stride, dilation)
  FastDivision residues;      // that occur: the stride, or all positions if there are fewer
  FastDivision positions[2];  // the numbers of positions that residues have
  FastDivision taps[2];       // the numbers of taps that residues have, but 0
  std::uint32_t length, filter;
  std::int32_t start;  // pad, in the sense of backward data
  std::uint32_t dilation;
  std::uint32_t start_residue, dilation_residue;  // modulo the stride
  std::uint32_t norm_residue;                     // stride of the residue in norm_step's index
  std::int64_t a_tap, out_residue;  // strides of the first tap in a and of the residue in out
};

inline constexpr std::uint32_t kImplicitGemmAAlongR = 1;      // neighbouring lanes load along r,
inline constexpr std::uint32_t kImplicitGemmBAlongR = 2;      // else along m or j
inline constexpr std::uint32_t kImplicitGemmStoreAlongM = 4;  // neighbouring lanes store along m
inline constexpr std::uint32_t kImplicitGemmPadded =
    8;  // a pixel and a tap may meet in the padding

struct ImplicitGemmParams {
  const void* a;
  const void* x;
  void* out;
  void* partial;  // (class, group, split, m, j) if splits > 1, else unused

  IndexSpace pixel, tap;
  ImplicitGemmAxis axis[3];                  // d, h, w
  std::int64_t x_axis[3];                    // strides of d, h, w in x, bytes
  std::int64_t a_row, out_row;               // strides of m, bytes
  std::int64_t a_group, x_group, out_group;  // strides of the group, bytes
  std::uint32_t in[3];                       // lengths d, h, w of x
  std::uint32_t flags;
  std::uint32_t r;            // indices summed over, below kFastDivisionLimit
  std::uint32_t r_per_split;  // a multiple of kImplicitGemmTableRows
  std::uint32_t out_type;     // of int8 kernels, kImplicitGemmOut*

  FastDivision m, columns;  // columns and r: the most that a class has
  FastDivision tiles_m, tiles_j, splits, groups;

  EpilogueParams epilogue;
  std::uint32_t norm_step[3];  // of a pixel's digits in an array of all pixels
};

inline constexpr std::uint32_t kImplicitGemmOutFloat = 0;
inline constexpr std::uint32_t kImplicitGemmOutInt32 = 1;
inline constexpr std::uint32_t kImplicitGemmOutInt8 = 2;

// Entries of r that one wave decodes at a time.
inline constexpr std::uint32_t kImplicitGemmTableRows = 32;
inline constexpr std::uint32_t kImplicitGemmSumThreads = 256;

}  // namespace rdna1conv
