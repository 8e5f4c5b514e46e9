#pragma once

// Sources of the operand whose columns lie in the lanes.

#include <cstddef>

#include "buffer_access.h"
#include "kernel_arguments.h"
#include "params/tile_conv.h"
#include "tile/shape.h"

namespace rdna1conv::tile {

template <class Shape>
struct ColumnStage {
  float value[Shape::kDepth][Shape::kColumns];  // (kDepth,kColumns)
  __device__ float at(int k, int j) const { return value[k][j]; }
};

// A load through a buffer with a part of the address that is uniform over the wave.
__device__ inline float load_column(BufferResource buffer, uint32_t offset, uint32_t shift) {
  return buffer_load_f32(buffer, static_cast<int32_t>(offset), static_cast<int32_t>(uniform(shift)),
                         0);
}

// Where column `column`, counted over images and the pixels of an output, lies along each axis.
struct PixelPosition {
  uint32_t image, axis[3];
};
__device__ inline PixelPosition position_of(const PixelSpace& space, uint32_t column) {
  PixelPosition at;
  at.image = quotient(column, space.volume);
  const uint32_t pixel = remainder(column, at.image, space.volume);
  at.axis[0] = quotient(pixel, space.plane);
  const uint32_t in_plane = remainder(pixel, at.axis[0], space.plane);
  at.axis[1] = quotient(in_plane, space.width);
  at.axis[2] = remainder(in_plane, at.axis[1], space.width);
  return at;
}

// The input pixels that the filter's taps meet, gathered: k runs over the channels of the first
// tap, then over those of the next. A tap moves all pixels alike, which is a scalar's matter; which
// pixels it moves out of the input is a bit of a mask made at the start, and those are sent outside
// the buffer, where loads give zero.
template <class Shape>
class GatheredPixels {
 public:
  using Stage = ColumnStage<Shape>;

  // `p` lies `argument_offset` bytes into the kernel's argument, from where a new tap reads it
  // again: the loop has no scalar registers to spare.
  __device__ GatheredPixels(const PixelGather& p, uint32_t argument_offset, const char* x,
                            uint32_t column, uint32_t columns, uint32_t slice, uint32_t slices)
      : argument_offset_(argument_offset),
        buffer_(make_buffer(x - p.origin)),
        slices_(slices),
        stages_a_tap_(p.stages_a_tap.divisor),
        channels_(p.channels),
        channel_(p.channel) {
    const uint32_t tap = quotient(slice, p.stages_a_tap);
    at_stage_ = remainder(slice, tap, p.stages_a_tap);
    const uint32_t tap_plane = quotient(tap, p.tap_plane);
    const uint32_t in_plane = remainder(tap, tap_plane, p.tap_plane);
    tap_[0] = tap_plane;
    tap_[1] = quotient(in_plane, p.tap_width);
    tap_[2] = remainder(in_plane, tap_[1], p.tap_width);
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j) {
      const uint32_t each = column + j * kWave;
      start_[j] = kOutsideBuffer;
      blocked_[j] = 0;
      if (each >= columns) continue;
      const PixelPosition at = position_of(p.space, each);
      start_[j] = at.image * p.image + at.axis[0] * p.axis[0].step + at.axis[1] * p.axis[1].step +
                  at.axis[2] * p.axis[2].step;
      if (!p.padded) continue;
      // Bit t of the filter's width, then its height, then its depth: tap t lies outside.
      uint32_t bit = 1;
#pragma unroll
      for (int i = 2; i >= 0; --i) {
        const GatherAxis& axis = p.axis[i];
        auto in = static_cast<int32_t>(at.axis[i] * axis.stride - axis.pad);
        for (uint32_t t = 0; t < axis.filter; ++t) {
          if (static_cast<uint32_t>(in) >= axis.length) blocked_[j] |= bit;
          in += static_cast<int32_t>(axis.dilation);
          bit <<= 1;
        }
      }
    }
    enter_tap();
  }

  __device__ void load(Stage& stage) const {
    const uint32_t channel = at_stage_ * Shape::kDepth;
#pragma unroll
    for (int k = 0; k < Shape::kDepth; ++k) {
      // Channels that fill up the last stage of a tap are zero in both operands.
      const uint32_t shift =
          channel + k < channels_ ? shift_ + (channel + k) * channel_ : kOutsideBuffer;
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        stage.value[k][j] = load_column(buffer_, offset_[j], shift);
    }
  }

  __device__ void advance() {
    at_stage_ += slices_;
    if (at_stage_ < stages_a_tap_) return;
    const auto width = reload_argument<GatherAxis>(axis_offset(2)).filter;
    const auto height = reload_argument<GatherAxis>(axis_offset(1)).filter;
    do {
      at_stage_ -= stages_a_tap_;
      if (++tap_[2] == width) {
        tap_[2] = 0;
        if (++tap_[1] == height) {
          tap_[1] = 0;
          ++tap_[0];
        }
      }
    } while (at_stage_ >= stages_a_tap_);
    enter_tap();
  }

 private:
  __device__ uint32_t axis_offset(uint32_t axis) const {
    return argument_offset_ + offsetof(PixelGather, axis) + axis * sizeof(GatherAxis);
  }

  __device__ void enter_tap() {
    const auto depth = reload_argument<GatherAxis>(axis_offset(0));
    const auto height = reload_argument<GatherAxis>(axis_offset(1));
    const auto width = reload_argument<GatherAxis>(axis_offset(2));
    shift_ = uniform(tap_[0] * depth.tap + tap_[1] * height.tap + tap_[2] * width.tap);
    const uint32_t mask = uniform(1u << tap_[2] | 1u << (width.filter + tap_[1]) |
                                  1u << (width.filter + height.filter + tap_[0]));
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j)
      offset_[j] = (blocked_[j] & mask) != 0 ? kOutsideBuffer : start_[j];
  }

  const uint32_t argument_offset_;
  const BufferResource buffer_;
  const uint32_t slices_, stages_a_tap_, channels_, channel_;
  uint32_t at_stage_;  // of the tap
  uint32_t tap_[3];
  uint32_t shift_;                     // of the tap, bytes
  uint32_t start_[Shape::kColumns];    // of tap 0, bytes, (kColumns)
  uint32_t blocked_[Shape::kColumns];  // (kColumns)
  uint32_t offset_[Shape::kColumns];   // of this tap, bytes, (kColumns)
};

}  // namespace rdna1conv::tile
