// Operations of generated scalar code, for host and device alike. Where C++ leaves a result open,
// the host's definition is the card's.
#pragma once

#include <hip/hip_runtime.h>

#include <cstdint>
#include <limits>
#include <type_traits>

#include "differential/case_group.h"

namespace differential {

using I8 = std::int8_t;
using U8 = std::uint8_t;
using I16 = std::int16_t;
using U16 = std::uint16_t;
using I32 = std::int32_t;
using U32 = std::uint32_t;
using I64 = std::int64_t;
using U64 = std::uint64_t;
using F16 = _Float16;
using F32 = float;
using F64 = double;
// Two of a kind in one register.
using H2 = _Float16 __attribute__((ext_vector_type(2)));
using S2 = std::int16_t __attribute__((ext_vector_type(2)));
using W2 = std::uint16_t __attribute__((ext_vector_type(2)));

#pragma clang force_cuda_host_device begin

template <class T>
struct FloatBits;
template <>
struct FloatBits<F16> {
  using Bits = U16;
  static constexpr Bits kExponent = 0x7c00;
  static constexpr Bits kNan = 0x7e00;
};
template <>
struct FloatBits<F32> {
  using Bits = U32;
  static constexpr Bits kExponent = 0x7f800000;
  static constexpr Bits kNan = 0x7fc00000;
};
template <>
struct FloatBits<F64> {
  using Bits = U64;
  static constexpr Bits kExponent = 0x7ff0000000000000;
  static constexpr Bits kNan = 0x7ff8000000000000;
};

// The bits of a float, every NaN as one: neither sign nor payload is fixed by IEEE 754.
template <class T>
typename FloatBits<T>::Bits float_to_bits(T value) {
  return value != value ? FloatBits<T>::kNan
                        : __builtin_bit_cast(typename FloatBits<T>::Bits, value);
}

// A finite float from any bits.
template <class T>
T float_from_bits(typename FloatBits<T>::Bits bits) {
  using Format = FloatBits<T>;
  if ((bits & Format::kExponent) == Format::kExponent) {
    bits = static_cast<typename Format::Bits>(bits ^ (Format::kExponent & -Format::kExponent));
  }
  return __builtin_bit_cast(T, bits);
}

template <class T>
U64 to_word(T value) {
  if constexpr (std::is_same_v<T, H2>) {
    return float_to_bits<F16>(value.x) | static_cast<U32>(float_to_bits<F16>(value.y)) << 16;
  } else if constexpr (std::is_same_v<T, S2> || std::is_same_v<T, W2>) {
    return __builtin_bit_cast(U32, value);
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<U64>(value);
  } else {
    return float_to_bits<T>(value);
  }
}

inline U64 fold(U64 a, U64 b) { return (a << 7 | a >> 57) ^ b; }

// ---- integers ----

template <class T>
T divide(T a, T b) {
  if (b == 0) return a;
  if constexpr (std::is_signed_v<T>) {
    if (b == -1) return static_cast<T>(-a);
  }
  return static_cast<T>(a / b);
}

template <class T>
T remainder(T a, T b) {
  if (b == 0) return a;
  if constexpr (std::is_signed_v<T>) {
    if (b == -1) return 0;
  }
  return static_cast<T>(a % b);
}

inline U64 multiply_high(U64 a, U64 b) {
  return static_cast<U64>((static_cast<unsigned __int128>(a) * b) >> 64);
}
inline I64 multiply_high(I64 a, I64 b) {
  return static_cast<I64>((static_cast<__int128>(a) * b) >> 64);
}

inline I32 sign_extend24(I32 a) { return static_cast<I32>(static_cast<U32>(a) << 8) >> 8; }

// ---- floating point ----

// Of zeros the negative one is the smaller; a quiet NaN yields to a number.
template <class T>
T minimum(T a, T b) {
#ifdef __HIP_DEVICE_COMPILE__
  if constexpr (std::is_same_v<T, F16>) return __builtin_fminf16(a, b);
  if constexpr (std::is_same_v<T, F32>) return __builtin_fminf(a, b);
  return static_cast<T>(__builtin_fmin(static_cast<F64>(a), static_cast<F64>(b)));
#else
  if (a != a) return b;
  if (b != b) return a;
  if (a == b) return __builtin_signbit(static_cast<F64>(a)) ? a : b;
  return a < b ? a : b;
#endif
}

template <class T>
T maximum(T a, T b) {
#ifdef __HIP_DEVICE_COMPILE__
  if constexpr (std::is_same_v<T, F16>) return __builtin_fmaxf16(a, b);
  if constexpr (std::is_same_v<T, F32>) return __builtin_fmaxf(a, b);
  return static_cast<T>(__builtin_fmax(static_cast<F64>(a), static_cast<F64>(b)));
#else
  if (a != a) return b;
  if (b != b) return a;
  if (a == b) return __builtin_signbit(static_cast<F64>(a)) ? b : a;
  return a > b ? a : b;
#endif
}

// The product is exact in double; the sum is rounded to odd there (T. Boldo and G. Melquiond,
// "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008), so
// that rounding it to half rounds the exact value.
inline F16 half_fma_on_host(F16 a, F16 b, F16 c) {
  const F64 product = static_cast<F64>(a) * static_cast<F64>(b);
  const F64 addend = static_cast<F64>(c);
  F64 sum = product + addend;
  const F64 part = sum - product;
  const F64 error = (product - (sum - part)) + (addend - part);
  if (error != 0 && error == error) {
    U64 bits = __builtin_bit_cast(U64, sum);
    if ((bits & 1) == 0) bits += (error > 0) == (sum > 0) ? 1 : -1;
    sum = __builtin_bit_cast(F64, bits);
  }
  return static_cast<F16>(sum);
}

inline F16 fused_multiply_add(F16 a, F16 b, F16 c) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_fmaf16(a, b, c);
#else
  return half_fma_on_host(a, b, c);
#endif
}
inline F32 fused_multiply_add(F32 a, F32 b, F32 c) { return __builtin_fmaf(a, b, c); }
inline F64 fused_multiply_add(F64 a, F64 b, F64 c) { return __builtin_fma(a, b, c); }

