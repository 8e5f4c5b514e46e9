#pragma once

// Where sums in 32-bit integers go. Without an epilogue their bits are stored as those of floats
// are (sinks.h); else an output is computed in fp32, rounded and saturated. There are no
// normalizations, and of activations those that run on registers: the solver refuses the others.

#include "tile/integer_multiply.h"
#include "tile/sinks.h"

namespace rdna1conv::tile {

template <class Shape, bool kRowsAreChannels>
class IntegerSink {
 public:
  // The wave's first row, the lane's first column; further columns are 32 apart.
  __device__ IntegerSink(const TileConvParams& p, uint32_t group, uint32_t row, uint32_t column)
      : p_(p), y_(p.y + group * p.y_group), group_(group), row_(row), column_(column) {}

  // `sum` has the bits of integers.
  __device__ void store(Accumulators<Shape>& sum) const {
    if (is_plain(p_.epilogue)) {
      if constexpr (kRowsAreChannels) {
        Sink<Shape, true>::of_channel_rows(p_, group_, row_, {column_, kWave, p_.columns})
            .store(sum);
      } else {
        Sink<Shape, false>::of_pixel_rows(p_, group_, row_, column_).store(sum);
      }
      return;
    }
    for_each_sum<Shape>(sum, [](float v) { return static_cast<float>(integer_of(v)); });
    const EpilogueParams& e = p_.epilogue;
    if (e.operations & kEpilogueScaled) {
      for_each_sum<Shape>(sum, [&](float v) { return v * e.scalars.alpha; });
      if (e.scalars.beta != 0) add_tensor(sum, y_, e.scalars.beta);
    }
    if (e.operations & kEpilogueAddsZ)
      add_tensor(sum, static_cast<const char*>(e.z) + group_ * p_.y_group, e.scalars.z_scale);
    if (e.operations & kEpilogueAddsBias) {
      for_each_output([&](int i, int j, uint32_t, uint32_t) {
        const uint32_t channel = kRowsAreChannels ? row_ + i : column_ + j * kWave;
        sum.value[i][j] += static_cast<float>(load_global(static_cast<const int32_t*>(e.bias) +
                                                          group_ * p_.m + min(channel, p_.m - 1)));
      });
    }
    activate_registers<Shape>(sum, e.activation, e.scalars);
    const BufferResource y = make_buffer(y_);
    for_each_output([&](int i, int j, uint32_t offset, uint32_t shift) {
      buffer_store_i32(rounded_element_of<int32_t>(sum.value[i][j]), y,
                       static_cast<int32_t>(offset), static_cast<int32_t>(shift), 0);
    });
  }

 private:
  // use(row, column, the column's part of an output's offset, the row's); outside the buffer there
  // are no columns, and none of the rows that are too many are used.
  template <class Use>
  __device__ void for_each_output(Use use) const {
    const uint32_t rows = kRowsAreChannels ? p_.m : p_.columns;
    uint32_t offset[Shape::kColumns];
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j) {
      const uint32_t column = column_ + j * kWave;
      if (kRowsAreChannels) {
        offset[j] = column < p_.columns ? pixel_offset_of(p_, column) : kOutsideBuffer;
      } else {
        offset[j] = column < p_.m ? column * p_.y_channel : kOutsideBuffer;
      }
    }
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i) {
      if (row_ + i >= rows) break;
      const uint32_t shift =
          uniform(kRowsAreChannels ? (row_ + i) * p_.y_channel : pixel_offset_of(p_, row_ + i));
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j) use(i, j, offset[j], shift);
      // A few rows in flight are enough; all of them would not fit the registers.
      if (i % 4 == 3) __builtin_amdgcn_sched_barrier(0);
    }
  }

  __device__ void add_tensor(Accumulators<Shape>& sum, const char* tensor, float scale) const {
    const BufferResource buffer = make_buffer(tensor);
    for_each_output([&](int i, int j, uint32_t offset, uint32_t shift) {
      sum.value[i][j] += scale * static_cast<float>(integer_of(load_column(buffer, offset, shift)));
    });
  }

  const TileConvParams& p_;
  char* const y_;
  const uint32_t group_, row_, column_;
};

}  // namespace rdna1conv::tile
