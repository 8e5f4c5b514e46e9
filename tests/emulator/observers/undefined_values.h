// The bits of a wave's registers that come from memory which nothing has written, bit by bit. A
// value may be loaded, moved and kept for nothing; it is used when an address, a branch, the mask
// of active lanes or memory depends on it.
//
// What an instruction makes of undefined bits is found by executing it on several values of them:
// result bits that differ are undefined. So every instruction is followed exactly as it is executed
// (masks, shifts, byte selects, lane crossings, halves), without a second description of it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "machine/observer.h"
#include "observers/instruction_facts.h"

namespace emulator {

// Where a value came from.
struct UndefinedOrigin {
  const Instruction* load = nullptr;
  const Region* region = nullptr;  // or null: `memory` names it
  const char* memory = "";
  std::uint64_t byte = 0;  // the first that nothing has written
};

struct UndefinedUse {
  enum class Kind { kAddress, kBranch, kActiveLanes, kHardwareRegister, kMemory };
  Kind kind;
  UndefinedOrigin origin;
  // Of kMemory and, with a lane, of kAddress.
  int lane = -1;
  const LaneAccess* access = nullptr;
};

class UndefinedValues {
 public:
  // To be called before `wave` executes `instruction`, with the memory it is about to touch.
  // Follows undefined bits through registers; returns a use of them.
  std::optional<UndefinedUse> next(Wave& wave, const Instruction& instruction,
                                   const InstructionFacts& facts,
                                   std::span<const LaneAccess> accesses) {
    if (!any_ || !(registers_.overlaps(facts.touched) || facts.is_relative)) return std::nullopt;
    return follow(wave, instruction, facts, accesses);
  }

  bool touches_any(const RegisterSet& registers) const {
    return any_ && registers_.overlaps(registers);
  }

  // A load gave a lane the data of `access`; bit k of `unwritten` says that nothing has written its
  // byte k.
  void load(const Instruction& instruction, const LaneAccess& access, unsigned lane,
            std::uint64_t unwritten, const UndefinedOrigin& origin);

  // Of the bytes that a store to LDS or scratch takes from a lane's registers.
  bool any() const { return any_; }
  bool is_stored_byte_undefined(const Instruction& instruction, const LaneAccess& access,
                                unsigned lane, unsigned byte) const;

 private:
  using Lanes = std::array<Vgpr, 2>;
  using Kind = UndefinedUse::Kind;

  std::optional<UndefinedUse> follow(Wave& wave, const Instruction& instruction,
                                     const InstructionFacts& facts,
                                     std::span<const LaneAccess> accesses);
  std::optional<UndefinedUse> follow_branch(const Wave& wave, const Instruction& instruction) const;
  std::optional<UndefinedUse> follow_memory(const Wave& wave, const Instruction& instruction,
                                            const InstructionFacts& facts,
                                            std::span<const LaneAccess> accesses);
  std::optional<UndefinedUse> follow_values(Wave& wave, const Instruction& instruction);
  std::optional<UndefinedUse> find_in_address(const Wave& wave, const Instruction& instruction,
                                              std::span<const LaneAccess> accesses) const;

  std::uint32_t bits(unsigned code, unsigned half, unsigned lane) const;
  void set_bits(unsigned code, unsigned half, unsigned lane, std::uint32_t undefined);
  void overwrite(unsigned code, const std::array<std::uint32_t, 2>& lanes);
  void note(unsigned code);  // after its bits changed
  bool has_any(unsigned code) const;

  bool any_ = false;
  bool scc_ = false;
  RegisterSet registers_;  // that hold an undefined bit
  std::array<std::uint32_t, 128> scalars_{};
  std::array<std::unique_ptr<Lanes>, 256> vectors_;  // null until a bit was undefined
  std::array<std::uint16_t, 512> origin_of_{};       // by operand code
  std::vector<UndefinedOrigin> origins_;
};

}  // namespace emulator
