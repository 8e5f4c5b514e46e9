#pragma once

// Where a wave's sums go: the epilogue and the output, in any layout.
//
// Everything linear of the epilogue is one multiply-add an output, with a factor and an addend that
// lane r makes for row r. Activations that are a few instructions run on the registers; the others,
// and a normalization by pixel, on what was stored, element by element in a loop, because a hundred
// copies of a power function are no kernel.

#include "buffer_access.h"
#include "element_types.h"
#include "epilogue.h"
#include "params/tile_conv.h"
#include "tile/column_sources.h"
#include "tile/multiply.h"

namespace rdna1conv::tile {

__device__ inline float value_of_lane(float value, int lane) {
  return __builtin_bit_cast(float,
                            __builtin_amdgcn_readlane(__builtin_bit_cast(int32_t, value), lane));
}

constexpr uint32_t bit_of(Activation activation) { return 1u << static_cast<uint32_t>(activation); }

__device__ inline bool runs_on_registers(Activation activation) {
  constexpr uint32_t kFew = bit_of(Activation::kPassThrough) | bit_of(Activation::kRelu) |
                            bit_of(Activation::kAbs) | bit_of(Activation::kClippedRelu) |
                            bit_of(Activation::kLeakyRelu) | bit_of(Activation::kClamp);
  return (kFew >> static_cast<uint32_t>(activation) & 1) != 0;
}

template <class Shape, class Function>
__device__ inline void for_each_sum(Accumulators<Shape>& sum, Function function) {
#pragma unroll
  for (auto& row : sum.value)
#pragma unroll
    for (float& value : row) value = function(value);
}

template <class Shape>
__device__ inline void activate_registers(Accumulators<Shape>& sum, Activation activation,
                                          const EpilogueScalars& s) {
  switch (activation) {
    case Activation::kRelu:
      return for_each_sum<Shape>(sum, [&](float v) { return activate(v, Activation::kRelu, s); });
    case Activation::kAbs:
      return for_each_sum<Shape>(sum, [](float v) { return fabsf(v); });
    case Activation::kClippedRelu:
      return for_each_sum<Shape>(sum,
                                 [&](float v) { return activate(v, Activation::kClippedRelu, s); });
    case Activation::kLeakyRelu:
      return for_each_sum<Shape>(sum,
                                 [&](float v) { return activate(v, Activation::kLeakyRelu, s); });
    case Activation::kClamp:
      return for_each_sum<Shape>(sum, [&](float v) { return activate(v, Activation::kClamp, s); });
    default:
      return;
  }
}

// Bytes from y of the group to a pixel, counted over the images.
__device__ inline uint32_t pixel_offset_of(const TileConvParams& p, uint32_t pixel) {
  const PixelPosition at = position_of(p.gather.space, pixel);
  return at.image * p.y_image + at.axis[0] * p.y_axis[0] + at.axis[1] * p.y_axis[1] +
         at.axis[2] * p.y_axis[2];
}

// A lane's columns, `step` apart, as far as they are below `limit`: channels, or pixels counted
// over the images.
struct EvenColumns {
  uint32_t first, step, limit;

  __device__ uint32_t index(uint32_t j) const { return first + j * step; }
  __device__ bool has(uint32_t j) const { return index(j) < limit; }
  __device__ uint32_t pixel_offset(const TileConvParams& p, uint32_t j) const {
    return pixel_offset_of(p, index(j));
  }
};

// A lane's columns, kGroup side by side and then 32 times as many further on, which lie side by
// side in y too.
template <int kGroup>
struct NeighbourColumns {
  uint32_t first, limit;

