// What the decoders of the encodings share: bit fields, operand checks and the literal dword.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "isa/instruction.h"

namespace emulator {

constexpr std::uint32_t bit_field(std::uint32_t word, unsigned first, unsigned width) {
  return word >> first & ((1u << width) - 1);
}

constexpr bool bit(std::uint32_t word, unsigned index) { return (word >> index & 1) != 0; }

constexpr std::int32_t sign_extend(std::uint32_t value, unsigned width) {
  return static_cast<std::int32_t>(value << (32 - width)) >> (32 - width);
}

// A row as the decoder finds it by number.
struct OpcodeEntry {
  const Opcode* opcode = nullptr;
  Encoding encoding = Encoding::kInvalid;  // of the table that holds the row
};

// Constant time; null if the encoding has no such number.
const OpcodeEntry* find_entry(Encoding encoding, unsigned number);

// Why words are no instruction that can be executed; execute_invalid() puts it into words.
enum class Invalid : std::uint8_t {
  kNone,
  kUnknownEncoding,
  kUnknownOpcode,
  kBadField,  // a reserved operand code, a register past the last, or a form the opcode lacks
  kCutOff,    // the words end inside the instruction
  kPastEnd,   // there are no words
  // Instructions of the graphics pipeline, which the software device does not implement.
  kImage,
  kExport,
  kTypedBuffer,
  kInterpolation,
};

// Decoders of the encodings: fill in all but `address`, from words whose first matched the
// encoding. At least one word is there.
using Words = std::span<const std::uint32_t>;
Invalid decode_sop2(Words words, Instruction& instruction);
Invalid decode_sopk(Words words, Instruction& instruction);
Invalid decode_sop1(Words words, Instruction& instruction);
Invalid decode_sopc(Words words, Instruction& instruction);
Invalid decode_sopp(Words words, Instruction& instruction);
Invalid decode_smem(Words words, Instruction& instruction);
Invalid decode_vop2(Words words, Instruction& instruction);
Invalid decode_vop1(Words words, Instruction& instruction);
Invalid decode_vopc(Words words, Instruction& instruction);
Invalid decode_vop3(Words words, Instruction& instruction);
Invalid decode_vop3p(Words words, Instruction& instruction);
Invalid decode_ds(Words words, Instruction& instruction);
Invalid decode_flat(Words words, Instruction& instruction);
Invalid decode_mubuf(Words words, Instruction& instruction);

// Whether a VOP3 instruction belongs to the graphics pipeline.
bool is_vop3_interpolation(std::uint32_t word);
// "image instruction image_load" and the like, of the kinds from kImage on.
std::string graphics_text(Invalid kind, std::uint32_t word);

// Sets what an opcode table knows about `instruction`.
inline Invalid start_instruction(Encoding table, unsigned number, unsigned dwords, Words words,
                                 Instruction& instruction) {
  const OpcodeEntry* entry = find_entry(table, number);
  if (entry == nullptr) return Invalid::kUnknownOpcode;
  if (words.size() < dwords) return Invalid::kCutOff;
  instruction.opcode = entry->opcode;
  instruction.execute = entry->opcode->execute;
  instruction.encoding = entry->encoding;
  instruction.statistics = entry->opcode->cost.statistics;
  instruction.dwords = static_cast<std::uint8_t>(dwords);
  return Invalid::kNone;
}

// The operand code of a scalar register operand, its tuple aligned as the hardware aligns it: pairs
// at even registers, wider ones at multiples of four. Empty where no such register exists.
constexpr std::optional<std::uint16_t> scalar_register(unsigned code, Type type) {
  constexpr unsigned kTtmp = 108;
  constexpr unsigned kSgprs = 106;  // 0..105
  const unsigned count = std::max(1u, register_count(type));
  const unsigned alignment = count == 1 ? 1 : count == 2 ? 2 : 4;
  const unsigned first = code < kTtmp ? 0 : kTtmp;
  const unsigned limit = code < kSgprs ? kSgprs : operand::kM0;
  if (code < kSgprs || (code >= kTtmp && code < operand::kM0)) {
    const unsigned aligned = first + (code - first) / alignment * alignment;
    if (aligned + count > limit) return std::nullopt;
    return static_cast<std::uint16_t>(aligned);
  }
  if (code > operand::kExecLo + 1 || count > 2) return std::nullopt;
  if (count == 2 && code != operand::kVccLo && code != operand::kNull && code != operand::kExecLo) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(code);
}

// The same for a source operand: scalar registers, constants, a literal, or a VGPR as 256 + index.
constexpr std::optional<std::uint16_t> source_operand(unsigned code, Type type) {
  if (code < operand::kZero) return scalar_register(code, type);
  if (code >= operand::kVgpr) {
    if (code + std::max(1u, register_count(type)) > operand::kVgpr + 256) return std::nullopt;
    return static_cast<std::uint16_t>(code);
  }
  constexpr unsigned kLastInlineInteger = 208;
  constexpr unsigned kLastInlineFloat = 248;
  const bool exists = code <= kLastInlineInteger ||
                      (code >= operand::kSharedBase && code <= kLastInlineFloat) ||
                      code >= operand::kVccz;
  if (!exists || register_count(type) > 2) return std::nullopt;
  if (register_count(type) == 2 && code == operand::kLdsDirect) return std::nullopt;
  return static_cast<std::uint16_t>(code);
}

// A VGPR operand as 256 + index; empty if the tuple would run past v255.
constexpr std::optional<std::uint16_t> vgpr_operand(unsigned index, Type type) {
  return source_operand(operand::kVgpr + index, type);
}

// Takes the literal dword that follows the instruction if a source asks for it. There is one, which
// all sources share.
inline Invalid take_literal(Words words, Instruction& instruction) {
  const auto& source = instruction.source;
  if (std::find(source.begin(), source.end(), operand::kLiteral) == source.end()) {
    return Invalid::kNone;
  }
  if (words.size() <= instruction.dwords) return Invalid::kCutOff;
  instruction.literal = words[instruction.dwords];
  instruction.flags |= kHasLiteral;
  ++instruction.dwords;
  return Invalid::kNone;
}

}  // namespace emulator
