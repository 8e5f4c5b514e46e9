#pragma once

// Where the indices of an implicit GEMM lie in the tensors (params/implicit_gemm.h).

#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>

#include "kernel_arguments.h"
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

// `lengths`: from the fastest digit on.
__device__ inline Digits digits_of(const IndexSpace& space, const FastDivision (&lengths)[4],
                                   uint32_t index) {
  uint32_t digit[4];
#pragma unroll
  for (int i = 0; i < 3; ++i) {
    const FastDivision length = lengths[i];
    const uint32_t next = quotient(index, length);
    digit[i] = remainder(index, next, length);
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
                                        const int32_t (&start)[3], const Digits& at) {
  using Offset = typename OffsetOf<kWide>::Type;
  const int32_t d = start[0] + static_cast<int32_t>(at.d) * space.step[0];
  const int32_t h = start[1] + static_cast<int32_t>(at.h) * space.step[1];
  const int32_t w = start[2] + static_cast<int32_t>(at.w) * space.step[2];
  const Offset x = at.outer * static_cast<Offset>(space.x_outer) +
                   static_cast<Offset>(d) * static_cast<Offset>(p.x_axis[0]) +
                   static_cast<Offset>(h) * static_cast<Offset>(p.x_axis[1]) +
                   static_cast<Offset>(w) * static_cast<Offset>(p.x_axis[2]);
  return {x, d, h, w};
}

// What the classes of a launch differ in. In LDS: scalar registers are scarce.
struct ClassParams {
  FastDivision pixel[4], tap[4];  // lengths of the digits from the fastest on; of the last, unused
  int32_t start[3];               // position in x of the first pixel
  uint32_t positions[3], taps[3];
  uint32_t norm[3];      // index of the first pixel, by axis
  int64_t a[3], out[3];  // where the first tap and the first pixel are, by axis

  __device__ uint32_t pixels(const ImplicitGemmParams& p) const {
    return p.pixel.outer.divisor * positions[0] * positions[1] * positions[2];
  }
  __device__ uint32_t all_taps(const ImplicitGemmParams& p) const {
    return p.tap.outer.divisor * taps[0] * taps[1] * taps[2];
  }
};

// The one that divides by `divisor`, else the second.
__device__ inline FastDivision of_divisor(uint32_t divisor, FastDivision first,
                                          FastDivision second) {
  const bool is_first = first.divisor == divisor;
  return {is_first ? first.divisor : second.divisor,
          is_first ? first.multiplier : second.multiplier, is_first ? first.shift : second.shift};
}

// Axis `i` of d, h, w. Its residue is the last digit of `number`, whose other digits are returned.
__device__ inline uint32_t fill_class_axis(ClassParams& result, const ImplicitGemmParams& p, int i,
                                           uint32_t number) {
  const auto axis = reload_argument<ImplicitGemmAxis>(
      offsetof(ImplicitGemmParams, axis) + static_cast<uint32_t>(i) * sizeof(ImplicitGemmAxis));
  const uint32_t others = quotient(number, axis.residues);
  const uint32_t residue = remainder(number, others, axis.residues);
  const uint32_t positions = quotient(axis.length - residue + axis.stride.divisor - 1, axis.stride);
  // The first tap for which residue + start - tap * dilation is a multiple of the stride.
  const uint32_t limit = min(axis.tap_step.divisor, axis.filter);
  uint32_t rest = residue + axis.start_residue, tap = 0;
  if (rest >= axis.stride.divisor) rest -= axis.stride.divisor;
  while (rest != 0 && tap < limit) {
    rest += rest < axis.dilation_residue ? axis.stride.divisor : 0;
    rest -= axis.dilation_residue;
    ++tap;
  }
  uint32_t taps = 0;
  if (tap < limit) taps = quotient(axis.filter - tap + axis.tap_step.divisor - 1, axis.tap_step);
  const int32_t position =
      static_cast<int32_t>(residue) + axis.start - static_cast<int32_t>(tap * axis.dilation);
  const auto magnitude =
      static_cast<int32_t>(quotient(static_cast<uint32_t>(abs(position)), axis.stride));

  // The fastest digits are w, h, d, outer or outer, w, h, d.
  const uint32_t from_w = 2 - i;
  result.pixel[p.pixel.outer_first ? from_w + 1 : from_w] =
      of_divisor(positions, axis.positions[0], axis.positions[1]);
  result.tap[p.tap.outer_first ? from_w + 1 : from_w] =
      of_divisor(taps, axis.taps[0], axis.taps[1]);
  if (i == 0) {
    result.pixel[p.pixel.outer_first ? 0 : 3] = p.pixel.outer;
    result.tap[p.tap.outer_first ? 0 : 3] = p.tap.outer;
  }
  result.start[i] = position < 0 ? -magnitude : magnitude;
  result.positions[i] = positions;
  result.taps[i] = taps;
  result.norm[i] = residue * axis.norm_residue;
  result.a[i] = tap * axis.a_tap;
  result.out[i] = residue * axis.out_residue;
  return others;
}

// For one wave of a workgroup.
__device__ inline void fill_class_params(ClassParams& result, const ImplicitGemmParams& p,
                                         uint32_t number) {
  // A loop: the parameters of three axes at once do not fit the scalar registers.
#pragma unroll 1
  for (int i = 2; i >= 0; --i) number = fill_class_axis(result, p, i, number);
}

// The index of the normalization parameter of a pixel, for parameters per activation.
__device__ inline uint32_t norm_pixel_of(const ImplicitGemmParams& p, const ClassParams& of_class,
                                         const Digits& at) {
  return of_class.norm[0] + of_class.norm[1] + of_class.norm[2] + at.d * p.norm_step[0] +
         at.h * p.norm_step[1] + at.w * p.norm_step[2];
}

}  // namespace rdna1conv
