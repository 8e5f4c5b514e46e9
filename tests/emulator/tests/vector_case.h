// Runs one vector instruction on known operands: the harness of the vector semantics tests.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isa/instruction.h"
#include "machine/wave.h"

namespace emulator {

// Operand values as bits.
constexpr std::uint64_t f32(float a) { return std::bit_cast<std::uint32_t>(a); }
constexpr std::uint64_t f64(double a) { return std::bit_cast<std::uint64_t>(a); }
constexpr std::uint64_t i32(std::int32_t a) { return static_cast<std::uint32_t>(a); }
constexpr std::uint64_t i16(std::int16_t a) { return static_cast<std::uint16_t>(a); }
constexpr std::uint64_t i64(std::int64_t a) { return static_cast<std::uint64_t>(a); }
constexpr std::uint64_t pair(std::uint64_t low, std::uint64_t high) {
  return (low & 0xffff) | high << 16;
}
// Halves by name.
constexpr std::uint64_t kHalfZero = 0x0000, kHalfMinusZero = 0x8000, kHalfOne = 0x3c00,
                        kHalfTwo = 0x4000, kHalfThree = 0x4200, kHalfFour = 0x4400,
                        kHalfOneAndHalf = 0x3e00, kHalfMinusOne = 0xbc00, kHalfMax = 0x7bff,
                        kHalfInf = 0x7c00, kHalfNan = 0x7e00, kHalfSignallingNan = 0x7d00,
                        kHalfDenormal = 0x0001, kHalfHalf = 0x3800, kHalfQuarter = 0x3400;
constexpr std::uint64_t kInf = 0x7f800000, kMinusInf = 0xff800000, kNan = 0x7fc00000,
                        kSignallingNan = 0x7f800001, kMinusZero = 0x80000000, kDenormal = 1,
                        kMaxFloat = 0x7f7fffff;
constexpr std::uint64_t kInf64 = 0x7ff0000000000000, kNan64 = 0x7ff8000000000000,
                        kSignallingNan64 = 0x7ff0000000000001, kMinusZero64 = 0x8000000000000000;

// What a case sets beyond its operands.
struct Setup {
  FloatMode mode{};
  std::uint8_t neg = 0;
  std::uint8_t abs = 0;
  std::uint8_t op_sel = 0;
  std::uint8_t op_sel_hi = 7;
  std::uint8_t omod = 0;
  bool clamp = false;
};
constexpr Setup clamped() {
  Setup setup;
  setup.clamp = true;
  return setup;
}

// Operands in the order of the row's sources (a lane mask: bit 0 for all lanes), and the result:
// the destination's bits, or for comparisons 0 or 1. 16-bit results are compared in their half;
// the other must keep `kOldDword`'s.
struct VectorCase {
  std::string_view mnemonic;
  std::array<std::uint64_t, 4> in;
  std::uint64_t expected = 0;
  // Carry or flag of instructions that write a mask besides.
  std::optional<bool> flag{};
  unsigned ulp = 0;  // distance allowed in the last place
  Setup setup{};
};
constexpr std::uint64_t kAnyNan = ~std::uint64_t{0};

constexpr std::uint32_t kOldDword = 0xa5a55a5a;

// Where the harness puts operands: source k in two VGPRs from kFirstSource + 4 k, the result in
// kResult, masks in SGPRs.
constexpr unsigned kFirstSource = 10;
constexpr unsigned kResult = 40;
constexpr unsigned kMaskIn = 20;
constexpr unsigned kMaskOut = 22;

std::unique_ptr<Wave> make_wave(bool wave64);
void set_vgpr(Wave& wave, unsigned index, std::uint32_t value);

// The row of a mnemonic among all vector encodings; null if there is none.
const Opcode* find_row(std::string_view mnemonic, Encoding* encoding = nullptr);
// The instruction on the harness's registers, plain: no modifiers.
Instruction make_instruction(std::string_view mnemonic);

// Executes `one` on every lane of a wave and compares; "" when it is right, else what is wrong with
// the line that states the case.
std::string check(const VectorCase& one, bool wave64);

// The tables of cases.
std::span<const VectorCase> vop1_cases();
std::span<const VectorCase> vop2_cases();
std::span<const VectorCase> vop3_integer_cases();
std::span<const VectorCase> vop3_float_cases();
std::span<const VectorCase> vop3p_cases();

// Mnemonics that other tests execute: comparisons, and lane crossing and the like.
std::vector<std::string> comparison_mnemonics();
std::vector<std::string> lane_crossing_mnemonics();

}  // namespace emulator
