// Operations between the lanes of a wave. On the device Lanes<T> is T, one register; on the host it
// holds all lanes, and the operations follow "RDNA 1.0 Instruction Set Architecture" (DPP, DPP8,
// V_PERMLANE16_B32, DS_SWIZZLE_B32, DS_BPERMUTE_B32) and the HIP programming guide (__shfl*).
#pragma once

#include "differential/scalar_operations.h"

// Lanes of a wave on the host side: what the sources are compiled for with -mwavefrontsize64.
#ifndef RDNA1CONV_WAVE_SIZE
#define RDNA1CONV_WAVE_SIZE 32
#endif

namespace differential {

constexpr unsigned kWave = RDNA1CONV_WAVE_SIZE;

// DPP controls.
constexpr int kQuadPermute = 0;
constexpr int kRowShiftLeft = 0x100;
constexpr int kRowShiftRight = 0x110;
constexpr int kRowRotateRight = 0x120;
constexpr int kRowMirror = 0x140;
constexpr int kRowHalfMirror = 0x141;
constexpr int kRowShare = 0x150;
constexpr int kRowXor = 0x160;

#ifdef __HIP_DEVICE_COMPILE__

#pragma clang force_cuda_host_device begin

template <class T>
using Lanes = T;
using LaneInputs = Inputs;

template <class T>
T lane_input(const Inputs& in, unsigned k) {
  if constexpr (std::is_same_v<T, F32>) return in.floats[k];
  return static_cast<T>(in.integers[k]);
}
template <class T>
U64 lane_word(T value) {
  return to_word<T>(value);
}
template <class T, class F>
T convert(F value) {
  return static_cast<T>(value);
}
template <class T>
T select(bool condition, T a, T b) {
  return condition ? a : b;
}
template <class T, class Block>
T where(bool condition, T other, Block block) {
  if (condition) other = block();
  return other;
}

#pragma clang force_cuda_host_device end

__device__ inline I32 lane_number() { return static_cast<I32>(__lane_id()); }

template <class T>
__device__ T shuffle(T value, I32 source, int width) {
  return __shfl(value, source & (width - 1), width);
}
template <>
__device__ inline I64 shuffle(I64 value, I32 source, int width) {
  return __shfl(static_cast<long long>(value), source & (width - 1), width);
}
template <class T>
__device__ T shuffle_up(T value, unsigned distance, int width) {
  return __shfl_up(value, distance, width);
}
template <class T>
__device__ T shuffle_down(T value, unsigned distance, int width) {
  return __shfl_down(value, distance, width);
}
template <class T>
__device__ T shuffle_xor(T value, int mask, int width) {
  return __shfl_xor(value, mask, width);
}
template <unsigned kWord>
__device__ U32 ballot_word(bool condition) {
  return static_cast<U32>(__ballot(condition) >> 32 * kWord);
}
__device__ inline I32 any_lane(bool condition) { return __any(condition) != 0; }
__device__ inline I32 all_lanes(bool condition) { return __all(condition) != 0; }
// Bits of the mask that belong to lower lanes of the first 32, and their number.
__device__ inline U32 lower_lanes(U32 mask) { return __builtin_amdgcn_mbcnt_lo(mask, 0); }
__device__ inline I32 gather(I32 value, I32 source) {
  return __builtin_amdgcn_ds_bpermute(source << 2, value);
}
// Each lane sends to lane i * 5 + offset.
__device__ inline I32 scatter(I32 value, I32 offset) {
  return __builtin_amdgcn_ds_permute((lane_number() * 5 + offset) << 2, value);
}
template <int kPattern>
__device__ I32 swizzle(I32 value) {
  return __builtin_amdgcn_ds_swizzle(value, kPattern);
}
__device__ inline I32 read_lane(I32 value, int lane) {
  return __builtin_amdgcn_readlane(value, lane);
}
__device__ inline I32 read_first_lane(I32 value) { return __builtin_amdgcn_readfirstlane(value); }
template <int kControl, int kRows, int kBanks, bool kBound>
__device__ I32 dpp(I32 old, I32 value) {
  return __builtin_amdgcn_update_dpp(old, value, kControl, kRows, kBanks, kBound);
}
template <int kControl, int kRows, int kBanks, bool kBound>
__device__ F32 dpp(F32 old, F32 value) {
  return __builtin_bit_cast(F32, dpp<kControl, kRows, kBanks, kBound>(
                                     __builtin_bit_cast(I32, old), __builtin_bit_cast(I32, value)));
}
template <int kSelectors>
__device__ I32 dpp8(I32 value) {
  return static_cast<I32>(__builtin_amdgcn_mov_dpp8(static_cast<U32>(value), kSelectors));
}
// LLVM 15 moves v_permlane into the branch that uses its result, where fewer lanes execute.
__device__ inline I32 keep_here(U32 value) {
  asm volatile("" : "+v"(value));
  return static_cast<I32>(value);
}
template <U32 kLow, U32 kHigh>
__device__ I32 permute_row(I32 value) {
  const U32 word = static_cast<U32>(value);
  return keep_here(__builtin_amdgcn_permlane16(word, word, kLow, kHigh, false, true));
}
template <U32 kLow, U32 kHigh>
__device__ I32 permute_across_rows(I32 value) {
  const U32 word = static_cast<U32>(value);
  return keep_here(__builtin_amdgcn_permlanex16(word, word, kLow, kHigh, false, true));
}

#else

// Lanes that execute: where() narrows them.
inline U64& executing() {
  static U64 mask = kWave == 64 ? ~U64{0} : (U64{1} << (kWave % 64)) - 1;
  return mask;
}
inline bool executes(unsigned lane) { return (executing() >> lane & 1) != 0; }

template <class T>
struct Lanes {
  std::array<T, kWave> lane{};

