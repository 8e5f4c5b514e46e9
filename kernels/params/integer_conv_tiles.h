#pragma once

// One row per instance of the forward convolution of int8 to int32 (kernels/integer_conv.hip), as
// params/tile_conv_tiles.h has them: panels are of int32, pixels four channels a word. Gives
// integer_conv_<rows>x<columns * 32>x<depth>_<source>.
#define RDNA1CONV_INTEGER_CONV_TILES(X) \
  X(16, 4, 2, panels)                   \
  X(8, 4, 4, panels)                    \
  X(8, 2, 4, panels)                    \
  X(8, 4, 8, pixels)                    \
  X(8, 2, 8, pixels)
