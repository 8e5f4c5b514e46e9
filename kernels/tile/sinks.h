#pragma once

// Where a wave's sums go: the epilogue and the output, in any layout.
//
// Everything linear of the epilogue is one multiply-add an output, with a factor and an addend that
// lane r makes for row r. Activations that are a few instructions run on the registers; the others,
// and a normalization by pixel, on what was stored, element by element in a loop, because a hundred
// copies of a power function are no kernel.

#include "buffer_access.h"
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
      return for_each_sum<Shape>(sum, [](float v) { return v > 0 ? v : 0; });
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

// Rows are output channels, columns output pixels.
template <class Shape>
class ChannelRowSink {
 public:
  // `row` and `rows`: the wave's first output channel and how many the group has.
  __device__ ChannelRowSink(const TileConvParams& p, uint32_t group, uint32_t row, uint32_t column)
      : p_(p), y_(p.y + group * p.y_group), group_(group), row_(row), column_(column) {
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j) offset_[j] = offset_of(column + j * kWave);
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
    const BufferResource y = make_buffer(y_);
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i) {
      if (row_ + i >= p_.m) break;
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        buffer_store_f32(sum.value[i][j], y, static_cast<int32_t>(offset_[j]),
                         static_cast<int32_t>(uniform((row_ + i) * p_.y_channel)), 0);
    }
    if (!plain && !in_registers) finish_stored();
  }

 private:
  // Bytes from y of the group to row 0 of a column.
  __device__ uint32_t offset_of(uint32_t column) const {
    if (column >= p_.columns) return kOutsideBuffer;
    const PixelPosition at = position_of(p_.gather.space, column);
    return at.image * p_.y_image + at.axis[0] * p_.y_axis[0] + at.axis[1] * p_.y_axis[1] +
           at.axis[2] * p_.y_axis[2];
  }

  __device__ void add_tensor(Accumulators<Shape>& sum, const char* tensor, float scale) const {
    const BufferResource buffer = make_buffer(tensor);
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i) {
      if (row_ + i >= p_.m) break;
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        sum.value[i][j] += scale * load_column(buffer, offset_[j], (row_ + i) * p_.y_channel);
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

  // Bias and a normalization by channel.
  __device__ void apply_channels(Accumulators<Shape>& sum) const {
    const EpilogueParams& e = p_.epilogue;
    if ((e.operations & (kEpilogueAddsBias | kEpilogueNormalizes)) == 0) return;
    const uint32_t lane = threadIdx.x % kWave % Shape::kRows;
    const uint32_t row = row_ + lane < p_.m ? row_ + lane : p_.m - 1;
    const uint32_t channel = group_ * p_.m + row;
    float factor = 1, addend = 0;  // of row `lane`
    if (e.operations & kEpilogueAddsBias)
      addend = load_global(static_cast<const float*>(e.bias) + channel);
    if (e.operations & kEpilogueNormalizes) {
      const uint64_t at = channel * e.norm_k;
      factor = load_global(e.norm_scale + at) /
               sqrtf(load_global(e.norm_variance + at) + e.scalars.norm_epsilon);
      addend = (addend - load_global(e.norm_mean + at)) * factor + load_global(e.norm_shift + at);
    }
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i) {
      const float a = value_of_lane(factor, i), b = value_of_lane(addend, i);
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        sum.value[i][j] = __builtin_fmaf(sum.value[i][j], a, b);
    }
  }

  // All that follows z, on what this wave stored.
  __device__ void finish_stored() const {
    EpilogueParams e = p_.epilogue;
    e.operations &= kEpilogueAddsBias | kEpilogueNormalizes;
#pragma unroll 1
    for (uint32_t j = 0; j < Shape::kColumns; ++j) {
      const uint32_t column = column_ + j * kWave;
      if (column >= p_.columns) break;
      const uint32_t pixel =
          remainder(column, quotient(column, p_.gather.space.volume), p_.gather.space.volume);
      char* const of_column = y_ + offset_of(column);
#pragma unroll 1
      for (uint32_t i = 0; i < Shape::kRows && row_ + i < p_.m; ++i) {
        auto* const element = reinterpret_cast<float*>(of_column + (row_ + i) * p_.y_channel);
        store_global(element, apply_epilogue<float>(e, load_global(element),
                                                    group_ * p_.m + row_ + i, pixel, 0, element));
      }
    }
  }

  const TileConvParams& p_;
  char* const y_;
  const uint32_t group_, row_, column_;
  uint32_t offset_[Shape::kColumns];  // bytes, (kColumns)
};

}  // namespace rdna1conv::tile