  Lanes() = default;
  Lanes(T value) { lane.fill(value); }
};

struct LaneInputs {
  const Inputs* of;  // kWave of them
};

template <class T, class F>
Lanes<T> each_lane(F f) {
  Lanes<T> result;
  for (unsigned i = 0; i < kWave; ++i) result.lane[i] = f(i);
  return result;
}

template <class T>
Lanes<T> operator+(const Lanes<T>& a, const Lanes<T>& b) {
  return each_lane<T>([&](unsigned i) { return static_cast<T>(a.lane[i] + b.lane[i]); });
}
template <class T>
Lanes<T> operator*(const Lanes<T>& a, const Lanes<T>& b) {
  return each_lane<T>([&](unsigned i) { return static_cast<T>(a.lane[i] * b.lane[i]); });
}
template <class T>
Lanes<T> operator^(const Lanes<T>& a, const Lanes<T>& b) {
  return each_lane<T>([&](unsigned i) { return a.lane[i] ^ b.lane[i]; });
}
template <class T>
Lanes<T> operator&(const Lanes<T>& a, const Lanes<T>& b) {
  return each_lane<T>([&](unsigned i) { return a.lane[i] & b.lane[i]; });
}
inline Lanes<I32> operator&(const Lanes<I32>& a, I32 b) { return a & Lanes<I32>(b); }
template <class T>
Lanes<T> operator|(const Lanes<T>& a, const Lanes<T>& b) {
  return each_lane<T>([&](unsigned i) { return a.lane[i] | b.lane[i]; });
}
template <class T>
Lanes<bool> operator<(const Lanes<T>& a, const Lanes<T>& b) {
  return each_lane<bool>([&](unsigned i) { return a.lane[i] < b.lane[i]; });
}

template <class T>
Lanes<T> lane_input(const LaneInputs& in, unsigned k) {
  return each_lane<T>([&](unsigned i) -> T {
    if constexpr (std::is_same_v<T, F32>) return in.of[i].floats[k];
    return static_cast<T>(in.of[i].integers[k]);
  });
}
template <class T>
Lanes<U64> lane_word(const Lanes<T>& value) {
  return each_lane<U64>([&](unsigned i) { return to_word<T>(value.lane[i]); });
}
inline Lanes<U64> fold(const Lanes<U64>& a, const Lanes<U64>& b) {
  return each_lane<U64>([&](unsigned i) { return fold(a.lane[i], b.lane[i]); });
}
template <class T, class F>
Lanes<T> convert(const Lanes<F>& value) {
  return each_lane<T>([&](unsigned i) { return static_cast<T>(value.lane[i]); });
}
template <class T>
Lanes<T> select(const Lanes<bool>& condition, const Lanes<T>& a, const Lanes<T>& b) {
  return each_lane<T>([&](unsigned i) { return condition.lane[i] ? a.lane[i] : b.lane[i]; });
}
template <class T, class Block>
Lanes<T> where(const Lanes<bool>& condition, const Lanes<T>& other, Block block) {
  const U64 outer = executing();
  U64 inner = 0;
  for (unsigned i = 0; i < kWave; ++i) inner |= U64{condition.lane[i]} << i;
  inner &= outer;
  executing() = inner;
  const Lanes<T> result = inner != 0 ? block() : other;
  executing() = outer;
  return each_lane<T>(
      [&](unsigned i) { return (inner >> i & 1) != 0 ? result.lane[i] : other.lane[i]; });
}

inline Lanes<I32> lane_number() {
  return each_lane<I32>([](unsigned i) { return static_cast<I32>(i); });
}

// Lane `source` of the 32 that `lane` is among; a lane that does not execute gives zero.
template <class T>
T fetch(const Lanes<T>& value, unsigned lane, unsigned source) {
  const unsigned from = (lane & 32) | (source & 31);
  return executes(from) ? value.lane[from] : T{};
}

template <class T>
Lanes<T> shuffle(const Lanes<T>& value, const Lanes<I32>& source, unsigned width) {
  return each_lane<T>([&](unsigned i) {
    return fetch(value, i, (i & ~(width - 1)) + (static_cast<U32>(source.lane[i]) & (width - 1)));
  });
}
template <class T>
Lanes<T> shuffle_up(const Lanes<T>& value, unsigned distance, unsigned width) {
  return each_lane<T>(
      [&](unsigned i) { return fetch(value, i, i % width < distance ? i : i - distance); });
}
template <class T>
Lanes<T> shuffle_down(const Lanes<T>& value, unsigned distance, unsigned width) {
  return each_lane<T>([&](unsigned i) {
    return fetch(value, i, i % width + distance >= width ? i : i + distance);
  });
}
template <class T>
Lanes<T> shuffle_xor(const Lanes<T>& value, unsigned mask, unsigned width) {
  return each_lane<T>([&](unsigned i) {
    const unsigned source = i ^ mask;
    return fetch(value, i, source >= (i / width + 1) * width ? i : source);
  });
}

inline U64 ballot(const Lanes<bool>& condition) {
  U64 mask = 0;
  for (unsigned i = 0; i < kWave; ++i) mask |= U64{condition.lane[i] && executes(i)} << i;
  return mask;
}
template <unsigned kWord>
Lanes<U32> ballot_word(const Lanes<bool>& condition) {
  return static_cast<U32>(ballot(condition) >> 32 * kWord);
}
inline Lanes<I32> any_lane(const Lanes<bool>& condition) { return ballot(condition) != 0; }
inline Lanes<I32> all_lanes(const Lanes<bool>& condition) {
  return ballot(condition) == executing();
}
inline Lanes<U32> lower_lanes(const Lanes<U32>& mask) {
  return each_lane<U32>([&](unsigned i) {
    const U32 lower = i >= 32 ? ~0u : (1u << i) - 1;
    return static_cast<U32>(__builtin_popcount(mask.lane[i] & lower));
  });
}
inline Lanes<I32> gather(const Lanes<I32>& value, const Lanes<I32>& source) {
  return each_lane<I32>(
      [&](unsigned i) { return fetch(value, i, static_cast<U32>(source.lane[i])); });
}
inline Lanes<I32> scatter(const Lanes<I32>& value, I32 offset) {
  Lanes<I32> result;
  for (unsigned i = 0; i < kWave; ++i) {
    const unsigned to = (i & 32) | ((i * 5 + static_cast<U32>(offset)) & 31);
    if (executes(i)) result.lane[to] = value.lane[i];
  }
  return result;
}
template <int kPattern>
Lanes<I32> swizzle(const Lanes<I32>& value) {
  return each_lane<I32>([&](unsigned i) {
    if (kPattern >= 0x8000) return fetch(value, i, (i & ~3u) + (kPattern >> 2 * (i & 3) & 3));
    return fetch(value, i, ((i & kPattern) | (kPattern >> 5)) ^ (kPattern >> 10));
  });
}
inline Lanes<I32> read_lane(const Lanes<I32>& value, int lane) { return value.lane[lane]; }
inline Lanes<I32> read_first_lane(const Lanes<I32>& value) {
  return value.lane[__builtin_ctzll(executing())];
}

// The lane that lane i of a row reads under a DPP control; 16 or more if it is outside the row.
inline unsigned dpp_source(int control, unsigned i) {
  const unsigned amount = static_cast<unsigned>(control) & 15;
  if (control < 0x100) return (i & ~3u) + (static_cast<unsigned>(control) >> 2 * (i & 3) & 3);
  switch (control & ~15) {
    case kRowShiftLeft:
      return i + amount;
    case kRowShiftRight:
      return i - amount;
    case kRowRotateRight:
      return (i - amount) & 15;
    case kRowMirror:
      return amount == 0 ? 15 - i : i ^ 7;
    case kRowShare:
      return amount;
    default:
      return i ^ amount;
  }
}

template <int kControl, int kRows, int kBanks, bool kBound, class T>
Lanes<T> dpp(const Lanes<T>& old, const Lanes<T>& value) {
  return each_lane<T>([&](unsigned i) {
    const bool masked = (kRows >> i / 16 & 1) == 0 || (kBanks >> (i % 16) / 4 & 1) == 0;
    if (masked) return old.lane[i];
    const unsigned source = dpp_source(kControl, i % 16);
    const unsigned lane = (i & ~15u) + source;
    if (source < 16 && executes(lane)) return value.lane[lane];
    return kBound ? T{} : old.lane[i];
  });
}
template <int kControl, int kRows, int kBanks, bool kBound>
Lanes<F32> dpp(F32 old, const Lanes<F32>& value) {
  return dpp<kControl, kRows, kBanks, kBound>(Lanes<F32>(old), value);
}
template <int kSelectors>
Lanes<I32> dpp8(const Lanes<I32>& value) {
  return each_lane<I32>(
      [&](unsigned i) { return fetch(value, i, (i & ~7u) + (kSelectors >> 3 * (i & 7) & 7)); });
}
template <U32 kLow, U32 kHigh>
unsigned row_selector(unsigned i) {
  return static_cast<unsigned>((U64{kHigh} << 32 | kLow) >> 4 * (i & 15) & 15);
}
template <U32 kLow, U32 kHigh>
Lanes<I32> permute_row(const Lanes<I32>& value) {
  return each_lane<I32>(
      [&](unsigned i) { return fetch(value, i, (i & ~15u) + row_selector<kLow, kHigh>(i)); });
}
template <U32 kLow, U32 kHigh>
Lanes<I32> permute_across_rows(const Lanes<I32>& value) {
  return each_lane<I32>([&](unsigned i) {
    return fetch(value, i, ((i & ~15u) ^ 16) + row_selector<kLow, kHigh>(i));
  });
}

#endif

}  // namespace differential
