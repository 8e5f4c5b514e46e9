// Scalar encodings: SOP1, SOP2, SOPC, SOPK, SOPP and SMEM (RDNA1 instruction set
// manual, 13.1-13.2).
#include "isa/decode_fields.h"

namespace emulator {
namespace {

// The destination and the sources of SOP1, SOP2 and SOPC, and the literal.
Invalid place_operands(Words words, std::optional<unsigned> destination,
                       std::initializer_list<unsigned> codes, Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  if (destination && row.destination != Type::kNone) {
    const auto code = scalar_register(*destination, row.destination);
    if (!code) return Invalid::kBadField;
    instruction.destination = *code;
  }
  auto next = codes.begin();
  for (unsigned k = 0; k < row.sources.size(); ++k) {
    const OperandRow& source = row.sources[k];
    if (source.type == Type::kNone) break;
    if (source.role == Role::kDestination) {
      const auto code = scalar_register(*destination, source.type);
      if (!code) return Invalid::kBadField;
      instruction.source[k] = *code;
      continue;
    }
    if (next == codes.end()) break;
    const auto code = source_operand(*next++, source.type);
    if (!code) return Invalid::kBadField;
    instruction.source[k] = *code;
  }
  return take_literal(words, instruction);
}

}  // namespace

Invalid decode_sop2(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kSop2, bit_field(word, 23, 7), 1, words, instruction);
  if (started != Invalid::kNone) return started;
  return place_operands(words, bit_field(word, 16, 7),
                        {bit_field(word, 0, 8), bit_field(word, 8, 8)}, instruction);
}

Invalid decode_sop1(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kSop1, bit_field(word, 8, 8), 1, words, instruction);
  if (started != Invalid::kNone) return started;
  return place_operands(words, bit_field(word, 16, 7), {bit_field(word, 0, 8)}, instruction);
}

Invalid decode_sopc(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kSopc, bit_field(word, 16, 7), 1, words, instruction);
  if (started != Invalid::kNone) return started;
  return place_operands(words, std::nullopt, {bit_field(word, 0, 8), bit_field(word, 8, 8)},
                        instruction);
}

Invalid decode_sopp(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kSopp, bit_field(word, 16, 7), 1, words, instruction);
  if (started != Invalid::kNone) return started;
  instruction.literal = static_cast<std::uint32_t>(sign_extend(word, 16));
  const bool has_immediate = (instruction.opcode->flags & kNoImmediate) == 0;
  return has_immediate || instruction.literal == 0 ? Invalid::kNone : Invalid::kBadField;
}

Invalid decode_sopk(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kSopk, bit_field(word, 23, 5), 1, words, instruction);
  if (started != Invalid::kNone) return started;
  const Opcode& row = *instruction.opcode;
  // The one register field is the destination or, of compares and s_setreg, the source.
  const Type type = row.destination != Type::kNone ? row.destination : row.sources[0].type;
  if (type != Type::kNone) {
    const auto code = scalar_register(bit_field(word, 16, 7), type);
    if (!code) return Invalid::kBadField;
    if (row.destination != Type::kNone) instruction.destination = *code;
    instruction.source[0] = *code;
  }
  instruction.literal = static_cast<std::uint32_t>(sign_extend(word, 16));
  const bool has_literal = row.sources[0].role == Role::kLiteral;
  if (has_literal) {
    if (words.size() < 2) return Invalid::kCutOff;
    instruction.offset = static_cast<std::int32_t>(bit_field(word, 0, 16));
    instruction.literal = words[1];
    instruction.flags |= kHasLiteral;
    instruction.dwords = 2;
  }
  return Invalid::kNone;
}

Invalid decode_smem(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kSmem, bit_field(word, 18, 8), 2, words, instruction);
  if (started != Invalid::kNone) return started;
  const Opcode& row = *instruction.opcode;

  // The data register is the destination of a load and the source of a store or an atomic.
  const Type base_type = row.sources[0].type;
  const Type data_type = row.destination;
  instruction.destination = static_cast<std::uint16_t>(bit_field(word, 6, 7));
  if (data_type != Type::kNone) {
    const auto data = scalar_register(bit_field(word, 6, 7), data_type);
    if (!data) return Invalid::kBadField;
    instruction.destination = *data;
  }
  if (base_type != Type::kNone) {
    const auto base = scalar_register(2 * bit_field(word, 0, 6), base_type);
    const auto offset = scalar_register(bit_field(words[1], 25, 7), Type::kB32);
    if (!base || !offset) return Invalid::kBadField;
    instruction.source[0] = *base;
    instruction.source[1] = *offset;
    instruction.offset = sign_extend(words[1], 21);
  }
  if (base_type != Type::kNone && data_type != Type::kNone) {
    instruction.memory.flags =
        static_cast<std::uint8_t>((bit(word, 16) ? kGlc : 0) | (bit(word, 14) ? kDlc : 0));
  }
  return Invalid::kNone;
}

}  // namespace emulator
