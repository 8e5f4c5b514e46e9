// Vector instructions in their plain form: no modifiers, and every source is a VGPR as it stands,
// one 32-bit scalar for all lanes, or one lane of a VGPR for each row of 16 (DPP row_share). Most
// of a kernel's time goes to long rows of one such instruction; a row's operands lie together, for
// decoded instructions would fill the host's cache, and say where the host finds them.
#pragma once

#include <cstdint>
#include <optional>

#include "isa/instruction.h"

namespace emulator {

// Where a source lies: a VGPR's bytes from the begin of Wave::v, or with kSharedLane added those of
// its lane in the first row, or a scalar's code times 4 with kScalarSource added.
using PlainPlace = std::uint16_t;
constexpr PlainPlace kScalarSource = 1;
constexpr PlainPlace kSharedLane = 2;

// Operands of an instruction in plain form.
struct PlainOperands {
  PlainPlace destination = 0;
  std::array<PlainPlace, 3> source{};  // the code of constants is kLiteral
  std::uint32_t constant = 0;
  std::uint32_t row_count = 1;  // instructions of the row from here on
};

// Null unless the instruction is in plain form and its opcode has a handler for that.
Handler plain_handler(const Instruction& instruction);
// Of an instruction that has a plain handler.
PlainOperands plain_operands(const Instruction& instruction);

// The value of an inline constant or literal as a 32-bit source; nothing for other codes.
std::optional<std::uint32_t> constant_dword(const Instruction& instruction, unsigned code);

}  // namespace emulator
