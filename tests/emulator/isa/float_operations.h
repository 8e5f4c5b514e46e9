// Floating point meanings that several instructions share.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "isa/lane_types.h"

namespace emulator {

template <class Float>
using BitsOf = std::conditional_t<sizeof(Float) == 8, std::uint64_t, std::uint32_t>;

// Bit patterns of a format, by the integer that holds it.
template <class Bits>
struct FloatFormat {
  static constexpr int kMantissaBits = sizeof(Bits) == 8 ? 52 : sizeof(Bits) == 4 ? 23 : 10;
  static constexpr int kBias = sizeof(Bits) == 8 ? 1023 : sizeof(Bits) == 4 ? 127 : 15;
  static constexpr Bits kSign = static_cast<Bits>(Bits{1} << (8 * sizeof(Bits) - 1));
  static constexpr Bits kMagnitude = static_cast<Bits>(~kSign);
  static constexpr Bits kQuiet = static_cast<Bits>(Bits{1} << (kMantissaBits - 1));
  static constexpr Bits kMantissa = static_cast<Bits>((Bits{1} << kMantissaBits) - 1);
  static constexpr Bits kInfinity = static_cast<Bits>(kMagnitude & ~kMantissa);
  // Significand bits of a value in [0.5, 1).
  static constexpr Bits kHalfExponent = static_cast<Bits>(Bits(kBias - 1) << kMantissaBits);
};

template <class Bits>
constexpr bool is_nan(Bits a) {
  return (a & FloatFormat<Bits>::kMagnitude) > FloatFormat<Bits>::kInfinity;
}
template <class Bits>
constexpr bool is_signalling(Bits a) {
  return is_nan(a) && (a & FloatFormat<Bits>::kQuiet) == 0;
}
template <class Bits>
constexpr Bits quiet(Bits a) {
  return static_cast<Bits>(a | FloatFormat<Bits>::kQuiet);
}
// Denormals to zeros of their sign.
template <class Bits>
constexpr Bits flush(Bits a) {
  const bool denormal = (a & FloatFormat<Bits>::kInfinity) == 0;
  return denormal ? static_cast<Bits>(a & FloatFormat<Bits>::kSign) : a;
}
inline float flush(float a) { return std::bit_cast<float>(flush(std::bit_cast<std::uint32_t>(a))); }
// Integers in the order of the floats, -0 before +0.
template <class Bits>
constexpr auto order_key(Bits a) {
  using Signed = std::make_signed_t<Bits>;
  const auto value = static_cast<Signed>(a);
  return static_cast<Signed>(value ^ ((value >> (8 * sizeof(Bits) - 1)) &
                                      static_cast<Signed>(FloatFormat<Bits>::kMagnitude)));
}

template <class Bits>
constexpr bool flushes(const FloatMode& mode) {
  return (sizeof(Bits) == 4 ? mode.denormal_f32 : mode.denormal_f16_f64) != 3;
}

// v_min and v_max: the number where one operand is a NaN, -0 below +0, and in IEEE mode a quiet NaN
// where either is a signalling one (RDNA ISA, V_MAX_F32).
template <class Bits>
constexpr Bits select_extreme(const LaneContext& context, Bits a, Bits b, bool greater) {
  if (flushes<Bits>(context.mode)) {
    a = flush(a);
    b = flush(b);
  }
  const bool a_wins = greater ? order_key(a) > order_key(b) : order_key(a) < order_key(b);
  Bits result = a_wins ? a : b;
  result = is_nan(b) ? a : result;
  result = is_nan(a) ? b : result;
  if (context.mode.ieee) {
    result = is_signalling(b) ? quiet(b) : result;
    result = is_signalling(a) ? quiet(a) : result;
  }
  return result;
}
template <class Bits>
constexpr Bits minimum(const LaneContext& context, Bits a, Bits b) {
  return select_extreme(context, a, b, false);
}
template <class Bits>
constexpr Bits maximum(const LaneContext& context, Bits a, Bits b) {
  return select_extreme(context, a, b, true);
}
// With a NaN among the operands v_med3 is v_min3 (RDNA ISA, V_MED3_F32).
template <class Bits>
constexpr Bits median(const LaneContext& context, Bits a, Bits b, Bits c) {
  if (is_nan(a) || is_nan(b) || is_nan(c)) {
    return minimum(context, minimum(context, a, b), c);
  }
  const Bits low = minimum(context, a, b);
  const Bits high = maximum(context, a, b);
  return maximum(context, low, minimum(context, high, c));
}

// v_mad and v_mac round the product and flush denormals in every mode (LLVM selects them only
// where f32 denormals are flushed: AMDGPU, SITargetLowering::isFMADLegal).
inline float multiply_add_flushed(float a, float b, float c) {
  const float product = flush(flush(a) * flush(b));
  return flush(product + flush(c));
}
// DX9's rule: zero times anything is zero.
inline float multiply_legacy(float a, float b) { return a == 0 || b == 0 ? 0.0f : a * b; }
inline float multiply_add_legacy(float a, float b, float c) {
  const float x = flush(a);
  const float y = flush(b);
  const float product = x == 0 || y == 0 ? 0.0f : flush(x * y);
  return flush(product + flush(c));
}

// a * b + c of halves as a float from which rounding to half gives the exact result rounded once:
// the sum is rounded to odd (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums").
// The product of two halves is exact in float, and two-sum gives the sum's error.
inline float fma_half(float a, float b, float c) {
  const float product = a * b;
  const float sum = product + c;
  const float c_part = sum - product;
  const float error = (product - (sum - c_part)) + (c - c_part);
  const auto bits = std::bit_cast<std::int32_t>(sum);
  const bool inexact = error < 0 || error > 0;
  // One unit towards the error makes an even significand odd.
  const std::int32_t step = (error > 0) == (sum > 0) ? 1 : -1;
  return std::bit_cast<float>(inexact && (bits & 1) == 0 ? bits + step : bits);
}

// Significand in [0.5, 1) and exponent; infinities and NaNs keep their value and have exponent 0.
template <class Bits>
constexpr Bits frexp_mantissa(Bits a) {
  using Format = FloatFormat<Bits>;
  const Bits magnitude = a & Format::kMagnitude;
  if (magnitude == 0) return a;
  if (magnitude >= Format::kInfinity) return is_nan(a) ? quiet(a) : a;
  Bits mantissa = magnitude;
  if (magnitude <= Format::kMantissa) {
    const int shift = Format::kMantissaBits + 1 -
                      (static_cast<int>(8 * sizeof(Bits)) - std::countl_zero(magnitude));
    mantissa = static_cast<Bits>(magnitude << shift);
  }
  return static_cast<Bits>((a & Format::kSign) | Format::kHalfExponent |
                           (mantissa & Format::kMantissa));
}
template <class Bits>
constexpr int frexp_exponent(Bits a) {
  using Format = FloatFormat<Bits>;
  const Bits magnitude = a & Format::kMagnitude;
  if (magnitude == 0 || magnitude >= Format::kInfinity) return 0;
  if (magnitude > Format::kMantissa) {
    return static_cast<int>(magnitude >> Format::kMantissaBits) - (Format::kBias - 1);
  }
  const int bits = static_cast<int>(8 * sizeof(Bits)) - std::countl_zero(magnitude);
  return bits - Format::kMantissaBits - Format::kBias + 1;
}

// Conversions to integers truncate and saturate; NaN gives 0.
template <class Integer, class Float>
inline Integer convert_to_integer(Float a) {
  using Limits = std::numeric_limits<Integer>;
  constexpr auto kLowest = static_cast<Float>(Limits::min());
  // One past the largest, a power of two.
  constexpr Float kPast = static_cast<Float>(Limits::max() / 2 + 1) * 2;
  if (a >= kPast) return Limits::max();
  if (a > kLowest - 1 && a == a) return static_cast<Integer>(a);
  return a < 0 ? Limits::min() : Integer{0};
}

// x - floor(x), below one even where the difference rounds to it (LLVM forms v_fract from
// min(x - floor(x), nextafter(1, 0))).
template <class Float>
inline Float fraction(Float a) {
  constexpr Float kBelowOne = Float{1} - std::numeric_limits<Float>::epsilon() / 2;
  const Float difference = a - std::floor(a);
  return difference >= 1 ? kBelowOne : difference;
}

}  // namespace emulator
