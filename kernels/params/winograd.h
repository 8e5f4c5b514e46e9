#pragma once

// Winograd convolution F(m x m, 3 x 3) with stride 1 in one kernel on the tile engine: the input
// transform is the source, the products of all frequencies the multiply, the output transform the
// sink. Matrices: params/winograd_matrices.h. A lane has one tile of m x m outputs, a wave 32 tiles
// of all images and K output channels.
//
// A launch of its own transforms the filters: U is (group, k / K, c, frequency, K), with c rounded
// up to a multiple of two.

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
  std::uint32_t slice_channels;       // a multiple of the waves that share them
  // Whether neighbouring lanes load neighbouring channels of a tile, for channels last; else
  // neighbouring tiles.
  std::uint32_t channels_in_lanes;
};

// Transforms the filters of kWinogradFilterThreads / K channels of a block of K.
struct WinogradFilterParams {
  const char* w;
  float* u;
  std::uint32_t m, channels;       // of a group
  std::uint32_t pitch;             // elements of U from one block of K to the next
  FastDivision blocks, chunks;     // of a group; of channels: the grid is (group, block, chunk)
  std::uint64_t w_group;           // bytes
  std::uint32_t w_row, w_channel;  // bytes
  std::uint32_t w_axis[2];         // bytes, height and width
};
inline constexpr std::uint32_t kWinogradFilterThreads = 128;

// One row per instance: X(m, K) gives winograd_<m>x<K> and winograd_filter_<m>x<K>.
#define RDNA1CONV_WINOGRAD_TILES(X) \
  X(4, 4)                           \
  X(2, 8)                           \
  X(2, 4)

}  // namespace rdna1conv
