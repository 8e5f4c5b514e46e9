// IEEE half precision values to and from float, one at a time and 16 bits of each dword at a time.
#pragma once

#include <immintrin.h>

#include <bit>
#include <cstdint>

namespace emulator {

// Exact. Signalling NaNs become quiet.
inline float half_to_float(std::uint16_t half) {
#ifdef __F16C__
  return _cvtsh_ss(half);
#else
  const std::uint32_t sign = (half & 0x8000u) << 16;
  const std::uint32_t magnitude = half & 0x7fffu;
  if (magnitude >= 0x7c00) {
    const std::uint32_t quiet = magnitude > 0x7c00 ? 0x400000u : 0u;
    return std::bit_cast<float>(sign | 0x7f800000u | (magnitude & 0x3ff) << 13 | quiet);
  }
  if (magnitude < 0x400) {  // zero or denormal: magnitude * 2^-24
    const float value = static_cast<float>(magnitude) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
  }
  return std::bit_cast<float>(sign | ((magnitude << 13) + (112u << 23)));
#endif
}

// Rounds in the host's current direction; denormal halves are kept.
inline std::uint16_t float_to_half(float value) {
#ifdef __F16C__
  return _cvtss_sh(value, _MM_FROUND_CUR_DIRECTION);
#else
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u)
    return static_cast<std::uint16_t>(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
  if (magnitude == 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7c00);
  // The magnitude in units of the half's last place, with a sticky bit below two guard bits.
  const int exponent = static_cast<int>(magnitude >> 23) - 127;
  const std::uint32_t significand =
      magnitude < 0x800000u ? magnitude : (magnitude & 0x7fffffu) | 0x800000u;
  const int last_place = exponent < -14 ? -24 : exponent - 10;
  const int shift = last_place - (exponent < -126 ? -149 : exponent - 23);
  std::uint32_t kept = shift < 32 ? significand >> shift : 0;
  const std::uint32_t lost = shift < 32 ? significand & ((1u << shift) - 1) : significand;
  const std::uint32_t middle = shift < 32 ? 1u << (shift - 1) : ~0u;
  switch (_MM_GET_ROUNDING_MODE()) {
    case _MM_ROUND_NEAREST:
      kept += lost > middle || (lost == middle && (kept & 1) != 0);
      break;
    case _MM_ROUND_UP:
      kept += lost != 0 && sign == 0;
      break;
    case _MM_ROUND_DOWN:
      kept += lost != 0 && sign != 0;
      break;
    default:
      break;
  }
  const std::uint32_t half =
      exponent < -14 ? kept : kept + (static_cast<std::uint32_t>(exponent + 14) << 10);
  if (half < 0x7c00) return static_cast<std::uint16_t>(sign | half);
  // Overflow: infinity, or the largest half where the direction points away from it.
  const unsigned mode = _MM_GET_ROUNDING_MODE();
  const bool to_infinity = mode == _MM_ROUND_NEAREST || (mode == _MM_ROUND_UP && sign == 0) ||
                           (mode == _MM_ROUND_DOWN && sign != 0);
  return static_cast<std::uint16_t>(sign | (to_infinity ? 0x7c00 : 0x7bff));
#endif
}

// Rounds towards zero in every mode.
inline std::uint16_t float_to_half_toward_zero(float value) {
#ifdef __F16C__
  return _cvtss_sh(value, _MM_FROUND_TO_ZERO);
#else
  const unsigned saved = _MM_GET_ROUNDING_MODE();
  _MM_SET_ROUNDING_MODE(_MM_ROUND_TOWARD_ZERO);
  const std::uint16_t half = float_to_half(value);
  _MM_SET_ROUNDING_MODE(saved);
  return half;
#endif
}

// `count` halves (a multiple of 32) to floats and back.
inline void halves_to_floats(const std::uint16_t* in, float* out, unsigned count) {
#if defined(__AVX512F__)
  for (unsigned i = 0; i < count; i += 16) {
    const __m256i halves = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + i));
    _mm512_storeu_ps(out + i, _mm512_cvtph_ps(halves));
  }
#elif defined(__F16C__)
  for (unsigned i = 0; i < count; i += 8) {
    const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i));
    _mm256_storeu_ps(out + i, _mm256_cvtph_ps(halves));
  }
#else
  for (unsigned i = 0; i < count; ++i) out[i] = half_to_float(in[i]);
#endif
}

inline void floats_to_halves(const float* in, std::uint16_t* out, unsigned count) {
#if defined(__AVX512F__)
  for (unsigned i = 0; i < count; i += 16) {
    const __m256i halves = _mm512_cvtps_ph(_mm512_loadu_ps(in + i), _MM_FROUND_CUR_DIRECTION);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), halves);
  }
#elif defined(__F16C__)
  for (unsigned i = 0; i < count; i += 8) {
    const __m128i halves = _mm256_cvtps_ph(_mm256_loadu_ps(in + i), _MM_FROUND_CUR_DIRECTION);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), halves);
  }
#else
  for (unsigned i = 0; i < count; ++i) out[i] = float_to_half(in[i]);
#endif
}

inline void flush_denormal_halves(std::uint16_t* lanes, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    const bool normal = (lanes[i] & 0x7c00) != 0;
    lanes[i] = normal ? lanes[i] : static_cast<std::uint16_t>(lanes[i] & 0x8000);
  }
}

// The halves at bit `shift` (0 or 16) of 32 dwords to floats.
inline void halves_in_dwords_to_floats(const std::uint32_t* in, unsigned shift, float* out) {
#if defined(__AVX512F__)
  for (unsigned i = 0; i < 32; i += 16) {
    const __m512i words = _mm512_srli_epi32(_mm512_loadu_si512(in + i), shift);
    _mm512_storeu_ps(out + i, _mm512_cvtph_ps(_mm512_cvtepi32_epi16(words)));
  }
#else
  alignas(64) std::uint16_t halves[32];
  for (unsigned i = 0; i < 32; ++i) halves[i] = static_cast<std::uint16_t>(in[i] >> shift);
  halves_to_floats(halves, out, 32);
#endif
}

}  // namespace emulator
