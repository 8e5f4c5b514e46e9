// Loads, stores and atomics of the vector memory encodings. FLAT, GLOBAL, SCRATCH and MUBUF differ
// in how they form addresses, a "space", and share everything else: numbers, names and meaning.
//
// A space is a struct with
//   kPrefix           of its mnemonics
//   kAddress, kData, kThird  types of the row's source operands (see struct Instruction)
//   data(instruction)        VGPR code of the data that stores and atomics take
//   with_lanes(wave, instruction, half, exec, bytes, access, fn)
//                     calls fn(LaneData) and returns true if that describes all active lanes. It
//                     takes lanes out of `exec` where the hardware loads zero and drops stores
//   locate(wave, instruction, half, lane, byte, bytes, access)
//                     the general way: host address of byte `byte` of one lane's `bytes` bytes, or
//                     null where the hardware loads zero and drops stores
//   list(wave, instruction, half, exec, bytes, access, list)
//                     adds what the active lanes touch to an AccessList
#pragma once

#include <algorithm>
#include <array>

#include "isa/atomic_operation.h"
#include "isa/lane_transfer.h"
#include "isa/lane_types.h"
#include "machine/observer.h"

namespace emulator {

// A string as a template argument.
template <std::size_t kSize>
struct FixedString {
  char text[kSize]{};
  constexpr FixedString(const char (&from)[kSize]) { std::copy_n(from, kSize, text); }
};

template <FixedString kPrefix, FixedString kName>
struct JoinedName {
  static constexpr auto kText = [] {
    std::array<char, sizeof kPrefix.text + sizeof kName.text - 2> joined{};
    const auto end = std::copy_n(kPrefix.text, sizeof kPrefix.text - 1, joined.begin());
    std::copy_n(kName.text, sizeof kName.text - 1, end);
    return joined;
  }();
  static constexpr std::string_view kView{kText.data(), kText.size()};
};

inline Vgpr* vgpr(Wave& wave, unsigned half, unsigned code) {
  return &wave.v[half][code - operand::kVgpr];
}

template <class Fn>
void for_lanes_of(std::uint32_t exec, Fn fn) {
  for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
    fn(static_cast<unsigned>(std::countr_zero(rest)));
  }
}

// One lane's bytes by the general way.
template <class Space>
void copy_from_lane(Wave& wave, const Instruction& instruction, unsigned half, unsigned lane,
                    unsigned bytes, std::byte* to) {
  for (unsigned byte = 0; byte < bytes; ++byte) {
    const std::byte* from =
        Space::locate(wave, instruction, half, lane, byte, bytes, Access::kLoad);
    to[byte] = from == nullptr ? std::byte{0} : *from;
  }
}
template <class Space>
void copy_to_lane(Wave& wave, const Instruction& instruction, unsigned half, unsigned lane,
                  unsigned bytes, const std::byte* from) {
  for (unsigned byte = 0; byte < bytes; ++byte) {
    std::byte* to = Space::locate(wave, instruction, half, lane, byte, bytes, Access::kStore);
    if (to != nullptr) *to = from[byte];
  }
}

template <class Space, unsigned kDwords>
const Instruction* execute_load(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    std::uint32_t inside = exec;
    Vgpr* to = vgpr(wave, half, instruction.destination);
    const bool done =
        Space::with_lanes(wave, instruction, half, inside, kDwords * 4, Access::kLoad,
                          [&](const auto& from) { load_dwords<kDwords>(from, inside, to); });
    if (done) [[likely]] {
      for_lanes_of(exec & ~inside, [&](unsigned lane) {
        for (unsigned d = 0; d < kDwords; ++d) to[d].lane[lane] = 0;
      });
      continue;
    }
    for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(rest));
      std::array<std::uint32_t, kDwords> data{};
      copy_from_lane<Space>(wave, instruction, half, lane, kDwords * 4,
                            reinterpret_cast<std::byte*>(data.data()));
      for (unsigned d = 0; d < kDwords; ++d) to[d].lane[lane] = data[d];
    }
  }
  return &instruction + 1;
}

