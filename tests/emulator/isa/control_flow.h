// Jumps of scalar instructions whose target is an address.
#pragma once

#include "isa/instruction.h"
#include "machine/fault.h"
#include "machine/program.h"

namespace emulator {

// Device address of the instruction that follows.
inline std::uint64_t following_address(const Wave& wave, const Instruction& instruction) {
  return wave.program->address_of(instruction) + instruction.dwords * 4u;
}

inline const Instruction* jump_to_address(Wave& wave, const Instruction& instruction,
                                          std::uint64_t address) {
  wave.current = &instruction;
  // The hardware ignores the low two bits of the program counter.
  return transfer_control(wave, instruction, wave.program->at(address & ~std::uint64_t{3}));
}

// Target of SOPK branches: the immediate counts dwords from the following instruction.
inline const Instruction* jump_by_immediate(Wave& wave, const Instruction& instruction) {
  const auto dwords = static_cast<std::int64_t>(static_cast<std::int32_t>(instruction.literal));
  const std::uint64_t origin = following_address(wave, instruction);
  return jump_to_address(wave, instruction, origin + static_cast<std::uint64_t>(dwords * 4));
}

}  // namespace emulator
