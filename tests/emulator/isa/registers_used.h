// Which registers an instruction reads and writes: from its table row and its decoded operands.
// Computed once for each static instruction by whoever follows dependencies (the clock model, the
// check of wait counters).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "isa/instruction.h"

namespace emulator {

// Registers first .. first + count - 1, numbered by operand code: 0..127 scalar registers with VCC
// (106, 107), M0 (124) and EXEC (126, 127); 253 SCC; 256..511 VGPRs. NULL is no register.
struct RegisterRange {
  std::uint16_t first = 0;
  std::uint16_t count = 0;

  bool contains(unsigned code) const { return code >= first && code - first < count; }
  bool overlaps(const RegisterRange& other) const {
    return first < other.first + other.count && other.first < first + count;
  }
};

constexpr RegisterRange kAllVgprs{operand::kVgpr, 256};

class RegisterRanges {
 public:
  // Leaves out NULL and constants.
  void add(unsigned first, unsigned count);

  const RegisterRange* begin() const { return ranges_.data(); }
  const RegisterRange* end() const { return ranges_.data() + size_; }
  bool contains(unsigned code) const;
  bool overlaps(const RegisterRange& range) const;

 private:
  std::array<RegisterRange, 9> ranges_{};
  std::uint8_t size_ = 0;
};

// MODE, the program counter, the wait counters and memory are no registers here.
//
// A destination counts as read only if the result depends on it when all lanes are active: an
// accumulator, a register of which the instruction writes a half or some lanes. Instructions that
// M0 sends to other registers (v_movrel, s_movrel) name all that it can reach.
struct RegistersUsed {
  RegisterRanges reads;
  RegisterRanges writes;
};

RegistersUsed registers_used(const Instruction& instruction, bool wave64);

}  // namespace emulator