template <class Space, class Part, class Fn>
const Instruction* execute_part_load(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    std::uint32_t inside = exec;
    Vgpr& to = *vgpr(wave, half, instruction.destination);
    const bool done =
        Space::with_lanes(wave, instruction, half, inside, sizeof(Part), Access::kLoad,
                          [&](const auto& from) { load_parts<Part, Fn>(from, inside, to); });
    if (done) [[likely]] {
      for_lanes_of(exec & ~inside, [&](unsigned lane) { to.lane[lane] = Fn{}(0u, to.lane[lane]); });
      continue;
    }
    for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(rest));
      Part data{};
      copy_from_lane<Space>(wave, instruction, half, lane, sizeof data,
                            reinterpret_cast<std::byte*>(&data));
      to.lane[lane] = Fn{}(std::uint32_t{data}, to.lane[lane]);
    }
  }
  return &instruction + 1;
}

template <class Space, unsigned kDwords>
const Instruction* execute_store(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    std::uint32_t inside = exec;
    const Vgpr* from = vgpr(wave, half, Space::data(instruction));
    const bool done =
        Space::with_lanes(wave, instruction, half, inside, kDwords * 4, Access::kStore,
                          [&](const auto& to) { store_dwords<kDwords>(to, inside, from); });
    if (done) [[likely]] {
      continue;
    }
    for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(rest));
      std::array<std::uint32_t, kDwords> data;
      for (unsigned d = 0; d < kDwords; ++d) data[d] = from[d].lane[lane];
      copy_to_lane<Space>(wave, instruction, half, lane, kDwords * 4,
                          reinterpret_cast<const std::byte*>(data.data()));
    }
  }
  return &instruction + 1;
}

template <class Space, class Part, unsigned kShift>
const Instruction* execute_part_store(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    std::uint32_t inside = exec;
    const Vgpr& from = *vgpr(wave, half, Space::data(instruction));
    const bool done =
        Space::with_lanes(wave, instruction, half, inside, sizeof(Part), Access::kStore,
                          [&](const auto& to) { store_parts<Part, kShift>(to, inside, from); });
    if (done) [[likely]] {
      continue;
    }
    for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(rest));
      const auto data = static_cast<Part>(from.lane[lane] >> kShift);
      copy_to_lane<Space>(wave, instruction, half, lane, sizeof data,
                          reinterpret_cast<const std::byte*>(&data));
    }
  }
  return &instruction + 1;
}

// A 32- or 64-bit value of a lane, from one VGPR or two.
template <class Bits>
Bits read_lane(const Vgpr* from, unsigned lane) {
  if constexpr (sizeof(Bits) == 8) {
    return from[0].lane[lane] | std::uint64_t{from[1].lane[lane]} << 32;
  } else {
    return from[0].lane[lane];
  }
}
template <class Bits>
void write_lane(Vgpr* to, unsigned lane, Bits value) {
  to[0].lane[lane] = static_cast<std::uint32_t>(value);
  if constexpr (sizeof(Bits) == 8) to[1].lane[lane] = static_cast<std::uint32_t>(value >> 32);
}

