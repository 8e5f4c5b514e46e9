// Sequences of instructions that gfx1010 executes wrongly. Which they are, and what makes them
// safe, follows LLVM's GCNHazardRecognizer and the features of gfx1010 in its AMDGPU.td; the
// compiler avoids them, hand-written assembly and removed waits do not.
//
// Of LLVM's list three are not here. NSAtoVMEMBug and NSAClauseBug take an image instruction with
// its addresses in separate registers, and the device ends a kernel at its first image instruction
// (isa/decode_graphics.cpp). LdsMisalignedBug is a fault of the machine itself
// (machine/memory_access.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "machine/observer.h"
#include "observers/instruction_facts.h"

namespace emulator {

// What a hazard's report says: the instruction that began it, where there is one.
struct HazardFound {
  std::string_view name;  // as LLVM calls it
  std::string text;
  const Instruction* other = nullptr;
  bool is_warning = false;  // seldom goes wrong: the dispatch may go on
};

// The recent past of one wave.
class HazardHistory {
 public:
  void clear() { *this = {}; }
  // A vector instruction that writes VGPRs alone (InstructionFacts::is_plain_valu) completes no
  // hazard.
  void next_plain_valu() {
    if (vector_memory_.count != 0) vector_memory_.clear();
    compare_ = nullptr;
  }
  // To be called before each other instruction with the memory it is about to touch.
  std::optional<HazardFound> next(const Wave& wave, const Instruction& instruction,
                                  const InstructionFacts& facts,
                                  std::span<const LaneAccess> accesses);

 private:
  friend struct HazardRows;

  // Registers that instructions of a kind have read since something made it safe to write them, and
  // the instructions.
  struct Readers {
    static constexpr std::size_t kMost = 32;  // the latest of them
    ScalarSet registers;
    std::array<const Instruction*, kMost> instructions;
    std::size_t count = 0;  // ever added

    void add(const Instruction& instruction, const ScalarSet& read) {
      instructions[count++ % kMost] = &instruction;
      registers |= read;
    }
    void clear() {
      registers = {};
      count = 0;
    }
    const Instruction* reader_of(const ScalarSet& written, bool wave64) const;
  };

  std::optional<HazardFound> find(const Wave& wave, const Instruction& instruction,
                                  const InstructionFacts& facts,
                                  std::span<const LaneAccess> accesses) const;
  void remember(const Instruction& instruction, const InstructionFacts& facts);

  Readers vector_memory_;                     // VMEMtoScalarWrite
  Readers scalar_memory_;                     // SMEMtoVectorWrite
  const Instruction* exec_reader_ = nullptr;  // VcmpxExecWAR
  const Instruction* compare_ = nullptr;      // VcmpxPermlane
  const Instruction* last_memory_ = nullptr;  // LdsBranchVmemWAR
  Unit last_memory_unit_ = Unit::kOther;
  bool branched_ = false;
};

}  // namespace emulator
