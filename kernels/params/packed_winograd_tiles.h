#pragma once

// Winograd convolution of fp16 in one kernel (kernels/packed_winograd.hip), as params/winograd.h
// describes it, with these differences.
//
// Products are those of packed halves: two output channels an instruction, whose filters are a
// scalar register, times one input of a lane's tile. Eight channels, an octet, are summed in fp16
// and added to a sum in fp32. Inputs are transformed in fp16, filters in fp32 and rounded.
//
// U is (group, k / K, octet, row, 8, K) of halves, c filled up to whole octets: (m + 2)^2 rows of
// frequencies and nine of the filters' own taps, by which waves sum again whose sums left the range
// of fp16. All waves transform two channels of a step of 2 * sharers.
//
// Accuracy, of random data with weights around zero, in MIOpen's metric (a difference's rms in
// terms of the largest output): F(2x2,3x3) 2.9e-4, F(4x4,3x3) 7e-4, whatever the number of
// channels; its tolerance is 8.2e-3. Sixteen products a sum in fp16 would make 9e-4 of the latter.

#include "winograd.h"

namespace rdna1conv {

// Elements of a row of U, in channels; rows of taps behind those of frequencies.
inline constexpr std::uint32_t kOctet = 8, kTapRows = 9;

// One row per instance: X(m, K, source) gives packed_winograd_<m>x<K>_<source>, and needs
// packed_winograd_filter_<m>x<K>. Inputs are loaded as
//   halves   single elements
//   rows     a tile's own pixels of a row at once, as params/winograd.h has it. Seen with 16
//            images, against halves, in percent of fp32's FMA peak: (64,56,64) 249, 294;
//            (128,28,128) 257, 286; (256,14,256) 178, 180; (256,56,256) 267, 370
//   pairs    two channels that lie side by side, as channels last have them
#define RDNA1CONV_PACKED_WINOGRAD_TILES(X) \
  X(4, 4, halves)                          \
  X(2, 8, halves)                          \
  X(4, 4, rows)                            \
  X(2, 8, rows)                            \
  X(4, 4, pairs)                           \
  X(2, 8, pairs)
#define RDNA1CONV_PACKED_WINOGRAD_FILTERS(X) \
  X(4, 4)                                    \
  X(2, 8)

}  // namespace rdna1conv