// Lanes act one after the other. Two operands lie in consecutive VGPRs: the new value, then the one
// compared with.
template <class Space, class T, class Fn>
const Instruction* execute_atomic(Wave& wave, const Instruction& instruction) {
  using Bits = BitsOf<T>;
  wave.current = &instruction;
  const bool returns = (instruction.memory.flags & kGlc) != 0;
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    std::uint32_t inside = exec;
    const Vgpr* data = vgpr(wave, half, Space::data(instruction));
    const auto act = [&](unsigned lane, std::byte* at) {
      if (reinterpret_cast<std::uintptr_t>(at) % sizeof(Bits) != 0) {
        throw_misaligned(reinterpret_cast<std::uintptr_t>(at), sizeof(Bits), sizeof(Bits),
                         "address", lane_number(half, lane));
      }
      const Bits first = read_lane<Bits>(data, lane);
      Bits second{};
      if constexpr (kHasTwoOperands<T, Fn>) {
        second = read_lane<Bits>(data + sizeof(Bits) / 4, lane);
      }
      const Bits old = atomic_on_shared<T, Fn>(at, first, second);
      if (returns) write_lane<Bits>(vgpr(wave, half, instruction.destination), lane, old);
    };
    const bool done = Space::with_lanes(
        wave, instruction, half, inside, sizeof(Bits), Access::kAtomic, [&](const auto& lanes) {
          if (sizeof(Bits) == 8 && lanes.dword_stride != 4) {
            throw Fault(FaultKind::kAperture, "64-bit atomic operation on swizzled memory");
          }
          for_lanes_of(inside, [&](unsigned lane) { act(lane, lanes.at(lane)); });
        });
    if (done) [[likely]] {
      if (!returns) continue;
      for_lanes_of(exec & ~inside, [&](unsigned lane) {
        write_lane<Bits>(vgpr(wave, half, instruction.destination), lane, Bits{0});
      });
      continue;
    }
    for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(rest));
      std::byte* at =
          Space::locate(wave, instruction, half, lane, 0, sizeof(Bits), Access::kAtomic);
      if (at != nullptr) {
        if (sizeof(Bits) == 8 && Space::locate(wave, instruction, half, lane, 4, sizeof(Bits),
                                               Access::kAtomic) != at + 4) {
          throw Fault(FaultKind::kAperture, "64-bit atomic operation on swizzled memory");
        }
        act(lane, at);
      } else if (returns) {
        write_lane<Bits>(vgpr(wave, half, instruction.destination), lane, Bits{0});
      }
    }
  }
  return &instruction + 1;
}

template <class Space, unsigned kBytes, Access kAccess>
void list_vector_accesses(Wave& wave, const Instruction& instruction, AccessList& list) {
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec != 0) Space::list(wave, instruction, half, exec, kBytes, kAccess, list);
  }
}

// Whether such a load leaves a part of what the register held.
template <class Fn>
constexpr std::uint32_t kKept = Fn{}(0u, ~0u) != 0 ? kKeepsRest : 0u;

// Of loads smaller than a register.
template <AccessLister kList, class Fn>
void list_extended(Wave& wave, const Instruction& instruction, AccessList& list) {
  kList(wave, instruction, list);
  for (LaneAccess& access : list.all()) {
    access.extend = [](std::uint32_t raw, std::uint32_t old) { return Fn{}(raw, old); };
  }
}

constexpr Opcode with_accesses(Opcode opcode, AccessLister accesses) {
  opcode.accesses = accesses;
  return opcode;
}

constexpr Type dword_type(unsigned dwords) {
  constexpr std::array<Type, 5> kTypes{Type::kNone, Type::kB32, Type::kB64, Type::kB96,
                                       Type::kB128};
  return kTypes[dwords];
}

