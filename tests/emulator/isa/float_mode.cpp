#include "isa/float_mode.h"

#include <immintrin.h>

#include <array>

namespace emulator {
namespace {

constexpr unsigned kAllExceptionsMasked = 0x1f80;
constexpr unsigned kDenormalsAreZero = 1u << 6;
constexpr unsigned kFlushToZero = 1u << 15;
// MODE counts nearest, +inf, -inf, zero; MXCSR nearest, -inf, +inf, zero.
constexpr std::array<unsigned, 4> kRounding{0u << 13, 2u << 13, 1u << 13, 3u << 13};

unsigned control_word(unsigned round, unsigned denormal) {
  return kAllExceptionsMasked | kRounding[round & 3] |
         ((denormal & 1) != 0 ? 0 : kDenormalsAreZero) | ((denormal & 2) != 0 ? 0 : kFlushToZero);
}

}  // namespace

void apply_float_mode(const Wave& wave) {
  _mm_setcsr(control_word(wave.mode.round_f32, wave.mode.denormal_f32));
}

bool is_default_float_mode(const FloatMode& mode) {
  return mode.round_f32 == 0 && mode.round_f16_f64 == 0 && mode.denormal_f32 == 3 &&
         mode.denormal_f16_f64 == 3;
}

HostFloatMode::HostFloatMode() : saved_(_mm_getcsr()) { _mm_setcsr(control_word(0, 3)); }
HostFloatMode::~HostFloatMode() { _mm_setcsr(saved_); }

unsigned HalfAndDoubleMode::enter(const FloatMode& mode) {
  const unsigned saved = _mm_getcsr();
  _mm_setcsr(control_word(mode.round_f16_f64, mode.denormal_f16_f64));
  return saved;
}
void HalfAndDoubleMode::leave(unsigned saved) { _mm_setcsr(saved); }

}  // namespace emulator
