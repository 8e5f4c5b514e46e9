#include "timing/instruction_timing.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace emulator::timing {
namespace {

constexpr std::string_view kClassNames[] = {
    "fma",       "valu",   "valu 64-bit", "quarter rate", "transcendental", "fp64",
    "salu",      "smem",   "vmem load",   "vmem store",   "atomic",         "lds read",
    "lds write", "branch", "wait",        "barrier",      "other"};
static_assert(std::size(kClassNames) == static_cast<std::size_t>(IssueClass::kCount));

std::uint16_t clocks(double value) { return static_cast<std::uint16_t>(std::lround(value)); }

bool is_vector_alu(const Instruction& instruction) {
  return instruction.encoding >= Encoding::kVop2 && instruction.encoding <= Encoding::kVop3p;
}

void describe_vector_alu(const Instruction& instruction, bool wave64, const Constants& c,
                         InstructionTiming& row) {
  row.unit = Unit::kValu;
  const std::uint16_t passes = wave64 ? 2 : 1;
  double issue = 1;
  double latency = c.valu_latency;
  row.issue_class =
      instruction.statistics == InstructionClass::kFma ? IssueClass::kFma : IssueClass::kValu;
  switch (instruction.opcode->cost.rate) {
    case Rate::kNone:
    case Rate::kFull:
      break;
    case Rate::k64Bit:
      issue = c.valu_64_bit_issue;
      latency = c.valu_64_bit_latency;
      row.issue_class = IssueClass::kValu64Bit;
      break;
    case Rate::kQuarter:
      issue = c.quarter_rate_issue;
      latency = c.quarter_rate_latency;
      row.issue_class = IssueClass::kQuarterRate;
      break;
    case Rate::kTranscendental:
      row.is_transcendental = true;
      latency = c.transcendental_latency;
      row.issue_class = IssueClass::kTranscendental;
      break;
    case Rate::kFp64:
      issue = c.fp64_issue;
      latency = c.fp64_latency;
      row.issue_class = IssueClass::kFp64;
      break;
    case Rate::kFp64Special:
      issue = c.fp64_transcendental_issue;
      latency = c.fp64_transcendental_latency;
      row.issue_class = IssueClass::kFp64;
      break;
  }
  row.issue = static_cast<std::uint16_t>(clocks(issue) * passes);
  row.latency = static_cast<std::uint16_t>(clocks(latency) + (passes - 1) * clocks(issue));
  row.bank_conflicts = static_cast<std::uint8_t>(count_bank_conflicts(instruction) * passes);
}

void describe_wait(const Instruction& instruction, InstructionTiming& row) {
  row.effect = Effect::kWait;
  row.issue_class = IssueClass::kWait;
  const WaitCounts counts = wait_counts(instruction).value_or(WaitCounts{});
  row.wait = {.vector = counts.vm, .store = counts.vs, .lgkm = counts.lgkm};
}

void describe_program_control(const Instruction& instruction, InstructionTiming& row) {
  switch (instruction.opcode->control) {
    case Control::kBarrier:
      row.unit = Unit::kBranch;
      row.effect = Effect::kBarrier;
      row.issue_class = IssueClass::kBarrier;
      break;
    case Control::kEnd:
      row.unit = Unit::kBranch;
      row.effect = Effect::kEnd;
      break;
    case Control::kWaitCounts:
    case Control::kWaitIdle:
    case Control::kWaitDepctr:
      describe_wait(instruction, row);
      break;
    case Control::kPause:
      row.effect = Effect::kPause;
      row.pause = static_cast<std::uint16_t>((instruction.literal & 0xf) + 1);
      break;
    case Control::kSleep:
      row.effect = Effect::kPause;
      row.pause = static_cast<std::uint16_t>((instruction.literal & 0x7f) * 64 + 1);
      break;
    case Control::kMessage:
    case Control::kMessageAndHalt:
      row.unit = Unit::kBranch;
      break;
    default:
      break;
  }
}

void describe_memory(const Instruction& instruction, InstructionTiming& row) {
  const std::uint32_t flags = instruction.opcode->flags;
  if (instruction.statistics == InstructionClass::kLds) {
    row.unit = Unit::kLds;
    row.touches_memory = true;
    row.issue_class = (flags & kAtomic) != 0  ? IssueClass::kAtomic
                      : (flags & kStore) != 0 ? IssueClass::kLdsWrite
                                              : IssueClass::kLdsRead;
    return;
  }
  if (instruction.statistics == InstructionClass::kSmem) {
    row.unit = Unit::kSmem;
    row.issue_class = IssueClass::kSmem;
    row.touches_memory = true;
    return;
  }
  row.unit = Unit::kVmem;
  row.is_flat = instruction.encoding == Encoding::kFlat;
  if (instruction.opcode->control == Control::kInvalidateL0) {
    row.effect = Effect::kInvalidateL0;
    row.issue_class = IssueClass::kOther;
    row.touches_memory = true;
  } else if (instruction.opcode->control == Control::kInvalidateL1) {
    row.effect = Effect::kInvalidateL1;
    row.issue_class = IssueClass::kOther;
    row.touches_memory = true;
  } else {
    row.touches_memory = true;
    row.issue_class = (flags & kAtomic) != 0  ? IssueClass::kAtomic
                      : (flags & kStore) != 0 ? IssueClass::kVmemStore
                                              : IssueClass::kVmemLoad;
  }
}

void add_entries(const RegisterRanges& ranges, std::vector<std::uint16_t>& entries) {
  for (const RegisterRange& range : ranges) {
    // Those that M0 chooses: following the whole file would stop the wave at every write.
    if (range.count > 16) continue;
    for (unsigned code = range.first; code < unsigned{range.first} + range.count; ++code) {
      const unsigned entry = code < 128              ? code
                             : code == operand::kScc ? kSccEntry
                             : code < operand::kVgpr ? kScoreboardEntries
                                                     : kFirstVgprEntry + code - operand::kVgpr;
      if (entry < kScoreboardEntries) entries.push_back(static_cast<std::uint16_t>(entry));
    }
  }
}

}  // namespace

