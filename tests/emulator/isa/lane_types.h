// Operand types of vector instructions as C++ types: what a row's lambda takes and gives per lane.
#pragma once

#include <array>
#include <cstdint>

#include "isa/instruction.h"
#include "machine/wave.h"

namespace emulator {

// A tag per operand type: its table entry, the type a lambda sees (`Lane`), the type a lambda
// returns for a destination (`Result`) and how many of them 32 lanes hold.
template <Type kTypeValue, class LaneType, unsigned kCount = kLanes>
struct LaneTag {
  static constexpr Type kType = kTypeValue;
  static constexpr Role kRole = Role::kEncoded;
  static constexpr unsigned kElements = kCount;
  using Lane = LaneType;
  using Result = LaneType;
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
struct B128 : LaneTag<Type::kB128, std::array<std::uint32_t, 4>> {};

// Floating point operands as their bits, with neg and abs applied to the sign: for operations that
// select or take apart a value and must see signalling NaNs and denormals as they are.
struct F16Bits : LaneTag<Type::kF16, std::uint16_t> {};
struct F32Bits : LaneTag<Type::kF32, std::uint32_t> {};
struct F64Bits : LaneTag<Type::kF64, std::uint64_t> {};

// Two 16-bit values in one register: a lambda gives the meaning of one of them, and element
// 2 * lane + h is half h of a lane, as they lie in the register.
struct PackedB16 : LaneTag<Type::kPackedB16, std::uint16_t, 2 * kLanes> {};
struct PackedU16 : LaneTag<Type::kPackedB16, std::uint16_t, 2 * kLanes> {};
struct PackedI16 : LaneTag<Type::kPackedB16, std::int16_t, 2 * kLanes> {};
struct PackedF16 : LaneTag<Type::kPackedF16, float, 2 * kLanes> {};
struct PackedF16Bits : LaneTag<Type::kPackedF16, std::uint16_t, 2 * kLanes> {};

// Sources of v_fma_mix*: f32, or a half of the register as f16, as op_sel_hi says.
struct Mixed : LaneTag<Type::kF16, float> {};
// Destination of v_fma_mixhi_f16: the high half. v_fma_mixlo_f16's is an F16.
struct F16High : LaneTag<Type::kF16, float> {};

// A lane mask in SGPRs (the carry of v_addc, the selector of v_cndmask): a lambda sees a bool.
struct Mask : LaneTag<Type::kMask, bool> {};

// VCC read without being an operand of the encoding (v_div_fmas).
struct ImplicitVcc : LaneTag<Type::kMask, bool> {};

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

// An integer destination whose lambda returns the mathematically exact result: it wraps, or
// saturates with the clamp modifier.
template <class T>
struct Exact : T {
  using Result = std::int64_t;
};

template <class T>
constexpr bool kIsExact = false;
template <class T>
constexpr bool kIsExact<Exact<T>> = true;

// A destination with a lane mask beside it: the carry of v_add_co, the flag of v_div_scale.
template <class T>
struct WithMask : T {
  struct Result {
    typename T::Result value;
    bool flag;
  };
};

// What a lambda may ask for as its first parameter: the modes that change selections, and which
// lane of the wave it computes.
struct LaneContext {
  FloatMode mode;
  bool clamp;
  unsigned lane;  // of the wave: 0 to 63
};

template <class Element, unsigned kCount>
struct ElementBuffer {
  ElementBuffer() {}  // leaves the elements as they are, also as a member of a tuple
  alignas(64) std::array<Element, kCount> lane;
};
template <class T>
using LaneBuffer = ElementBuffer<typename T::Lane, T::kElements>;

// True where the elements of a VGPR can be used as they lie.
template <class T>
constexpr bool kIsRegisterImage =
    sizeof(typename T::Lane) * T::kElements == sizeof(Vgpr) && !(T::kType == Type::kF16) &&
    !(T::kType == Type::kPackedF16 && sizeof(typename T::Lane) == 4) && T::kType != Type::kMask;

// True where an instruction's arithmetic follows the MODE fields of f16 and f64.
template <class T>
constexpr bool kHasHalfOrDoubleMode =
    T::kType == Type::kF16 || T::kType == Type::kPackedF16 || T::kType == Type::kF64;

}  // namespace emulator
