#pragma once

// Products of fp16 two at a time: v_pk_fma_f16, with one operand in a scalar register. That
// has a pair of neighbouring rows; of columns, op_sel gives one half to both lanes of the pair.
// Partial sums are fp16 and are folded into fp32 ones after kFold products at most.
//
// What that costs in accuracy. A partial sum of n products of deviation s is off by about
// s * sqrt(n / 2) * sqrt(n) * 2^-12, so that in MIOpen's metric, whose largest output is about four
// deviations, 32 products give 2e-4 whatever the length of the sum: a fortieth of its tolerance.
//
// Two things fp16 cannot do are found at the end and mended by summing again in fp32, by
// v_fma_mix_f32 (packed_conv.hip):
// - a partial sum beyond 65504 is infinite, and stays infinite or becomes NaN in all that follow;
// - below 2^-14 each product is rounded to a multiple of 2^-24, which is off by 2^-25 at most. Over
//   N products that is less than a thousandth of a largest output of sqrt(N) * 2^-15.

#include "element_types.h"
#include "tile/multiply.h"
#include "tile/shape.h"

namespace rdna1conv::tile {

template <bool Value>
struct BoolConstant {
  static constexpr bool value = Value;
};

using HalfPair = Half __attribute__((ext_vector_type(2)));

// LLVM's intrinsics, which clang 15 has no builtins for.
__device__ HalfPair fma_of_pairs(HalfPair, HalfPair, HalfPair) __asm("llvm.fma.v2f16");

__device__ uint32_t ballot(bool) __asm("llvm.amdgcn.ballot.i32");

__device__ inline HalfPair pair_of(uint32_t bits) { return __builtin_bit_cast(HalfPair, bits); }
__device__ inline HalfPair pair_of(float bits) { return __builtin_bit_cast(HalfPair, bits); }
__device__ inline HalfPair pair_of(HalfPair pair) { return pair; }
// Half `which` twice.
__device__ inline HalfPair twice(HalfPair pair, int which) {
  return which == 0 ? __builtin_shufflevector(pair, pair, 0, 0)
                    : __builtin_shufflevector(pair, pair, 1, 1);
}

// As Shape (shape.h), with pairs of rows.
template <int Rows, int Columns, int Depth>
struct PackedShape {
  static constexpr int kRows = Rows, kColumns = Columns, kDepth = Depth;
  static constexpr int kWidth = kWave * Columns;  // columns of a wave
  static constexpr int kPairRows = Rows / 2;
  static constexpr bool kPairsOfChannels = false;
  static constexpr int kProducts = Depth;                 // of a sum and stage
  static constexpr int kFoldStages = 32 / Depth / 2 * 2;  // even: two stages are in registers
  static constexpr int kFold = kFoldStages * Depth;
  static_assert(Rows == 8 || Rows == 16, "a panel is 16 rows");
  static_assert(Rows * Columns <= 64, "sums, partial sums and columns fit 128 vector registers");
  static_assert(Rows * Depth <= 64, "two stages of rows fit 104 scalar registers");
};

// As Shape, with pairs of channels as elements of both operands, which a sum adds up in the end:
// for tensors with channels last, whose words those are. Half as many words as products.
template <int Rows, int Columns, int Depth>
struct PairedChannelsShape {
  static constexpr int kRows = Rows, kColumns = Columns, kDepth = Depth;  // kDepth in words
  static constexpr int kWidth = kWave * Columns;                          // columns of a wave
  static constexpr int kPairRows = Rows;
  static constexpr bool kPairsOfChannels = true;
  static constexpr int kProducts = 2 * Depth;
  static constexpr int kFoldStages = 32 / Depth;
  static_assert(kFoldStages % 2 == 0, "two stages are in registers");
  static_assert(Rows * Columns <= 64, "sums, partial sums and columns fit 128 vector registers");
  static_assert(Rows * Depth <= 32, "two stages of rows fit 104 scalar registers");
};

// fp16 sums of pairs, since the last fold.
template <class Shape>
struct PartialSums {
  HalfPair value[Shape::kPairRows][Shape::kColumns];  // (kPairRows,kColumns)
};

template <class Shape, bool kFirst, class Rows, class Columns>
__device__ inline void multiply_pairs(const Rows& a, const Columns& b,
                                      PartialSums<Shape>& partial) {
#pragma unroll
  for (int k = 0; k < Shape::kDepth; ++k)
#pragma unroll
    for (int i = 0; i < Shape::kPairRows; ++i)
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j) {
        HalfPair& sum = partial.value[i][j];
        const HalfPair row = pair_of(a.at(k, i)), column = pair_of(b.at(k, j));
        sum = kFirst && k == 0 ? row * column : fma_of_pairs(row, column, sum);
      }
}

