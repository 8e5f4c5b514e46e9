// Vector ALU encodings: VOP1, VOP2 and VOPC with their literal, SDWA and DPP forms, VOP3 and VOP3P
// (RDNA1 instruction set manual, 13.3).
#include <array>

#include "isa/decode_fields.h"

namespace emulator {
namespace {

// Codes in the first source field that announce a second dword of another form.
constexpr unsigned kDpp8Code = 233;
constexpr unsigned kDpp8FetchInactiveCode = 234;
constexpr unsigned kSdwaCode = 249;
constexpr unsigned kDpp16Code = 250;

constexpr unsigned kSelectDword = 6;
constexpr unsigned kDpp8FetchInactiveBit = 24;

// Source codes in the order in which the encoding has them.
struct EncodedSources {
  std::array<unsigned, 3> code{};
  unsigned count = 0;
  bool masks_are_vcc = true;  // an encoding without a field for the lane mask
};

bool is_plain_type(const Opcode& row, unsigned k) { return row.sources[k].type != Type::kMask; }

// Puts the sources where the row's operands are and marks plain VGPRs. An operand beyond the
// encoding's fields is the implicit VCC.
Invalid place_sources(const EncodedSources& encoded, Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  unsigned next = 0;
  for (unsigned k = 0; k < row.sources.size(); ++k) {
    const OperandRow& source = row.sources[k];
    if (source.type == Type::kNone) break;
    unsigned code = 0;
    if (source.role == Role::kDestination) {
      code = instruction.destination;
    } else if (source.role == Role::kLiteral) {
      code = operand::kLiteral;
    } else if (source.type == Type::kMask &&
               (encoded.masks_are_vcc || next == encoded.code.size())) {
      code = operand::kVccLo;
    } else if (next < encoded.count) {
      code = encoded.code[next++];
    } else {
      return Invalid::kBadField;
    }
    const auto checked = source_operand(code, source.type);
    if (!checked) return Invalid::kBadField;
    instruction.source[k] = *checked;
    if (*checked >= operand::kVgpr && is_plain_type(row, k)) {
      instruction.plain_vgpr |= static_cast<std::uint8_t>(1u << k);
    }
  }
  return Invalid::kNone;
}

// Takes plain_vgpr away from sources that a modifier changes; bit k of `modified` is source k.
void mark_modified(unsigned modified, Instruction& instruction) {
  instruction.plain_vgpr = static_cast<std::uint8_t>(instruction.plain_vgpr & ~modified);
}

// The destination field of VOP1, VOP2 and VOP3: a VGPR, or an SGPR of v_readlane and the like.
Invalid place_destination(unsigned field, Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  if (row.destination == Type::kNone) return Invalid::kNone;
  std::optional<std::uint16_t> code;
  if ((row.flags & kScalarDestination) == 0) {
    code = vgpr_operand(field, row.destination);
  } else if (field < operand::kZero) {
    code = scalar_register(field, row.destination);
  }
  if (!code) return Invalid::kBadField;
  instruction.destination = *code;
  return Invalid::kNone;
}

bool has_literal_role(const Opcode& row) {
  for (const OperandRow& source : row.sources) {
    if (source.role == Role::kLiteral) return true;
  }
  return false;
}

Invalid take_dpp16(std::uint32_t word, Instruction& instruction) {
  instruction.flags |= kDpp16;
  instruction.dpp.control = static_cast<std::uint16_t>(bit_field(word, 8, 9));
  instruction.dpp.fetch_inactive = bit(word, 18);
  instruction.dpp.bound_control = bit(word, 19);
  instruction.dpp.bank_mask = static_cast<std::uint8_t>(bit_field(word, 24, 4) & 0xf);
  instruction.dpp.row_mask = static_cast<std::uint8_t>(bit_field(word, 28, 4) & 0xf);
  instruction.neg = static_cast<std::uint8_t>(bit_field(word, 20, 1) | bit_field(word, 22, 1) << 1);
  instruction.abs = static_cast<std::uint8_t>(bit_field(word, 21, 1) | bit_field(word, 23, 1) << 1);
  return Invalid::kNone;
}

Invalid take_dpp8(std::uint32_t word, bool fetch_inactive, Instruction& instruction) {
  instruction.flags |= kDpp8;
  instruction.dpp8_selectors = word >> 8 | static_cast<std::uint32_t>(fetch_inactive)
                                               << kDpp8FetchInactiveBit;
  return Invalid::kNone;
}

Invalid take_sdwa(std::uint32_t word, Instruction& instruction) {
  instruction.flags |= kSdwa;
  instruction.sdwa.destination_select = kSelectDword;
  if (instruction.encoding != Encoding::kVopc) {
    instruction.sdwa.destination_select = static_cast<std::uint8_t>(bit_field(word, 8, 3));
    instruction.sdwa.destination_unused = static_cast<std::uint8_t>(bit_field(word, 11, 2));
    instruction.clamp = bit(word, 13);
    instruction.omod = static_cast<std::uint8_t>(bit_field(word, 14, 2));
  }
  for (unsigned k = 0; k < 2; ++k) {
    const unsigned select = bit_field(word, 16 + 8 * k, 3);
    const unsigned sign = bit_field(word, 19 + 8 * k, 1);
    instruction.sdwa.source_select[k] = static_cast<std::uint8_t>(select | sign << 3);
  }
  instruction.neg = static_cast<std::uint8_t>(bit_field(word, 20, 1) | bit_field(word, 28, 1) << 1);
  instruction.abs = static_cast<std::uint8_t>(bit_field(word, 21, 1) | bit_field(word, 29, 1) << 1);
  return Invalid::kNone;
}

// Sources whose value SDWA, DPP, neg or abs changes.
unsigned modified_sources(const Instruction& instruction) {
  unsigned modified = instruction.neg | instruction.abs;
  if ((instruction.flags & (kDpp16 | kDpp8)) != 0) modified |= 1;
  if ((instruction.flags & kSdwa) != 0) {
    for (unsigned k = 0; k < 2; ++k) {
      if (instruction.sdwa.source_select[k] != kSelectDword) modified |= 1u << k;
    }
  }
  return modified;
}

bool has_modified_result(const Instruction& instruction) {
  return instruction.clamp || instruction.omod != 0 ||
         ((instruction.flags & kSdwa) != 0 &&
          instruction.sdwa.destination_select != kSelectDword) ||
         (instruction.op_sel & 8) != 0;
}

// What the 32-bit encodings share from the second dword on. `source1` is a VGPR index.
Invalid finish_32_bit(Words words, unsigned source0, std::optional<unsigned> source1,
                      Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  EncodedSources encoded;
  encoded.code = {source0, source1 ? operand::kVgpr + *source1 : 0, 0};
  encoded.count = source1 ? 2 : 1;

  const bool is_sdwa = source0 == kSdwaCode;
  const bool is_dpp8 = source0 == kDpp8Code || source0 == kDpp8FetchInactiveCode;
  const bool is_dpp16 = source0 == kDpp16Code;
  if (row.sources[0].type != Type::kNone && (is_sdwa || is_dpp8 || is_dpp16)) {
    const std::uint32_t lacking = is_sdwa ? kNoSdwa : kNoDpp;
    if ((row.flags & lacking) != 0 || has_literal_role(row)) return Invalid::kBadField;
    if (instruction.encoding == Encoding::kVopc && !is_sdwa) return Invalid::kBadField;
    if (words.size() < 2) return Invalid::kCutOff;
    const std::uint32_t word = words[1];
    instruction.dwords = 2;
    if (is_sdwa) {
      encoded.code[0] = bit_field(word, 0, 8) + (bit(word, 23) ? 0 : operand::kVgpr);
      if (source1 && bit(word, 31)) encoded.code[1] = *source1;
      if (instruction.encoding == Encoding::kVopc && bit(word, 15) &&
          (row.flags & kWritesExec) == 0) {
        const auto mask = scalar_register(bit_field(word, 8, 7), Type::kMask);
        if (!mask) return Invalid::kBadField;
        instruction.scalar_destination = *mask;
      }
    } else {
      encoded.code[0] = operand::kVgpr + bit_field(word, 0, 8);
    }
    const Invalid taken = is_sdwa ? take_sdwa(word, instruction)
                          : is_dpp8
                              ? take_dpp8(word, source0 == kDpp8FetchInactiveCode, instruction)
                              : take_dpp16(word, instruction);
    if (taken != Invalid::kNone) return taken;
    for (unsigned k = 0; k < encoded.count; ++k) {
      if (encoded.code[k] == operand::kLiteral) return Invalid::kBadField;
    }
  }
  const Invalid placed = place_sources(encoded, instruction);
  if (placed != Invalid::kNone) return placed;
  mark_modified(modified_sources(instruction), instruction);
  if (has_modified_result(instruction)) instruction.flags |= kModifiedResult;
  return take_literal(words, instruction);
}

// The lane mask that a compare writes in the 32-bit encodings.
std::uint16_t compare_destination(const Opcode& row) {
  return (row.flags & kWritesExec) != 0 ? operand::kExecLo : operand::kVccLo;
}

}  // namespace

Invalid decode_vop1(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kVop1, bit_field(word, 9, 8), 1, words, instruction);
  if (started != Invalid::kNone) return started;
  const Invalid placed = place_destination(bit_field(word, 17, 8), instruction);
  if (placed != Invalid::kNone) return placed;
  return finish_32_bit(words, bit_field(word, 0, 9), std::nullopt, instruction);
}

