#pragma once

// Sources of the operand whose columns lie in the lanes.

#include <cstddef>
#include <type_traits>

#include "buffer_access.h"
#include "kernel_arguments.h"
#include "params/tile_conv.h"
#include "tile/row_sources.h"
#include "tile/shape.h"

namespace rdna1conv::tile {

template <class Shape>
struct ColumnStage {
  float value[Shape::kDepth][Shape::kColumns];  // (kDepth,kColumns)
  __device__ float at(int k, int j) const { return value[k][j]; }
};

// A load through a buffer with a part of the address that is uniform over the wave: of a float, or
// of the bits of a half, uint16_t.
template <class T = float>
__device__ inline T load_column(BufferResource buffer, uint32_t offset, uint32_t shift) {
  const auto of_lane = static_cast<int32_t>(offset), of_wave = static_cast<int32_t>(uniform(shift));
  if constexpr (sizeof(T) == sizeof(float))
    return buffer_load_f32(buffer, of_lane, of_wave, 0);
  else
    return buffer_load_i16(buffer, of_lane, of_wave, 0);
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

// Where an output pixel's first tap lies, in bytes, and which taps meet padding: bit t of the
// filter's width, then its height, then its depth.
struct GatheredPixel {
  uint32_t start, blocked;
};
__device__ inline GatheredPixel gathered_pixel(const PixelGather& p, uint32_t column,
                                               uint32_t columns) {
  if (column >= columns) return {kOutsideBuffer, 0};
  const PixelPosition at = position_of(p.space, column);
  GatheredPixel pixel{at.image * p.image + at.axis[0] * p.axis[0].step +
                          at.axis[1] * p.axis[1].step + at.axis[2] * p.axis[2].step,
                      0};
  if (!p.padded) return pixel;
  uint32_t bit = 1;
#pragma unroll
  for (int i = 2; i >= 0; --i) {
    const GatherAxis& axis = p.axis[i];
    auto in = static_cast<int32_t>(at.axis[i] * axis.stride - axis.pad);
    for (uint32_t t = 0; t < axis.filter; ++t) {
      if (static_cast<uint32_t>(in) >= axis.length) pixel.blocked |= bit;
      in += static_cast<int32_t>(axis.dilation);
      bit <<= 1;
    }
  }
  return pixel;
}

// A tap of the filter and how it moves all pixels alike.
class TapWalk {
 public:
  // `argument_offset`: where the kernel's argument holds the PixelGather, to read it again at a new
  // tap: loops have no scalar registers to spare.
  __device__ TapWalk(const PixelGather& p, uint32_t argument_offset, uint32_t tap)
      : argument_offset_(argument_offset) {
    at_[0] = quotient(tap, p.tap_plane);
    const uint32_t in_plane = remainder(tap, at_[0], p.tap_plane);
    at_[1] = quotient(in_plane, p.tap_width);
    at_[2] = remainder(in_plane, at_[1], p.tap_width);
  }
  __device__ void advance() {
    if (++at_[2] != axis(2).filter) return;
    at_[2] = 0;
    if (++at_[1] != axis(1).filter) return;
    at_[1] = 0;
    ++at_[0];
  }
  // Bytes, and the bits of GatheredPixel::blocked.
  __device__ uint32_t shift() const {
    return uniform(at_[0] * axis(0).tap + at_[1] * axis(1).tap + at_[2] * axis(2).tap);
  }
  __device__ uint32_t mask() const {
    const uint32_t width = axis(2).filter, height = axis(1).filter;
    return uniform(1u << at_[2] | 1u << (width + at_[1]) | 1u << (width + height + at_[0]));
  }

 private:
  __device__ GatherAxis axis(uint32_t i) const {
    return reload_argument<GatherAxis>(argument_offset_ + offsetof(PixelGather, axis) +
                                       i * sizeof(GatherAxis));
  }

  const uint32_t argument_offset_;
  uint32_t at_[3];
};

// The stages of a wave, every `slices`th from `slice` on: those of the first tap's channels, then
// those of the next.
class StageWalk {
 public:
  __device__ StageWalk(const PixelGather& p, uint32_t argument_offset, uint32_t slice,
                       uint32_t slices)
      : slices_(slices),
        stages_a_tap_(p.stages_a_tap.divisor),
        of_tap_(remainder(slice, quotient(slice, p.stages_a_tap), p.stages_a_tap)),
        tap_(p, argument_offset, quotient(slice, p.stages_a_tap)) {}

  // Whether the next stage is of another tap.
  __device__ bool advance() {
    of_tap_ += slices_;
    if (of_tap_ < stages_a_tap_) return false;
    do {
      of_tap_ -= stages_a_tap_;
      tap_.advance();
    } while (of_tap_ >= stages_a_tap_);
    return true;
  }

  __device__ uint32_t of_tap() const { return of_tap_; }  // counted within the tap
  __device__ const TapWalk& tap() const { return tap_; }

 private:
  const uint32_t slices_, stages_a_tap_;
  uint32_t of_tap_;
  TapWalk tap_;
};

// The input pixels that the filter's taps meet, gathered: k runs over the channels of the first
// tap, then over those of the next. A tap moves all pixels alike, which is a scalar's matter; which
// pixels it moves out of the input is a bit of a mask made at the start, and those are sent outside
// the buffer, where loads give zero. StageOf says what an element is.
template <class Shape, class StageOf>
class Gathered {
 public:
  using Stage = StageOf;

  __device__ Gathered(const PixelGather& p, uint32_t argument_offset, const char* x,
                      uint32_t column, uint32_t columns, uint32_t slice, uint32_t slices)
      : buffer_(make_buffer(x - p.origin)),
        channels_(p.channels),
        channel_(p.channel),
        walk_(p, argument_offset, slice, slices) {
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j) {
      const GatheredPixel pixel = gathered_pixel(p, column + j * kWave, columns);
      start_[j] = pixel.start;
      blocked_[j] = pixel.blocked;
    }
    enter_tap();
  }

  __device__ void load(Stage& stage) const {
    const uint32_t channel = walk_.of_tap() * Shape::kDepth;
#pragma unroll
    for (int k = 0; k < Shape::kDepth; ++k) {
      // Channels that fill up the last stage of a tap are zero in both operands.
      const uint32_t shift =
          channel + k < channels_ ? shift_ + (channel + k) * channel_ : kOutsideBuffer;
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        stage.value[k][j] = load_column<Element>(buffer_, offset_[j], shift);
    }
  }

  __device__ void advance() {
    if (walk_.advance()) enter_tap();
  }

 private:
  using Element = std::remove_all_extents_t<decltype(Stage::value)>;

  __device__ void enter_tap() {
    shift_ = walk_.tap().shift();
    const uint32_t mask = walk_.tap().mask();
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j)
      offset_[j] = (blocked_[j] & mask) != 0 ? kOutsideBuffer : start_[j];
  }

