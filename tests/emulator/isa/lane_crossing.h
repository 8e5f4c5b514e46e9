// Handlers of vector instructions that move whole registers or lanes: v_readlane and its kin,
// v_permlane, v_movrel, v_swap.
#pragma once

#include "machine/wave.h"

namespace emulator {

const Instruction* execute_readfirstlane(Wave& wave, const Instruction& instruction);
const Instruction* execute_readlane(Wave& wave, const Instruction& instruction);
const Instruction* execute_writelane(Wave& wave, const Instruction& instruction);
// v_permlane16: sources within a row of 16 lanes; v_permlanex16: within the other row of the pair.
const Instruction* execute_permlane16(Wave& wave, const Instruction& instruction);
const Instruction* execute_permlanex16(Wave& wave, const Instruction& instruction);
// Register numbers offset by M0.
const Instruction* execute_movreld(Wave& wave, const Instruction& instruction);
const Instruction* execute_movrels(Wave& wave, const Instruction& instruction);
const Instruction* execute_movrelsd(Wave& wave, const Instruction& instruction);
const Instruction* execute_movrelsd_2(Wave& wave, const Instruction& instruction);
const Instruction* execute_swap(Wave& wave, const Instruction& instruction);
const Instruction* execute_swaprel(Wave& wave, const Instruction& instruction);

}  // namespace emulator
