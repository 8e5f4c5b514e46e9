#pragma once

// One row per instance of the grouped kernel: X(K, P, R, stride)
//   K, P    output channels and outputs along the height of a work item
//   R       taps along the height that share (P - 1) * stride + R inputs in registers; 0: any
//           filter, dilation and direction, an input is read once for each tap
//   stride  of the height; 0: any
// Each is built for every row of element_types.h: grouped_<types>_k<K>p<P>r<R>s<stride>.
#define RDNA1CONV_GROUPED_TILES(X) \
  X(1, 1, 0, 0)                    \
  X(1, 4, 0, 0)                    \
  X(4, 1, 0, 0)                    \
  X(4, 4, 0, 0)                    \
  X(1, 4, 3, 1)                    \
  X(1, 4, 3, 2)                    \
  X(1, 4, 5, 1)                    \
  X(4, 4, 3, 1)
