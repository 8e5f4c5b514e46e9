// The transcendental unit's functions.
//
// The hardware's are good to about 1 ulp (RDNA ISA, VOP1), f64 v_rcp, v_rsq and v_sqrt only to 2^29
// ulp. Here f32 and f16 results are computed in double and rounded once: off by at most 0.5 ulp and
// a little; f64 ones are correctly rounded. Kernels see the same special values, but not the same
// last bits as on a card.
//
// f32 v_exp, v_log, v_rcp, v_rsq and v_sqrt flush denormals on both sides whatever the mode (RDNA
// ISA: "denormals are flushed"; LLVM scales around them: SITargetLowering::lowerFastUnsafeFDIV,
// AMDGPUTargetLowering::lowerFLOG2 and lowerFEXP2). Those of f16 and f64 and v_sin, v_cos do not.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "isa/float_operations.h"

namespace emulator {

// 2^x. Relative error below 2^-36.
inline double exp2_of(double x) {
  const double bounded = x < -1100 ? -1100 : x > 1100 ? 1100 : x;
  // Adding 1.5 * 2^52 leaves the nearest integer in the low bits, also in a vector.
  const double shifted = bounded + 0x1.8p52;
  const double whole = shifted - 0x1.8p52;
  const double t = (bounded - whole) * 0x1.62e42fefa39efp-1;
  double sum = 1.0 / 3628800;
  sum = sum * t + 1.0 / 362880;
  sum = sum * t + 1.0 / 40320;
  sum = sum * t + 1.0 / 5040;
  sum = sum * t + 1.0 / 720;
  sum = sum * t + 1.0 / 120;
  sum = sum * t + 1.0 / 24;
  sum = sum * t + 1.0 / 6;
  sum = sum * t + 0.5;
  sum = sum * t + 1.0;
  sum = sum * t + 1.0;
  // The power in two factors, for the exponents of float results past double's normal range.
  const auto n = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(shifted) << 12) >> 12;
  const std::int64_t first = n >> 1;
  const std::int64_t second = n - first;
  const auto power = [](std::int64_t e) { return std::bit_cast<double>((e + 1023) << 52); };
  const double result = sum * power(first) * power(second);
  return x != x ? x : result;
}

// log2(x). Relative error below 2^-36; x is no double denormal.
inline double log2_of(double x) {
  const auto bits = std::bit_cast<std::int64_t>(x);
  // Exponent such that the significand is in [sqrt(1/2), sqrt(2)).
  constexpr std::int64_t kRootHalf = 0x3fe6a09e667f3bcd;
  const std::int64_t exponent = (bits - kRootHalf) >> 52;
  const double significand = std::bit_cast<double>(bits - exponent * (std::int64_t{1} << 52));
  const double s = (significand - 1) / (significand + 1);
  const double q = s * s;
  double sum = 1.0 / 17;
  sum = sum * q + 1.0 / 15;
  sum = sum * q + 1.0 / 13;
  sum = sum * q + 1.0 / 11;
  sum = sum * q + 1.0 / 9;
  sum = sum * q + 1.0 / 7;
  sum = sum * q + 1.0 / 5;
  sum = sum * q + 1.0 / 3;
  sum = sum * q + 1.0;
  constexpr double kTwoOverLn2 = 0x1.71547652b82fep1;
  double result = static_cast<double>(exponent) + sum * s * kTwoOverLn2;
  result = x == std::numeric_limits<double>::infinity() ? x : result;
  result = x == 0 ? -std::numeric_limits<double>::infinity() : result;
  return x < 0 || x != x ? std::numeric_limits<double>::quiet_NaN() : result;
}

// sin(2 pi (x + quarter_turns / 4)), x in revolutions as the instructions take it. Every x is in
// range on GFX10 (LLVM's "trig-reduced-range" is a feature of GFX8 and before).
inline double sin_of_revolutions(double x, int quarter_turns) {
  const double reduced = x - std::nearbyint(x);
  const double quarter = std::nearbyint(reduced * 4);
  const double t = (reduced - quarter * 0.25) * 0x1.921fb54442d18p2;
  const double q = t * t;
  double sine = -1.0 / 1307674368000;
  sine = sine * q + 1.0 / 6227020800;
  sine = sine * q - 1.0 / 39916800;
  sine = sine * q + 1.0 / 362880;
  sine = sine * q - 1.0 / 5040;
  sine = sine * q + 1.0 / 120;
  sine = sine * q - 1.0 / 6;
  sine = sine * q + 1.0;
  sine *= t;
  double cosine = -1.0 / 87178291200;
  cosine = cosine * q + 1.0 / 479001600;
  cosine = cosine * q - 1.0 / 3628800;
  cosine = cosine * q + 1.0 / 40320;
  cosine = cosine * q - 1.0 / 720;
  cosine = cosine * q + 1.0 / 24;
  cosine = cosine * q - 0.5;
  cosine = cosine * q + 1.0;
  // NaN and infinite x leave a NaN in t, whatever the quadrant.
  const int quadrant = (quarter == quarter ? static_cast<int>(quarter) : 0) + quarter_turns;
  const double value = (quadrant & 1) != 0 ? cosine : sine;
  const double result = (quadrant & 2) != 0 ? -value : value;
  // Zeros of the sine keep the sign of x, those of the cosine are positive (IEEE 754 sinPi, cosPi).
  return result == 0 ? std::copysign(0.0, quarter_turns == 0 ? x : 1.0) : result;
}

inline float rcp_f32(float a) {
  return flush(static_cast<float>(1.0 / static_cast<double>(flush(a))));
}
inline float rsq_f32(float a) {
  return flush(static_cast<float>(1.0 / std::sqrt(static_cast<double>(flush(a)))));
}
inline float sqrt_f32(float a) { return std::sqrt(flush(a)); }
inline float exp_f32(float a) { return flush(static_cast<float>(exp2_of(static_cast<double>(a)))); }
inline float log_f32(float a) { return static_cast<float>(log2_of(static_cast<double>(flush(a)))); }

}  // namespace emulator
