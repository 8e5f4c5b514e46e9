// What the decoders of the 32-bit vector encodings and of VOP3 share.
#pragma once

#include <array>
#include <cstdint>

#include "isa/decode_fields.h"

namespace emulator {

// Source codes in the order in which the encoding has them.
struct EncodedSources {
  std::array<unsigned, 3> code{};
  unsigned count = 0;
  bool masks_are_vcc = true;  // an encoding without a field for the lane mask
};

// Puts the sources where the row's operands are and marks plain VGPRs. A lane mask beyond the
// encoding's fields is the implicit VCC.
Invalid place_sources(const EncodedSources& encoded, Instruction& instruction);

// The destination field of VOP1, VOP2 and VOP3: a VGPR, or an SGPR of v_readlane and the like.
Invalid place_destination(unsigned field, Instruction& instruction);

// A lane mask, which only SGPRs hold.
std::optional<std::uint16_t> mask_operand(unsigned code);

constexpr bool is_float(Type type) {
  return type == Type::kF16 || type == Type::kF32 || type == Type::kF64 || type == Type::kPackedF16;
}

// What a row's sources are; bit k stands for the k-th that the encoding has a field for.
struct SourceKinds {
  unsigned count = 0;
  unsigned floats = 0;    // neg and abs act on these
  unsigned integers = 0;  // SDWA can sign-extend these
};
SourceKinds source_kinds(const Opcode& row);

// Takes plain_vgpr away from sources that a modifier changes; bit k of `modified` is source k.
inline void mark_modified(unsigned modified, Instruction& instruction) {
  instruction.plain_vgpr = static_cast<std::uint8_t>(instruction.plain_vgpr & ~modified);
}

}  // namespace emulator