  __device__ NeighbourColumns(uint32_t column, uint32_t columns) : first(column), limit(columns) {}
  __device__ uint32_t index(uint32_t j) const {
    return first + j / kGroup * (kGroup * kWave) + j % kGroup;
  }
  __device__ bool has(uint32_t j) const { return index(j) < limit; }
  __device__ uint32_t pixel_offset(const TileConvParams& p, uint32_t j) const {
    return pixel_offset_of(p, index(j));
  }
};

// How many of a lane's columns are stored at once.
template <class Columns>
inline constexpr int kNeighbours = 1;
template <int kGroup>
inline constexpr int kNeighbours<NeighbourColumns<kGroup>> = kGroup;

// Columns in runs of this many that may lie side by side in y, which Columns::are_runs says; 1 for
// those that never do.
template <class Columns>
inline constexpr int kRun = 1;

// Elements of a tensor beside y, and of y.
template <class Element>
__device__ inline float load_element(BufferResource buffer, uint32_t offset, uint32_t shift) {
  if constexpr (sizeof(Element) == sizeof(float)) {
    return load_column(buffer, offset, shift);
  } else {
    return static_cast<float>(
        __builtin_bit_cast(Element, load_column<uint16_t>(buffer, offset, shift)));
  }
}

// Of a wave's rows and columns one are output channels, the others output pixels. What is uniform,
// a row's part of an address, is a scalar; a column's is a lane's.
template <class Shape, bool kRowsAreChannels, class Columns = EvenColumns, class Element = float>
class Sink {
 public:
  // Rows are channels from `row` on, columns pixels.
  __device__ static Sink of_channel_rows(const TileConvParams& p, uint32_t group, uint32_t row,
                                         const Columns& columns) {
    static_assert(kRowsAreChannels, "");
    return {p, group, row, p.m, columns};
  }
  // Rows are pixels from `row` on, columns channels from `column` on, 32 apart.
  __device__ static Sink of_pixel_rows(const TileConvParams& p, uint32_t group, uint32_t row,
                                       uint32_t column) {
    static_assert(!kRowsAreChannels, "");
    return {p, group, row, p.columns, {column, kWave, p.m}};
  }

  __device__ void store(Accumulators<Shape>& sum) const {
    const EpilogueParams& e = p_.epilogue;
    const bool plain = is_plain(e);
    const bool in_registers = runs_on_registers(e.activation) && e.norm_pixel == 0;
    if (!plain) {
      apply_tensors(sum);
      if (in_registers) {
        apply_channels(sum);
        activate_registers<Shape>(sum, e.activation, e.scalars);
      }
    }
    store_registers(sum);
    // Narrower elements would round in between: such epilogues are refused for them.
    if constexpr (sizeof(Element) == sizeof(float)) {
      if (!plain && !in_registers) finish_stored();
    }
  }

