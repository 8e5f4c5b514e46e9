#pragma once

// One row per instance of the direct kernel: X(K, H, R, stride)
//   K, H    output channels and output rows a thread keeps in registers
//   R       filter rows; a column of (H - 1) * stride + R inputs then serves all of them from
//           registers. 0: any filter height, any dilation, inputs are read once for each filter row
//   stride  vertical; 0: any
// gives the kernel direct_f32_k<K>h<H>r<R>s<stride>. Filter width, horizontal stride and dilation
// are free in all rows. K = 1 serves depthwise filters, K = 4 groups of few channels.
#define RDNA1CONV_DIRECT_TILES(X) \
  X(8, 8, 3, 1)                   \
  X(8, 4, 3, 1)                   \
  X(4, 4, 3, 1)                   \
  X(1, 8, 3, 1)                   \
  X(8, 4, 3, 2)                   \
  X(4, 4, 3, 2)                   \
  X(1, 4, 3, 2)                   \
  X(8, 8, 5, 1)                   \
  X(1, 8, 5, 1)                   \
  X(1, 4, 5, 2)                   \
  X(8, 8, 7, 2)                   \
  X(8, 4, 7, 2)                   \
  X(1, 8, 7, 1)                   \
  X(8, 8, 1, 1)                   \
  X(8, 8, 0, 0)                   \
  X(8, 4, 0, 0)                   \
  X(4, 4, 0, 0)                   \
  X(1, 4, 0, 0)