template <class Space, FixedString kName, unsigned kDwords>
constexpr Opcode load_row(std::uint16_t number) {
  return with_accesses(
      Space::opcode(number, JoinedName<Space::kPrefix, kName>::kView, &execute_load<Space, kDwords>,
                    dword_type(kDwords), Type::kNone, 0),
      &list_vector_accesses<Space, kDwords * 4, Access::kLoad>);
}
// Fn(loaded value, zero-extended; what the register held)
template <class Space, FixedString kName, class Part, class Fn>
constexpr Opcode part_load_row(std::uint16_t number, Fn) {
  return with_accesses(
      Space::opcode(number, JoinedName<Space::kPrefix, kName>::kView,
                    &execute_part_load<Space, Part, Fn>, Type::kB32, Type::kNone, kKept<Fn>),
      &list_extended<list_vector_accesses<Space, sizeof(Part), Access::kLoad>, Fn>);
}
template <class Space, FixedString kName, unsigned kDwords>
constexpr Opcode store_row(std::uint16_t number) {
  return with_accesses(
      Space::opcode(number, JoinedName<Space::kPrefix, kName>::kView,
                    &execute_store<Space, kDwords>, Type::kNone, dword_type(kDwords), kStore),
      &list_vector_accesses<Space, kDwords * 4, Access::kStore>);
}
template <class Space, FixedString kName, class Part, unsigned kShift>
constexpr Opcode part_store_row(std::uint16_t number) {
  return with_accesses(
      Space::opcode(number, JoinedName<Space::kPrefix, kName>::kView,
                    &execute_part_store<Space, Part, kShift>, Type::kNone, Type::kB32, kStore),
      &list_vector_accesses<Space, sizeof(Part), Access::kStore>);
}
template <class Space, FixedString kName, class T, class Fn>
constexpr Opcode atomic_row(std::uint16_t number, Fn) {
  constexpr unsigned kDwords = sizeof(T) / 4;
  return with_accesses(
      Space::opcode(number, JoinedName<Space::kPrefix, kName>::kView, &execute_atomic<Space, T, Fn>,
                    dword_type(kDwords), dword_type(kHasTwoOperands<T, Fn> ? 2 * kDwords : kDwords),
                    kAtomic | (kHasTwoOperands<T, Fn> ? kTwoData : 0u)),
      &list_vector_accesses<Space, sizeof(T), Access::kAtomic>);
}

// clang-format off
template <class Space>
constexpr auto load_store_rows() {
  return std::array{
      part_load_row<Space, "load_ubyte", std::uint8_t>(8, [](std::uint32_t raw, std::uint32_t) { return raw; }),
      part_load_row<Space, "load_sbyte", std::uint8_t>(9, [](std::uint32_t raw, std::uint32_t) { return static_cast<std::uint32_t>(static_cast<std::int8_t>(raw)); }),
      part_load_row<Space, "load_ushort", std::uint16_t>(10, [](std::uint32_t raw, std::uint32_t) { return raw; }),
      part_load_row<Space, "load_sshort", std::uint16_t>(11, [](std::uint32_t raw, std::uint32_t) { return static_cast<std::uint32_t>(static_cast<std::int16_t>(raw)); }),
      load_row<Space, "load_dword", 1>(12),
      load_row<Space, "load_dwordx2", 2>(13),
      load_row<Space, "load_dwordx4", 4>(14),
      load_row<Space, "load_dwordx3", 3>(15),
      part_store_row<Space, "store_byte", std::uint8_t, 0>(24),
      part_store_row<Space, "store_byte_d16_hi", std::uint8_t, 16>(25),
      part_store_row<Space, "store_short", std::uint16_t, 0>(26),
      part_store_row<Space, "store_short_d16_hi", std::uint16_t, 16>(27),
      store_row<Space, "store_dword", 1>(28),
      store_row<Space, "store_dwordx2", 2>(29),
      store_row<Space, "store_dwordx4", 4>(30),
      store_row<Space, "store_dwordx3", 3>(31),
      part_load_row<Space, "load_ubyte_d16", std::uint8_t>(32, [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff0000) | raw; }),
      part_load_row<Space, "load_ubyte_d16_hi", std::uint8_t>(33, [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff) | raw << 16; }),
      part_load_row<Space, "load_sbyte_d16", std::uint8_t>(34, [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff0000) | (static_cast<std::uint32_t>(static_cast<std::int8_t>(raw)) & 0xffff); }),
      part_load_row<Space, "load_sbyte_d16_hi", std::uint8_t>(35, [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff) | static_cast<std::uint32_t>(static_cast<std::int8_t>(raw)) << 16; }),
      part_load_row<Space, "load_short_d16", std::uint16_t>(36, [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff0000) | raw; }),
      part_load_row<Space, "load_short_d16_hi", std::uint16_t>(37, [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff) | raw << 16; }),
  };
}

