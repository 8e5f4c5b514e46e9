#pragma once

// Sources of packed products whose words are pairs of channels of tensors with pixels side by side:
// w as it lies there, a matrix of them, and x gathered channel by channel.

#include "tile/packed_sources.h"
#include "tile/pixel_rows.h"

namespace rdna1conv::tile {

// Pairs of channels of GatheredHalves, put into one register when they are used: an instruction for
// the products of all rows.
template <class Shape>
class GatheredHalfPairs {
  struct Halves {
    static constexpr int kColumns = Shape::kColumns, kDepth = 2 * Shape::kDepth;
  };
  using Columns = GatheredHalves<Halves>;

 public:
  struct Stage {
    HalfStage<Halves> halves;  // (2 * kDepth,kColumns)
    __device__ HalfPair at(int k, int j) const {
      return pair_of(halves.value[2 * k][j] | static_cast<uint32_t>(halves.value[2 * k + 1][j])
                                                  << 16);
    }
  };

  template <class... Arguments>
  __device__ explicit GatheredHalfPairs(const Arguments&... arguments) : columns_(arguments...) {}

  __device__ void load(Stage& stage) const { columns_.load(stage.halves); }
  __device__ void advance() { columns_.advance(); }

 private:
  Columns columns_;
};

// MatrixRows of words at any address, as scalar loads drop its low two bits. Slow, for tensors of
// halves that begin at an odd one.
template <class Shape>
class UnalignedMatrixRows {
 public:
  using Stage = typename MatrixRows<Shape>::Stage;

  __device__ UnalignedMatrixRows(const float* matrix, uint32_t row, uint32_t rows, uint32_t pitch,
                                 uint32_t slice, uint32_t slices)
      : buffer_(make_buffer(matrix + uint64_t{row} * pitch)),
        last_(rows - 1 - row),
        pitch_(pitch * 4),
        shift_(slice * Shape::kDepth * 4),
        step_(slices * Shape::kDepth * 4) {}

  __device__ void load(Stage& stage) const {
#pragma unroll
    for (uint32_t i = 0; i < Shape::kRows; ++i)
      stage.value[i] =
          unaligned_buffer_load<Shape::kDepth>(buffer_, (i < last_ ? i : last_) * pitch_ + shift_);
  }
  __device__ void advance() { shift_ += step_; }

 private:
  const BufferResource buffer_;
  const uint32_t last_, pitch_;  // row, bytes
  uint32_t shift_;
  const uint32_t step_;
};

}  // namespace rdna1conv::tile
