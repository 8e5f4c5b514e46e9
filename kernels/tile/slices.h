#pragma once

// Waves of a workgroup that share one tile's k add up here, through LDS and in a fixed order: small
// products get enough waves without partial sums in memory and a second launch for them.

#include "barrier.h"
#include "tile/multiply.h"

namespace rdna1conv::tile {

// Floats of LDS for the tiles of a workgroup; the host asks for them (dynamic LDS).
template <class Shape>
constexpr uint32_t slice_floats(uint32_t tiles, uint32_t slices) {
  return tiles * (slices / 2) * Shape::kRows * Shape::kColumns * kWave;
}

struct AddFloats {
  __device__ float operator()(float a, float b) const { return a + b; }
};

// Leaves the sum in slice 0. `slices` is a power of two; `shared` is the tile's part; add(a, b) is
// what the accumulators hold of both. All waves of the workgroup come here.
template <class Shape, class Add = AddFloats>
__device__ inline void add_slices(Accumulators<Shape>& sum, uint32_t slice, uint32_t slices,
                                  float* shared, Add add = {}) {
  const uint32_t lane = threadIdx.x % kWave;
  constexpr uint32_t kTile = Shape::kRows * Shape::kColumns * kWave;
  for (uint32_t half = slices / 2; half > 0; half /= 2) {
    float* const theirs = shared + slice % half * kTile + lane;  // (kRows,kColumns,32)
    if (slice >= half && slice < 2 * half) {
#pragma unroll
      for (int i = 0; i < Shape::kRows; ++i)
#pragma unroll
        for (int j = 0; j < Shape::kColumns; ++j)
          theirs[(i * Shape::kColumns + j) * kWave] = sum.value[i][j];
    }
    lds_barrier();
    if (slice < half) {
#pragma unroll
      for (int i = 0; i < Shape::kRows; ++i)
#pragma unroll
        for (int j = 0; j < Shape::kColumns; ++j)
          sum.value[i][j] = add(sum.value[i][j], theirs[(i * Shape::kColumns + j) * kWave]);
    }
    lds_barrier();
  }
}

}  // namespace rdna1conv::tile
