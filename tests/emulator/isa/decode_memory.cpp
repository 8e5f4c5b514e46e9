// Memory encodings of the vector unit: DS, FLAT with GLOBAL and SCRATCH, and MUBUF (RDNA1
// instruction set manual, 13.4-13.7).
#include "isa/decode_fields.h"

namespace emulator {
namespace {

// A VGPR operand of a memory instruction. The field of one that the opcode lacks is zero in DS; the
// other encodings ignore it.
Invalid place_vgpr(unsigned index, Type type, bool zero_if_none, std::uint16_t& code) {
  if (type == Type::kNone) return zero_if_none && index != 0 ? Invalid::kBadField : Invalid::kNone;
  const auto checked = vgpr_operand(index, type);
  if (!checked) return Invalid::kBadField;
  code = *checked;
  return Invalid::kNone;
}

}  // namespace

Invalid decode_ds(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kDs, bit_field(word, 18, 8), 2, words, instruction);
  if (started != Invalid::kNone) return started;
  const Opcode& row = *instruction.opcode;
  const std::uint32_t registers = words[1];
  instruction.offset = static_cast<std::int32_t>(bit_field(word, 0, 16));
  instruction.memory.flags = bit(word, 17) ? kGds : 0;
  const Invalid placed[] = {
      place_vgpr(bit_field(registers, 24, 8), row.destination, true, instruction.destination),
      place_vgpr(bit_field(registers, 0, 8), row.sources[0].type, true, instruction.source[0]),
      place_vgpr(bit_field(registers, 8, 8), row.sources[1].type, true, instruction.source[1]),
      place_vgpr(bit_field(registers, 16, 8), row.sources[2].type, true, instruction.source[2])};
  for (const Invalid one : placed) {
    if (one != Invalid::kNone) return one;
  }
  return Invalid::kNone;
}

Invalid decode_flat(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const unsigned segment = bit_field(word, 14, 2);
  if (segment == 3) return Invalid::kBadField;
  constexpr Encoding kSegments[] = {Encoding::kFlat, Encoding::kScratch, Encoding::kGlobal};
  const Encoding encoding = kSegments[segment];
  const Invalid started =
      start_instruction(encoding, bit_field(word, 18, 7), 2, words, instruction);
  if (started != Invalid::kNone) return started;
  const Opcode& row = *instruction.opcode;
  const std::uint32_t registers = words[1];

  const unsigned scalar = bit_field(registers, 16, 7);
  const bool has_scalar = scalar != operand::kNull;
  constexpr unsigned kReservedBit = 23;
  if ((has_scalar && encoding == Encoding::kFlat) || bit(registers, kReservedBit) ||
      bit(word, 13)) {
    return Invalid::kBadField;  // bit 13 loads into LDS, which gfx1010 does through MUBUF alone
  }
  instruction.source[2] = operand::kNull;
  if (has_scalar) {
    const Type type = encoding == Encoding::kGlobal ? Type::kB64 : Type::kB32;
    const auto address = scalar_register(scalar, type);
    if (!address) return Invalid::kBadField;
    instruction.source[2] = *address;
  }
  // 64-bit addresses, but 32-bit offsets beside a scalar base and in scratch.
  if (encoding == Encoding::kScratch && has_scalar) {
    instruction.source[0] = operand::kNull;
  } else {
    const bool wide = encoding != Encoding::kScratch && !has_scalar;
    const Invalid placed = place_vgpr(bit_field(registers, 0, 8), wide ? Type::kB64 : Type::kB32,
                                      false, instruction.source[0]);
    if (placed != Invalid::kNone) return placed;
  }
  // An atomic gives the old value back only when glc asks for it.
  const bool returns = (row.flags & kAtomic) == 0 || bit(word, 16);
  const Type returned = returns ? row.destination : Type::kNone;
  const Invalid placed[] = {
      place_vgpr(bit_field(registers, 24, 8), returned, false, instruction.destination),
      place_vgpr(bit_field(registers, 8, 8), row.sources[1].type, false, instruction.source[1])};
  for (const Invalid one : placed) {
    if (one != Invalid::kNone) return one;
  }
  // The FLAT segment has no negative offsets.
  instruction.offset = encoding == Encoding::kFlat
                           ? static_cast<std::int32_t>(bit_field(word, 0, 12))
                           : sign_extend(word, 12);
  instruction.memory.flags = static_cast<std::uint8_t>(
      (bit(word, 16) ? kGlc : 0) | (bit(word, 17) ? kSlc : 0) | (bit(word, 12) ? kDlc : 0));
  return Invalid::kNone;
}

Invalid decode_mubuf(Words words, Instruction& instruction) {
  const std::uint32_t word = words[0];
  const Invalid started =
      start_instruction(Encoding::kMubuf, bit_field(word, 18, 8), 2, words, instruction);
  if (started != Invalid::kNone) return started;
  const Opcode& row = *instruction.opcode;
  const std::uint32_t registers = words[1];
  if ((row.flags & kAtomic) != 0 && bit(word, 15)) return Invalid::kBadField;  // dlc
  instruction.offset = static_cast<std::int32_t>(bit_field(word, 0, 12));
  instruction.memory.flags = static_cast<std::uint8_t>(
      (bit(word, 12) ? kOffen : 0) | (bit(word, 13) ? kIdxen : 0) | (bit(word, 14) ? kGlc : 0) |
      (bit(word, 15) ? kDlc : 0) | (bit(word, 16) ? kLds : 0) | (bit(registers, 22) ? kSlc : 0) |
      (bit(registers, 23) ? kTfe : 0));

  // Cache invalidations have no operands; the flags of the first dword are zero.
  if (row.destination == Type::kNone && row.sources[0].type == Type::kNone) {
    return bit_field(word, 12, 5) == 0 ? Invalid::kNone : Invalid::kBadField;
  }
  // With both an index and an offset the address is a pair: index, offset.
  const bool pair = bit(word, 12) && bit(word, 13);
  const Invalid placed[] = {
      place_vgpr(bit_field(registers, 8, 8), row.destination, false, instruction.destination),
      place_vgpr(bit_field(registers, 0, 8), pair ? Type::kB64 : Type::kB32, false,
                 instruction.source[0])};
  for (const Invalid one : placed) {
    if (one != Invalid::kNone) return one;
  }
  const auto resource = scalar_register(4 * bit_field(registers, 16, 5), Type::kB128);
  const auto offset = source_operand(bit_field(registers, 24, 8), Type::kB32);
  if (!resource || !offset || *offset == operand::kLiteral) return Invalid::kBadField;
  instruction.source[1] = *resource;
  instruction.source[2] = *offset;
  return Invalid::kNone;
}

}  // namespace emulator
