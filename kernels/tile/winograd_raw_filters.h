#pragma once

// Filters as they lie in w, transformed by the wave that multiplies with them (params/winograd.h).
//
// Lane (channel of a step, k) loads the nine values of one filter a step ahead, transforms them and
// puts them to the wave's own part of LDS in the order of U; from there they come back spread over
// each row of 16 lanes, as transformed filters do from memory.

#include "tile/winograd.h"

namespace rdna1conv::tile {

template <class Shape, class Element>
class RawFilters {
 public:
  // Of F(4x4,3x3) no more fits the registers beside a filter on its way.
  template <int Frequencies>
  static constexpr int kPiece = Frequencies == 36 ? 4 : 8;
  static constexpr bool kRefills = false;
  // Floats of LDS from a channel's filters to the next one's: lanes of different channels write to
  // different banks.
  static constexpr uint32_t kPitch = Shape::kFilters + Shape::kRows;

  // `row`: the first of the wave's K. `sharers`: channels of a step. `part`: the wave's part of
  // LDS, (sharers << half_bits, kPitch).
  __device__ RawFilters(const WinogradParams& p, const char* w, uint32_t row, uint32_t sharers,
                        float* part)
      : buffer_(make_buffer(w)),
        w_channel_(p.w_channel),
        w_first_(p.w_first),
        pitch_(kPitch << p.half_bits) {
    const uint32_t lane = threadIdx.x % kWave;
    const uint32_t k = lane % Shape::kRows, channel = lane / Shape::kRows;
    const uint32_t half = channel / sharers;
    channel_ = channel % sharers;
    const bool exists = half <= p.half_bits && row + k < p.conv.m;
    offset_ = exists ? (row + k) * p.w_row + (channel_ + half * p.slice_channels) * p.w_channel
                     : kOutsideBuffer;
    written_ = part + (channel_ << p.half_bits) * kPitch + half * kPitch + k;
    // Lanes without a filter write nothing.
    writes_ = half <= p.half_bits;
    first_ = part + (lane / 16 & p.half_bits) * kPitch;
#pragma unroll
    for (int i = 0; i < 2; ++i) axis_[i] = p.w_axis[i];
  }

  // The filters of the step that begins with `channel`; those from `end` on are zero.
  __device__ void load(uint32_t channel, uint32_t end) {
    const uint32_t offset = channel + channel_ < end ? offset_ : kOutsideBuffer;
#pragma unroll
    for (uint32_t i = 0; i < 3; ++i)
#pragma unroll
      for (uint32_t j = 0; j < 3; ++j)
        w_[i * 3 + j] = load_column<Bits>(buffer_, offset,
                                          channel * w_channel_ + tap_offset(w_first_, axis_, i, j));
  }
  __device__ void transform() const {
    constexpr int kSide = Shape::kSide;
    float w[9];             // (3,3)
    float half[3 * kSide];  // (3,kSide), of w's columns
    unroll<9>([&](auto i) { w[i] = value_of(w_[i]); });
    unroll<3>([&](auto j) { transform_filter_line<Shape::kTile>(w + j, 3, half + j * kSide); });
    unroll<kSide>([&](auto i) {
      float u[kSide];
      transform_filter_line<Shape::kTile>(half + i, kSide, u);
      if (!writes_) return;
#pragma unroll
      for (int j = 0; j < kSide; ++j) written_[(i * kSide + j) * Shape::kRows] = u[j];
    });
  }

  // As TransformedFilters has it.
  __device__ void begin(WinogradFilters<Shape>*) {}
  __device__ void begin_step(WinogradFilters<Shape>& filters) {
    at_ = first_;
    filters.load(at_);
  }
  __device__ void next(WinogradFilters<Shape>& filters, bool is_last) {
    if (!is_last) at_ += pitch_;
    filters.load(at_);
  }

 private:
  using Bits = std::conditional_t<sizeof(Element) == 4, float, uint16_t>;
  __device__ static float value_of(float value) { return value; }
  __device__ static float value_of(uint16_t bits) { return float_of_bfloat(bits); }

  const BufferResource buffer_;
  const uint32_t w_channel_, w_first_, pitch_;  // bytes; bytes; floats
  uint32_t axis_[2];                            // bytes
  uint32_t channel_, offset_;                   // of the step; bytes
  bool writes_;
  Bits w_[9];  // (3,3)
  float* written_;
  const float *first_, *at_;
};

}  // namespace rdna1conv::tile
