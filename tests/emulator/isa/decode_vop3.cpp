// The 64-bit vector encodings VOP3 (a and b) and VOP3P (RDNA1 instruction set manual, 13.3).
#include "isa/decode_vector.h"

namespace emulator {
namespace {

EncodedSources encoded_sources(std::uint32_t high) {
  EncodedSources encoded;
  encoded.code = {bit_field(high, 0, 9), bit_field(high, 9, 9), bit_field(high, 18, 9)};
  encoded.count = 3;
  encoded.masks_are_vcc = false;
  return encoded;
}

// Fields of sources that the opcode does not have must be zero.
bool unused_sources_are_clear(const EncodedSources& encoded, unsigned count) {
  for (unsigned k = count; k < encoded.code.size(); ++k) {
    if (encoded.code[k] != 0) return false;
  }
  return true;
}

// Whether clamp and omod mean something for the row's result.
bool result_modifiers_are_valid(const Instruction& instruction, const SourceKinds& kinds) {
  const Opcode& row = *instruction.opcode;
  const bool is_integer = kinds.floats == 0 && !is_float(row.destination);
  const bool clamps = (row.flags & kNoClamp) == 0 && (!is_integer || (row.flags & kSaturates) != 0);
  const bool scales = clamps && is_float(row.destination) && (row.flags & kOpSel) == 0;
  return (instruction.omod == 0 || scales) && (!instruction.clamp || clamps);
}

// Takes op_sel. Of 32-bit operands (v_permlane16) its two lowest bits are flags of the instruction.
Invalid take_op_sel(std::uint32_t word, const SourceKinds& kinds, Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  if ((row.flags & kOpSel) == 0) return Invalid::kNone;
  unsigned bits = bit_field(word, 11, 4);
  if (row.sources[0].type == Type::kB32) {
    bits &= 3;
  } else if ((bits & 7) >> kinds.count != 0) {
    return Invalid::kBadField;
  }
  instruction.op_sel = static_cast<std::uint8_t>(bits);
  return Invalid::kNone;
}

// neg and abs act on floats. Integer operations that have op_sel ignore them; others have none.
Invalid take_sign_modifiers(std::uint32_t word, std::uint32_t high, bool has_abs,
                            const SourceKinds& kinds, Instruction& instruction) {
  unsigned abs = has_abs ? bit_field(word, 8, 3) : 0;
  unsigned neg = bit_field(high, 29, 3);
  if ((instruction.opcode->flags & kOpSel) != 0 && kinds.floats == 0) {
    if ((abs | neg) >> kinds.count != 0) {
      return Invalid::kBadField;
    }
    abs = 0;
    neg = 0;
  }
  if (((abs | neg) & ~kinds.floats) != 0) return Invalid::kBadField;
  instruction.abs = static_cast<std::uint8_t>(abs);
  instruction.neg = static_cast<std::uint8_t>(neg);
  return Invalid::kNone;
}

}  // namespace

Invalid decode_vop3(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  if (is_vop3_interpolation(word)) return Invalid::kInterpolation;
  const Invalid started =
      start_instruction(Encoding::kVop3, bit_field(word, 16, 10), 2, words, instruction);
  if (started != Invalid::kNone) return started;
  const Opcode& row = *instruction.opcode;
  const std::uint32_t high = words[1];
  const SourceKinds kinds = source_kinds(row);
  instruction.flags |= kVop3Form;

  const bool is_compare = instruction.encoding == Encoding::kVopc;
  const bool has_mask_field = !is_compare && (row.flags & kWritesVcc) != 0;  // VOP3b
  if (!is_compare) {
    const Invalid placed = place_destination(bit_field(word, 0, 8), instruction);
    if (placed != Invalid::kNone) return placed;
  }
  if ((row.flags & kWritesExec) != 0) {
    instruction.scalar_destination = operand::kExecLo;
  } else if (is_compare || has_mask_field) {
    const auto mask = mask_operand(is_compare ? bit_field(word, 0, 8) : bit_field(word, 8, 7));
    if (!mask) return Invalid::kBadField;
    instruction.scalar_destination = *mask;
  }
  instruction.clamp = bit(word, 15);
  instruction.omod = static_cast<std::uint8_t>(bit_field(high, 27, 2));
  if (!result_modifiers_are_valid(instruction, kinds)) return Invalid::kBadField;

  const Invalid taken[] = {take_op_sel(word, kinds, instruction),
                           take_sign_modifiers(word, high, !has_mask_field, kinds, instruction)};
  for (const Invalid one : taken) {
    if (one != Invalid::kNone) return one;
  }
  const EncodedSources encoded = encoded_sources(high);
  if (!unused_sources_are_clear(encoded, kinds.count)) return Invalid::kBadField;
  const Invalid sources = place_sources(encoded, instruction);
  if (sources != Invalid::kNone) return sources;
  mark_modified(instruction.neg | instruction.abs | instruction.op_sel, instruction);
  if (instruction.clamp || instruction.omod != 0 || (instruction.op_sel & 8) != 0) {
    instruction.flags |= kModifiedResult;
  }
  return take_literal(words, instruction);
}

Invalid decode_vop3p(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kVop3p, bit_field(word, 16, 10), 2, words, instruction);
  if (started != Invalid::kNone) return started;
  const std::uint32_t high = words[1];
  const SourceKinds kinds = source_kinds(*instruction.opcode);
  instruction.flags |= kVop3Form;
  const Invalid placed = place_destination(bit_field(word, 0, 8), instruction);
  if (placed != Invalid::kNone) return placed;

  instruction.abs = static_cast<std::uint8_t>(bit_field(word, 8, 3));
  instruction.op_sel = static_cast<std::uint8_t>(bit_field(word, 11, 3));
  instruction.op_sel_hi =
      static_cast<std::uint8_t>(bit_field(high, 27, 2) | bit_field(word, 14, 1) << 2);
  instruction.clamp = bit(word, 15);
  instruction.neg = static_cast<std::uint8_t>(bit_field(high, 29, 3));
  const EncodedSources encoded = encoded_sources(high);
  if (((instruction.neg | instruction.abs) & ~kinds.floats) != 0 ||
      instruction.op_sel >> kinds.count != 0 || !unused_sources_are_clear(encoded, kinds.count)) {
    return Invalid::kBadField;
  }
  const Invalid sources = place_sources(encoded, instruction);
  if (sources != Invalid::kNone) return sources;
  // A packed operand stands as it is when each half takes its own half; a 32-bit operand of the mix
  // instructions when op_sel_hi does not make it a half.
  for (unsigned k = 0; k < kinds.count; ++k) {
    const Type type = instruction.opcode->sources[k].type;
    const bool packed = type == Type::kPackedB16 || type == Type::kPackedF16;
    const bool takes_high = (instruction.op_sel_hi >> k & 1) != 0;
    if (takes_high != packed) mark_modified(1u << k, instruction);
  }
  mark_modified(instruction.neg | instruction.abs | instruction.op_sel, instruction);
  if (instruction.clamp) instruction.flags |= kModifiedResult;
  return take_literal(words, instruction);
}

}  // namespace emulator
