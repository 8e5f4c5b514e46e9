#pragma once

// The element types of tensors on the device: what they are, how products of two are summed, and
// how a sum becomes an element again.

#include <hip/hip_runtime.h>

#include <cstdint>

#include "epilogue.h"
#include "global_memory.h"

namespace rdna1conv {

// Arithmetic rounds to nearest even; LLVM folds its conversions into v_fma_mix_f32 on gfx1010.
using Half = _Float16;

// The upper half of a float. RDNA1 has no instruction for it.
struct BFloat16 {
  uint16_t bits;

  BFloat16() = default;
  // To nearest even; a NaN stays one.
  __device__ explicit BFloat16(float value) {
    const uint32_t word = __builtin_bit_cast(uint32_t, value);
    const uint32_t rounded = (word + 0x7fffu + (word >> 16 & 1)) >> 16;
    const bool is_nan = (word & 0x7fffffffu) > 0x7f800000u;
    bits = static_cast<uint16_t>(is_nan ? (word >> 16 | 0x40u) : rounded);
  }
  __device__ operator float() const {
    return __builtin_bit_cast(float, static_cast<uint32_t>(bits) << 16);
  }
};

// What products of two T are summed in.
template <class T>
struct AccumulatorOf {
  using Type = float;
};
template <>
struct AccumulatorOf<int8_t> {
  using Type = int32_t;
};
template <class T>
using Accumulator = typename AccumulatorOf<T>::Type;

// Of elements, or of elements converted to the accumulator's type already.
template <class A, class B>
__device__ inline float multiply_add(A a, B b, float sum) {
  return __builtin_fmaf(static_cast<float>(a), static_cast<float>(b), sum);
}
template <class A, class B>
__device__ inline int32_t multiply_add(A a, B b, int32_t sum) {
  // The factors fit the 24-bit multiplication, which runs at full rate.
  return sum + __mul24(static_cast<int32_t>(a), static_cast<int32_t>(b));
}

// An unfused sum as an element. int8 keeps the low byte of an integer sum, as MIOpen's reference
// kernels do (naive_conv.cpp, cast_to).
template <class T, class Sum>
__device__ inline T element_of(Sum sum) {
  return static_cast<T>(sum);
}

// A fused value as an element: integers are rounded to nearest even and saturated.
template <class T>
__device__ inline T rounded_element_of(float value) {
  return static_cast<T>(value);
}
template <>
__device__ inline int32_t rounded_element_of<int32_t>(float value) {
  // v_cvt_i32_f32 saturates and gives 0 for a NaN; in C++ that is undefined.
  const float rounded = __builtin_rintf(value);
  if (!(rounded > -0x1p31f)) return rounded != rounded ? 0 : INT32_MIN;
  return rounded >= 0x1p31f ? INT32_MAX : static_cast<int32_t>(rounded);
}
template <>
__device__ inline int8_t rounded_element_of<int8_t>(float value) {
  const int32_t rounded = rounded_element_of<int32_t>(value);
  return static_cast<int8_t>(rounded < -128 ? -128 : rounded > 127 ? 127 : rounded);
}

// Stores what becomes of the sum of output channel `k` and pixel `pixel` at `offset` of the output.
template <class T, class Sum>
__device__ inline void store_output(const EpilogueParams& p, Sum sum, uint32_t k, uint32_t pixel,
                                    uint64_t offset, T* output) {
  if (is_plain(p)) {
    store_global(output + offset, element_of<T>(sum));
  } else {
    store_global(output + offset, rounded_element_of<T>(apply_epilogue(p, static_cast<float>(sum),
                                                                       k, pixel, offset, output)));
  }
}

}  // namespace rdna1conv
