// Moves dwords between memory and the lanes of consecutive VGPRs. Written in clang's portable
// vectors: 16 lanes at a time, transposed in registers, whatever the host's vector width.
#pragma once

#include <bit>
#include <cstring>

#include "machine/memory_access.h"

namespace emulator {

template <class T>
inline T load_from(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <class T>
inline void store_to(std::byte* to, const T& value) {
  std::memcpy(to, &value, sizeof value);
}

inline U32x16 join(U32x4 a, U32x4 b, U32x4 c, U32x4 d) {
  const U32x8 low = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
  const U32x8 high = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7);
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// Transposes the four 4x4 matrices whose rows are the quarters of r0..r3. Its own inverse.
inline void transpose_quarters(U32x16& r0, U32x16& r1, U32x16& r2, U32x16& r3) {
  const auto low = [](U32x16 a, U32x16 b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
  };
  const auto high = [](U32x16 a, U32x16 b) {
    return __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15,
                                   31);
  };
  const auto low_pairs = [](U32x16 a, U32x16 b) {
    return __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
  };
  const auto high_pairs = [](U32x16 a, U32x16 b) {
    return __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30,
                                   31);
  };
  const U32x16 low01 = low(r0, r1);
  const U32x16 low23 = low(r2, r3);
  const U32x16 high01 = high(r0, r1);
  const U32x16 high23 = high(r2, r3);
  r0 = low_pairs(low01, low23);
  r1 = high_pairs(low01, low23);
  r2 = low_pairs(high01, high23);
  r3 = high_pairs(high01, high23);
}

