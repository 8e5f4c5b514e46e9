#pragma once

// Winograd convolution F(m x m, 3 x 3) in three passes around the batched GEMM:
//   U = G w G^T    filter transform, (f, k, c)          f: (m + 2)^2 frequencies
//   V = B^T d B    input transform, (f, c, tile)        d: overlapping (m + 2)^2 patches of x
//   M = U V        a GEMM for each frequency and group, (f, k, tile)
//   y = A^T M A    output transform
// Tiles run over all images: tile = (image * tiles_h + tile row) * tiles_w + tile column. A chunk
// of `tiles` tiles from `first_tile` on bounds the workspace.

#include <cstdint>

#include "fast_division.h"

namespace rdna1conv {

// F(m x m, 3 x 3): X(name, m)
#define RDNA1CONV_WINOGRAD_VARIANTS(X) \
  X(f2x3, 2)                           \
  X(f4x3, 4)

inline constexpr int kWinogradFilter = 3;
inline constexpr std::uint32_t kWinogradThreads = 256;

struct WinogradFilterParams {
  const float* w;         // (filter, 3, 3), a filter for each (k, c / groups)
  float* u;               // (f, filter)
  std::uint32_t filters;  // k * c / groups
};

struct WinogradInputParams {
  const float* x;  // (image, c, h, w)
  float* v;        // (f, c, tiles)

  std::uint32_t elements;  // c * tiles, below kFastDivisionLimit
  std::uint32_t first_tile;
  std::uint32_t channels;
  std::int32_t h, w, pad_h, pad_w;
  FastDivision tiles;        // of this chunk
  FastDivision image_tiles;  // tiles_h * tiles_w
  FastDivision tiles_w;
};

struct WinogradOutputParams {
  const float* m;  // (f, k, tiles)
  float* y;        // (image, k, out_h, out_w)

  std::uint32_t elements;  // k * tiles, below kFastDivisionLimit
  std::uint32_t first_tile;
  std::uint32_t channels;  // k
  std::uint32_t out_h, out_w;
  FastDivision tiles, image_tiles, tiles_w;
};

}  // namespace rdna1conv