 private:
  // As few and wide stores as the layout has room for: each asks for all lines that the lanes
  // touch.
  __device__ void store_registers(const Accumulators<Shape>& sum) const {
    const BufferResource y = make_buffer(y_);
    if constexpr (kRun < Columns >> 1) {
      if (columns_.are_runs(p_, sizeof(Element))) {
#pragma unroll
        for (int i = 0; i < Shape::kRows; ++i) {
          if (row_ + i >= rows_) break;
#pragma unroll
          for (int j = 0; j < Shape::kColumns; j += kRun<Columns>)
            store_run<kRun<Columns>>([&](int n) { return sum.value[i][j + n]; }, y, offset_[j],
                                     shift_of(i));
        }
        return;
      }
      if (p_.y_channel == sizeof(Element) && row_ + Shape::kRows <= rows_) {
#pragma unroll
        for (int j = 0; j < Shape::kColumns; ++j)
          store_run<Shape::kRows>([&](int n) { return sum.value[n][j]; }, y, offset_[j],
                                  shift_of(0));
        return;
      }
    }
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i) {
      if (row_ + i >= rows_) break;
#pragma unroll
      for (int j = 0; j < Shape::kColumns; j += kNeighbours<Columns>)
        store_elements(&sum.value[i][j], y, offset_[j], shift_of(i));
    }
  }
  // `Count` neighbours in memory, value(0) and those that follow.
  template <int Count, class Value>
  __device__ static void store_run(Value value, BufferResource y, uint32_t offset, uint32_t shift) {
    constexpr int kWords = Count * static_cast<int>(sizeof(Element)) / 4;
    static_assert(kWords == 1 || kWords % 2 == 0, "whole words, by four or two");
    int32_t word[kWords];
#pragma unroll
    for (int i = 0; i < kWords; ++i) {
      if constexpr (sizeof(Element) == sizeof(float)) {
        word[i] = __builtin_bit_cast(int32_t, value(i));
      } else {
        const float pair[] = {value(2 * i), value(2 * i + 1)};
        word[i] = static_cast<int32_t>(pair_bits(pair));
      }
    }
    const auto at = static_cast<int32_t>(offset);
    if constexpr (kWords == 1) {
      buffer_store_i32(word[0], y, at, static_cast<int32_t>(shift), 0);
    } else if constexpr (kWords == 2) {
      buffer_store_i32x2(IntX2{word[0], word[1]}, y, at, static_cast<int32_t>(shift), 0);
    } else {
#pragma unroll
      for (int i = 0; i < kWords; i += 4)
        buffer_store_i32x4(IntX4{word[i], word[i + 1], word[i + 2], word[i + 3]}, y, at,
                           static_cast<int32_t>(shift + i * 4), 0);
    }
  }
  // kNeighbours of them.
  __device__ static void store_elements(const float* values, BufferResource y, uint32_t offset,
                                        uint32_t shift) {
    const auto at = static_cast<int32_t>(offset), moved = static_cast<int32_t>(shift);
    constexpr int kCount = kNeighbours<Columns>;
    if constexpr (sizeof(Element) == sizeof(float)) {
      static_assert(kCount == 1, "");
      buffer_store_f32(values[0], y, at, moved, 0);
    } else if constexpr (kCount == 1) {
      buffer_store_i16(bits_of(values[0]), y, at, moved, 0);
    } else {
      static_assert(kCount == 4, "");
      buffer_store_i32x2(IntX2{static_cast<int32_t>(pair_bits(values)),
                               static_cast<int32_t>(pair_bits(values + 2))},
                         y, at, moved, 0);
    }
  }
  __device__ static uint16_t bits_of(float value) {
    return __builtin_bit_cast(uint16_t, static_cast<Element>(value));
  }
  __device__ static uint32_t pair_bits(const float* values) {
    return bits_of(values[0]) | static_cast<uint32_t>(bits_of(values[1])) << 16;
  }

