#pragma once

// Sources of bf16 for products in fp32: a float's upper half, so that unpacking is a shift. Rows of
// a wave are unpacked by the scalar unit, which has nothing else to do.

#include "tile/column_sources.h"
#include "tile/pixel_rows.h"

namespace rdna1conv::tile {

__device__ inline float float_of_bfloat(uint32_t bits) {
  return __builtin_bit_cast(float, bits << 16);
}

// Each in a register of its own.
template <class Shape>
struct BFloatStage {
  uint16_t value[Shape::kDepth][Shape::kColumns];  // (kDepth,kColumns)
  __device__ float at(int k, int j) const { return float_of_bfloat(value[k][j]); }
};
template <class Shape>
using GatheredBFloats = Gathered<Shape, BFloatStage<Shape>>;

// As PixelRows, whose words are pairs of channels here.
template <class Shape, bool kAligned>
class BFloatPixelRows {
  struct Pairs {
    static constexpr int kRows = Shape::kRows, kDepth = Shape::kDepth / 2;
  };
  using Rows = PixelRows<Pairs, kAligned>;

 public:
  struct Stage {
    typename Rows::Stage pairs;  // (kRows,kDepth / 2)
    __device__ float at(int k, int i) const {
      const auto bits = __builtin_bit_cast(uint32_t, pairs.at(k / 2, i));
      return k % 2 == 0 ? float_of_bfloat(bits) : __builtin_bit_cast(float, bits & 0xffff0000u);
    }
    __device__ void arrived() { pairs.arrived(); }
  };

  template <class... Arguments>
  __device__ explicit BFloatPixelRows(const Arguments&... arguments) : rows_(arguments...) {}

  __device__ void load(Stage& stage) const { rows_.load(stage.pairs); }
  __device__ void advance() { rows_.advance(); }

 private:
  Rows rows_;
};

}  // namespace rdna1conv::tile
