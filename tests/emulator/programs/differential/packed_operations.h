// Operations of generated code on two 16-bit values in one register, and on bytes of a register as
// the card's own instructions treat them ("RDNA 1.0 Instruction Set Architecture", section VOP3).
#pragma once

#include "differential/scalar_operations.h"

namespace differential {

#pragma clang force_cuda_host_device begin

template <class Pair, class T>
Pair make_pair_of(T x, T y) {
  Pair pair;
  pair.x = x;
  pair.y = y;
  return pair;
}

#ifdef __HIP_DEVICE_COMPILE__
inline H2 pair_add(H2 a, H2 b) { return a + b; }
inline H2 pair_subtract(H2 a, H2 b) { return a - b; }
inline H2 pair_multiply(H2 a, H2 b) { return a * b; }
inline H2 pair_fma(H2 a, H2 b, H2 c) { return __ocml_fma_2f16(a, b, c); }
inline H2 pair_minimum(H2 a, H2 b) { return __builtin_elementwise_min(a, b); }
inline H2 pair_maximum(H2 a, H2 b) { return __builtin_elementwise_max(a, b); }
#else
inline H2 pair_add(H2 a, H2 b) {
  return make_pair_of<H2>(static_cast<F16>(a.x + b.x), static_cast<F16>(a.y + b.y));
}
inline H2 pair_subtract(H2 a, H2 b) {
  return make_pair_of<H2>(static_cast<F16>(a.x - b.x), static_cast<F16>(a.y - b.y));
}
inline H2 pair_multiply(H2 a, H2 b) {
  return make_pair_of<H2>(static_cast<F16>(a.x * b.x), static_cast<F16>(a.y * b.y));
}
inline H2 pair_fma(H2 a, H2 b, H2 c) {
  return make_pair_of<H2>(half_fma_on_host(a.x, b.x, c.x), half_fma_on_host(a.y, b.y, c.y));
}
inline H2 pair_minimum(H2 a, H2 b) {
  return make_pair_of<H2>(minimum<F16>(a.x, b.x), minimum<F16>(a.y, b.y));
}
inline H2 pair_maximum(H2 a, H2 b) {
  return make_pair_of<H2>(maximum<F16>(a.x, b.x), maximum<F16>(a.y, b.y));
}
#endif
inline H2 pair_negate(H2 a) {
  return __builtin_bit_cast(H2, __builtin_bit_cast(U32, a) ^ 0x80008000u);
}
template <class Pair>
Pair pair_swap(Pair a) {
  return a.yx;
}
template <class Pair>
Pair pair_shift_left(Pair a, Pair b) {
  return a << (b & Pair(15));
}
template <class Pair>
Pair pair_shift_right(Pair a, Pair b) {
  return a >> (b & Pair(15));
}

// ---- bytes of a register ----

inline U32 byte_of(U64 value, unsigned number) {
  return static_cast<U32>(value >> 8 * number & 255);
}
inline U32 difference(U32 a, U32 b) { return a > b ? a - b : b - a; }

inline U32 permute_bytes(U32 a, U32 b, U32 selectors) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_perm(a, b, selectors);
#else
  const U64 data = static_cast<U64>(a) << 32 | b;
  U32 result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const U32 selector = byte_of(selectors, i);
    U32 value = 0;
    if (selector >= 13) {
      value = 255;
    } else if (selector == 12) {
      value = 0;
    } else if (selector >= 8) {
      value = byte_of(data, 2 * (selector - 8) + 1) >= 128 ? 255 : 0;
    } else {
      value = byte_of(data, selector);
    }
    result |= value << 8 * i;
  }
  return result;
#endif
}

inline U32 sum_of_differences(U32 a, U32 b, U32 sum) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_sad_u8(a, b, sum);
#else
  for (unsigned i = 0; i < 4; ++i) sum += difference(byte_of(a, i), byte_of(b, i));
  return sum;
#endif
}

inline U32 masked_sum_of_differences(U32 a, U32 reference, U32 sum) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_msad_u8(a, reference, sum);
#else
  for (unsigned i = 0; i < 4; ++i) {
    if (byte_of(reference, i) != 0) sum += difference(byte_of(a, i), byte_of(reference, i));
  }
  return sum;
#endif
}

inline U32 high_sum_of_differences(U32 a, U32 b, U32 sum) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_sad_hi_u8(a, b, sum);
#else
  return (sum_of_differences(a, b, 0) << 16) + sum;
#endif
}

inline U32 short_sum_of_differences(U32 a, U32 b, U32 sum) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_sad_u16(a, b, sum);
#else
  return difference(a & 0xffff, b & 0xffff) + difference(a >> 16, b >> 16) + sum;
#endif
}

