// What the clock model knows of an instruction before it executes: the unit it goes to, how long
// it keeps it, when its results are there and which registers it depends on.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "isa/registers_used.h"
#include "isa/wait_counts.h"
#include "machine/program.h"
#include "timing/constants.h"

namespace emulator::timing {

// Each SIMD issues at most one instruction a clock to each unit, from different waves.
enum class Unit : std::uint8_t { kValu, kSalu, kVmem, kLds, kSmem, kBranch, kInternal, kCount };

// Classes that profiles tell apart.
enum class IssueClass : std::uint8_t {
  kFma,
  kValu,
  kValu64Bit,
  kQuarterRate,
  kTranscendental,
  kFp64,
  kSalu,
  kSmem,
  kVmemLoad,
  kVmemStore,
  kAtomic,
  kLdsRead,
  kLdsWrite,
  kBranch,
  kWait,
  kBarrier,
  kOther,
  kCount,
};
std::string_view to_string(IssueClass issue_class);

// What an instruction does to its wave beside computing.
enum class Effect : std::uint8_t {
  kNone,
  kWait,  // s_waitcnt in its forms: see WaitLimits
  kBarrier,
  kEnd,
  kPause,  // s_nop, s_sleep: `pause` clocks
  kInvalidateL0,
  kInvalidateL1,
};

// Outstanding operations that an s_waitcnt lets pass; kAny is no limit.
struct WaitLimits {
  static constexpr std::uint8_t kAny = kNoWait;
  std::uint8_t vector = kAny;  // vmcnt
  std::uint8_t store = kAny;   // vscnt
  std::uint8_t lgkm = kAny;    // LDS, scalar memory, messages
};

// Registers as the scoreboard numbers them.
constexpr unsigned kSccEntry = 128;
constexpr unsigned kFirstVgprEntry = 129;
constexpr unsigned kScoreboardEntries = kFirstVgprEntry + 256;

struct InstructionTiming {
  Unit unit = Unit::kInternal;
  IssueClass issue_class = IssueClass::kOther;
  Effect effect = Effect::kNone;
  bool is_transcendental = false;
  bool touches_memory = false;  // has entries in a trace's memory operations
  bool is_flat = false;         // counts on lgkmcnt as well
  std::uint8_t bank_conflicts = 0;
  std::uint8_t dwords = 1;    // of the encoding
  std::uint16_t issue = 1;    // clocks the unit is busy, both passes of wave64 together
  std::uint16_t latency = 1;  // from issue to the results
  std::uint16_t pause = 0;
  std::uint8_t returned_rows = 0;  // LDS: vector registers written, for each pass
  WaitLimits wait;
  // Scoreboard entries read and written: positions in ProgramTiming's pool.
  std::uint32_t first_entry = 0;
  std::uint8_t reads = 0;
  std::uint8_t writes = 0;
  std::uint32_t address = 0;  // in bytes from the start of the program
};

// The static timing of a program's instructions, by index.
class ProgramTiming {
 public:
  ProgramTiming(const Program& program, bool wave64, const Constants& constants);
  // For tests: instructions as they come.
  ProgramTiming(std::span<const Instruction> instructions, bool wave64, const Constants& constants);

  // Number of the program's first line of instructions: no two programs share one.
  std::uint64_t first_line() const { return first_line_; }

  std::span<const InstructionTiming> rows() const { return rows_; }
  const InstructionTiming& operator[](std::size_t index) const { return rows_[index]; }
  std::span<const std::uint16_t> reads(const InstructionTiming& row) const {
    return {entries_.data() + row.first_entry, row.reads};
  }
  std::span<const std::uint16_t> writes(const InstructionTiming& row) const {
    return {entries_.data() + row.first_entry + row.reads, row.writes};
  }

 private:
  void add(const Instruction& instruction, bool wave64, const Constants& constants);

  std::uint64_t first_line_;
  std::vector<InstructionTiming> rows_;
  std::vector<std::uint16_t> entries_;
};

// Extra reads of a VGPR bank: operands beyond the first in each of the four banks.
unsigned count_bank_conflicts(const Instruction& instruction);

}  // namespace emulator::timing
