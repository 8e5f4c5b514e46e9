// The checks that the software device can make while it executes, and which of them are on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace emulator {

enum class Check : std::uint8_t {
  kMemory,         // use after free; freed and neighbouring memory stays out of reach
  kUninitialized,  // addresses, branches and stored values from memory that nothing has written
  kLds,            // accesses beyond the LDS that the dispatch asked for
  kRace,           // unordered accesses of two waves to the same byte
  kWaitcnt,        // a register used while a load to it is in flight
  kHazard,         // instruction sequences that gfx1010 gets wrong
  kAlignment,      // addresses of which the hardware drops low bits
  kBarrier,        // barriers that not all waves of the workgroup reach
  kKind,           // memory other than coarse-grained device memory and what is the kernel's own
};

// As in RDNA1CONV_EMULATOR_CHECKS and in reports.
std::string_view name_of(Check check);

class CheckSet {
 public:
  constexpr bool has(Check check) const { return (bits_ >> static_cast<unsigned>(check) & 1) != 0; }
  constexpr void set(Check check, bool on) {
    const std::uint32_t bit = 1u << static_cast<unsigned>(check);
    bits_ = on ? bits_ | bit : bits_ & ~bit;
  }
  constexpr bool none() const { return bits_ == 0; }
  // Sequences that most chips of the kind survive end a dispatch as well, where they are a warning.
  constexpr bool strict_hazards() const { return strict_hazards_; }
  constexpr void set_strict_hazards(bool on) { strict_hazards_ = on; }
  constexpr bool operator==(const CheckSet&) const = default;

 private:
  std::uint32_t bits_ = 0;
  bool strict_hazards_ = false;
};

// Names separated by commas; "all"; a minus before a name takes it out again: "all,-kind";
// "hazard:strict" makes an error of what is a warning otherwise. Throws std::invalid_argument with
// a text that names what is wrong and what there is.
CheckSet parse_checks(std::string_view text);

// What the environment variable RDNA1CONV_EMULATOR_CHECKS asks for, read once; nothing when it is
// not set. Throws as parse_checks().
const CheckSet& enabled_checks();

// Whether these need a look at each instruction. Memory that was freed stays out of reach without.
bool watches_execution(CheckSet checks);

}  // namespace emulator
