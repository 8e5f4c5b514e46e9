// The 32-bit vector encodings VOP1, VOP2 and VOPC with their literal, SDWA and DPP forms (RDNA1
// instruction set manual, 13.3).
#include "isa/decode_vector.h"

namespace emulator {
namespace {

// Codes in the first source field that announce a second dword of another form.
constexpr unsigned kDpp8Code = 233;
constexpr unsigned kDpp8FetchInactiveCode = 234;
constexpr unsigned kSdwaCode = 249;
constexpr unsigned kDpp16Code = 250;

constexpr unsigned kSelectDword = 6;
constexpr unsigned kSdwaSignExtend = 8;
constexpr unsigned kDpp8FetchInactiveBit = 24;

bool has_literal_role(const Opcode& row) {
  for (const OperandRow& source : row.sources) {
    if (source.role == Role::kLiteral) return true;
  }
  return false;
}

// DPP controls that gfx10 has: quad_perm, row_shl, row_shr and row_ror by 1 to 15, row_mirror,
// row_half_mirror, row_share and row_xmask.
bool is_dpp_control(unsigned control) {
  if (control < 0x100) return true;
  if (control < 0x130) return (control & 0xf) != 0;
  return control == 0x140 || control == 0x141 || (control >= 0x150 && control < 0x170);
}

Invalid take_dpp16(std::uint32_t word, Instruction& instruction) {
  const SourceKinds kinds = source_kinds(*instruction.opcode);
  instruction.flags |= kDpp16;
  instruction.dpp.control = static_cast<std::uint16_t>(bit_field(word, 8, 9));
  instruction.dpp.fetch_inactive = bit(word, 18);
  instruction.dpp.bound_control = bit(word, 19);
  instruction.dpp.bank_mask = static_cast<std::uint8_t>(bit_field(word, 24, 4) & 0xf);
  instruction.dpp.row_mask = static_cast<std::uint8_t>(bit_field(word, 28, 4) & 0xf);
  instruction.neg = static_cast<std::uint8_t>(bit_field(word, 20, 1) | bit_field(word, 22, 1) << 1);
  instruction.abs = static_cast<std::uint8_t>(bit_field(word, 21, 1) | bit_field(word, 23, 1) << 1);
  const bool valid = is_dpp_control(instruction.dpp.control) &&
                     ((instruction.neg | instruction.abs) & ~kinds.floats) == 0;
  return valid ? Invalid::kNone : Invalid::kBadField;
}

Invalid take_dpp8(std::uint32_t word, bool fetch_inactive, Instruction& instruction) {
  instruction.flags |= kDpp8;
  instruction.dpp8_selectors = word >> 8 | static_cast<std::uint32_t>(fetch_inactive)
                                               << kDpp8FetchInactiveBit;
  return Invalid::kNone;
}

Invalid take_sdwa(std::uint32_t word, Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  const SourceKinds kinds = source_kinds(row);
  instruction.flags |= kSdwa;
  instruction.sdwa.destination_select = kSelectDword;
  if (instruction.encoding != Encoding::kVopc) {
    instruction.sdwa.destination_select = static_cast<std::uint8_t>(bit_field(word, 8, 3));
    instruction.sdwa.destination_unused = static_cast<std::uint8_t>(bit_field(word, 11, 2));
    instruction.clamp = bit(word, 13);
    instruction.omod = static_cast<std::uint8_t>(bit_field(word, 14, 2));
    if (instruction.sdwa.destination_select > kSelectDword ||
        instruction.sdwa.destination_unused > 2 ||
        (instruction.omod != 0 && !is_float(row.destination))) {
      return Invalid::kBadField;
    }
  }
  unsigned extended = 0;
  for (unsigned k = 0; k < 2; ++k) {
    const unsigned select = bit_field(word, 16 + 8 * k, 3);
    const unsigned sign = bit_field(word, 19 + 8 * k, 1);
    if (select > kSelectDword) return Invalid::kBadField;
    instruction.sdwa.source_select[k] =
        static_cast<std::uint8_t>(select | (sign != 0 ? kSdwaSignExtend : 0));
    extended |= sign << k;
  }
  instruction.neg = static_cast<std::uint8_t>(bit_field(word, 20, 1) | bit_field(word, 28, 1) << 1);
  instruction.abs = static_cast<std::uint8_t>(bit_field(word, 21, 1) | bit_field(word, 29, 1) << 1);
  // Integers are sign-extended, floats negated; the fields of a missing source are zero.
  constexpr unsigned kSecondSource = 24;
  const bool valid = ((instruction.neg | instruction.abs) & ~kinds.floats) == 0 &&
                     (extended & ~kinds.integers) == 0 &&
                     (instruction.encoding != Encoding::kVop1 ||
                      (bit_field(word, kSecondSource, 6) == 0 && !bit(word, 31)));
  return valid ? Invalid::kNone : Invalid::kBadField;
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

// The forms that a second dword gives the instruction.
Invalid take_second_dword(Words words, unsigned form, std::optional<unsigned> source1,
                          EncodedSources& encoded, Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  const bool is_compare = instruction.encoding == Encoding::kVopc;
  const bool is_sdwa = form == kSdwaCode;
  const std::uint32_t lacking = is_sdwa ? kNoSdwa : kNoDpp;
  if ((row.flags & lacking) != 0 || has_literal_role(row) || (is_compare && !is_sdwa)) {
    return Invalid::kBadField;
  }
  if (words.size() < 2) return Invalid::kCutOff;
  const std::uint32_t word = words[1];
  instruction.dwords = 2;
  encoded.code[0] = bit_field(word, 0, 8) + operand::kVgpr;
  if (!is_sdwa) {
    return form == kDpp16Code ? take_dpp16(word, instruction)
                              : take_dpp8(word, form == kDpp8FetchInactiveCode, instruction);
  }
  if (bit(word, 23)) encoded.code[0] -= operand::kVgpr;
  if (source1 && bit(word, 31)) encoded.code[1] = *source1;
  for (unsigned k = 0; k < encoded.count; ++k) {
    if (encoded.code[k] == operand::kLiteral) return Invalid::kBadField;
  }
  if (is_compare && bit(word, 15)) {
    const auto mask = mask_operand(bit_field(word, 8, 7));
    if (!mask || (row.flags & kWritesExec) != 0) return Invalid::kBadField;
    instruction.scalar_destination = *mask;
  }
  return take_sdwa(word, instruction);
}

// What the 32-bit encodings share. `source1` is a VGPR index.
Invalid finish_32_bit(Words words, unsigned source0, std::optional<unsigned> source1,
                      Instruction& instruction) {
  EncodedSources encoded;
  encoded.code = {source0, source1 ? operand::kVgpr + *source1 : 0, 0};
  encoded.count = source1 ? 2 : 1;
  const bool has_sources = instruction.opcode->sources[0].type != Type::kNone;
  const bool has_form = source0 == kSdwaCode || source0 == kDpp16Code || source0 == kDpp8Code ||
                        source0 == kDpp8FetchInactiveCode;
  if (has_sources && has_form) {
    const Invalid taken = take_second_dword(words, source0, source1, encoded, instruction);
    if (taken != Invalid::kNone) return taken;
  }
  const Invalid placed = place_sources(encoded, instruction);
  if (placed != Invalid::kNone) return placed;
  mark_modified(modified_sources(instruction), instruction);
  const bool selects =
      (instruction.flags & kSdwa) != 0 && instruction.sdwa.destination_select != kSelectDword;
  if (instruction.clamp || instruction.omod != 0 || selects) instruction.flags |= kModifiedResult;
  return take_literal(words, instruction);
}

}  // namespace

Invalid place_sources(const EncodedSources& encoded, Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  unsigned next = 0;
  for (unsigned k = 0; k < row.sources.size(); ++k) {
    const OperandRow& source = row.sources[k];
    if (source.type == Type::kNone) break;
    const bool is_mask = source.type == Type::kMask;
    unsigned code = 0;
    if (source.role == Role::kDestination) {
      code = instruction.destination;
    } else if (source.role == Role::kLiteral) {
      code = operand::kLiteral;
    } else if (is_mask && (encoded.masks_are_vcc || next == encoded.code.size())) {
      code = operand::kVccLo;
    } else if (next < encoded.count) {
      code = encoded.code[next++];
    } else {
      return Invalid::kBadField;
    }
    const auto checked = is_mask ? mask_operand(code) : source_operand(code, source.type);
    const bool must_be_vgpr = k == 0 && (row.flags & kVgprSource) != 0;
    if (!checked || (must_be_vgpr && code < operand::kVgpr)) return Invalid::kBadField;
    instruction.source[k] = *checked;
    if (*checked >= operand::kVgpr) {
      instruction.plain_vgpr |= static_cast<std::uint8_t>(1u << k);
    }
  }
  return Invalid::kNone;
}

Invalid place_destination(unsigned field, Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  if (row.destination == Type::kNone) return field == 0 ? Invalid::kNone : Invalid::kBadField;
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

std::optional<std::uint16_t> mask_operand(unsigned code) {
  return code < operand::kZero ? scalar_register(code, Type::kMask) : std::nullopt;
}

SourceKinds source_kinds(const Opcode& row) {
  SourceKinds kinds;
  for (const OperandRow& source : row.sources) {
    if (source.type == Type::kNone || source.role != Role::kEncoded || kinds.count == 3) continue;
    if (is_float(source.type)) {
      kinds.floats |= 1u << kinds.count;
    } else if (source.type != Type::kMask) {
      kinds.integers |= 1u << kinds.count;
    }
    ++kinds.count;
  }
  return kinds;
}

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
  const bool writes_exec = (instruction.opcode->flags & kWritesExec) != 0;
  instruction.scalar_destination = writes_exec ? operand::kExecLo : operand::kVccLo;
  return finish_32_bit(words, bit_field(word, 0, 9), bit_field(word, 9, 8), instruction);
}

}  // namespace emulator
