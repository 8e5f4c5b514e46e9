#pragma once

// Sums in 32-bit integers, whose bits the tile engine's Accumulators hold: products by
// v_mad_i32_i24, which runs at the rate of v_fmac_f32, and sums of two.

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

// For run_pipeline().
template <class Shape>
struct MultiplyIntegers {
  template <class Rows, class Columns>
  __device__ void operator()(const Rows& a, const Columns& b, Accumulators<Shape>& sum) const {
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
};

// For add_slices().
struct AddIntegers {
  __device__ float operator()(float a, float b) const {
    return bits_of_integer(integer_of(a) + integer_of(b));
  }
};

}  // namespace rdna1conv::tile
