#pragma once

// One row per instance of the GEMM kernel:
//   X(tile rows m, tile columns n, tile depth k, rows a thread, columns a thread)
// gives the kernel gemm_f32_<m>x<n>x<k> of m / rows * n / columns threads.
// 8x8 outputs a thread keep the LDS at half its bandwidth, 8x4 at three quarters, 4x4 at all of it
// (a wave reads 4 clocks for each 16 bytes a lane and multiplies 64, 32 or 16 clocks with them), so
// the small tiles are for problems that have too few outputs to fill the card.
#define RDNA1CONV_GEMM_TILES(X) \
  X(128, 128, 16, 8, 8)         \
  X(128, 64, 16, 8, 8)          \
  X(64, 128, 16, 8, 8)          \
  X(64, 64, 8, 8, 8)            \
  X(32, 128, 8, 8, 8)           \
  X(128, 32, 8, 8, 4)           \
  X(64, 32, 8, 8, 4)            \
  X(32, 64, 8, 4, 8)            \
  X(32, 32, 8, 4, 4)
