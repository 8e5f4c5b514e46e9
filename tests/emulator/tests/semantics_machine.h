// One wave with memory, LDS and scratch of its own, to execute single instructions on.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "isa/opcode_tables.h"
#include "machine/device.h"
#include "machine/workgroup.h"

namespace emulator {

class Machine {
 public:
  static constexpr std::size_t kMemoryBytes = 1u << 16;
  static constexpr std::size_t kLdsBytes = 1u << 15;
  static constexpr std::size_t kScratchPerLane = 64;

  explicit Machine(unsigned halves = 1)
      : memory_(kMemoryBytes),
        snapshot_({Region{address(0), address(0) + kMemoryBytes, memory_.data(),
                          MemoryKind::kDeviceCoarse, nullptr}}) {
    kernel_->name = "test";
    dispatch_.kernel = kernel_;
    workgroup_.dispatch = &dispatch_;
    workgroup_.id = {3, 0, 0};
    workgroup_.lds.resize(kLdsBytes);
    workgroup_.scratch.resize(kScratchPerLane * halves * kLanes);
    wave_->halves = halves;
    std::memset(wave_->v.data(), 0, sizeof wave_->v);
    wave_->workgroup = &workgroup_;
    wave_->memory = &snapshot_;
    wave_->scratch_base = reinterpret_cast<std::uint64_t>(workgroup_.scratch.data());
    wave_->scratch_bytes = workgroup_.scratch.size();
    wave_->flat_scratch = wave_->scratch_base;
    wave_->s[operand::kExecLo] = ~0u;
    if (halves == 2) wave_->s[operand::kExecLo + 1] = ~0u;
    wave_->budget = ~0ull;
  }

  Wave& wave() { return *wave_; }
  Workgroup& workgroup() { return workgroup_; }
  Kernel& kernel() { return *kernel_; }
  // Device address of a byte of the memory.
  std::uint64_t address(std::size_t offset) const {
    return reinterpret_cast<std::uint64_t>(memory_.data()) + offset;
  }
  std::byte* memory() { return memory_.data(); }
  std::byte* lds() { return workgroup_.lds.data(); }
  std::uint32_t& lane(unsigned vgpr, unsigned lane) {
    return wave_->v[lane / kLanes][vgpr].lane[lane % kLanes];
  }
  void set_pair(unsigned vgpr, unsigned lane_index, std::uint64_t value) {
    lane(vgpr, lane_index) = static_cast<std::uint32_t>(value);
    lane(vgpr + 1, lane_index) = static_cast<std::uint32_t>(value >> 32);
  }
  std::uint64_t pair(unsigned vgpr, unsigned lane_index) {
    return lane(vgpr, lane_index) | std::uint64_t{lane(vgpr + 1, lane_index)} << 32;
  }

  // Runs the program of `words` from its first instruction until the wave's state changes.
  void run_program(const std::vector<std::uint32_t>& words, std::uint64_t at = 0x10000) {
    program_ = std::make_unique<Program>(std::as_bytes(std::span(words)), at);
    wave_->program = program_.get();
    wave_->next = program_->at(at);
    resume();
  }
  void resume() {
    wave_->block_begin = wave_->next;
    wave_->state = WaveState::kReady;
    for (const Instruction* i = wave_->next; i != nullptr;) i = i->execute(*wave_, *i);
  }

 private:
  std::vector<std::byte> memory_;
  MemorySnapshot snapshot_;
  std::shared_ptr<Kernel> kernel_ = std::make_shared<Kernel>();
  Dispatch dispatch_;
  Workgroup workgroup_;
  std::unique_ptr<Wave> wave_ = std::make_unique<Wave>();
  std::unique_ptr<Program> program_;
};

template <class Fn>
void for_lanes(Machine& m, Fn fn) {
  for (unsigned lane = 0; lane < m.wave().halves * kLanes; ++lane) fn(lane);
}
inline bool active(std::uint64_t mask, unsigned lane) { return (mask >> lane & 1) != 0; }

// What tests fill memory with.
inline std::byte pattern_byte(std::size_t place) {
  return static_cast<std::byte>((place * 167 + place / 256 * 13 + 41) & 0xff);
}

template <class T>
T load_as(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <class T>
void store_as(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

inline const Opcode& find_row(std::span<const Opcode> table, std::string_view mnemonic) {
  for (const Opcode& row : table) {
    if (row.mnemonic == mnemonic) return row;
  }
  throw std::invalid_argument("no row " + std::string(mnemonic));
}

// An instruction of the row, with all fields zero.
inline Instruction make_instruction(std::span<const Opcode> table, std::string_view mnemonic) {
  const Opcode& row = find_row(table, mnemonic);
  Instruction instruction;
  instruction.execute = row.execute;
  instruction.opcode = &row;
  return instruction;
}

inline void execute(Machine& machine, const Instruction& instruction) {
  const Instruction* next = instruction.execute(machine.wave(), instruction);
  EXPECT_EQ(next, &instruction + 1);
}

// The fault that executing the instruction ends with, or a failure.
inline std::string fault_text(Machine& machine, const Instruction& instruction, FaultKind kind) {
  try {
    instruction.execute(machine.wave(), instruction);
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), kind) << fault.what();
    EXPECT_EQ(machine.wave().current, &instruction);
    return fault.what();
  }
  ADD_FAILURE() << instruction.opcode->mnemonic << " did not fault";
  return {};
}

// A case of an instruction whose check is code rather than a row of values.
struct CheckedCase {
  const char* mnemonic;
  std::function<void(Machine&, Instruction&)> check;
};

// Every row of the table must be named by a case.
inline void expect_covered(std::span<const Opcode> table, const std::set<std::string>& covered) {
  for (const Opcode& row : table) {
    EXPECT_TRUE(covered.contains(std::string(row.mnemonic))) << row.mnemonic << " has no case";
  }
}

}  // namespace emulator
