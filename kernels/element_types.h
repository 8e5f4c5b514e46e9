#pragma once

// Element types of tensors on the device, with conversions from and to fp32.

#include <hip/hip_runtime.h>

#include <cstdint>

namespace rdna1conv {

struct Half {
  _Float16 value;
  __device__ explicit operator float() const { return static_cast<float>(value); }
};

struct BFloat16 {
  uint16_t bits;
  __device__ explicit operator float() const { return __builtin_bit_cast(float, uint32_t{bits} << 16); }
};

// Rounded to nearest, ties to even; integers are clamped to their range.
template <class T>
__device__ inline T from_float(float value);

template <>
__device__ inline float from_float<float>(float value) {
  return value;
}

template <>
__device__ inline Half from_float<Half>(float value) {
  return {static_cast<_Float16>(value)};
}

template <>
__device__ inline BFloat16 from_float<BFloat16>(float value) {
  const uint32_t bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  // Rounding must not carry a NaN's payload into infinity.
  return {static_cast<uint16_t>(value == value ? rounded : bits >> 16 | 0x40)};
}

template <>
__device__ inline int32_t from_float<int32_t>(float value) {
  return __float2int_rn(value);  // the conversion clamps
}

template <>
__device__ inline int8_t from_float<int8_t>(float value) {
  return static_cast<int8_t>(__float2int_rn(__builtin_fminf(__builtin_fmaxf(value, -128), 127)));
}

}  // namespace rdna1conv
