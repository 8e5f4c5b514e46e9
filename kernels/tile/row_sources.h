#pragma once

// Sources of the operand that is uniform over a wave. They are read by scalar loads, so their
// memory must not be written while the kernel runs.

#include "tile/shape.h"

namespace rdna1conv::tile {

using ScalarBytes = const __attribute__((address_space(4))) char*;
template <int N>
using ScalarVector = const __attribute__((address_space(4), aligned(4))) Vector<N>;

inline constexpr uint32_t kPanelRows = 16;
inline constexpr uint32_t kPanelStep = kPanelRows * 4;  // bytes from one k to the next

// Panels (m / 16, k, 16): one load brings all rows of a k.
template <class Shape>
class PanelRows {
 public:
  struct Stage {
    Vector<Shape::kRows> value[Shape::kDepth];  // (kDepth,kRows)
    __device__ float at(int k, int i) const { return value[k][i]; }
    __device__ void arrived() {
#pragma unroll
      for (auto& each : value) asm volatile("" : "+s"(each));
      asm volatile("" ::: "memory");
    }
  };

  // The rows from `row`, a multiple of kRows, of a matrix of `depth` k. Of its stages every
  // `slices`th from `slice` on.
  __device__ PanelRows(const float* panels, uint32_t row, uint32_t depth, uint32_t slice,
                       uint32_t slices)
      : at_((ScalarBytes)(uint64_t)panels +
            (uint64_t{row / kPanelRows * depth + slice * Shape::kDepth} * kPanelRows +
             row % kPanelRows) *
                4),
        step_(slices * Shape::kDepth * kPanelStep) {}

  __device__ void load(Stage& stage) const {
#pragma unroll
    for (int k = 0; k < Shape::kDepth; ++k)
      stage.value[k] = *(ScalarVector<Shape::kRows>*)(at_ + k * kPanelStep);
  }
  __device__ void advance() { at_ += step_; }

 private:
  ScalarBytes at_;
  uint32_t step_;
};

// Rows of a matrix (k, m), m contiguous and full tiles of it: as a panel, that is wider.
template <class Shape>
class TransposedRows {
 public:
  using Stage = typename PanelRows<Shape>::Stage;

  // The rows from `row` on. `pitch` is in elements.
  __device__ TransposedRows(const float* matrix, uint32_t row, uint32_t pitch, uint32_t slice,
                            uint32_t slices)
      : at_((ScalarBytes)(uint64_t)matrix + (uint64_t{slice * Shape::kDepth} * pitch + row) * 4),
        pitch_(pitch * 4),
        step_(slices * Shape::kDepth * pitch_) {}

  __device__ void load(Stage& stage) const {
#pragma unroll
    for (int k = 0; k < Shape::kDepth; ++k)
      stage.value[k] = *(ScalarVector<Shape::kRows>*)(at_ + k * pitch_);
  }
  __device__ void advance() { at_ += step_; }

 private:
  ScalarBytes at_;
  uint32_t pitch_, step_;  // bytes from a k, from a stage to the next
};

// Rows of a matrix (m, k), k contiguous: one load brings kDepth k of a row.
template <class Shape>
class MatrixRows {
 public:
  struct Stage {
    Vector<Shape::kDepth> value[Shape::kRows];  // (kRows,kDepth)
    __device__ float at(int k, int i) const { return value[i][k]; }
    __device__ void arrived() {
#pragma unroll
      for (auto& each : value) asm volatile("" : "+s"(each));
      asm volatile("" ::: "memory");
    }
  };

  // The rows from `row` on of `rows`; those beyond repeat the last one. `pitch` is in elements.
  __device__ MatrixRows(const float* matrix, uint32_t row, uint32_t rows, uint32_t pitch,
                        uint32_t slice, uint32_t slices)
      : at_((ScalarBytes)(uint64_t)matrix + (uint64_t{row} * pitch + slice * Shape::kDepth) * 4),
        step_(slices * Shape::kDepth * 4) {
#pragma unroll
    for (uint32_t i = 0; i < Shape::kRows; ++i) {
      const uint32_t last = rows - 1 - row;
      offset_[i] = uniform((i < last ? i : last) * pitch * 4);
    }
  }

  __device__ void load(Stage& stage) const {
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i)
      stage.value[i] = *(ScalarVector<Shape::kDepth>*)(at_ + offset_[i]);
  }
  __device__ void advance() { at_ += step_; }

 private:
  ScalarBytes at_;
  uint32_t step_;
  uint32_t offset_[Shape::kRows];  // bytes, (kRows)
};

}  // namespace rdna1conv::tile