Invalid decode_vop2(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kVop2, bit_field(word, 25, 6), 1, words, instruction);
  if (started != Invalid::kNone) return started;
  const Invalid placed = place_destination(bit_field(word, 17, 8), instruction);
  if (placed != Invalid::kNone) return placed;
  if ((instruction.opcode->flags & kWritesVcc) != 0) {
    instruction.scalar_destination = operand::kVccLo;
  }
  return finish_32_bit(words, bit_field(word, 0, 9), bit_field(word, 9, 8), instruction);
}

Invalid decode_vopc(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kVopc, bit_field(word, 17, 8), 1, words, instruction);
  if (started != Invalid::kNone) return started;
  instruction.scalar_destination = compare_destination(*instruction.opcode);
  // The second source is a register pair in 64-bit compares: place_sources() checks its end.
  return finish_32_bit(words, bit_field(word, 0, 9), bit_field(word, 9, 8), instruction);
}

Invalid decode_vop3(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kVop3, bit_field(word, 16, 10), 2, words, instruction);
  if (started != Invalid::kNone) return started;
  const Opcode& row = *instruction.opcode;
  const std::uint32_t high = words[1];
  instruction.flags |= kVop3Form;

  const bool is_compare = instruction.encoding == Encoding::kVopc;
  const bool has_mask_field = !is_compare && (row.flags & kWritesVcc) != 0;  // VOP3b
  if (is_compare) {
    instruction.scalar_destination = compare_destination(row);
    if ((row.flags & kWritesExec) == 0) {
      const unsigned field = bit_field(word, 0, 8);
      const auto mask = field < operand::kZero ? scalar_register(field, Type::kMask) : std::nullopt;
      if (!mask) return Invalid::kBadField;
      instruction.scalar_destination = *mask;
    }
  } else {
    const Invalid placed = place_destination(bit_field(word, 0, 8), instruction);
    if (placed != Invalid::kNone) return placed;
  }
  if (has_mask_field) {
    const auto mask = scalar_register(bit_field(word, 8, 7), Type::kMask);
    if (!mask) return Invalid::kBadField;
    instruction.scalar_destination = *mask;
  } else {
    instruction.abs = static_cast<std::uint8_t>(bit_field(word, 8, 3));
    if ((row.flags & kOpSel) != 0) {
      instruction.op_sel = static_cast<std::uint8_t>(bit_field(word, 11, 4));
    }
  }
  instruction.clamp = bit(word, 15);
  instruction.omod = static_cast<std::uint8_t>(bit_field(high, 27, 2));
  instruction.neg = static_cast<std::uint8_t>(bit_field(high, 29, 3));

  EncodedSources encoded;
  encoded.code = {bit_field(high, 0, 9), bit_field(high, 9, 9), bit_field(high, 18, 9)};
  encoded.count = 3;
  encoded.masks_are_vcc = false;
  const Invalid sources = place_sources(encoded, instruction);
  if (sources != Invalid::kNone) return sources;
  mark_modified(instruction.neg | instruction.abs | instruction.op_sel, instruction);
  if (has_modified_result(instruction)) instruction.flags |= kModifiedResult;
  return take_literal(words, instruction);
}

