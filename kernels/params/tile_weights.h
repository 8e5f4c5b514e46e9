#pragma once

// Gradients of filters as products of matrices, summed over the output pixels of all images:
// dw[k, c, tap] = sum over pixels of dy[k, pixel] * x[c, pixel moved by the tap]. Lanes hold
// neighbouring pixels, so both operands are read as they lie where the last axis is contiguous, and
// a wave adds its lanes' sums up at the end.

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"
#include "tile_conv.h"

namespace rdna1conv {

// How a lane goes 32 output pixels on along an axis, and what that is in bytes.
struct PixelStride {
  std::uint32_t length;            // of the output
  std::uint32_t move;              // of 32 pixels: 32 / (faster lengths) % length
  std::uint32_t carry_x, carry_y;  // bytes by which an overflow into the next axis moves x and dy
  std::uint32_t stride;            // pixels of the input from one output to the next
  std::uint32_t dilation, pad;
  std::uint32_t input;  // its length
};

struct TileWeightsParams {
  const char* x;
  const char* dy;
  char* w;         // dw
  float* partial;  // (split, group, k, c, tap), if there are several splits

  PixelSpace space;
  PixelStride axis[2];                 // height, width
  std::uint32_t move_x, move_y;        // bytes of 32 pixels without overflows
  std::uint32_t x_axis[2], y_axis[2];  // bytes from an output pixel to the next
  std::uint32_t x_image, y_image;      // bytes
  std::uint32_t x_channel, y_channel;  // bytes
  std::uint32_t x_tap[2];              // bytes from a tap to the next
  std::uint64_t origin;                // bytes by which padding begins before x
  std::uint64_t x_group, y_group;      // bytes

  std::uint32_t groups, k, c;  // channels of a group
  FastDivision taps, tap_width;
  std::uint32_t pixels;  // of all images
  std::uint32_t part;    // that one wave sums, a multiple of 32
  FastDivision tiles_m, tiles_n;
  std::uint32_t column_tiles;  // tiles of channels times taps
  // A workgroup's waves: 2^waves_m_bits tiles of k, 2^waves_n_bits of columns, and for each
  // `slices` that share its pixels.
  std::uint32_t waves_m_bits, waves_n_bits, slices;
  std::uint32_t splits;  // gridDim.y

  std::uint64_t w_group;                      // bytes
  std::uint32_t w_row, w_channel, w_axis[2];  // bytes
  EpilogueParams epilogue;
};

}  // namespace rdna1conv
