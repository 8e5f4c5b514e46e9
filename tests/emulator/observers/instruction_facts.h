// What the checks need to know of a static instruction, worked out once for each program.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "isa/instruction.h"
#include "isa/wait_counts.h"
#include "machine/program.h"

namespace emulator {

// A set of registers, one bit for each operand code 0..511 (isa/registers_used.h).
class RegisterSet {
 public:
  void add(unsigned first, unsigned count) {
    for (unsigned code = first; code < first + count; ++code) {
      words_[code / 64] |= std::uint64_t{1} << code % 64;
    }
  }
  void remove(unsigned first, unsigned count) {
    for (unsigned code = first; code < first + count; ++code) {
      words_[code / 64] &= ~(std::uint64_t{1} << code % 64);
    }
  }
  bool contains(unsigned code) const { return (words_[code / 64] >> code % 64 & 1) != 0; }
  bool overlaps(const RegisterSet& other) const {
    std::uint64_t common = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) common |= words_[i] & other.words_[i];
    return common != 0;
  }
  // The lowest code of both sets; one must exist.
  unsigned first_common(const RegisterSet& other) const;
  bool any() const {
    std::uint64_t all = 0;
    for (const std::uint64_t word : words_) all |= word;
    return all != 0;
  }
  void clear() { words_ = {}; }
  RegisterSet& operator|=(const RegisterSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }

 private:
  alignas(64) std::array<std::uint64_t, 8> words_{};
};

// Scalar registers alone: codes 0..127.
struct ScalarSet {
  std::array<std::uint64_t, 2> words{};

  void add(unsigned code) { words[code / 64] |= std::uint64_t{1} << code % 64; }
  bool contains(unsigned code) const { return (words[code / 64] >> code % 64 & 1) != 0; }
  bool overlaps(const ScalarSet& other) const {
    return ((words[0] & other.words[0]) | (words[1] & other.words[1])) != 0;
  }
  bool any() const { return (words[0] | words[1]) != 0; }
  ScalarSet& operator|=(const ScalarSet& other) {
    words[0] |= other.words[0];
    words[1] |= other.words[1];
    return *this;
  }
};

// The counters of outstanding memory operations. Source: AMD, "RDNA 1.0 Instruction Set
// Architecture", section 4.4.
enum class Counter : std::uint8_t { kVm, kVs, kLgkm, kExp };
constexpr std::size_t kCounters = 4;
constexpr std::uint8_t bit_of(Counter counter) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(counter));
}

enum class Unit : std::uint8_t {
  kOther,  // program control that is no branch: waits, barriers, no-operation
  kBranch,
  kCall,  // jumps to an address in registers
  kSalu,
  kSmem,
  kValu,
  kVmem,  // MUBUF, and GLOBAL and SCRATCH of the FLAT encodings
  kFlat,
  kLds,
};

// What every step looks at comes first: it fills one cache line.
struct alignas(64) InstructionFacts {
  Unit unit = Unit::kOther;
  std::uint8_t counters = 0;  // bits of the counters that it increments
  bool has_accesses = false;
  bool writes_memory = false;
  bool is_wait = false;
  bool is_permlane = false;
  bool is_nop = false;             // v_nop
  bool ends_vector_reads = false;  // after it, memory instructions have read their SGPRs
  bool is_plain_valu =
      false;                 // a vector instruction that writes VGPRs alone, no v_permlane or v_nop
  bool is_relative = false;  // M0 says which registers: `touched` lacks them
  // Counter values that it waits for, indexed by Counter; kNoWait where it does not.
  std::array<std::uint8_t, kCounters> waits{kNoWait, kNoWait, kNoWait, kNoWait};
  std::uint16_t result_first = 0;  // registers that arrive later: of loads and returning atomics
  std::uint16_t result_count = 0;
  ScalarSet scalar_reads;
  ScalarSet scalar_writes;           // all
  ScalarSet explicit_scalar_writes;  // those of the destination field
  RegisterSet touched;               // read or written
  // `touched` less what a load both writes and keeps a part of (d16): loads of one kind return in
  // order, so that they may follow each other on a register.
  RegisterSet read;
};

// Plain vector instructions from one of them on to the last in a row.
struct PlainRow {
  std::uint32_t count = 0;  // 0: it is none
  RegisterSet touched;
};

// Of every instruction of a program, in the same order.
class ProgramFacts {
 public:
  ProgramFacts(const Program& program, bool wave64);
  const InstructionFacts& of(const Instruction& instruction) const {
    return facts_[static_cast<std::size_t>(&instruction - first_)];
  }
  const PlainRow& row_from(const Instruction& instruction) const {
    return rows_[static_cast<std::size_t>(&instruction - first_)];
  }
  std::uint32_t index_of(const Instruction& instruction) const {
    return static_cast<std::uint32_t>(&instruction - first_);
  }
  const Instruction& instruction(std::uint32_t index) const { return first_[index]; }
  // Whether it has atomics, or loads that bypass the L0 cache, on global memory.
  bool synchronizes() const { return synchronizes_; }

 private:
  void find_rows();

  const Instruction* first_;
  std::vector<InstructionFacts> facts_;
  std::vector<PlainRow> rows_;
  bool synchronizes_ = false;
};

// Those of a program that lives on as long as they are used; kept from launch to launch.
std::shared_ptr<const ProgramFacts> facts_of(const std::shared_ptr<const Program>& program,
                                             bool wave64);

InstructionFacts make_facts(const Instruction& instruction, bool wave64);

}  // namespace emulator
