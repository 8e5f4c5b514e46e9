#pragma once

// Gradients of 3x3 filters with stride 1 by Winograd's algorithm F(3 x 3, m x m), the transpose of
// the forward one (params/winograd.h, params/winograd_matrices.h): for each tile of m x m output
// pixels, with V = B^T x B of the (m + 2)^2 inputs under it and U = A dy A^T,
//   dw[k, c] = G^T (sum over tiles of U[k, tile] * V[c, tile]) G.
// So each frequency is a product of matrices summed over the tiles of all images. m = 2: 16
// multiply-adds instead of 36.
//
// A lane has a channel c, a wave 32 of them and K output channels. A workgroup's waves transform
// the tiles of a step for all of its k and c and put them to LDS, whence each takes its own. Where
// blocks of channels make too few workgroups, tiles are split among several, whose sums meet in the
// workspace and are added by params/weights_sum.h's kernel.

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"

namespace rdna1conv {

struct WinogradWeightsParams {
  const char* x;
  const char* dy;
  char* w;         // dw
  float* partial;  // (split, group, k, c, 3, 3), if there are several splits

  FastDivision image_tiles, tiles_w;            // tiles of an image, of a row
  std::uint32_t tiles, part;                    // of all images; of a split, a multiple of a step's
  std::uint32_t in[2], out[2], pad[2];          // height, width
  std::uint32_t x_image, x_channel, x_axis[2];  // bytes; offsets are below 2^31
  std::uint32_t y_image, y_channel, y_axis[2];
  std::uint64_t origin;            // bytes by which padding begins before x
  std::uint64_t x_group, y_group;  // bytes
  std::uint32_t groups, k, c;      // channels of a group
  // blockIdx.x = (group * tiles_n + block of c) * tiles_m + block of k, blockIdx.y = split.
  FastDivision tiles_m, tiles_n;
  std::uint32_t splits;  // gridDim.y
  // Whether neighbouring lanes load neighbouring channels, for channels last; else neighbouring
  // tiles.
  std::uint32_t channels_in_lanes;

  std::uint64_t w_group;                      // bytes
  std::uint32_t w_row, w_channel, w_axis[2];  // bytes
  EpilogueParams epilogue;
};

// Waves of a workgroup, and tiles of a step: each of its work items transforms one tile of some
// channels.
inline constexpr std::uint32_t kWinogradWeightsWaves = 8;
inline constexpr std::uint32_t kWinogradWeightsStep = 8;
// Output channels of a wave.
inline constexpr std::uint32_t kWinogradWeightsRows = 8;

// One row per instance: X(suffix of the name, waves along k, waves along c) gives
// winograd_weights_<suffix>_<types> for every float row of element_types.h.
#define RDNA1CONV_WINOGRAD_WEIGHTS_TILES(X, ...) X(64x32, 8, 1, __VA_ARGS__)

}  // namespace rdna1conv