// Adds a pair of fp16 sums to two fp32 ones. LLVM would convert and add: two instructions each.
__device__ inline void fold_pair(HalfPair pair, float& low, float& high) {
  asm("v_fma_mix_f32 %0, %1, 1.0, %0 op_sel_hi:[1,0,0]" : "+v"(low) : "v"(pair));
  asm("v_fma_mix_f32 %0, %1, 1.0, %0 op_sel:[1,0,0] op_sel_hi:[1,0,0]" : "+v"(high) : "v"(pair));
}

// The fp32 sum of half `h` of pair (i,j).
template <class Shape>
__device__ inline float& sum_of(Accumulators<Shape>& sum, int i, int j, int h) {
  return Shape::kPairsOfChannels ? sum.value[i][j] : sum.value[2 * i + h][j];
}

template <class Shape>
__device__ inline void fold(const PartialSums<Shape>& partial, Accumulators<Shape>& sum) {
#pragma unroll
  for (int i = 0; i < Shape::kPairRows; ++i)
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j)
      fold_pair(partial.value[i][j], sum_of<Shape>(sum, i, j, 0), sum_of<Shape>(sum, i, j, 1));
}

// The same products in fp32.
template <class Shape, class Rows, class Columns>
__device__ inline void multiply_exactly(const Rows& a, const Columns& b, Accumulators<Shape>& sum) {
#pragma unroll
  for (int k = 0; k < Shape::kDepth; ++k)
#pragma unroll
    for (int i = 0; i < Shape::kPairRows; ++i)
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
#pragma unroll
        for (int h = 0; h < 2; ++h) {
          float& each = sum_of<Shape>(sum, i, j, h);
          each = multiply_add(pair_of(a.at(k, i))[h], pair_of(b.at(k, j))[h], each);
        }
}

// Whether packed sums of `products` products each say what fp32 ones would: none is infinite or
// NaN, and not all are so small that roundings of 2^-25 count.
template <class Shape>
__device__ inline bool are_in_range(const Accumulators<Shape>& sum, uint32_t products) {
  // As integers, positive floats are ordered as such and negative ones behind them; NaNs last.
  int32_t positive = 0;
  uint32_t negative = 0;
#pragma unroll
  for (const auto& row : sum.value)
#pragma unroll
    for (const float value : row) {
      const auto bits = __builtin_bit_cast(uint32_t, value);
      const auto as_signed = static_cast<int32_t>(bits);
      positive = as_signed > positive ? as_signed : positive;
      negative = bits > negative ? bits : negative;
    }
  constexpr uint32_t kMagnitude = 0x7fffffff, kInfinity = 0x7f800000;
  const uint32_t below = static_cast<int32_t>(negative) < 0 ? negative & kMagnitude : 0;
  const auto above = static_cast<uint32_t>(positive);
  const uint32_t largest = above > below ? above : below;
  const bool finite = ballot(largest >= kInfinity) == 0;
  const float least = __builtin_sqrtf(static_cast<float>(products)) * 0x1p-15f;
  return finite && ballot(__builtin_bit_cast(float, largest) >= least) != 0;
}

}  // namespace rdna1conv::tile
