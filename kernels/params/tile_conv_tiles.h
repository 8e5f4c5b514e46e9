#pragma once

// One row per instance of the forward convolution on the tile engine:
//   X(rows of a wave, columns of a lane, depth of a stage, source of the rows)
// gives the kernel tile_conv_<rows>x<columns * 32>x<depth>_<source>. Sources are
// kernels/tile/row_sources.h's: panels are written by a launch of their own, a matrix (m, k) or a
// transposed one (k, m) is w as it lies there. With pixels as rows, for channels last, the output
// channels are the columns and w comes from panels.
#define RDNA1CONV_TILE_CONV_TILES(X) \
  X(8, 8, 2, panels)                 \
  X(16, 4, 2, panels)                \
  X(8, 8, 3, panels)                 \
  X(8, 4, 4, panels)                 \
  X(8, 2, 4, panels)                 \
  X(8, 8, 2, matrix)                 \
  X(8, 4, 4, matrix)                 \
  X(8, 2, 4, matrix)                 \
  X(8, 8, 2, transposed)             \
  X(8, 4, 4, transposed)             \
  X(8, 2, 4, transposed)             \
  X(8, 8, 2, pixels)                 \
  X(8, 4, 4, pixels)                 \
  X(8, 2, 4, pixels)

// The same of bf16: products in fp32, panels in fp32, pixels as they lie in memory. Gives
// bfloat_conv_<rows>x<columns * 32>x<depth>_<source>.
#define RDNA1CONV_BFLOAT_CONV_TILES(X) \
  X(16, 4, 2, panels)                  \
  X(8, 4, 4, panels)                   \
  X(8, 2, 4, panels)                   \
  X(8, 4, 4, pixels)                   \
  X(8, 2, 4, pixels)
