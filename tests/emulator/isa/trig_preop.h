// v_trig_preop_f64: a 53-bit piece of 2 / pi, for the reduction of large arguments.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace emulator {

// 2 / pi to 1216 bits, most significant first; the hardware has 1201.
constexpr std::array<std::uint64_t, 19> kTwoOverPi{
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
    0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab};

// 53 bits from bit `first`, zeros past bit 1200.
inline std::uint64_t two_over_pi_bits(unsigned first) {
  constexpr unsigned kBits = 1201;
  std::uint64_t bits = 0;
  for (unsigned i = first; i < first + 53; ++i) {
    const std::uint64_t bit = i < kBits ? kTwoOverPi[i / 64] >> (63 - i % 64) & 1 : 0;
    bits = bits << 1 | bit;
  }
  return bits;
}

// The piece number `segment` for an argument `a`, weighted as it is in 2 / pi; scaled up by 2^128
// for arguments that are so large that it might be denormal (RDNA ISA, V_TRIG_PREOP_F64).
inline double trig_preop(double a, std::uint32_t segment) {
  const auto exponent = static_cast<int>(std::bit_cast<std::uint64_t>(a) >> 52 & 0x7ff);
  int shift = static_cast<int>(segment & 31) * 53;
  if (exponent > 1077) shift += exponent - 1077;
  const auto bits = static_cast<double>(two_over_pi_bits(static_cast<unsigned>(shift)));
  const int scale = -53 - shift + (exponent >= 1968 ? 128 : 0);
  return std::ldexp(bits, scale);
}

}  // namespace emulator