// Reads a group's 16 lanes as a 4x4 matrix and transposes it. Its own inverse.
inline U32x16 transpose_lanes(U32x16 r) {
  return __builtin_shufflevector(r, r, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

// Lane pattern of a group: all at one address, one after the other, or anywhere.
enum class Pattern { kUniform, kContiguous, kScattered };

template <unsigned kBytes, class Offset>
[[gnu::always_inline]] inline Pattern group_pattern(const Offset* offset, unsigned group) {
  using Vector = typename GroupOf<Offset>::Vector;
  const Vector lanes = group_of(offset, group);
  const Vector first(offset[group * kGroup]);
  if (!any(lanes != first + GroupOf<Offset>::kLanes * Vector(Offset{kBytes}))) {
    return Pattern::kContiguous;
  }
  return any(lanes != first) ? Pattern::kScattered : Pattern::kUniform;
}

[[gnu::always_inline]] inline U32x16& register_group(Vgpr& vgpr, unsigned group) {
  return reinterpret_cast<U32x16*>(vgpr.lane.data())[group];
}

// The kDwords dwords of a lane as the first elements of a vector.
template <unsigned kDwords>
inline U32x4 load_lane(const std::byte* from) {
  if constexpr (kDwords == 4) return load_from<U32x4>(from);
  U32x4 value{};
  std::memcpy(&value, from, kDwords * 4);
  return value;
}

template <unsigned kDwords, class Offset>
[[gnu::always_inline]] inline void load_group(const LaneData<Offset>& from, unsigned group,
                                              Vgpr* to) {
  const auto lane = [&](unsigned i) { return from.at(group * kGroup + i); };
  const Pattern pattern = group_pattern<kDwords * 4>(from.offset, group);
  if (pattern == Pattern::kUniform) {
    const U32x4 value = load_lane<kDwords>(lane(0));
    for (unsigned d = 0; d < kDwords; ++d) register_group(to[d], group) = U32x16(value[d]);
    return;
  }
  if (pattern == Pattern::kContiguous && kDwords != 3) {
    const std::byte* first = lane(0);
    if constexpr (kDwords == 1) {
      register_group(to[0], group) = load_from<U32x16>(first);
    } else if constexpr (kDwords == 2) {
      const auto a = load_from<U32x16>(first);
      const auto b = load_from<U32x16>(first + 64);
      register_group(to[0], group) =
          __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
      register_group(to[1], group) =
          __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    } else if constexpr (kDwords == 4) {
      auto r0 = load_from<U32x16>(first);
      auto r1 = load_from<U32x16>(first + 64);
      auto r2 = load_from<U32x16>(first + 128);
      auto r3 = load_from<U32x16>(first + 192);
      transpose_quarters(r0, r1, r2, r3);
      // Quarter q of a row now holds lanes q, 4 + q, 8 + q and 12 + q.
      register_group(to[0], group) = transpose_lanes(r0);
      register_group(to[1], group) = transpose_lanes(r1);
      register_group(to[2], group) = transpose_lanes(r2);
      register_group(to[3], group) = transpose_lanes(r3);
    }
    return;
  }
  if constexpr (kDwords == 1) {
    U32x4 quarter[4];
    for (unsigned q = 0; q < 4; ++q) {
      quarter[q] = U32x4{
          load_from<std::uint32_t>(lane(4 * q)), load_from<std::uint32_t>(lane(4 * q + 1)),
          load_from<std::uint32_t>(lane(4 * q + 2)), load_from<std::uint32_t>(lane(4 * q + 3))};
    }
    register_group(to[0], group) = join(quarter[0], quarter[1], quarter[2], quarter[3]);
  } else if constexpr (kDwords == 2) {
    const auto pair = [&](unsigned i) {
      return std::bit_cast<U32x4>(
          U64x2{load_from<std::uint64_t>(lane(i)), load_from<std::uint64_t>(lane(i + 1))});
    };
    const U32x16 a = join(pair(0), pair(2), pair(4), pair(6));
    const U32x16 b = join(pair(8), pair(10), pair(12), pair(14));
    register_group(to[0], group) =
        __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    register_group(to[1], group) =
        __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  } else {
    U32x16 row[4];
    for (unsigned r = 0; r < 4; ++r) {
      row[r] = join(load_lane<kDwords>(lane(r)), load_lane<kDwords>(lane(4 + r)),
                    load_lane<kDwords>(lane(8 + r)), load_lane<kDwords>(lane(12 + r)));
    }
    transpose_quarters(row[0], row[1], row[2], row[3]);
    for (unsigned d = 0; d < kDwords; ++d) register_group(to[d], group) = row[d];
  }
}

// The same for some of the lanes: the others read what the first active one reads and drop it.
template <unsigned kDwords, class Offset>
[[gnu::noinline]] void load_active(const LaneData<Offset>& from, std::uint32_t exec, Vgpr* to) {
  const Offset first = from.offset[static_cast<unsigned>(std::countr_zero(exec))];
  LaneArray<Offset> offset;
  Vgpr loaded[kDwords];
  using Vector = typename GroupOf<Offset>::Vector;
  for (unsigned group = 0; group < 2; ++group) {
    reinterpret_cast<Vector*>(offset.lane.data())[group] =
        active_group(from.offset, group, exec, first);
    load_group<kDwords>(LaneData<Offset>{from.base, offset.lane.data()}, group, loaded);
    const U32x16 active = U32x16(exec >> (group * kGroup)) & (U32x16(1) << kGroupLanes);
    for (unsigned d = 0; d < kDwords; ++d) {
      U32x16& target = register_group(to[d], group);
      target = active != 0 ? register_group(loaded[d], group) : target;
    }
  }
}

// Loads kDwords consecutive dwords per active lane into as many VGPRs; some lane is active. The
// offsets may lie in one of these.
template <unsigned kDwords, class Offset>
[[gnu::always_inline]] inline void load_dwords(const LaneData<Offset>& from, std::uint32_t exec,
                                               Vgpr* to) {
  if (kDwords == 1 || from.dword_stride == 4) [[likely]] {
    if (exec != ~0u) return load_active<kDwords>(from, exec, to);
    load_group<kDwords>(from, 0, to);
    load_group<kDwords>(from, 1, to);
    return;
  }
  for (unsigned d = 0; d < kDwords; ++d) {
    const LaneData<Offset> dword{from.base + d * from.dword_stride, from.offset};
    load_dwords<1>(dword, exec, to + d);
  }
}

template <unsigned kDwords, class Offset>
[[gnu::always_inline]] inline void store_group(const LaneData<Offset>& to, unsigned group,
                                               const Vgpr* from) {
  const auto lane = [&](unsigned i) { return to.at(group * kGroup + i); };
  const auto row = [&](unsigned d) { return group_of(from[d].lane.data(), group); };
  if constexpr (kDwords == 1) {
    if (group_pattern<4>(to.offset, group) == Pattern::kContiguous) {
      store_to(lane(0), row(0));
      return;
    }
    for (unsigned i = 0; i < kGroup; ++i) {
      store_to(lane(i), from[0].lane[group * kGroup + i]);
    }
  } else if constexpr (kDwords == 2) {
    const U32x16 a = __builtin_shufflevector(row(0), row(1), 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                             21, 6, 22, 7, 23);
    const U32x16 b = __builtin_shufflevector(row(0), row(1), 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                             13, 29, 14, 30, 15, 31);
    if (group_pattern<8>(to.offset, group) == Pattern::kContiguous) {
      store_to(lane(0), a);
      store_to(lane(0) + 64, b);
      return;
    }
    const auto low = std::bit_cast<U64x8>(a);
    const auto high = std::bit_cast<U64x8>(b);
#pragma clang loop unroll(full)
    for (unsigned i = 0; i < 8; ++i) store_to<std::uint64_t>(lane(i), low[i]);
#pragma clang loop unroll(full)
    for (unsigned i = 0; i < 8; ++i) store_to<std::uint64_t>(lane(8 + i), high[i]);
  } else {
    if (kDwords == 4 && group_pattern<16>(to.offset, group) == Pattern::kContiguous) {
      U32x16 r0 = transpose_lanes(row(0));
      U32x16 r1 = transpose_lanes(row(1));
      U32x16 r2 = transpose_lanes(row(2));
      U32x16 r3 = transpose_lanes(row(kDwords == 4 ? 3 : 2));
      transpose_quarters(r0, r1, r2, r3);
      store_to(lane(0), r0);
      store_to(lane(0) + 64, r1);
      store_to(lane(0) + 128, r2);
      store_to(lane(0) + 192, r3);
      return;
    }
    U32x16 r0 = row(0);
    U32x16 r1 = row(1);
    U32x16 r2 = row(2);
    U32x16 r3 = kDwords == 4 ? row(3) : r2;
    transpose_quarters(r0, r1, r2, r3);
    // Quarter q of r holds the dwords of lane 4 * q + r. Lanes are stored in order, so that the
    // last one wins where they overlap.
    const auto put = [&](unsigned i, U32x4 value) { std::memcpy(lane(i), &value, kDwords * 4); };
    const auto quarter = [&]<int kQuarter>() {
      constexpr int k = 4 * kQuarter;
      put(k, __builtin_shufflevector(r0, r0, k, k + 1, k + 2, k + 3));
      put(k + 1, __builtin_shufflevector(r1, r1, k, k + 1, k + 2, k + 3));
      put(k + 2, __builtin_shufflevector(r2, r2, k, k + 1, k + 2, k + 3));
      put(k + 3, __builtin_shufflevector(r3, r3, k, k + 1, k + 2, k + 3));
    };
    quarter.template operator()<0>();
    quarter.template operator()<1>();
    quarter.template operator()<2>();
    quarter.template operator()<3>();
  }
}

template <unsigned kDwords, class Offset>
[[gnu::always_inline]] inline void store_dwords(const LaneData<Offset>& to, std::uint32_t exec,
                                                const Vgpr* from) {
  if (exec == ~0u && (kDwords == 1 || to.dword_stride == 4)) [[likely]] {
    store_group<kDwords>(to, 0, from);
    store_group<kDwords>(to, 1, from);
    return;
  }
  if (exec == ~0u) {
    for (unsigned d = 0; d < kDwords; ++d) {
      const LaneData<Offset> dword{to.base + d * to.dword_stride, to.offset};
      store_group<1>(dword, 0, from + d);
      store_group<1>(dword, 1, from + d);
    }
    return;
  }
  for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
    const auto lane = static_cast<unsigned>(std::countr_zero(rest));
    std::byte* data = to.at(lane);
    for (unsigned d = 0; d < kDwords; ++d) {
      store_to(data + d * to.dword_stride, from[d].lane[lane]);
    }
  }
}

// Loads smaller than a dword: Fn(loaded value, zero-extended; what the register held).
template <class Part, class Fn, class Offset>
inline void load_parts(const LaneData<Offset>& from, std::uint32_t exec, Vgpr& to) {
  for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
    const auto lane = static_cast<unsigned>(std::countr_zero(rest));
    to.lane[lane] = Fn{}(std::uint32_t{load_from<Part>(from.at(lane))}, to.lane[lane]);
  }
}

// Stores smaller than a dword: the low bits of the register, shifted right by kShift before.
template <class Part, unsigned kShift, class Offset>
inline void store_parts(const LaneData<Offset>& to, std::uint32_t exec, const Vgpr& from) {
  for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
    const auto lane = static_cast<unsigned>(std::countr_zero(rest));
    store_to(to.at(lane), static_cast<Part>(from.lane[lane] >> kShift));
  }
}

}  // namespace emulator
