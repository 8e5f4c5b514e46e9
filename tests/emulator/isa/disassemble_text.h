// What the disassemblers of the encodings share: names of registers and values of constants.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "isa/instruction.h"

namespace emulator {

std::string hexadecimal(std::uint64_t value);

// A scalar register operand of `count` registers, by operand code below 128.
std::string scalar_text(unsigned code, unsigned count);

// v5, v[4:7].
std::string vgpr_text(unsigned index, unsigned count);

// Any source or destination operand that has `type`. Lane masks are pairs in wave64.
std::string operand_text(unsigned code, Type type, std::uint32_t literal, bool wave64);

// Operands (with a leading blank, if there are any) of the encodings.
std::string scalar_operands(const Instruction& instruction);
std::string vector_operands(const Instruction& instruction, bool wave64);
std::string memory_operands(const Instruction& instruction);

// Joins operands with commas after the mnemonic.
class OperandList {
 public:
  void add(const std::string& operand) {
    text_ += text_.empty() ? " " : ", ";
    text_ += operand;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace emulator
