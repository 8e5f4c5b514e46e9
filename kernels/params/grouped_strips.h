#pragma once

// Direct convolution of few channels a group in fp32: depthwise, and groups of four and more. A
// lane computes P outputs below each other of K output channels of a group; a wave's lanes are
// columns (image, block of P rows, width) of the same channels, so that the filters are in scalar
// registers.

#include "fast_division.h"
#include "tile_conv.h"

namespace rdna1conv {

struct GroupedStripParams {
  TileConvParams conv;          // w: (groups * m, channels, filter, filter), packed
  FastDivision strips_a_image;  // blocks of P rows times width
  std::uint32_t strips;         // of all images
};
inline constexpr std::uint32_t kGroupedStripThreads = 128;

// One row per instance: X(K channels, P rows, filter's side, stride) gives
// grouped_strip_k<K>p<P>r<R>s<S>.
#define RDNA1CONV_GROUPED_STRIPS(X) \
  X(1, 4, 3, 1)                     \
  X(1, 4, 3, 2)                     \
  X(1, 4, 5, 1)                     \
  X(1, 4, 5, 2)                     \
  X(1, 7, 7, 1)                     \
  X(4, 4, 3, 1)                     \
  X(4, 4, 3, 2)                     \
  X(8, 4, 3, 1)                     \
  X(8, 4, 3, 2)

}  // namespace rdna1conv
