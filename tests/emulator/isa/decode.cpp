#include "isa/decode.h"

#include <cstdio>
#include <string>

#include "isa/decode_fields.h"
#include "machine/fault.h"
#include "machine/wave.h"

namespace emulator {
namespace {

Invalid decode_image(Words, Instruction&) { return Invalid::kImage; }
Invalid decode_export(Words, Instruction&) { return Invalid::kExport; }
Invalid decode_typed_buffer(Words, Instruction&) { return Invalid::kTypedBuffer; }
Invalid decode_interpolation(Words, Instruction&) { return Invalid::kInterpolation; }

// The leading bits of each encoding (RDNA1 instruction set manual, chapter 13). Narrower prefixes
// come first where they carve their space out of a wider encoding.
struct EncodingRow {
  std::uint32_t mask;
  std::uint32_t prefix;
  Invalid (*decode)(Words, Instruction&);
};

constexpr EncodingRow kEncodings[] = {
    {0xfe000000, 0x7e000000, decode_vop1},          {0xfe000000, 0x7c000000, decode_vopc},
    {0x80000000, 0x00000000, decode_vop2},          {0xff800000, 0xbe800000, decode_sop1},
    {0xff800000, 0xbf000000, decode_sopc},          {0xff800000, 0xbf800000, decode_sopp},
    {0xf0000000, 0xb0000000, decode_sopk},          {0xc0000000, 0x80000000, decode_sop2},
    {0xfc000000, 0xf4000000, decode_smem},          {0xfc000000, 0xd4000000, decode_vop3},
    {0xfc000000, 0xcc000000, decode_vop3p},         {0xfc000000, 0xd8000000, decode_ds},
    {0xfc000000, 0xdc000000, decode_flat},          {0xfc000000, 0xe0000000, decode_mubuf},
    {0xfc000000, 0xc8000000, decode_interpolation}, {0xfc000000, 0xe8000000, decode_typed_buffer},
    {0xfc000000, 0xf0000000, decode_image},         {0xfc000000, 0xf8000000, decode_export},
};

std::string reason(Invalid invalid, std::uint32_t word) {
  switch (invalid) {
    case Invalid::kUnknownOpcode:
      return "gfx1010 has no instruction of that opcode";
    case Invalid::kBadField:
      return "a field holds a reserved value or names a register that does not exist";
    case Invalid::kCutOff:
      return "the code ends in the middle of it";
    case Invalid::kPastEnd:
      return "no instruction begins here, where a branch led or the code ran out";
    case Invalid::kImage:
    case Invalid::kExport:
    case Invalid::kTypedBuffer:
    case Invalid::kInterpolation:
      return "not implemented: " + graphics_text(invalid, word);
    default:
      return "gfx1010 has no such encoding";
  }
}

Instruction invalid_instruction(Invalid invalid, std::uint32_t word, std::uint32_t address) {
  Instruction instruction;
  instruction.execute = execute_invalid;
  instruction.run = execute_invalid;
  instruction.literal = word;
  instruction.extra = static_cast<std::uint32_t>(invalid);
  instruction.address = address;
  return instruction;
}

}  // namespace

Instruction decode(std::span<const std::uint32_t> words, std::uint32_t address) {
  if (words.empty()) return invalid_instruction(Invalid::kPastEnd, 0, address);
  for (const EncodingRow& row : kEncodings) {
    if ((words[0] & row.mask) != row.prefix) continue;
    Instruction instruction;
    const Invalid invalid = row.decode(words, instruction);
    if (invalid != Invalid::kNone) return invalid_instruction(invalid, words[0], address);
    instruction.address = address;
    instruction.run = instruction.execute;
    return instruction;
  }
  return invalid_instruction(Invalid::kUnknownEncoding, words[0], address);
}

const Instruction* execute_invalid(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  const auto invalid = static_cast<Invalid>(instruction.extra);
  const std::string cause = reason(invalid, instruction.literal);
  if (invalid == Invalid::kPastEnd) throw Fault(FaultKind::kIllegalInstruction, cause);
  char word[16];
  std::snprintf(word, sizeof word, "0x%08x", static_cast<unsigned>(instruction.literal));
  throw Fault(FaultKind::kIllegalInstruction,
              "the dword " + std::string(word) + " cannot be executed: " + cause);
}

}  // namespace emulator
