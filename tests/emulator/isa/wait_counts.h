// What s_waitcnt and its forms wait for, read off the instruction. Source: AMD, "RDNA 1.0
// Instruction Set Architecture", section 4.4; the bits of the fields: LLVM, AMDGPUBaseInfo.
#pragma once

#include <cstdint>
#include <optional>

#include "isa/instruction.h"

namespace emulator {

// A counter's field in the immediate of s_waitcnt. Its largest value waits for nothing.
struct WaitField {
  unsigned low_first, low_bits;
  unsigned high_first = 0, high_bits = 0;

  constexpr unsigned most() const { return (1u << (low_bits + high_bits)) - 1; }
  constexpr std::uint32_t get(std::uint32_t immediate) const {
    return (immediate >> low_first & mask(low_bits)) | (immediate >> high_first & mask(high_bits))
                                                           << low_bits;
  }
  constexpr std::uint32_t set(std::uint32_t immediate, std::uint32_t value) const {
    immediate &= ~(mask(low_bits) << low_first | mask(high_bits) << high_first);
    return immediate | (value & mask(low_bits)) << low_first |
           (value >> low_bits & mask(high_bits)) << high_first;
  }

 private:
  static constexpr std::uint32_t mask(unsigned bits) { return (1u << bits) - 1; }
};
inline constexpr WaitField kVmField{0, 4, 14, 2};
inline constexpr WaitField kExpField{4, 3};
inline constexpr WaitField kLgkmField{8, 6};
// Fields of s_waitcnt_depctr, of which the same holds.
inline constexpr WaitField kSaSdstField{0, 1};
inline constexpr WaitField kVaVccField{1, 1};
inline constexpr WaitField kVmVsrcField{2, 3};
inline constexpr WaitField kVaSsrcField{8, 1};
inline constexpr WaitField kVaSdstField{9, 3};
inline constexpr WaitField kVaVdstField{12, 4};

constexpr std::uint8_t kNoWait = 0xff;

// How many operations of each counter may be outstanding; kNoWait is any number.
struct WaitCounts {
  std::uint8_t vm = kNoWait;    // vector memory that returns data
  std::uint8_t vs = kNoWait;    // vector memory that does not
  std::uint8_t lgkm = kNoWait;  // LDS, scalar memory, messages
  std::uint8_t exp = kNoWait;
};

// Empty for instructions that wait for no counter.
std::optional<WaitCounts> wait_counts(const Instruction& instruction);

}  // namespace emulator
