#pragma once

// Gradients of filters as products of matrices through LDS, for groups with many channels: as
// params/tile_weights.h, whose struct this is. Each work item of a step loads what lies side by
// side, pixels or, for channels last, channels, and puts it to LDS as (channel, 32 pixels). So each
// line of x and dy comes to a workgroup once, where it begins matters little, and both layouts are
// multiplied by the same loop.
//
// blockIdx.x = (group * tiles_n + tile_n) * tiles_m + tile_m, where tile_n = block of c * taps +
// tap; blockIdx.y = split. Of the params waves_m_bits, waves_n_bits, column_tiles and slices are
// not used.

#include "tile_weights.h"

namespace rdna1conv {

// Sums of a lane: output channels of its wave, and channels 32 apart.
inline constexpr std::uint32_t kSharedWeightsRows = 16, kSharedWeightsColumns = 4;
inline constexpr std::uint32_t kSharedWeightsWaves = 8;

// One row per instance: X(suffix of the name, waves along k, waves along c) gives, in fp32,
// shared_weights_<suffix>_pixels_f32 for tensors whose rows lie in the lanes, and
// shared_weights_<suffix>_channels_f32 for channels last.
#define RDNA1CONV_SHARED_WEIGHTS_TILES(X, ...) \
  X(128x128, 8, 1, __VA_ARGS__)                \
  X(64x256, 4, 2, __VA_ARGS__)

}  // namespace rdna1conv
