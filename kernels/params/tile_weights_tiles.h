#pragma once

// One row per instance of the gradient of filters on the tile engine, by tile of one wave:
//   X(output channels, channels of one tap)
// gives the kernel tile_weights_<k>x<c>. A lane holds a sum for each pair.
#define RDNA1CONV_TILE_WEIGHTS_TILES(X) \
  X(8, 16)                              \
  X(16, 8)                              \
  X(12, 12)                             \
  X(8, 8)                               \
  X(16, 4)                              \
  X(4, 4)
