// The general path for the sources of vector instructions.
#include <algorithm>
#include <bit>
#include <cstring>

#include "isa/decode_fields.h"
#include "isa/dpp.h"
#include "isa/half.h"
#include "isa/vector_operation.h"
#include "machine/fault.h"
#include "machine/workgroup.h"

namespace emulator {
namespace {

using LaneWords = std::array<std::uint32_t, kLanes>;

constexpr std::array<std::uint32_t, 9> kFloatConstants{0x3f000000, 0xbf000000, 0x3f800000,
                                                       0xbf800000, 0x40000000, 0xc0000000,
                                                       0x40800000, 0xc0800000, 0x3e22f983};
constexpr std::array<std::uint16_t, 9> kHalfConstants{0x3800, 0xb800, 0x3c00, 0xbc00, 0x4000,
                                                      0xc000, 0x4400, 0xc400, 0x3118};
constexpr std::array<std::uint64_t, 9> kDoubleConstants{
    0x3fe0000000000000, 0xbfe0000000000000, 0x3ff0000000000000,
    0xbff0000000000000, 0x4000000000000000, 0xc000000000000000,
    0x4010000000000000, 0xc010000000000000, 0x3fc45f306dc9c882};

constexpr std::uint16_t kLastInline = 248;

constexpr bool is_float_constant(unsigned code) {
  return code >= operand::kHalf && code <= kLastInline;
}

// Integer inline constants; 0 for codes that are none.
constexpr std::int32_t inline_integer(unsigned code) {
  if (code >= 128 && code <= 192) return static_cast<std::int32_t>(code) - 128;
  if (code >= 193 && code <= 208) return 192 - static_cast<std::int32_t>(code);
  return 0;
}

// Inline constants as 32 lanes each, so that reading one costs nothing.
constexpr unsigned kFirstInline = operand::kZero;
constexpr auto kInlineLanes = [] {
  std::array<Vgpr, kLastInline - kFirstInline + 1> table{};
  for (unsigned code = kFirstInline; code <= kLastInline; ++code) {
    const auto value = is_float_constant(code) ? kFloatConstants[code - operand::kHalf]
                                               : static_cast<std::uint32_t>(inline_integer(code));
    table[code - kFirstInline].lane.fill(value);
  }
  return table;
}();

constexpr bool is_inline_constant(unsigned code) {
  return (code >= kFirstInline && code <= 208) || is_float_constant(code);
}

// Where a fault is reported to be, should one follow; the wave is not otherwise changed.
void report_place(const Wave& wave, const Instruction& instruction) {
  const_cast<Wave&>(wave).current = &instruction;
}

// LDS_DIRECT: the LDS value at M0[15:0], of the type in M0[18:16], for every lane.
std::uint32_t read_lds_direct(const Wave& wave, const Instruction& instruction) {
  report_place(wave, instruction);
  const std::uint32_t m0 = wave.s[operand::kM0];
  const std::uint32_t address = m0 & 0xffff;
  const unsigned type = m0 >> 16 & 7;
  const unsigned bytes = type == 2 ? 4 : (type & 1) != 0 ? 2 : 1;
  // Out of range it reads zero, as every LDS instruction does.
  if (wave.workgroup == nullptr || address + bytes > wave.workgroup->lds.size()) return 0;
  std::uint32_t value = 0;
  std::memcpy(&value, wave.workgroup->lds.data() + address, bytes);
  switch (type) {
    case 0:
    case 1:
    case 2:
      return value;
    case 4:
      return static_cast<std::uint32_t>(static_cast<std::int8_t>(value));
    case 5:
      return static_cast<std::uint32_t>(static_cast<std::int16_t>(value));
    default:
      throw Fault(FaultKind::kIllegalInstruction, "M0 selects a reserved lds_direct data type: " +
                                                      std::string(instruction.opcode->mnemonic));
  }
}

std::uint64_t aperture(unsigned code) {
  switch (code) {
    case operand::kSharedBase:
      return kSharedAperture;
    case operand::kSharedLimit:
      return kSharedAperture | 0xffffffffu;
    case operand::kPrivateBase:
      return kPrivateAperture;
    default:
      return kPrivateAperture | 0xffffffffu;
  }
}

bool is_zero_mask(const Wave& wave, unsigned code) {
  return wave.s[code] == 0 && (!wave.is_wave64() || wave.s[code + 1] == 0);
}

std::uint32_t read_scalar32(Wave const& wave, const Instruction& instruction, unsigned code) {
  if (code < wave.s.size()) return wave.s[code];
  if (is_float_constant(code)) return kFloatConstants[code - operand::kHalf];
  switch (code) {
    case operand::kLiteral:
      return instruction.literal;
    case operand::kSharedBase:
    case operand::kSharedLimit:
    case operand::kPrivateBase:
    case operand::kPrivateLimit:
      return static_cast<std::uint32_t>(aperture(code));
    case operand::kVccz:
      return is_zero_mask(wave, operand::kVccLo);
    case operand::kExecz:
      return is_zero_mask(wave, operand::kExecLo);
    case operand::kScc:
      return wave.scc;
    case operand::kLdsDirect:
      return read_lds_direct(wave, instruction);
    default:
      return static_cast<std::uint32_t>(inline_integer(code));
  }
}

// 64-bit operands: integer constants are sign-extended; a literal is a double's high dword, or is
// extended as its type is signed (RDNA ISA, "Scalar and vector operands").
std::uint64_t read_scalar64(const Wave& wave, const Instruction& instruction, unsigned code,
                            Type type) {
  if (code + 1 < wave.s.size()) return wave.read_pair(code);
  if (is_float_constant(code)) return kDoubleConstants[code - operand::kHalf];
  if (code >= operand::kSharedBase && code <= operand::kPrivateLimit) return aperture(code);
  if (code == operand::kLiteral) {
    if (type == Type::kF64) return static_cast<std::uint64_t>(instruction.literal) << 32;
    if (type == Type::kI64) {
      return static_cast<std::uint64_t>(static_cast<std::int32_t>(instruction.literal));
    }
    return instruction.literal;
  }
  if (is_inline_constant(code))
    return static_cast<std::uint64_t>(std::int64_t{inline_integer(code)});
  return read_scalar32(wave, instruction, code);
}

// 16-bit operands: the hardware gives halves for floating point operations, but the low bits of the
// f32 constant for integer ones (LLVM, SIInstrInfo::isInlineConstant).
std::uint32_t read_scalar16(const Wave& wave, const Instruction& instruction, unsigned code,
                            Type type) {
  const bool is_half = type == Type::kF16 || type == Type::kPackedF16;
  if (is_half && is_float_constant(code)) return kHalfConstants[code - operand::kHalf];
  return read_scalar32(wave, instruction, code);
}

template <class T>
constexpr bool kIsFloat = T::kType == Type::kF16 || T::kType == Type::kF32 ||
                          T::kType == Type::kF64 || T::kType == Type::kPackedF16;

// The dwords of a source before modifiers; `word` counts the registers of wide operands. A pointer
// to the register itself where possible.
const std::uint32_t* read_words(const Wave& wave, const Instruction& instruction, unsigned k,
                                unsigned half, unsigned word, LaneWords& buffer) {
  const unsigned vgpr = instruction.source[k] - operand::kVgpr + word;
  const std::uint32_t* lanes = wave.v[half][vgpr & 0xff].lane.data();
  if (k == 0 && (instruction.flags & (kDpp16 | kDpp8)) != 0) {
    permute_dpp(wave, instruction, half, lanes, buffer.data());
    return buffer.data();
  }
  return lanes;
}

// SDWA's choice of a byte or word of the source, zero- or sign-extended to 32 bits.
void select_sdwa(unsigned select, const std::uint32_t* in, std::uint32_t* out) {
  const bool extend = (select & 8) != 0;
  select &= 7;
  if (select >= 6) {
    std::copy_n(in, kLanes, out);
    return;
  }
  const unsigned bits = select < 4 ? 8 : 16;
  const unsigned left = select < 4 ? 24 - 8 * select : 16 - 16 * (select - 4);
  const unsigned right = 32 - bits;
  if (extend) {
    for (unsigned i = 0; i < kLanes; ++i) {
      out[i] = static_cast<std::uint32_t>(static_cast<std::int32_t>(in[i] << left) >> right);
    }
  } else {
    for (unsigned i = 0; i < kLanes; ++i) out[i] = in[i] << left >> right;
  }
}

// neg and abs on sign bit `kSign` of each element.
template <class Bits>
void modify_sign(const Instruction& instruction, unsigned k, Bits* lanes, unsigned count) {
  constexpr Bits kSign = static_cast<Bits>(Bits{1} << (8 * sizeof(Bits) - 1));
  if ((instruction.abs >> k & 1) != 0) {
    for (unsigned i = 0; i < count; ++i) lanes[i] &= static_cast<Bits>(~kSign);
  }
  if ((instruction.neg >> k & 1) != 0) {
    for (unsigned i = 0; i < count; ++i) lanes[i] ^= kSign;
  }
}

bool has_sign_modifier(const Instruction& instruction, unsigned k) {
  return ((instruction.neg | instruction.abs) >> k & 1) != 0;
}

bool has_sdwa_select(const Instruction& instruction, unsigned k) {
  return (instruction.flags & kSdwa) != 0 && k < 2;
}

// A 32-bit operand, sign modifiers applied when `is_float`.
const std::uint32_t* read_dwords(const Wave& wave, const Instruction& instruction, unsigned k,
                                 unsigned half, bool is_float, std::uint32_t* out) {
  const unsigned code = instruction.source[k];
  const bool modified = is_float && has_sign_modifier(instruction, k);
  LaneWords buffer;
  const std::uint32_t* lanes = out;
  if (code >= operand::kVgpr) {
    lanes = read_words(wave, instruction, k, half, 0, buffer);
  } else if (is_inline_constant(code)) {
    lanes = kInlineLanes[code - kFirstInline].lane.data();
  } else {
    std::fill_n(out, kLanes, read_scalar32(wave, instruction, code));
  }
  if (has_sdwa_select(instruction, k)) {
    select_sdwa(instruction.sdwa.source_select[k], lanes, out);
  } else if (!modified && lanes != buffer.data()) {
    return lanes;
  } else if (lanes != out) {
    std::copy_n(lanes, kLanes, out);
  }
  if (modified) modify_sign(instruction, k, out, kLanes);
  return out;
}

bool flushes_halves(const Wave& wave) { return (wave.mode.denormal_f16_f64 & 1) == 0; }

// A 16-bit operand of an unpacked instruction.
void read_halfwords(const Wave& wave, const Instruction& instruction, unsigned k, unsigned half,
                    Type type, std::uint16_t* out) {
  const unsigned code = instruction.source[k];
  LaneWords buffer;
  LaneWords selected;
  const std::uint32_t* lanes = buffer.data();
  if (code >= operand::kVgpr) {
    lanes = read_words(wave, instruction, k, half, 0, buffer);
  } else {
    buffer.fill(read_scalar16(wave, instruction, code, type));
  }
  if (has_sdwa_select(instruction, k)) {
    select_sdwa(instruction.sdwa.source_select[k], lanes, selected.data());
    lanes = selected.data();
  }
  const unsigned shift = (instruction.op_sel >> k & 1) != 0 ? 16 : 0;
  for (unsigned i = 0; i < kLanes; ++i) out[i] = static_cast<std::uint16_t>(lanes[i] >> shift);
  if (type == Type::kF16) modify_sign(instruction, k, out, kLanes);
}

// A packed operand: op_sel picks the half for low results, op_sel_hi that for high ones; neg_hi is
// in `abs`. VOP2's v_pk_fmac_f16 has no modifiers.
void read_packed(const Wave& wave, const Instruction& instruction, unsigned k, unsigned half,
                 Type type, std::uint16_t* out) {
  const unsigned code = instruction.source[k];
  LaneWords buffer;
  const std::uint32_t* lanes = buffer.data();
  if (code >= operand::kVgpr) {
    lanes = read_words(wave, instruction, k, half, 0, buffer);
  } else if (code == operand::kLiteral) {
    buffer.fill(instruction.literal);
  } else {
    // A half constant is in the low half alone, hence the op_sel_hi:[0] that LLVM prints for one.
    buffer.fill(read_scalar16(wave, instruction, code, type));
  }
  const bool modified = instruction.encoding == Encoding::kVop3p;
  const bool low_from_high = modified && (instruction.op_sel >> k & 1) != 0;
  const bool high_from_high = !modified || (instruction.op_sel_hi >> k & 1) != 0;
  auto* words = reinterpret_cast<std::uint32_t*>(out);
  if (!low_from_high && high_from_high) {
    std::copy_n(lanes, kLanes, words);
  } else {
    const unsigned low_shift = low_from_high ? 16 : 0;
    const unsigned high_shift = high_from_high ? 16 : 0;
    for (unsigned i = 0; i < kLanes; ++i) {
      words[i] = (lanes[i] >> low_shift & 0xffff) | lanes[i] >> high_shift << 16;
    }
  }
  if (type == Type::kPackedF16 && modified) {
    const std::uint32_t flip = (instruction.neg >> k & 1) << 15 |
                               static_cast<std::uint32_t>(instruction.abs >> k & 1) << 31;
    if (flip != 0) {
      for (unsigned i = 0; i < kLanes; ++i) words[i] ^= flip;
    }
  }
}

// An f16 operand as floats.
void read_half_floats(const Wave& wave, const Instruction& instruction, unsigned k, unsigned half,
                      float* out) {
  const unsigned code = instruction.source[k];
  const bool is_register = code >= operand::kVgpr && !has_sign_modifier(instruction, k) &&
                           (instruction.flags & (kSdwa | kDpp16 | kDpp8)) == 0;
  if (is_register && !flushes_halves(wave)) [[likely]] {
    const unsigned shift = (instruction.op_sel >> k & 1) != 0 ? 16 : 0;
    const Vgpr& vgpr = wave.v[half][code - operand::kVgpr];
    halves_in_dwords_to_floats(vgpr.lane.data(), shift, out);
    return;
  }
  alignas(64) std::array<std::uint16_t, kLanes> halves;
  read_halfwords(wave, instruction, k, half, Type::kF16, halves.data());
  if (flushes_halves(wave)) flush_denormal_halves(halves.data(), kLanes);
  halves_to_floats(halves.data(), out, kLanes);
}

// A source of v_fma_mix*: op_sel_hi says half instead of float, op_sel which half; here `neg` and
// `abs` mean what they do in VOP3.
const float* read_mixed(const Wave& wave, const Instruction& instruction, unsigned k, unsigned half,
                        float* out) {
  if ((instruction.op_sel_hi >> k & 1) == 0) {
    return reinterpret_cast<const float*>(
        read_dwords(wave, instruction, k, half, true, reinterpret_cast<std::uint32_t*>(out)));
  }
  read_half_floats(wave, instruction, k, half, out);
  return out;
}

void read_quadwords(const Wave& wave, const Instruction& instruction, unsigned k, unsigned half,
                    Type type, std::uint64_t* out) {
  const unsigned code = instruction.source[k];
  if (code >= operand::kVgpr) {
    LaneWords low_buffer;
    LaneWords high_buffer;
    const std::uint32_t* low = read_words(wave, instruction, k, half, 0, low_buffer);
    const std::uint32_t* high = read_words(wave, instruction, k, half, 1, high_buffer);
    for (unsigned i = 0; i < kLanes; ++i) {
      out[i] = low[i] | static_cast<std::uint64_t>(high[i]) << 32;
    }
  } else {
    std::fill_n(out, kLanes, read_scalar64(wave, instruction, code, type));
  }
  if (type == Type::kF64) modify_sign(instruction, k, out, kLanes);
}

// The instruction as the source functions above take it when operand `k` is not in the encoding.
Instruction with_destination_source(const Instruction& instruction, unsigned k) {
  Instruction copy = instruction;
  copy.source[k] = instruction.destination;
  copy.neg &= static_cast<std::uint8_t>(~(1u << k));
  copy.abs &= static_cast<std::uint8_t>(~(1u << k));
  return copy;
}
Instruction with_literal_source(const Instruction& instruction, unsigned k) {
  Instruction copy = instruction;
  copy.source[k] = operand::kLiteral;
  return copy;
}

template <class T>
const typename T::Lane* read(const Wave& wave, const Instruction& instruction, unsigned k,
                             unsigned half, typename T::Lane* out) {
  using Lane = typename T::Lane;
  constexpr Type kType = T::kType;
  if constexpr (std::is_same_v<T, Mixed>) {
    return read_mixed(wave, instruction, k, half, out);
  } else if constexpr (kType == Type::kF16 || kType == Type::kB16 || kType == Type::kI16 ||
                       kType == Type::kU16) {
    if constexpr (sizeof(Lane) == 2) {
      read_halfwords(wave, instruction, k, half, kType, reinterpret_cast<std::uint16_t*>(out));
    } else {
      read_half_floats(wave, instruction, k, half, out);
    }
    return out;
  } else if constexpr (kType == Type::kPackedB16 || kType == Type::kPackedF16) {
    if constexpr (sizeof(Lane) == 2) {
      read_packed(wave, instruction, k, half, kType, reinterpret_cast<std::uint16_t*>(out));
    } else {
      if ((instruction.plain_vgpr >> k & 1) != 0 && !flushes_halves(wave)) [[likely]] {
        const Vgpr& vgpr = wave.v[half][instruction.source[k] - operand::kVgpr];
        halves_to_floats(reinterpret_cast<const std::uint16_t*>(vgpr.lane.data()), out, 2 * kLanes);
        return out;
      }
      alignas(64) std::array<std::uint16_t, 2 * kLanes> halves;
      read_packed(wave, instruction, k, half, kType, halves.data());
      if (flushes_halves(wave)) flush_denormal_halves(halves.data(), 2 * kLanes);
      halves_to_floats(halves.data(), out, 2 * kLanes);
    }
    return out;
  } else if constexpr (kType == Type::kB128) {
    for (unsigned word = 0; word < 4; ++word) {
      LaneWords buffer;
      const std::uint32_t* lanes = instruction.source[k] >= operand::kVgpr
                                       ? read_words(wave, instruction, k, half, word, buffer)
                                       : nullptr;
      for (unsigned i = 0; i < kLanes; ++i) out[i][word] = lanes != nullptr ? lanes[i] : 0;
    }
    return out;
  } else if constexpr (sizeof(Lane) == 8) {
    read_quadwords(wave, instruction, k, half, kType, reinterpret_cast<std::uint64_t*>(out));
    return out;
  } else {
    static_assert(sizeof(Lane) == 4);
    return reinterpret_cast<const Lane*>(read_dwords(wave, instruction, k, half, kIsFloat<T>,
                                                     reinterpret_cast<std::uint32_t*>(out)));
  }
}

}  // namespace

std::optional<std::uint32_t> constant_dword(const Instruction& instruction, unsigned code) {
  if (is_inline_constant(code)) return kInlineLanes[code - kFirstInline].lane[0];
  if (code == operand::kLiteral) return instruction.literal;
  return std::nullopt;
}

template <class T>
const typename T::Lane* read_source(const Wave& wave, const Instruction& instruction, unsigned k,
                                    unsigned half, typename T::Lane* buffer) {
  if constexpr (T::kRole == Role::kDestination) {
    return read<T>(wave, with_destination_source(instruction, k), k, half, buffer);
  } else if constexpr (T::kRole == Role::kLiteral) {
    return read<T>(wave, with_literal_source(instruction, k), k, half, buffer);
  } else {
    return read<T>(wave, instruction, k, half, buffer);
  }
}

std::uint16_t mask_register(const Wave& wave, const Instruction& instruction, std::uint16_t code) {
  if (!wave.is_wave64()) return code;
  if (const auto pair = scalar_register(code, Type::kB64)) return *pair;
  report_place(wave, instruction);
  throw Fault(FaultKind::kIllegalInstruction, "VCC_HI, EXEC_HI and M0 hold no mask of 64 lanes: " +
                                                  std::string(instruction.opcode->mnemonic));
}

std::uint32_t read_mask(const Wave& wave, const Instruction& instruction, unsigned k,
                        unsigned half) {
  const std::uint16_t code = instruction.source[k];
  if (code < operand::kZero) return wave.mask(mask_register(wave, instruction, code), half);
  return static_cast<std::uint32_t>(read_scalar64(wave, instruction, code, Type::kB64) >>
                                    32 * half);
}

#define EMULATOR_SOURCE(T)                                                                    \
  template const T::Lane* read_source<T>(const Wave&, const Instruction&, unsigned, unsigned, \
                                         T::Lane*);
EMULATOR_SOURCE(B16)
EMULATOR_SOURCE(U16)
EMULATOR_SOURCE(I16)
EMULATOR_SOURCE(F16)
EMULATOR_SOURCE(F16Bits)
EMULATOR_SOURCE(B32)
EMULATOR_SOURCE(U32)
EMULATOR_SOURCE(I32)
EMULATOR_SOURCE(F32)
EMULATOR_SOURCE(F32Bits)
EMULATOR_SOURCE(B64)
EMULATOR_SOURCE(U64)
EMULATOR_SOURCE(I64)
EMULATOR_SOURCE(F64)
EMULATOR_SOURCE(F64Bits)
EMULATOR_SOURCE(B128)
EMULATOR_SOURCE(PackedB16)
EMULATOR_SOURCE(PackedU16)
EMULATOR_SOURCE(PackedI16)
EMULATOR_SOURCE(PackedF16)
EMULATOR_SOURCE(PackedF16Bits)
EMULATOR_SOURCE(Mixed)
EMULATOR_SOURCE(Destination<F16>)
EMULATOR_SOURCE(Destination<F32>)
EMULATOR_SOURCE(Destination<B32>)
EMULATOR_SOURCE(Destination<PackedF16>)
EMULATOR_SOURCE(Literal<F16>)
EMULATOR_SOURCE(Literal<F32>)
#undef EMULATOR_SOURCE

}  // namespace emulator