// clang divides halves by way of an approximate reciprocal, which misrounds subnormal quotients:
// they become zero here on both sides.
inline F16 quotient(F16 a, F16 b) {
  const F16 result = static_cast<F16>(a / b);
  const bool tiny = static_cast<F32>(result) <= 0x1p-14f && static_cast<F32>(result) >= -0x1p-14f;
  return tiny ? static_cast<F16>(0) : result;
}
inline F32 quotient(F32 a, F32 b) { return a / b; }
inline F64 quotient(F64 a, F64 b) { return a / b; }

inline F16 square_root(F16 a) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_sqrtf16(a);
#else
  return static_cast<F16>(__builtin_sqrtf(static_cast<F32>(a)));
#endif
}
inline F32 square_root(F32 a) { return ::sqrtf(a); }
inline F64 square_root(F64 a) { return ::sqrt(a); }

inline F16 absolute(F16 a) {
  return __builtin_bit_cast(F16, static_cast<U16>(__builtin_bit_cast(U16, a) & 0x7fff));
}
inline F32 absolute(F32 a) { return __builtin_fabsf(a); }
inline F64 absolute(F64 a) { return __builtin_fabs(a); }

// A NaN's sign is not fixed by IEEE 754 and counts as positive.
template <class T>
T with_sign_of(T a, T b) {
  if (b != b) return absolute(a);
  using Bits = typename FloatBits<T>::Bits;
  constexpr Bits kSign = static_cast<Bits>(Bits{1} << (8 * sizeof(T) - 1));
  const Bits sign = __builtin_bit_cast(Bits, b) & kSign;
  return __builtin_bit_cast(T, static_cast<Bits>(__builtin_bit_cast(Bits, absolute(a)) | sign));
}

