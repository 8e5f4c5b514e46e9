// The opcode tables: a span of rows per encoding, each defined in the file of that encoding.
#pragma once

#include <span>
#include <string_view>

#include "isa/instruction.h"

namespace emulator {

std::span<const Opcode> sop2_opcodes();
std::span<const Opcode> sopk_opcodes();
std::span<const Opcode> sop1_opcodes();
std::span<const Opcode> sopc_opcodes();
std::span<const Opcode> sopp_opcodes();
std::span<const Opcode> smem_opcodes();
std::span<const Opcode> vop2_opcodes();
std::span<const Opcode> vop1_opcodes();
std::span<const Opcode> vopc_opcodes();
std::span<const Opcode> vop3_opcodes();  // those that have no 32-bit form
std::span<const Opcode> vop3p_opcodes();
std::span<const Opcode> ds_opcodes();
std::span<const Opcode> flat_opcodes();     // flat_*
std::span<const Opcode> global_opcodes();   // global_*
std::span<const Opcode> scratch_opcodes();  // scratch_*
std::span<const Opcode> mubuf_opcodes();

// The row of `number` in an encoding's table, or null. Constant time.
const Opcode* find_opcode(Encoding encoding, unsigned number);

}  // namespace emulator