Invalid decode_vop3p(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kVop3p, bit_field(word, 16, 10), 2, words, instruction);
  if (started != Invalid::kNone) return started;
  const std::uint32_t high = words[1];
  instruction.flags |= kVop3Form;
  const Invalid placed = place_destination(bit_field(word, 0, 8), instruction);
  if (placed != Invalid::kNone) return placed;

  instruction.abs = static_cast<std::uint8_t>(bit_field(word, 8, 3));
  instruction.op_sel = static_cast<std::uint8_t>(bit_field(word, 11, 3));
  instruction.op_sel_hi =
      static_cast<std::uint8_t>(bit_field(high, 27, 2) | bit_field(word, 14, 1) << 2);
  instruction.clamp = bit(word, 15);
  instruction.neg = static_cast<std::uint8_t>(bit_field(high, 29, 3));

  EncodedSources encoded;
  encoded.code = {bit_field(high, 0, 9), bit_field(high, 9, 9), bit_field(high, 18, 9)};
  encoded.count = 3;
  encoded.masks_are_vcc = false;
  const Invalid sources = place_sources(encoded, instruction);
  if (sources != Invalid::kNone) return sources;
  // A packed operand stands as it is when each half takes its own half; a 32-bit operand of the mix
  // instructions when op_sel_hi does not make it a half.
  for (unsigned k = 0; k < 3; ++k) {
    const Type type = instruction.opcode->sources[k].type;
    const bool packed = type == Type::kPackedB16 || type == Type::kPackedF16;
    const bool takes_high = (instruction.op_sel_hi >> k & 1) != 0;
    if (takes_high != packed) mark_modified(1u << k, instruction);
  }
  mark_modified(instruction.neg | instruction.abs | instruction.op_sel, instruction);
  if (has_modified_result(instruction)) instruction.flags |= kModifiedResult;
  return take_literal(words, instruction);
}

}  // namespace emulator
