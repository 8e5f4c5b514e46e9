#pragma once

// One row per instance of the grouped backward-weights kernel: X(K, R, S), output channels and
// filter rows and columns whose sums a work item keeps. Each is built for every float row of
// element_types.h: grouped_weights_<types>_k<K>r<R>s<S>.
#define RDNA1CONV_GROUPED_WEIGHTS_TILES(X) \
  X(1, 1, 1)                               \
  X(4, 1, 1)                               \
  X(1, 3, 3)                               \
  X(4, 3, 3)                               \
  X(1, 5, 5)                               \
  X(1, 1, 7)
