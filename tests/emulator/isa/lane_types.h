// Operand types of vector instructions as C++ types: what a row's lambda takes and gives per lane.
#pragma once

#include <array>
#include <cstdint>

#include "isa/instruction.h"
#include "machine/wave.h"

namespace emulator {

// A tag per operand type: its table entry and the type a lambda sees.
template <Type kTypeValue, class LaneType>
struct LaneTag {
  static constexpr Type kType = kTypeValue;
  static constexpr Role kRole = Role::kEncoded;
  using Lane = LaneType;
};

struct B32 : LaneTag<Type::kB32, std::uint32_t> {};
struct U32 : LaneTag<Type::kU32, std::uint32_t> {};
struct I32 : LaneTag<Type::kI32, std::int32_t> {};
struct F32 : LaneTag<Type::kF32, float> {};
struct B16 : LaneTag<Type::kB16, std::uint16_t> {};
struct U16 : LaneTag<Type::kU16, std::uint16_t> {};
struct I16 : LaneTag<Type::kI16, std::int16_t> {};
// Halves are computed in float, which holds every half; the result is rounded to half once. A
// lambda whose float result may differ from the half-rounded exact one must round by itself.
struct F16 : LaneTag<Type::kF16, float> {};
struct B64 : LaneTag<Type::kB64, std::uint64_t> {};
struct U64 : LaneTag<Type::kU64, std::uint64_t> {};
struct I64 : LaneTag<Type::kI64, std::int64_t> {};
struct F64 : LaneTag<Type::kF64, double> {};
// Two 16-bit values in one register, low half first.
template <class Half>
struct Pair {
  Half low;
  Half high;
};
struct PackedU16 : LaneTag<Type::kPackedB16, Pair<std::uint16_t>> {};
struct PackedI16 : LaneTag<Type::kPackedB16, Pair<std::int16_t>> {};
struct PackedF16 : LaneTag<Type::kPackedF16, Pair<float>> {};

// A lane mask in SGPRs (the carry of v_addc, the selector of v_cndmask): handlers read it whole.
struct Mask : LaneTag<Type::kMask, std::uint32_t> {};

// A source that is the destination register (the accumulator of v_fmac).
template <class T>
struct Destination : T {
  static constexpr Role kRole = Role::kDestination;
};
// A source that is the literal dword which always follows (v_fmaak, v_fmamk).
template <class T>
struct Literal : T {
  static constexpr Role kRole = Role::kLiteral;
};

template <class T>
struct LaneBuffer {
  alignas(64) std::array<typename T::Lane, kLanes> lane;
};

// True where the lanes of a VGPR can be used as they lie.
template <class T>
constexpr bool kIsRegisterImage = sizeof(typename T::Lane) == 4 && T::kType != Type::kF16&& T::kType
                                                                       != Type::kPackedF16;

}  // namespace emulator