std::string_view to_string(IssueClass issue_class) {
  return kClassNames[static_cast<std::size_t>(issue_class)];
}

unsigned count_bank_conflicts(const Instruction& instruction) {
  if (instruction.opcode == nullptr || !is_vector_alu(instruction)) return 0;
  std::array<std::uint16_t, 4> distinct{};
  unsigned count = 0;
  std::array<unsigned, 4> in_bank{};
  const auto& rows = instruction.opcode->sources;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (rows[k].type == Type::kNone || rows[k].role == Role::kLiteral) continue;
    const std::uint16_t code =
        rows[k].role == Role::kDestination ? instruction.destination : instruction.source[k];
    if (code < operand::kVgpr) continue;
    if (std::find(distinct.begin(), distinct.begin() + count, code) != distinct.begin() + count) {
      continue;
    }
    distinct[count++] = code;
    ++in_bank[code % 4];
  }
  unsigned conflicts = 0;
  for (const unsigned reads : in_bank) conflicts += reads > 1 ? reads - 1 : 0;
  return conflicts;
}

namespace {

// Programs are smaller than this, and start in different sets of the cache.
constexpr std::uint64_t kLinesPerProgram = (1ull << 32) + 61;

std::uint64_t next_first_line() {
  static std::atomic<std::uint64_t> programs{0};
  return programs.fetch_add(1) * kLinesPerProgram;
}

}  // namespace

ProgramTiming::ProgramTiming(const Program& program, bool wave64, const Constants& constants)
    : ProgramTiming(program.instructions(), wave64, constants) {}

ProgramTiming::ProgramTiming(std::span<const Instruction> instructions, bool wave64,
                             const Constants& constants)
    : first_line_(next_first_line()) {
  rows_.reserve(instructions.size());
  for (const Instruction& instruction : instructions) add(instruction, wave64, constants);
}

void ProgramTiming::add(const Instruction& instruction, bool wave64, const Constants& constants) {
  InstructionTiming row;
  row.address = instruction.address;
  row.dwords = instruction.dwords;
  row.first_entry = static_cast<std::uint32_t>(entries_.size());
  if (instruction.opcode == nullptr) {
    rows_.push_back(row);
    return;
  }
  switch (instruction.statistics) {
    case InstructionClass::kValu:
    case InstructionClass::kFma:
      describe_vector_alu(instruction, wave64, constants, row);
      break;
    case InstructionClass::kSalu:
      row.unit = Unit::kSalu;
      row.issue_class = IssueClass::kSalu;
      row.latency = clocks(constants.salu_latency);
      break;
    case InstructionClass::kBranch:
      row.unit = Unit::kBranch;
      row.issue_class = IssueClass::kBranch;
      break;
    case InstructionClass::kVmem:
    case InstructionClass::kLds:
    case InstructionClass::kSmem:
      describe_memory(instruction, row);
      break;
    default:
      if (is_vector_alu(instruction)) {
        describe_vector_alu(instruction, wave64, constants, row);
      } else if (instruction.encoding == Encoding::kSopk) {
        describe_wait(instruction, row);
      } else {
        describe_program_control(instruction, row);
      }
  }
  const RegistersUsed used = registers_used(instruction, wave64);
  add_entries(used.reads, entries_);
  row.reads = static_cast<std::uint8_t>(entries_.size() - row.first_entry);
  add_entries(used.writes, entries_);
  row.writes = static_cast<std::uint8_t>(entries_.size() - row.first_entry - row.reads);
  if (row.unit == Unit::kLds) {
    row.returned_rows = static_cast<std::uint8_t>(row.writes * (wave64 ? 2 : 1));
  }
  rows_.push_back(row);
}

}  // namespace emulator::timing
