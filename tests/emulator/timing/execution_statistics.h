// What a modelled execution spent its clocks on.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "timing/instruction_timing.h"

namespace emulator::timing {

// Why a wave does not issue its next instruction.
enum class Stall : std::uint8_t {
  kDependency,  // a result of the vector or scalar ALU is not there yet
  kVmemLoad,    // s_waitcnt: vector memory loads
  kVmemStore,   // s_waitcnt_vscnt: stores
  kLds,         // s_waitcnt: LDS
  kSmem,        // s_waitcnt: scalar memory
  kBarrier,
  kBank,      // operands of one register bank
  kReturn,    // LDS reads write the registers
  kFetch,     // instruction cache miss
  kBranch,    // a branch is decided and its target fetched
  kPause,     // s_nop, s_sleep
  kUnitBusy,  // other waves have the unit, or an earlier instruction keeps it
  kCount,
};
std::string_view to_string(Stall stall);
constexpr std::size_t kStalls = static_cast<std::size_t>(Stall::kCount);
constexpr std::size_t kIssueClasses = static_cast<std::size_t>(IssueClass::kCount);

struct InstructionStatistics {
  std::uint64_t executed = 0;
  double issue_clocks = 0;
  std::array<double, kStalls> stall{};  // wave-clocks before (waits: at) this instruction

  double stalled() const {
    double sum = 0;
    for (const double clocks : stall) sum += clocks;
    return sum;
  }
};

struct ExecutionStatistics {
  std::vector<InstructionStatistics> by_instruction;  // by index in the program
  std::array<std::uint64_t, kIssueClasses> issued{};
  std::array<double, kIssueClasses> issue_clocks{};  // of the class's unit
  // SIMD-clocks: all, those with the vector ALU busy, and the others by what the wave that went
  // next was waiting for.
  double simd_clocks = 0;
  double valu_busy = 0;
  std::array<double, kStalls> idle{};
  double idle_without_waves = 0;
  double lds_busy = 0;      // clocks of both ports together
  double address_busy = 0;  // of both address units together
};

}  // namespace emulator::timing
