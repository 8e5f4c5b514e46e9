#pragma once

// Winograd convolution F(m x m, 3 x 3) with stride 1 in one kernel on the tile engine: the input
// transform is the source, the products of all frequencies the multiply, the output transform the
// sink. Matrices: params/winograd_matrices.h. A lane has one tile of m x m outputs, a wave 32 tiles
// of all images and K output channels.
//
// Filters are transformed by a launch of their own: U is (group, k / K, c, frequency, K), with c
// rounded up to a multiple of two. Or, raw, on their way by each wave that multiplies with them:
// where maps are small the transform is a small part of the work, and U, up to four times as large
// as w, need not go through memory.
//
// Where no more than 16 tiles are left for a wave, its two rows of 16 lanes take the same tiles
// with different channels, and add up in the end.

#include <cstdint>

#include "fast_division.h"
#include "tile_conv.h"

namespace rdna1conv {

struct WinogradParams {
  // w: U; depth: elements from one block of K to the next; tiles_m, tiles_n: workgroups along k and
  // along the tiles; waves_m_bits: waves that share a slice's transformed inputs, each with K of
  // the output channels; slices: parts of c that add up in the end.
  TileConvParams conv;
  FastDivision image_tiles, tiles_w;  // tiles of an image, of a row
  std::uint32_t tiles;                // of all images
  // Channels of a slice, a multiple of the waves that share them; with halves of each of the two
  // parts of a slice that a wave's rows of lanes take.
  std::uint32_t slice_channels;
  std::uint32_t half_bits;  // 1 with halves, else 0
  // Whether neighbouring lanes load neighbouring channels of a tile, for channels last; else
  // neighbouring tiles.
  std::uint32_t channels_in_lanes;
  // Workgroups begin at different channels of their slices, so that what they read at the same time
  // does not lie in the same slices of L2: each this many channels after the one before it along k
  // and along the tiles, multiples of the waves that share.
  std::uint32_t turn_m, turn_n;
  FastDivision turns;  // by slice_channels
  // Of raw filters, which conv.w points to; bytes. Sums with w_axis are modulo 2^32.
  std::uint64_t w_group;
  std::uint32_t w_row, w_channel, w_first, w_axis[2];  // w_first: to the first tap
};

// What a kernel reads: transformed filters or raw ones, and inputs pixel by pixel or, in the cases
// that end in rows, a tile's own pixels of a row at once and its neighbours' one by one. Rows of
// tiles are whole there and padded by one pixel, and pixels lie side by side. Lanes that read
// pixels one by one lie m apart, in the same banks of L0. Seen on the software device with 16
// images, in percent of the FMA peak, before and so: (64,56,64) 161, 197; (128,28,128) 158, 191;
// (256,14,256) 132, 139; where banks of L0 cost nothing (clock 'kind') 205, 232; 201, 238; 153,
// 158.
enum class WinogradSource { transformed, raw, transformed_rows, raw_rows };
constexpr bool has_raw_filters(WinogradSource source) {
  return source == WinogradSource::raw || source == WinogradSource::raw_rows;
}
constexpr bool reads_rows(WinogradSource source) {
  return source == WinogradSource::transformed_rows || source == WinogradSource::raw_rows;
}

// Transforms the filters of kWinogradFilterThreads / K channels of a block of K.
struct WinogradFilterParams {
  const char* w;
  float* u;
  std::uint32_t m, channels;       // of a group
  std::uint32_t pitch;             // elements of U from one block of K to the next
  FastDivision blocks, chunks;     // of a group; of channels: the grid is (group, block, chunk)
  std::uint64_t w_group;           // bytes
  std::uint32_t w_row, w_channel;  // bytes
  // Bytes to the first tap, and from a tap to the next along height and width; sums modulo 2^32.
  std::uint32_t w_first, w_axis[2];
};
inline constexpr std::uint32_t kWinogradFilterThreads = 128;

// One row per instance: X(m, K, source) gives winograd_<m>x<K>_<source>; those with transformed
// filters need winograd_filter_<m>x<K>, a row each in the third table.
#define RDNA1CONV_WINOGRAD_TILES(X) \
  X(4, 4, transformed)              \
  X(2, 8, transformed)              \
  X(2, 4, transformed)              \
  X(4, 4, raw)                      \
  X(2, 8, raw)                      \
  X(2, 4, raw)                      \
  X(4, 4, transformed_rows)         \
  X(2, 8, transformed_rows)         \
  X(2, 4, transformed_rows)         \
  X(4, 4, raw_rows)                 \
  X(2, 8, raw_rows)                 \
  X(2, 4, raw_rows)
// The same of bf16, whose products are in fp32 and whose U is: bfloat_winograd_<m>x<K>_<source>.
// Without 4x4 transformed: unpacking pixel by pixel, it would spill three registers.
#define RDNA1CONV_BFLOAT_WINOGRAD_TILES(X) \
  X(2, 8, transformed)                     \
  X(4, 4, raw)                             \
  X(2, 4, raw)                             \
  X(4, 4, transformed_rows)                \
  X(2, 8, transformed_rows)                \
  X(4, 4, raw_rows)                        \
  X(2, 8, raw_rows)
#define RDNA1CONV_WINOGRAD_FILTERS(X) \
  X(4, 4)                             \
  X(2, 8)                             \
  X(2, 4)

}  // namespace rdna1conv
