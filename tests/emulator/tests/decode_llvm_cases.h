// The cases of the comparison with LLVM: what each encoding's fields are filled with, and where
// LLVM 15 and the hardware (or the software device) knowingly differ.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace emulator {

using Words = std::array<std::uint32_t, 3>;  // an instruction and what follows it

// How a field of the first two dwords is filled.
enum class Fill : std::uint8_t {
  kAny,             // any value
  kMostlyNil,       // zero in most cases: many opcodes want unused fields to be zero
  kSource,          // a source code, all kinds of operand about equally often
  kOptionalSource,  // likewise, or zero: many opcodes have no third source
  kNull,            // NULL (125) in most cases
  kSelect,          // an SDWA selection, 0 to 6: LLVM's printer aborts on 7
  kUnused,          // an SDWA dst_unused, 0 to 2: likewise
};

struct Field {
  std::uint8_t first;  // bit, counted through both dwords
  std::uint8_t width;
  Fill fill;
};

struct Sweep {
  std::string_view name;
  std::uint32_t prefix;  // fixed bits of the first dword
  std::uint8_t opcode_first;
  std::uint8_t opcode_bits;
  unsigned fillings;  // random cases per opcode number
  std::span<const Field> fields;
  bool has_instructions = true;  // false: every case must be refused
};

extern const std::span<const Sweep> kSweepTable;

Words make_case(const Sweep& sweep, unsigned opcode, unsigned filling, std::mt19937& random);

// A known difference. `applies` sees the dwords, LLVM's text and ours, empty where refused.
struct Quirk {
  bool (*applies)(const Words& words, std::string_view llvm, std::string_view ours, bool wave64);
  std::string_view reason;
  bool wave64_only = false;
};

extern const std::span<const Quirk> kQuirkTable;

}  // namespace emulator
