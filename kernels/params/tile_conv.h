#pragma once

// A forward convolution as a product of matrices on the tile engine (kernels/tile): y[k, pixel] =
// sum over taps and channels of w[k, tap, channel] * x[channel, pixel moved by the tap]. Rows are
// the output channels of a group, columns the output pixels of all images, in any layout; or the
// other way round, where a kernel's name ends in pixels.

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"

namespace rdna1conv {

// Positions of an output: column = ((image * depth + d) * height + h) * width + w.
struct PixelSpace {
  FastDivision volume, plane, width;  // of an image, of its planes, of its rows
};

struct GatherAxis {
  std::uint32_t length;                 // of the input
  std::uint32_t stride, pad, dilation;  // pixels
  std::uint32_t filter;                 // taps
  std::uint32_t step, tap;              // bytes from one position, one tap to the next
};

// Where the input pixels of taps and columns lie. Offsets are below 2^31 bytes.
struct PixelGather {
  PixelSpace space;
  GatherAxis axis[3];                 // depth, height, width; their filters' sum is at most 32
  FastDivision tap_plane, tap_width;  // taps of a plane and of a row of the filter
  FastDivision stages_a_tap;          // that the channels of a group take
  std::uint64_t origin;               // bytes by which padding begins before the tensor
  std::uint32_t image, channel;       // bytes from one to the next
  std::uint32_t channels;             // of a group
  std::uint32_t padded;               // whether a tap may lie outside the input
};

struct TileConvParams {
  const float*
      w;  // panels (group, m / 16, k, 16), or (group, m, k) or (group, k, m) as it lies there
  const char* x;
  char* y;

  PixelGather gather;
  std::uint32_t m, columns;        // output channels of a group; pixels of all images
  std::uint32_t stages;            // of all taps
  std::uint32_t depth;             // k from a panel to the next or the pitch of a row, elements
  std::uint64_t w_group;           // elements
  std::uint64_t x_group, y_group;  // bytes
  std::uint32_t y_image, y_channel, y_axis[3];  // bytes; offsets are below 2^31

  FastDivision tiles_m, tiles_n;
  // A workgroup's waves: 2^waves_m_bits tiles of rows, 2^waves_n_bits tiles of columns, and for
  // each `slices` waves that share its k stage by stage and add up through LDS.
  std::uint32_t waves_m_bits, waves_n_bits, slices;

  EpilogueParams epilogue;
};

inline constexpr std::uint32_t kTilePackMaxOrder = 256;

// Writes w, of any strides, as panels: (group, m / 16, tap * padded channels, 16), zero where there
// is no row or channel.
struct TilePackParams {
  const char* w;
  float* panels;
  std::uint32_t m, channels;  // of a group
  FastDivision padded_channels, taps, tap_plane, tap_width;
  FastDivision panels_a_group, chunks;        // of the grid
  std::uint64_t w_group;                      // bytes
  std::uint32_t w_row, w_channel, w_axis[3];  // bytes
  std::uint32_t depth,
      pitch;  // padded_channels * taps; from a panel to the next, elements of a row
  // Rows lie closer together in w than channels, so that lanes read along those.
  std::uint32_t along_rows;
  // Whether the panel has the taps in the order of `order` (panel's tap to w's), not in w's.
  std::uint32_t ordered;
  std::uint16_t order[kTilePackMaxOrder];
};
inline constexpr std::uint32_t kTilePackThreads = 256;
inline constexpr std::uint32_t kTilePackChunk = 64;  // elements of a row that a workgroup takes

}  // namespace rdna1conv
