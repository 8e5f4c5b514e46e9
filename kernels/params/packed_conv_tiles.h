#pragma once

// One row per instance of the forward convolution in packed fp16 (kernels/packed_conv.hip):
//   X(rows of a wave, columns of a lane, depth of a stage, source)
// gives the kernel packed_conv_<rows>x<columns * 32>x<depth>_<source>; its argument is
// TileConvParams. But for matrix, all read w from panels of halves:
//   panels      pixels in the lanes, each gathered
//   neighbours  four pixels side by side in a lane, for 1x1 filters whose pixels lie in a row
//   pixels      pixels as rows, for channels last: the fp32 kernel over words of two channels,
//               which is what its params and depth count; panels have two channels of a row side by
//               side
//   matrix      as panels, of w as it lies there, a matrix (m, k) whose words of two channels are
//               what params and depth count. Spares the launch that writes panels, which for one
//               image takes a quarter of the time
#define RDNA1CONV_PACKED_CONV_TILES(X) \
  X(16, 4, 4, panels)                  \
  X(16, 4, 3, panels)                  \
  X(16, 2, 4, panels)                  \
  X(8, 4, 4, panels)                   \
  X(8, 2, 4, panels)                   \
  X(16, 4, 4, neighbours)              \
  X(8, 4, 4, neighbours)               \
  X(8, 4, 4, matrix)                   \
  X(8, 2, 4, matrix)                   \
  X(8, 4, 4, pixels)                   \
  X(8, 2, 4, pixels)
