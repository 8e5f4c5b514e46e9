#pragma once

// Output pixels as the rows that are uniform over a wave, for tensors with channels last: a scalar
// load brings kDepth channels of a pixel. Where each row's pixel lies is kept in a lane and comes
// to a scalar register at each new tap.

#include "tile/column_sources.h"
#include "tile/row_sources.h"

namespace rdna1conv::tile {

// LLVM's intrinsics, which clang 15 has no builtins for. Outside the buffer they give zero.
__device__ Vector<2> scalar_buffer_load_x2(BufferResource, int32_t offset,
                                           int32_t) __asm("llvm.amdgcn.s.buffer.load.v2f32");
__device__ Vector<4> scalar_buffer_load_x4(BufferResource, int32_t offset,
                                           int32_t) __asm("llvm.amdgcn.s.buffer.load.v4f32");

template <int N>
__device__ inline Vector<N> scalar_buffer_load(BufferResource buffer, uint32_t offset) {
  static_assert(N == 2 || N == 4, "the depths that there are");
  if constexpr (N == 2) {
    return scalar_buffer_load_x2(buffer, static_cast<int32_t>(offset), 0);
  } else {
    return scalar_buffer_load_x4(buffer, static_cast<int32_t>(offset), 0);
  }
}

// The same of any address, by vector loads: scalar ones would drop its low two bits. Slow, for
// tensors of two bytes an element that begin at an odd one.
template <int N>
__device__ inline Vector<N> unaligned_buffer_load(BufferResource buffer, uint32_t offset) {
  Vector<N> words;
#pragma unroll
  for (int i = 0; i < N; ++i)
    words[i] = __builtin_bit_cast(
        float, uniform(__builtin_bit_cast(uint32_t, load_column(buffer, offset + i * 4, 0))));
  return words;
}
__device__ inline bool is_word_aligned(const void* address) {
  return reinterpret_cast<uint64_t>(address) % 4 == 0;
}

template <class Shape, bool kAligned = true>
class PixelRows {
 public:
  using Stage = typename MatrixRows<Shape>::Stage;

  // The pixels from `row` on of `rows`. Channels of a group fill whole stages and lie side by side.
  __device__ PixelRows(const PixelGather& p, uint32_t argument_offset, const char* x, uint32_t row,
                       uint32_t rows, uint32_t slice, uint32_t slices)
      : base_(reinterpret_cast<uint64_t>(x - p.origin)),
        walk_(p, argument_offset, slice, slices),
        pixel_(gathered_pixel(p, row + threadIdx.x % kWave % Shape::kRows, rows)) {
    enter_tap();
  }

  __device__ void load(Stage& stage) const {
    const uint64_t address = base_ + shift_ + walk_.of_tap() * (Shape::kDepth * 4);
    const BufferResource buffer = make_buffer(reinterpret_cast<const void*>(address));
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i)
      stage.value[i] = kAligned ? scalar_buffer_load<Shape::kDepth>(buffer, offset_[i])
                                : unaligned_buffer_load<Shape::kDepth>(buffer, offset_[i]);
  }

  __device__ void advance() {
    if (walk_.advance()) enter_tap();
  }

 private:
  __device__ void enter_tap() {
    shift_ = walk_.tap().shift();
    const uint32_t offset =
        (pixel_.blocked & walk_.tap().mask()) != 0 ? kOutsideBuffer : pixel_.start;
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i)
      offset_[i] = __builtin_amdgcn_readlane(static_cast<int32_t>(offset), i);
  }

  const uint64_t base_;
  StageWalk walk_;
  const GatheredPixel pixel_;      // of row lane % kRows
  uint32_t shift_;                 // of the tap, bytes
  uint32_t offset_[Shape::kRows];  // of this tap, bytes, (kRows)
};

// The same of elements that lie several in a word: `Words::kElements` of them, which
// Words::at(bits, which) unpacks. The scalar unit does it, which has nothing else to do.
template <class Shape, bool kAligned, class Words>
class UnpackedPixelRows {
  struct OfWords {
    static constexpr int kRows = Shape::kRows, kDepth = Shape::kDepth / Words::kElements;
  };
  using Rows = PixelRows<OfWords, kAligned>;

 public:
  struct Stage {
    typename Rows::Stage words;  // (kRows,kDepth / kElements)
    __device__ auto at(int k, int i) const {
      return Words::at(__builtin_bit_cast(uint32_t, words.at(k / Words::kElements, i)),
                       k % Words::kElements);
    }
    __device__ void arrived() { words.arrived(); }
  };

  template <class... Arguments>
  __device__ explicit UnpackedPixelRows(const Arguments&... arguments) : rows_(arguments...) {}

  __device__ void load(Stage& stage) const { rows_.load(stage.words); }
  __device__ void advance() { rows_.advance(); }

 private:
  Rows rows_;
};

}  // namespace rdna1conv::tile
