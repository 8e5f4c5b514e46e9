// From instruction words to decoded instructions, and back to text.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "isa/instruction.h"

namespace emulator {

// Decodes the instruction at the front of `words` (gfx1010). What is no gfx1010 instruction, or is
// cut off, comes back with Encoding::kInvalid, one dword long, and a handler that faults.
// `address` is its byte offset in the program; branch targets and
// rows of instructions in plain form are left for Program to fill in.
Instruction decode(std::span<const std::uint32_t> words, std::uint32_t address);

// The instruction as LLVM's disassembler prints it for gfx1010, without leading white space.
// `wave64` chooses between wavefrontsize32 and wavefrontsize64 operands.
std::string disassemble(const Instruction& instruction, bool wave64 = false);

// Handler of every instruction that decodes to nothing: throws an illegal-instruction Fault.
const Instruction* execute_invalid(Wave& wave, const Instruction& instruction);

}  // namespace emulator
