// Sixteen lanes at a time in clang's portable vectors, and tests over all active lanes that compile
// to a compare and a mask test. Reductions to a minimum or maximum cost several times as much.
#pragma once

#include <immintrin.h>

#include <bit>
#include <cstdint>

namespace emulator {

constexpr unsigned kGroup = 16;

using S32x16 = std::int32_t __attribute__((ext_vector_type(16)));
using U32x4 = std::uint32_t __attribute__((ext_vector_type(4)));
using U32x8 = std::uint32_t __attribute__((ext_vector_type(8)));
using U32x16 = std::uint32_t __attribute__((ext_vector_type(16)));
using U64x2 = std::uint64_t __attribute__((ext_vector_type(2)));
using U64x8 = std::uint64_t __attribute__((ext_vector_type(8)));
using U64x16 = std::uint64_t __attribute__((ext_vector_type(16)));

// Lane numbers of a group.
constexpr U32x16 kGroupLanes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr U64x16 kWideGroupLanes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// True if any element of a compare's result is.
template <class Compare>
[[gnu::always_inline]] inline bool any(Compare compare) {
  return __builtin_reduce_or(compare) != 0;
}

[[gnu::always_inline]] inline U32x16 group_of(const std::uint32_t* lanes, unsigned group) {
  return reinterpret_cast<const U32x16*>(lanes)[group];
}
[[gnu::always_inline]] inline U64x16 group_of(const std::uint64_t* lanes, unsigned group) {
  return reinterpret_cast<const U64x16*>(lanes)[group];
}

template <class T>
struct GroupOf;
template <>
struct GroupOf<std::uint32_t> {
  using Vector = U32x16;
  static constexpr Vector kLanes = kGroupLanes;
};
template <>
struct GroupOf<std::uint64_t> {
  using Vector = U64x16;
  static constexpr Vector kLanes = kWideGroupLanes;
};

// The lanes of a group, those outside of `exec` (the whole half's) replaced by `fallback`.
template <class T>
[[gnu::always_inline]] inline typename GroupOf<T>::Vector active_group(const T* lanes,
                                                                       unsigned group,
                                                                       std::uint32_t exec,
                                                                       T fallback) {
  using Vector = typename GroupOf<T>::Vector;
  const Vector bit = Vector(T{1}) << GroupOf<T>::kLanes;
  return (Vector(T{exec >> (group * kGroup)}) & bit) != 0 ? group_of(lanes, group)
                                                          : Vector(fallback);
}

// True if an active lane lies outside of [low, low + span].
template <class T>
[[gnu::always_inline]] inline bool any_outside(const T* lanes, std::uint32_t exec, T low, T span) {
  using Vector = typename GroupOf<T>::Vector;
  if (exec == ~0u) [[likely]] {
    return any(((group_of(lanes, 0) - Vector(low)) > Vector(span)) |
               ((group_of(lanes, 1) - Vector(low)) > Vector(span)));
  }
  return any(((active_group(lanes, 0, exec, low) - Vector(low)) > Vector(span)) |
             ((active_group(lanes, 1, exec, low) - Vector(low)) > Vector(span)));
}

// Bit k is the sign of element k.
inline std::uint32_t gather_mask(const std::int32_t* lane) {
#if defined(__AVX512DQ__)
  const unsigned low = _mm512_movepi32_mask(_mm512_loadu_si512(lane));
  const unsigned high = _mm512_movepi32_mask(_mm512_loadu_si512(lane + 16));
  return low | high << 16;
#elif defined(__AVX__)
  std::uint32_t mask = 0;
  for (unsigned i = 0; i < 2 * kGroup; i += 8) {
    const auto part = _mm256_movemask_ps(_mm256_loadu_ps(reinterpret_cast<const float*>(lane + i)));
    mask |= static_cast<std::uint32_t>(part) << i;
  }
  return mask;
#else
  std::uint32_t mask = 0;
  for (unsigned i = 0; i < 2 * kGroup; i += 4) {
    const auto part = _mm_movemask_ps(_mm_loadu_ps(reinterpret_cast<const float*>(lane + i)));
    mask |= static_cast<std::uint32_t>(part) << i;
  }
  return mask;
#endif
}

// The lanes of `exec` whose value is at most `most`.
[[gnu::always_inline]] inline std::uint32_t lanes_up_to(const std::uint32_t* lanes,
                                                        std::uint32_t exec, std::uint32_t most) {
  alignas(64) std::int32_t flags[2 * kGroup];
  for (unsigned group = 0; group < 2; ++group) {
    reinterpret_cast<S32x16*>(flags)[group] = group_of(lanes, group) <= U32x16(most);
  }
  return gather_mask(flags) & exec;
}

// True if active lanes differ.
[[gnu::always_inline]] inline bool any_different(const std::uint32_t* lanes, std::uint32_t exec) {
  const std::uint32_t first = lanes[static_cast<unsigned>(std::countr_zero(exec))];
  return any_outside(lanes, exec, first, std::uint32_t{0});
}

}  // namespace emulator
