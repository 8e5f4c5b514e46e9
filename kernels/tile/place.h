#pragma once

#include "params/tile_conv.h"
#include "tile/shape.h"

namespace rdna1conv::tile {

// Which tile and which slice of k a wave has.
//
// blockIdx.x = (group * tiles_n + tile_n) * tiles_m + tile_m: neighbours in time share columns. A
// wave is ((slice, wave_n), wave_m).
template <class Shape>
struct Place {
  uint32_t group, row, first_column, tile, slice;

  __device__ explicit Place(const TileConvParams& p) {
    const uint32_t wave = uniform(threadIdx.x / kWave);
    const uint32_t block = quotient(blockIdx.x, p.tiles_m);
    const uint32_t tile_m = remainder(blockIdx.x, block, p.tiles_m);
    group = quotient(block, p.tiles_n);
    const uint32_t tile_n = remainder(block, group, p.tiles_n);
    const uint32_t wave_m = wave & ((1u << p.waves_m_bits) - 1);
    const uint32_t wave_n = wave >> p.waves_m_bits & ((1u << p.waves_n_bits) - 1);
    tile = wave & ((1u << (p.waves_m_bits + p.waves_n_bits)) - 1);
    slice = wave >> (p.waves_m_bits + p.waves_n_bits);
    row = ((tile_m << p.waves_m_bits) + wave_m) * Shape::kRows;
    first_column = ((tile_n << p.waves_n_bits) + wave_n) * Shape::kWidth;
  }
};

}  // namespace rdna1conv::tile
