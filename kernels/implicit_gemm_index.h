#pragma once

// Where the indices of an implicit GEMM lie in the tensors (params/implicit_gemm.h).

#include <hip/hip_runtime.h>

#include <cstdint>

#include "params/implicit_gemm.h"

namespace rdna1conv {

// Byte offsets of narrow kernels wrap at 32 bits on the way (positions in the padding are
// negative); what is loaded or stored lies below 2^31.
template <bool kWide>
struct OffsetOf {
  using Type = uint32_t;
  static constexpr Type kOutside = 1u << 31;
};
template <>
struct OffsetOf<true> {
  using Type = int64_t;
  static constexpr Type kOutside = -(int64_t{1} << 62);
};

// A pixel's or tap's share of an offset and a position in x.
template <bool kWide>
struct alignas(16) Place {
  typename OffsetOf<kWide>::Type x;
  int32_t d, h, w;
};

// A position that stays outside whatever is added to it.
inline constexpr int32_t kNowhere = -(1 << 30);

struct Digits {
  uint32_t outer, d, h, w;
};

__device__ inline Digits digits_of(const IndexSpace& space, uint32_t index) {
  uint32_t digit[4];
#pragma unroll
  for (int i = 0; i < 3; ++i) {
    const uint32_t next = quotient(index, space.digits[i]);
    digit[i] = remainder(index, next, space.digits[i]);
    index = next;
  }
  digit[3] = index;
  if (space.outer_first) return {digit[0], digit[3], digit[2], digit[1]};
  return {digit[3], digit[2], digit[1], digit[0]};
}

template <bool kWide>
__device__ inline typename OffsetOf<kWide>::Type other_offset(const IndexSpace& space,
                                                              const Digits& at) {
  using Offset = typename OffsetOf<kWide>::Type;
  return at.outer * static_cast<Offset>(space.other_outer) +
         at.d * static_cast<Offset>(space.other_axis[0]) +
         at.h * static_cast<Offset>(space.other_axis[1]) +
         at.w * static_cast<Offset>(space.other_axis[2]);
}

template <bool kWide>
__device__ inline Place<kWide> place_of(const ImplicitGemmParams& p, const IndexSpace& space,
                                        const Digits& at) {
  using Offset = typename OffsetOf<kWide>::Type;
  const int32_t d = space.start[0] + static_cast<int32_t>(at.d) * space.step[0];
  const int32_t h = space.start[1] + static_cast<int32_t>(at.h) * space.step[1];
  const int32_t w = space.start[2] + static_cast<int32_t>(at.w) * space.step[2];
  const Offset x = at.outer * static_cast<Offset>(space.x_outer) +
                   static_cast<Offset>(d) * static_cast<Offset>(p.x_axis[0]) +
                   static_cast<Offset>(h) * static_cast<Offset>(p.x_axis[1]) +
                   static_cast<Offset>(w) * static_cast<Offset>(p.x_axis[2]);
  return {x, d, h, w};
}

// The index of the normalization parameter of a pixel, for parameters per activation.
__device__ inline uint32_t norm_pixel_of(const ImplicitGemmParams& p, const Digits& at) {
  return p.norm_start + at.d * p.norm_step[0] + at.h * p.norm_step[1] + at.w * p.norm_step[2];
}

}  // namespace rdna1conv
