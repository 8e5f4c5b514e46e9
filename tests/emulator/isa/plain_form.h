// Vector instructions in their plain form: no modifiers, and every source is a VGPR as it stands or
// one 32-bit scalar for all lanes. Most of a kernel's time goes to long rows of one such
// instruction; a row's operands lie together, for decoded instructions would fill the host's cache.
#pragma once

#include <cstdint>
#include <optional>

#include "isa/instruction.h"

namespace emulator {

// Operands of an instruction in plain form.
struct PlainOperands {
  std::uint16_t destination = 0;          // VGPR code
  std::array<std::uint16_t, 3> source{};  // codes; those of constants are kLiteral
  std::uint32_t constant = 0;
};

// Null unless the instruction is in plain form and its opcode has a handler for that.
Handler plain_handler(const Instruction& instruction);
// Of an instruction that has a plain handler.
PlainOperands plain_operands(const Instruction& instruction);

// The value of an inline constant or literal as a 32-bit source; nothing for other codes.
std::optional<std::uint32_t> constant_dword(const Instruction& instruction, unsigned code);

}  // namespace emulator
