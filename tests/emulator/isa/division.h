// The instructions of the hardware's division sequence: v_div_scale, v_div_fmas, v_div_fixup. LLVM
// makes a / b of scaled Newton iterations between them (SITargetLowering::LowerFDIV32).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "isa/float_operations.h"

namespace emulator {

template <class Float>
struct DivisionLimits {
  using Bits = BitsOf<Float>;
  using Format = FloatFormat<Bits>;
  static constexpr int kScale = sizeof(Float) == 8 ? 128 : 64;
  // Exponent difference from which the quotient may overflow on the way.
  static constexpr int kNearOverflow = sizeof(Float) == 8 ? 768 : 96;
  // Biased exponent up to which a numerator loses bits of the remainder.
  static constexpr int kTinyNumerator = sizeof(Float) == 8 ? 53 : 23;
};

template <class Float>
int biased_exponent(Float a) {
  using Format = typename DivisionLimits<Float>::Format;
  const auto bits = std::bit_cast<BitsOf<Float>>(a) & Format::kInfinity;
  return static_cast<int>(bits >> Format::kMantissaBits);
}

template <class Float>
bool is_denormal(Float a) {
  return biased_exponent(a) == 0 && a != 0;
}

// Powers of two within the normal range.
template <class Float>
constexpr Float power_of_two(int exponent) {
  using Format = typename DivisionLimits<Float>::Format;
  using Bits = BitsOf<Float>;
  return std::bit_cast<Float>(static_cast<Bits>(exponent + Format::kBias) << Format::kMantissaBits);
}

template <class Float>
struct Scaled {
  Float value;
  bool flag;
};

// v_div_scale(a, denominator, numerator): `a` is one of the other two, scaled so that the
// iterations neither overflow nor lose bits. The flag asks v_div_fmas to undo it (RDNA ISA,
// V_DIV_SCALE_F32). The conditions on quotients compare their exact exponents.
template <class Float>
Scaled<Float> div_scale(Float a, Float denominator, Float numerator) {
  using Limits = DivisionLimits<Float>;
  constexpr int kLeast = 1 - Limits::Format::kBias;  // exponent of the smallest normal number
  const Float up = a * power_of_two<Float>(Limits::kScale);
  const Float down = a * power_of_two<Float>(-Limits::kScale);
  if (numerator == 0 || denominator == 0) {
    return {std::numeric_limits<Float>::quiet_NaN(), false};
  }
  const int denominator_exponent = biased_exponent(denominator);
  const int numerator_exponent = biased_exponent(numerator);
  if (numerator_exponent - denominator_exponent >= Limits::kNearOverflow) {
    return {a == denominator ? up : a, true};
  }
  if (is_denormal(denominator)) return {up, false};
  // 1 / d is below 2^kLeast where |d| is above 2^-kLeast; n / d where |n| is below |d| * 2^kLeast.
  // Scaling both sides by powers of two keeps the comparisons exact.
  const Float magnitude = std::fabs(denominator);
  const bool reciprocal_denormal = magnitude > power_of_two<Float>(-kLeast);
  const bool quotient_denormal =
      numerator_exponent < Limits::Format::kBias
          ? magnitude > std::fabs(numerator) * power_of_two<Float>(-kLeast)
          : std::fabs(numerator) < magnitude * power_of_two<Float>(kLeast);
  // The manual scales the denominator up here, which would overflow: down is what makes both the
  // reciprocal and the quotient normal.
  if (reciprocal_denormal && quotient_denormal) return {a == denominator ? down : a, true};
  if (reciprocal_denormal) return {down, false};
  if (quotient_denormal) return {a == numerator ? up : a, true};
  if (numerator_exponent <= Limits::kTinyNumerator) return {up, false};
  return {a, false};
}

// fma(a, b, c), and where div_scale's flag is set back from the scale: up where the quotient is
// large, as its exponent shows, and down where it is small. Rounded once.
template <class Float>
Float div_fmas(Float a, Float b, Float c, bool flag) {
  using Limits = DivisionLimits<Float>;
  using Format = typename Limits::Format;
  const Float result = std::fma(a, b, c);
  if (!flag) return result;
  if (biased_exponent(c) > Format::kBias) return result * power_of_two<Float>(Limits::kScale);
  // Scaled down, a denormal is rounded a second time. That goes wrong where `result` lies in the
  // middle of two denormals and only what fma() rounded away says on which side the exact value
  // is: c is the larger term of the sum, so result - c is exact.
  const Float scaled = result * power_of_two<Float>(-Limits::kScale);
  const Float rest = result - scaled * power_of_two<Float>(Limits::kScale);
  const Float error = std::fma(a, b, -(result - c));
  constexpr Float kHalfStep =
      power_of_two<Float>(Limits::kScale - Format::kBias - Format::kMantissaBits);
  const bool tie = std::fabs(rest) == kHalfStep;
  if (!tie || error == 0 || (error > 0) != (rest > 0)) return scaled;
  const Float step = std::numeric_limits<Float>::denorm_min();
  return error > 0 ? scaled + step : scaled - step;
}

// The quotient with the special cases of the operands put right (RDNA ISA, V_DIV_FIXUP_F32).
template <class Bits>
constexpr Bits div_fixup(Bits quotient, Bits denominator, Bits numerator) {
  using Format = FloatFormat<Bits>;
  const Bits sign = (denominator ^ numerator) & Format::kSign;
  const Bits d = denominator & Format::kMagnitude;
  const Bits n = numerator & Format::kMagnitude;
  const Bits indefinite = Format::kSign | Format::kInfinity | Format::kQuiet;
  const int exponent_difference =
      static_cast<int>(n >> Format::kMantissaBits) - static_cast<int>(d >> Format::kMantissaBits);
  if (is_nan(numerator)) return quiet(numerator);
  if (is_nan(denominator)) return quiet(denominator);
  if (n == 0 && d == 0) return indefinite;
  if (n == Format::kInfinity && d == Format::kInfinity) return indefinite;
  if (d == 0 || n == Format::kInfinity) return sign | Format::kInfinity;
  if (d == Format::kInfinity || n == 0) return sign;
  if constexpr (sizeof(Bits) > 2) {
    // The quotient is less than half the smallest denormal.
    constexpr int kUnderflow = sizeof(Bits) == 8 ? -1075 : -150;
    if (exponent_difference < kUnderflow) return sign;
  }
  // A quotient far out of range overflows in the iterations, whose next step makes a NaN of it
  // (CLRX, "GCN ISA VOP3 instructions", V_DIV_FIXUP_F32).
  if (is_nan(quotient)) return sign | Format::kInfinity;
  return static_cast<Bits>(sign | (quotient & Format::kMagnitude));
}

}  // namespace emulator