inline F32 round_down(F32 a) { return __builtin_floorf(a); }
inline F64 round_down(F64 a) { return __builtin_floor(a); }
inline F32 round_up(F32 a) { return __builtin_ceilf(a); }
inline F64 round_up(F64 a) { return __builtin_ceil(a); }
inline F32 round_to_zero(F32 a) { return __builtin_truncf(a); }
inline F64 round_to_zero(F64 a) { return __builtin_trunc(a); }
inline F32 round_to_even(F32 a) { return __builtin_rintf(a); }
inline F64 round_to_even(F64 a) { return __builtin_rint(a); }
#ifdef __HIP_DEVICE_COMPILE__
inline F16 round_down(F16 a) { return __builtin_floorf16(a); }
inline F16 round_up(F16 a) { return __builtin_ceilf16(a); }
inline F16 round_to_zero(F16 a) { return __builtin_truncf16(a); }
inline F16 round_to_even(F16 a) { return __builtin_rintf16(a); }
#else
inline F16 round_down(F16 a) { return static_cast<F16>(__builtin_floorf(static_cast<F32>(a))); }
inline F16 round_up(F16 a) { return static_cast<F16>(__builtin_ceilf(static_cast<F32>(a))); }
inline F16 round_to_zero(F16 a) { return static_cast<F16>(__builtin_truncf(static_cast<F32>(a))); }
inline F16 round_to_even(F16 a) { return static_cast<F16>(__builtin_rintf(static_cast<F32>(a))); }
#endif

inline F32 scale_by_power(F32 a, I32 exponent) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_ldexpf(a, exponent);
#else
  return __builtin_ldexpf(a, exponent);
#endif
}
inline F64 scale_by_power(F64 a, I32 exponent) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_ldexp(a, exponent);
#else
  return __builtin_ldexp(a, exponent);
#endif
}

// Fraction in [0.5, 1) and its exponent; of zero both are zero, of infinities and NaNs the value
// itself and zero.
inline F32 fraction_part(F32 a) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_frexp_mantf(a);
#else
  int exponent = 0;
  return __builtin_frexpf(a, &exponent);
#endif
}
inline F64 fraction_part(F64 a) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_frexp_mant(a);
#else
  int exponent = 0;
  return __builtin_frexp(a, &exponent);
#endif
}
inline I32 exponent_part(F32 a) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_frexp_expf(a);
#else
  int exponent = 0;
  (void)__builtin_frexpf(a, &exponent);
  return __builtin_isfinite(a) ? exponent : 0;
#endif
}
inline I32 exponent_part(F64 a) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_frexp_exp(a);
#else
  int exponent = 0;
  (void)__builtin_frexp(a, &exponent);
  return __builtin_isfinite(a) ? exponent : 0;
#endif
}

// v_cmp_class's ten classes, bit k of `classes` asks for class k.
inline I32 is_class(F32 a, U32 classes) {
#ifdef __HIP_DEVICE_COMPILE__
  return __builtin_amdgcn_classf(a, static_cast<int>(classes & 0x3ff));
#else
  const U32 bits = __builtin_bit_cast(U32, a);
  const bool negative = bits >> 31 != 0;
  const U32 exponent = bits >> 23 & 255;
  const U32 fraction = bits & 0x7fffff;
  unsigned number = 0;
  if (exponent == 255 && fraction != 0) {
    number = (fraction & 0x400000) != 0 ? 1 : 0;
  } else if (exponent == 255) {
    number = negative ? 2 : 9;
  } else if (exponent != 0) {
    number = negative ? 3 : 8;
  } else if (fraction != 0) {
    number = negative ? 4 : 7;
  } else {
    number = negative ? 5 : 6;
  }
  return static_cast<I32>(classes >> number & 1);
#endif
}

// Rounds towards zero; what does not fit becomes the nearest limit, NaN becomes zero.
template <class T, class F>
T to_integer(F value) {
  using Wide = std::conditional_t<std::is_same_v<F, F16>, F32, F>;
  const Wide wide = static_cast<Wide>(value);
  constexpr Wide kLow = static_cast<Wide>(std::numeric_limits<T>::min());
  // One past the greatest value: a power of two, exact in every type.
  constexpr Wide kEnd = Wide{2} * static_cast<Wide>(std::numeric_limits<T>::max() / 2 + 1);
  if (wide != wide) return 0;
  if (wide <= kLow) return std::numeric_limits<T>::min();
  if (wide >= kEnd) return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

#pragma clang force_cuda_host_device end

}  // namespace differential
