// The instructions of a loaded code object, decoded once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "isa/instruction.h"
#include "isa/plain_form.h"
#include "machine/wave.h"

namespace emulator {

// The source of the code at a device address: "file:line", or nothing where that is not known.
using SourceLookup = std::function<std::string(std::uint64_t address)>;

class Program {
 public:
  // Decodes `code`, the text section of a code object as it lies at device address `address`.
  // Words that are no instruction decode to one that faults when it is executed. `entries` (byte
  // offsets) are where decoding starts afresh: kernels and functions. `source` may be empty.
  Program(std::span<const std::byte> code, std::uint64_t address,
          std::span<const std::uint64_t> entries = {}, SourceLookup source = {});

  // The instruction at a device address; throws Fault when none begins there.
  const Instruction* at(std::uint64_t address) const;
  // Device address of an instruction of this program.
  std::uint64_t address_of(const Instruction& instruction) const {
    return address_ + instruction.address;
  }
  // For reports: "0x<address>: <disassembly>", with the source line behind it in parentheses where
  // debug information tells it.
  std::string describe(const Instruction& instruction, bool wave64) const;
  // Operands of an instruction in plain form; those of its row follow.
  const PlainOperands* plain(const Instruction& instruction) const {
    return plain_.data() + instruction.plain_index;
  }
  std::uint64_t base_address() const { return address_; }
  std::span<const Instruction> instructions() const { return instructions_; }
  // The raw dwords behind an instruction.
  std::span<const std::uint32_t> words(const Instruction& instruction) const;

  // Adds what executing [first, last] once adds to `counts`; the two are in program order.
  void count(const Instruction& first, const Instruction& last, ClassCounts& counts) const;

 private:
  void form_rows();

  using Prefix = std::array<std::uint32_t, static_cast<std::size_t>(InstructionClass::kCount)>;

  std::uint64_t address_;
  SourceLookup source_;
  std::vector<std::uint32_t> words_;
  std::vector<Instruction> instructions_;     // in address order
  std::vector<std::uint32_t> index_of_word_;  // word offset -> instruction, ~0 where none begins
  std::vector<PlainOperands> plain_;          // of instructions in plain form, in their order
  std::vector<Prefix> prefix_;                // class counts before each instruction
};

}  // namespace emulator
