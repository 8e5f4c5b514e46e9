#pragma once

// One row per instance of the implicit GEMM:
//   X(tile rows m, tile columns n, tile depth r, rows a thread, columns a thread)
// gives for every element type and both roles (implicit_gemm.h) a kernel of m / rows * n / columns
// threads. Why 8x8 outputs a thread where the problem is large enough: gemm_tiles.h.
#define RDNA1CONV_IMPLICIT_GEMM_TILES(X) \
  X(128, 128, 8, 8, 8)                   \
  X(64, 128, 8, 8, 8)                    \
  X(128, 64, 8, 8, 8)                    \
  X(64, 64, 8, 8, 8)                     \
  X(32, 128, 8, 8, 8)                    \
  X(128, 32, 8, 8, 4)                    \
  X(32, 32, 8, 4, 4)                     \
  X(16, 128, 8, 4, 8)

// The rows that also exist with 64-bit offsets.
#define RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(X) X(64, 64, 8, 8, 8)
