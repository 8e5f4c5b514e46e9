#pragma once

// One row per instance of the GEMM kernel:
//   X(tile rows m, tile columns n, tile depth k, rows a thread, columns a thread)
// gives the kernel gemm_f32_<m>x<n>x<k> of m / rows * n / columns threads.
// 8x8 outputs a thread keep the LDS at half its bandwidth, 8x4 at three quarters, 4x4 at all of it
// (a wave reads 4 clocks for each 16 bytes a lane and multiplies 64, 32 or 16 clocks with them), so
// the small tiles are for problems that have too few outputs to fill the card.
// VGPRs with clang 15 for gfx1010: 124 for 128x128x16, 108 to 117 for the other 8x8 rows (8 or 9
// waves a SIMD; a depth of 16 makes 128x64 take 132 and lose a wave), 64 to 72 for the 8x4 rows, 44
// for 4x4. FMAs are 95 % (4x4) to 99 % of the VALU instructions of a step.
#define RDNA1CONV_GEMM_TILES(X) \
  X(128, 128, 16, 8, 8)         \
  X(128, 64, 8, 8, 8)           \
  X(64, 128, 8, 8, 8)           \
  X(64, 64, 8, 8, 8)            \
  X(32, 128, 8, 8, 8)           \
  X(128, 32, 8, 8, 4)           \
  X(64, 32, 8, 8, 4)            \
  X(32, 64, 8, 4, 8)            \
  X(32, 32, 8, 4, 4)
