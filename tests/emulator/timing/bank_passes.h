// Turns that the banks of the LDS, or of L0, take for an access, from the addresses of its lanes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "machine/observer.h"

namespace emulator::timing {

// Accesses of several dwords go in groups of as many lanes as make 32 dwords: 16 lanes for 64 bits,
// 8 for 128; 96 bits go dword by dword. Each group takes as many clocks as the busiest bank has
// distinct dwords. Lanes that are inactive or read a dword that another reads as well save nothing:
// 32 lanes of n dwords take n clocks at least, the width of the return path. Atomics on one bank
// take turns, equal addresses included.
unsigned bank_passes(const LaneAccess& access, unsigned banks);

// bank_passes() for accesses that repeat themselves: all lanes some dwords further turn the banks
// round and take as many passes. A program's accesses are told apart by a number, equal ones for
// different accesses cost time alone.
class RepeatedBankPasses {
 public:
  unsigned operator()(std::size_t number, const LaneAccess& access, unsigned banks);

 private:
  struct Entry {
    std::uint32_t lanes = 0;
    unsigned banks = 0;
    unsigned passes = 0;
    std::uint8_t bytes = 0;
    Access access = Access::kLoad;
    std::array<std::uint64_t, kLanes> address{};  // of lanes that take no part: the first one's
  };
  std::array<Entry, 512> entries_{};
};

// Clocks of an LDS instruction that moves data between lanes through the crossbar.
constexpr unsigned kCrossbarPasses = 1;

}  // namespace emulator::timing
