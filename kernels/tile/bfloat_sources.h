#pragma once

// Sources of bf16 for products in fp32: a float's upper half, so that unpacking is a shift.

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

struct PairsOfBFloats {
  static constexpr int kElements = 2;
  __device__ static float at(uint32_t bits, int which) {
    return which == 0 ? float_of_bfloat(bits) : __builtin_bit_cast(float, bits & 0xffff0000u);
  }
};
template <class Shape, bool kAligned>
using BFloatPixelRows = UnpackedPixelRows<Shape, kAligned, PairsOfBFloats>;

}  // namespace rdna1conv::tile