  const BufferResource buffer_;
  const uint32_t channels_, channel_;
  StageWalk walk_;
  uint32_t shift_;                     // of the tap, bytes
  uint32_t start_[Shape::kColumns];    // of tap 0, bytes, (kColumns)
  uint32_t blocked_[Shape::kColumns];  // (kColumns)
  uint32_t offset_[Shape::kColumns];   // of this tap, bytes, (kColumns)
};
template <class Shape>
using GatheredPixels = Gathered<Shape, ColumnStage<Shape>>;

// Panels (n / 16, k, 16) with the columns in the lanes.
template <class Shape>
class PanelColumns {
 public:
  using Stage = ColumnStage<Shape>;

  // As PanelRows has it.
  __device__ PanelColumns(const float* panels, uint32_t column, uint32_t columns, uint32_t depth,
                          uint32_t slice, uint32_t slices)
      : buffer_(make_buffer(panels)),
        shift_(slice * Shape::kDepth * kPanelStep),
        step_(slices * Shape::kDepth * kPanelStep) {
#pragma unroll
    for (int j = 0; j < Shape::kColumns; ++j) {
      const uint32_t each = column + j * kWave;
      offset_[j] = each < columns ? each / kPanelRows * (depth * kPanelStep) + each % kPanelRows * 4
                                  : kOutsideBuffer;
    }
  }
  __device__ void load(Stage& stage) const {
#pragma unroll
    for (int k = 0; k < Shape::kDepth; ++k)
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        stage.value[k][j] = load_column(buffer_, offset_[j], shift_ + k * kPanelStep);
  }
  __device__ void advance() { shift_ += step_; }

 private:
  const BufferResource buffer_;
  uint32_t shift_;
  const uint32_t step_;
  uint32_t offset_[Shape::kColumns];  // bytes, (kColumns)
};

}  // namespace rdna1conv::tile
