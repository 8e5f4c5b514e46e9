#pragma once

// Sources of int8 for products in 32-bit integers. Their factors are registers of their own: a load
// extends a byte's sign for nothing; of rows of pixels, four channels a word, the scalar unit does,
// which has nothing else to do. Panels hold w as int32.

#include "tile/column_sources.h"
#include "tile/pixel_rows.h"

namespace rdna1conv::tile {

// A register that a signed byte was loaded to.
struct SignedByte {
  int32_t value;
};
template <>
__device__ inline SignedByte load_column<SignedByte>(BufferResource buffer, uint32_t offset,
                                                     uint32_t shift) {
  return {buffer_load_i8(buffer, static_cast<int32_t>(offset), static_cast<int32_t>(uniform(shift)),
                         0)};
}

// A source of floats whose registers are integers.
template <class Source>
class IntegersOf : public Source {
 public:
  using Source::Source;
  struct Stage : Source::Stage {
    __device__ int32_t at(int k, int each) const {
      return __builtin_bit_cast(int32_t, Source::Stage::at(k, each));
    }
  };
};

template <class Shape>
struct ByteStage {
  SignedByte value[Shape::kDepth][Shape::kColumns];  // (kDepth,kColumns)
  __device__ int32_t at(int k, int j) const { return value[k][j].value; }
};
template <class Shape>
using GatheredBytes = Gathered<Shape, ByteStage<Shape>>;

struct FoursOfBytes {
  static constexpr int kElements = 4;
  __device__ static int32_t at(uint32_t bits, int which) {
    return static_cast<int32_t>(bits << (24 - which * 8)) >> 24;
  }
};
template <class Shape, bool kAligned>
using BytePixelRows = UnpackedPixelRows<Shape, kAligned, FoursOfBytes>;

}  // namespace rdna1conv::tile
