#pragma once

#include <hip/hip_runtime.h>

#include <cstdint>

namespace rdna1conv {

inline constexpr uint32_t kWaveLanes = 32;

// The value that lane (this lane xor Mask) holds, Mask below 16.
template <int Mask>
__device__ inline float from_lane_xor(float value) {
  constexpr int kRowXmask = 0x160;  // DPP_ROW_XMASK0 of the RDNA instruction set
  return __builtin_bit_cast(float, __builtin_amdgcn_update_dpp(0, __builtin_bit_cast(int, value),
                                                               kRowXmask + Mask, 0xf, 0xf, true));
}

// The value that the same lane of the wave's other 16 holds.
__device__ inline float from_other_row(float value) {
  const auto word = __builtin_bit_cast(uint32_t, value);
  return __builtin_bit_cast(
      float, __builtin_amdgcn_permlanex16(word, word, 0x76543210u, 0xfedcba98u, false, false));
}

// Every lane gets the sum over the lanes of the wave whose numbers agree with its own modulo
// `period`, a power of two that is the same for the wave. All lanes must be active.
__device__ inline float wave_sum(float value, uint32_t period = 1) {
  if (period <= 1) value += from_lane_xor<1>(value);
  if (period <= 2) value += from_lane_xor<2>(value);
  if (period <= 4) value += from_lane_xor<4>(value);
  if (period <= 8) value += from_lane_xor<8>(value);
  if (period <= 16) value += from_other_row(value);
  return value;
}

}  // namespace rdna1conv