template <class Space>
constexpr auto atomic_rows() {
  return std::array{
      atomic_row<Space, "atomic_swap", std::uint32_t>(48, atomic::kSwap),
      atomic_row<Space, "atomic_cmpswap", std::uint32_t>(49, atomic::kCompareSwap),
      atomic_row<Space, "atomic_add", std::uint32_t>(50, atomic::kAdd),
      atomic_row<Space, "atomic_sub", std::uint32_t>(51, atomic::kSub),
      atomic_row<Space, "atomic_smin", std::int32_t>(53, atomic::kMin),
      atomic_row<Space, "atomic_umin", std::uint32_t>(54, atomic::kMin),
      atomic_row<Space, "atomic_smax", std::int32_t>(55, atomic::kMax),
      atomic_row<Space, "atomic_umax", std::uint32_t>(56, atomic::kMax),
      atomic_row<Space, "atomic_and", std::uint32_t>(57, atomic::kAnd),
      atomic_row<Space, "atomic_or", std::uint32_t>(58, atomic::kOr),
      atomic_row<Space, "atomic_xor", std::uint32_t>(59, atomic::kXor),
      atomic_row<Space, "atomic_inc", std::uint32_t>(60, atomic::kInc),
      atomic_row<Space, "atomic_dec", std::uint32_t>(61, atomic::kDec),
      atomic_row<Space, "atomic_fcmpswap", float>(62, atomic::kCompareSwap),
      atomic_row<Space, "atomic_fmin", float>(63, atomic::kMinNumber),
      atomic_row<Space, "atomic_fmax", float>(64, atomic::kMaxNumber),
      atomic_row<Space, "atomic_swap_x2", std::uint64_t>(80, atomic::kSwap),
      atomic_row<Space, "atomic_cmpswap_x2", std::uint64_t>(81, atomic::kCompareSwap),
      atomic_row<Space, "atomic_add_x2", std::uint64_t>(82, atomic::kAdd),
      atomic_row<Space, "atomic_sub_x2", std::uint64_t>(83, atomic::kSub),
      atomic_row<Space, "atomic_smin_x2", std::int64_t>(85, atomic::kMin),
      atomic_row<Space, "atomic_umin_x2", std::uint64_t>(86, atomic::kMin),
      atomic_row<Space, "atomic_smax_x2", std::int64_t>(87, atomic::kMax),
      atomic_row<Space, "atomic_umax_x2", std::uint64_t>(88, atomic::kMax),
      atomic_row<Space, "atomic_and_x2", std::uint64_t>(89, atomic::kAnd),
      atomic_row<Space, "atomic_or_x2", std::uint64_t>(90, atomic::kOr),
      atomic_row<Space, "atomic_xor_x2", std::uint64_t>(91, atomic::kXor),
      atomic_row<Space, "atomic_inc_x2", std::uint64_t>(92, atomic::kInc),
      atomic_row<Space, "atomic_dec_x2", std::uint64_t>(93, atomic::kDec),
      atomic_row<Space, "atomic_fcmpswap_x2", double>(94, atomic::kCompareSwap),
      atomic_row<Space, "atomic_fmin_x2", double>(95, atomic::kMinNumber),
      atomic_row<Space, "atomic_fmax_x2", double>(96, atomic::kMaxNumber),
  };
}
// clang-format on

template <std::size_t... kSizes>
constexpr auto concatenate(const std::array<Opcode, kSizes>&... parts) {
  std::array<Opcode, (kSizes + ...)> all{};
  auto end = all.begin();
  ((end = std::copy(parts.begin(), parts.end(), end)), ...);
  return all;
}

}  // namespace emulator