// Four sums, one a byte further into `a` than the last. The sums stay below 2^16: what happens
// beyond is not documented.
inline U64 four_sums_of_differences(U64 a, U32 b, U64 sums) {
  sums &= 0x0fff0fff0fff0fff;
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_qsad_pk_u16_u8(a, b, sums);
#else
  U64 result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const U32 sum = static_cast<U32>(sums >> 16 * i & 0xffff);
    result |= static_cast<U64>(sum_of_differences(static_cast<U32>(a >> 8 * i), b, sum)) << 16 * i;
  }
  return result;
#endif
}

inline U64 four_masked_sums_of_differences(U64 a, U32 reference, U64 sums) {
  sums &= 0x0fff0fff0fff0fff;
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_mqsad_pk_u16_u8(a, reference, sums);
#else
  U64 result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const U32 sum = static_cast<U32>(sums >> 16 * i & 0xffff);
    const U32 total = masked_sum_of_differences(static_cast<U32>(a >> 8 * i), reference, sum);
    result |= static_cast<U64>(total) << 16 * i;
  }
  return result;
#endif
}

// Per byte, the mean of two; the lowest bit of the third rounds it up.
inline U32 mean_of_bytes(U32 a, U32 b, U32 round) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_lerp(a, b, round);
#else
  U32 result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const U32 sum = byte_of(a, i) + byte_of(b, i) + (byte_of(round, i) & 1);
    result |= (sum >> 1) << 8 * i;
  }
  return result;
#endif
}

inline U32 align_bits(U32 high, U32 low, U32 shift) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_alignbit(high, low, shift);
#else
  return static_cast<U32>((static_cast<U64>(high) << 32 | low) >> (shift & 31));
#endif
}

inline U32 align_bytes(U32 high, U32 low, U32 shift) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_alignbyte(high, low, shift);
#else
  return static_cast<U32>((static_cast<U64>(high) << 32 | low) >> 8 * (shift & 3));
#endif
}

inline U32 bit_field(U32 value, U32 offset, U32 width) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_ubfe(value, offset & 31, width & 31);
#else
  return (value >> (offset & 31)) & ((1u << (width & 31)) - 1);
#endif
}

inline I32 signed_bit_field(I32 value, U32 offset, U32 width) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_sbfe(value, offset & 31, width & 31);
#else
  width &= 31;
  if (width == 0) return 0;
  const U32 shifted = static_cast<U32>(value >> (offset & 31));
  return static_cast<I32>(shifted << (32 - width)) >> (32 - width);
#endif
}

// ---- conversions that pack ----

template <class T>
T clamp_to(I64 value) {
  if (value < std::numeric_limits<T>::min()) return std::numeric_limits<T>::min();
  if (value > std::numeric_limits<T>::max()) return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

inline S2 pack_saturated(I32 x, I32 y) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_bit_cast(S2, __builtin_amdgcn_cvt_pk_i16(x, y));
#else
  return make_pair_of<S2>(clamp_to<I16>(x), clamp_to<I16>(y));
#endif
}
inline W2 pack_saturated(U32 x, U32 y) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_bit_cast(W2, __builtin_amdgcn_cvt_pk_u16(x, y));
#else
  return make_pair_of<W2>(clamp_to<U16>(x), clamp_to<U16>(y));
#endif
}

// Half of a float, rounded towards zero.
inline F16 truncate_to_half(F32 value) {
  const F16 nearest = static_cast<F16>(value);
  const F32 back = static_cast<F32>(nearest);
  if (absolute(back) <= absolute(value) || value != value) return nearest;
  return __builtin_bit_cast(F16, static_cast<U16>(__builtin_bit_cast(U16, nearest) - 1));
}
inline H2 pack_truncated(F32 x, F32 y) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_bit_cast(H2, __builtin_amdgcn_cvt_pkrtz(x, y));
#else
  return make_pair_of<H2>(truncate_to_half(x), truncate_to_half(y));
#endif
}

// The middle one of three numbers; a zero without its sign, which is not documented.
inline F32 median(F32 a, F32 b, F32 c) {
  a = a == a ? a : 0;
  b = b == b ? b : 0;
  c = c == c ? c : 0;
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_fmed3f(a, b, c) + 0.0f;
#else
  return maximum(minimum(a, b), minimum(maximum(a, b), c)) + 0.0f;
#endif
}

// x - floor(x), below one even where the difference rounds up to it.
inline F32 fraction(F32 a) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_fractf(a);
#else
  const F32 difference_to_floor = a - __builtin_floorf(a);
  return difference_to_floor == 1 ? 0x1.fffffep-1f : difference_to_floor;
#endif
}

#pragma clang force_cuda_host_device end

}  // namespace differential
