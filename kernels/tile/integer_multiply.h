#pragma once

// Sums in 32-bit integers, whose bits the tile engine's Accumulators hold: products by
// v_mad_i32_i24, which runs at the rate of v_fmac_f32, and the sums of slices.

#include "barrier.h"
#include "element_types.h"
#include "tile/multiply.h"

namespace rdna1conv::tile {

// Tiles as Shape has them, but of stages eight deep: two of rows of bytes are 32 scalar registers.
template <int Rows, int Columns, int Depth>
struct IntegerShape {
  static constexpr int kRows = Rows, kColumns = Columns, kDepth = Depth;
  static constexpr int kWidth = kWave * Columns;  // columns of a wave
  static_assert(Rows * Columns <= 64, "sums and two stages of columns fit 128 vector registers");
  static_assert(Columns * Depth < 64, "a stage of loads fits what vmcnt counts");
};

__device__ inline int32_t integer_of(float bits) { return __builtin_bit_cast(int32_t, bits); }
__device__ inline float bits_of_integer(int32_t value) { return __builtin_bit_cast(float, value); }

// Of factors that fit 24 bits, the first one uniform. LLVM would add products in pairs, which takes
// three instructions for two of them.
__device__ inline int32_t multiply_add_24(int32_t a, int32_t b, int32_t sum) {
  int32_t result;  // a register tied to `sum` would be copied around the loop
  asm("v_mad_i32_i24 %0, %1, %2, %3" : "=v"(result) : "s"(a), "v"(b), "v"(sum));
  return result;
}

template <class Shape, class Rows, class Columns>
__device__ inline void multiply_integers(const Rows& a, const Columns& b,
                                         Accumulators<Shape>& sum) {
#pragma unroll
  for (int k = 0; k < Shape::kDepth; ++k)
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i)
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j) {
        float& each = sum.value[i][j];
        each = bits_of_integer(multiply_add_24(a.at(k, i), b.at(k, j), integer_of(each)));
      }
}

// As run_pipeline (pipeline.h) has it of floats.
template <class Shape, class RowSource, class ColumnSource>
__device__ inline void run_integers(RowSource& rows, ColumnSource& columns, uint32_t stages,
                                    Accumulators<Shape>& sum) {
  typename RowSource::Stage a[2];
  typename ColumnSource::Stage b[2];
  if (stages == 0) return;
  rows.load(a[0]);
  columns.load(b[0]);
  const auto step = [&](int now, int next) {
    a[now].arrived();
    if (stages > 1) {
      rows.advance();
      columns.advance();
    }
    rows.load(a[next]);
    columns.load(b[next]);
    __builtin_amdgcn_sched_barrier(0);
    multiply_integers<Shape>(a[now], b[now], sum);
    __builtin_amdgcn_sched_barrier(0);
  };
  for (;;) {
    step(0, 1);
    if (--stages == 0) break;
    step(1, 0);
    if (--stages == 0) break;
  }
}

// As add_slices (slices.h) has it of floats.
template <class Shape>
__device__ inline void add_integer_slices(Accumulators<Shape>& sum, uint32_t slice, uint32_t slices,
                                          float* shared) {
  const uint32_t lane = threadIdx.x % kWave;
  constexpr uint32_t kTile = Shape::kRows * Shape::kColumns * kWave;
  for (uint32_t half = slices / 2; half > 0; half /= 2) {
    float* const theirs = shared + slice % half * kTile + lane;  // (kRows,kColumns,32)
    const auto each = [&](auto use) {
#pragma unroll
      for (int i = 0; i < Shape::kRows; ++i)
#pragma unroll
        for (int j = 0; j < Shape::kColumns; ++j)
          use(sum.value[i][j], theirs[(i * Shape::kColumns + j) * kWave]);
    };
    if (slice >= half && slice < 2 * half) each([](float& mine, float& other) { other = mine; });
    lds_barrier();
    if (slice < half) {
      each([](float& mine, float& other) {
        mine = bits_of_integer(integer_of(mine) + integer_of(other));
      });
    }
    lds_barrier();
  }
}

}  // namespace rdna1conv::tile