  __device__ Sink(const TileConvParams& p, uint32_t group, uint32_t row, uint32_t rows,
                  const Columns& columns)
      : p_(p),
        y_(p.y + group * p.y_group),
        group_(group),
        row_(row),
        rows_(rows),
        columns_(columns) {
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j)
      offset_[j] = columns.has(j) ? column_offset(j) : kOutsideBuffer;
    if (!kRowsAreChannels) {
      const uint32_t each = row + threadIdx.x % kWave % Shape::kRows;
      pixel_offset_ = each < rows ? pixel_offset_of(p, each) : 0;
    }
  }

  // Bytes from y of the group.
  __device__ uint32_t column_offset(uint32_t j) const {
    if constexpr (kRowsAreChannels) return columns_.pixel_offset(p_, j);
    return columns_.index(j) * p_.y_channel;
  }
  __device__ uint32_t row_offset(uint32_t row) const {
    return kRowsAreChannels ? row * p_.y_channel : pixel_offset_of(p_, row);
  }
  __device__ uint32_t shift_of(int i) const {
    if (kRowsAreChannels) return uniform((row_ + i) * p_.y_channel);
    return __builtin_amdgcn_readlane(static_cast<int32_t>(pixel_offset_), i);
  }

  __device__ void add_tensor(Accumulators<Shape>& sum, const char* tensor, float scale) const {
    const BufferResource buffer = make_buffer(tensor);
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i) {
      if (row_ + i >= rows_) break;
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        sum.value[i][j] += scale * load_element<Element>(buffer, offset_[j], shift_of(i));
      // A few rows in flight are enough; all of them would not fit the registers.
      if (i % 4 == 3) __builtin_amdgcn_sched_barrier(0);
    }
  }

  // What the output held, and z.
  __device__ void apply_tensors(Accumulators<Shape>& sum) const {
    const EpilogueParams& e = p_.epilogue;
    if (e.operations & kEpilogueScaled) {
      for_each_sum<Shape>(sum, [&](float v) { return v * e.scalars.alpha; });
      if (e.scalars.beta != 0) add_tensor(sum, y_, e.scalars.beta);
    }
    if (e.operations & kEpilogueAddsZ)
      add_tensor(sum, static_cast<const char*>(e.z) + group_ * p_.y_group, e.scalars.z_scale);
  }

  // Bias and a normalization by channel, as one multiply-add.
  struct Linear {
    float factor = 1, addend = 0;
  };
  __device__ Linear linear_of(uint32_t channel_of_group) const {
    const EpilogueParams& e = p_.epilogue;
    const uint32_t last = p_.m - 1;
    const uint32_t channel = group_ * p_.m + (channel_of_group < last ? channel_of_group : last);
    Linear linear;
    if (e.operations & kEpilogueAddsBias)
      linear.addend =
          static_cast<float>(load_global(static_cast<const Element*>(e.bias) + channel));
    if (e.operations & kEpilogueNormalizes) {
      const uint64_t at = channel * e.norm_k;
      linear.factor = load_global(e.norm_scale + at) /
                      sqrtf(load_global(e.norm_variance + at) + e.scalars.norm_epsilon);
      linear.addend = (linear.addend - load_global(e.norm_mean + at)) * linear.factor +
                      load_global(e.norm_shift + at);
    }
    return linear;
  }
  __device__ void apply_channels(Accumulators<Shape>& sum) const {
    if ((p_.epilogue.operations & (kEpilogueAddsBias | kEpilogueNormalizes)) == 0) return;
    if (kRowsAreChannels) {
      // Lane r makes row r's.
      const Linear linear = linear_of(row_ + threadIdx.x % kWave % Shape::kRows);
#pragma unroll
      for (int i = 0; i < Shape::kRows; ++i) {
        const float a = value_of_lane(linear.factor, i), b = value_of_lane(linear.addend, i);
#pragma unroll
        for (int j = 0; j < Shape::kColumns; ++j)
          sum.value[i][j] = __builtin_fmaf(sum.value[i][j], a, b);
      }
      return;
    }
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j) {
      const Linear linear = linear_of(columns_.index(j));
#pragma unroll
      for (int i = 0; i < Shape::kRows; ++i)
        sum.value[i][j] = __builtin_fmaf(sum.value[i][j], linear.factor, linear.addend);
    }
  }

  // All that follows z, on what this wave stored.
  __device__ void finish_stored() const {
    EpilogueParams e = p_.epilogue;
    e.operations &= kEpilogueAddsBias | kEpilogueNormalizes;
#pragma unroll 1
    for (uint32_t j = 0; j < Shape::kColumns; ++j) {
      if (!columns_.has(j)) continue;
      char* const of_column = y_ + column_offset(j);
#pragma unroll 1
      for (uint32_t i = 0; i < Shape::kRows && row_ + i < rows_; ++i) {
        const uint32_t row = row_ + i;
        const uint32_t channel = kRowsAreChannels ? row : columns_.index(j);
        const uint32_t counted = kRowsAreChannels ? columns_.index(j) : row;
        const uint32_t pixel =
            remainder(counted, quotient(counted, p_.gather.space.volume), p_.gather.space.volume);
        auto* const element = reinterpret_cast<float*>(of_column + row_offset(row));
        store_global(element, apply_epilogue<float>(e, load_global(element),
                                                    group_ * p_.m + channel, pixel, 0, element));
      }
    }
  }

  const TileConvParams& p_;
  char* const y_;
  const uint32_t group_, row_, rows_;
  const Columns columns_;
  uint32_t offset_[Shape::kColumns];  // bytes, (kColumns)
  uint32_t pixel_offset_ = 0;         // of row lane % kRows, bytes
};

}  // namespace rdna1conv::tile
