#pragma once

// Sources of packed products, as row_sources.h and column_sources.h are of fp32 ones.
// Their stages answer with pairs: a pair of rows, and one column twice.

#include "tile/column_sources.h"
#include "tile/packed_multiply.h"
#include "tile/row_sources.h"

namespace rdna1conv::tile {

template <int N>
using Words = uint32_t __attribute__((ext_vector_type(N)));
template <int N>
using ScalarWords = const __attribute__((address_space(4), aligned(4))) Words<N>;

inline constexpr uint32_t kHalfPanelStep = kPanelRows * 2;  // bytes from one k to the next

// LLVM's intrinsics, which clang 15 has no builtins for.
__device__ Words<2> buffer_load_words2(BufferResource, int32_t offset, int32_t,
                                       int32_t) __asm("llvm.amdgcn.raw.buffer.load.v2i32");

// Panels (m / 16, k, 16) of halves: a scalar register has two rows.
template <class Shape>
class PanelRowPairs {
 public:
  struct Stage {
    Words<Shape::kPairRows> value[Shape::kDepth];  // (kDepth,kPairRows)
    __device__ HalfPair at(int k, int i) const { return pair_of(value[k][i]); }
    __device__ void arrived() {
#pragma unroll
      for (auto& each : value) asm volatile("" : "+s"(each));
      asm volatile("" ::: "memory");
    }
  };

  // The rows from `row`, a multiple of kRows. `panels` and what follows as PanelRows has it.
  __device__ PanelRowPairs(const void* panels, uint32_t row, uint32_t depth, uint32_t slice,
                           uint32_t slices)
      : at_((ScalarBytes)(uint64_t)panels +
            (uint64_t{row / kPanelRows * depth + slice * Shape::kDepth} * kPanelRows +
             row % kPanelRows) *
                2),
        step_(slices * Shape::kDepth * kHalfPanelStep) {}

  __device__ void load(Stage& stage) const {
#pragma unroll
    for (int k = 0; k < Shape::kDepth; ++k)
      stage.value[k] = *(ScalarWords<Shape::kPairRows>*)(at_ + k * kHalfPanelStep);
  }
  __device__ void advance() { at_ += step_; }

 private:
  ScalarBytes at_;
  uint32_t step_;
};

// Halves, each in a register of its own, which spares instructions that would put two into one.
template <class Shape>
struct HalfStage {
  uint16_t value[Shape::kDepth][Shape::kColumns];  // (kDepth,kColumns)
  __device__ HalfPair at(int k, int j) const {
    const Half half = __builtin_bit_cast(Half, value[k][j]);
    return {half, half};
  }
};
template <class Shape>
using GatheredHalves = Gathered<Shape, HalfStage<Shape>>;

// Pixels of 1x1 filters that lie side by side: lane l has four of them, from 4 l on, by one load.
template <class Shape>
class NeighbouringHalves {
 public:
  static_assert(Shape::kColumns == 4, "a load of eight bytes");
  struct Stage {
    Words<2> value[Shape::kDepth];  // (kDepth,kColumns)
    __device__ HalfPair at(int k, int j) const { return twice(pair_of(value[k][j / 2]), j % 2); }
  };

  // `column` is the lane's first one.
  __device__ NeighbouringHalves(const PixelGather& p, const char* x, uint32_t column,
                                uint32_t columns, uint32_t slice, uint32_t slices)
      : buffer_(make_buffer(x)), channels_(p.channels), channel_(p.channel), slices_(slices) {
    offset_ = gathered_pixel(p, column, columns).start;
    first_ = slice * Shape::kDepth;
  }

  __device__ void load(Stage& stage) const {
#pragma unroll
    for (int k = 0; k < Shape::kDepth; ++k) {
      const uint32_t shift = first_ + k < channels_ ? (first_ + k) * channel_ : kOutsideBuffer;
      stage.value[k] = buffer_load_words2(buffer_, static_cast<int32_t>(offset_),
                                          static_cast<int32_t>(uniform(shift)), 0);
    }
  }
  __device__ void advance() { first_ += slices_ * Shape::kDepth; }

 private:
  const BufferResource buffer_;
  const uint32_t channels_, channel_, slices_;
  uint32_t offset_;  // bytes
  uint32_t first_;   // channel
};

}  // namespace rdna1conv::tile
