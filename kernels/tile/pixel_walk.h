#pragma once

// Output pixels in the lanes, 32 at a time: where they lie in dy, and in x after a tap moved them.

#include "buffer_access.h"
#include "params/tile_weights.h"
#include "tile/column_sources.h"

namespace rdna1conv::tile {

// Bytes from the first element, for a pixel of either tensor.
struct PixelOffsets {
  uint32_t x, dy;
};

class PixelWalk {
 public:
  // The lane's pixel is the one `first` + lane of all images'.
  __device__ PixelWalk(const TileWeightsParams& p, uint32_t first, uint32_t tap)
      : p_(p), left_(p.pixels - first - threadIdx.x % kWave) {
    const uint32_t each = first + threadIdx.x % kWave;
    const PixelPosition at = position_of(p.space, each);
    offset_ = {at.image * p.x_image, at.image * p.y_image};
    tap_[0] = quotient(tap, p.tap_width);
    tap_[1] = remainder(tap, tap_[0], p.tap_width);
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      at_[i] = at.axis[i + 1];
      offset_.x += at_[i] * p.x_axis[i];
      offset_.dy += at_[i] * p.y_axis[i];
      shift_[i] = static_cast<int32_t>(uniform(tap_[i] * p.axis[i].dilation - p.axis[i].pad));
    }
  }

  // Bytes by which the tap moves x.
  __device__ uint64_t tap_offset() const {
    return uint64_t{tap_[0]} * p_.x_tap[0] + uint64_t{tap_[1]} * p_.x_tap[1];
  }

  // Outside both buffers, if there is no pixel or the tap moves it out of the input: then neither
  // operand may count, as the other one may be infinite.
  __device__ PixelOffsets offsets() const {
    bool inside = static_cast<int32_t>(left_) > 0;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const auto in = static_cast<int32_t>(__umul24(at_[i], p_.axis[i].stride)) + shift_[i];
      inside &= static_cast<uint32_t>(in) < p_.axis[i].input;
    }
    return {inside ? offset_.x : kOutsideBuffer, inside ? offset_.dy : kOutsideBuffer};
  }

  // 32 pixels on.
  __device__ void advance() {
    left_ -= kWave;
    offset_.x += p_.move_x;
    offset_.dy += p_.move_y;
    uint32_t carry = 0;
#pragma unroll
    for (int i = 1; i >= 0; --i) {
      const PixelStride& axis = p_.axis[i];
      const uint32_t moved = at_[i] + axis.move + carry;
      const bool over = moved >= axis.length;
      at_[i] = over ? moved - axis.length : moved;
      offset_.x += over ? axis.carry_x : 0;
      offset_.dy += over ? axis.carry_y : 0;
      carry = over ? 1 : 0;
    }
  }

 private:
  const TileWeightsParams& p_;
  uint32_t left_;     // pixels from the lane's to the last
  uint32_t at_[2];    // row and column of the output
  uint32_t tap_[2];   // uniform
  int32_t shift_[2];  // from the output's place in the input to the tap's, pixels; uniform
  PixelOffsets offset_;
};

}  // namespace rdna1conv::tile
