#include "observers/instruction_facts.h"

#include <bit>
#include <map>
#include <mutex>

#include "isa/registers_used.h"

namespace emulator {
namespace {

// A range that M0 picks from (v_movrel): the registers really used are not known beforehand, and
// reporting all would be wrong.
constexpr unsigned kAnyRegisterCount = 100;

Unit unit_of(const Instruction& instruction) {
  switch (instruction.encoding) {
    case Encoding::kSop2:
    case Encoding::kSopc:
      return Unit::kSalu;
    case Encoding::kSop1:
    case Encoding::kSopk:
      if (instruction.opcode->control == Control::kJump) return Unit::kCall;
      if (instruction.statistics == InstructionClass::kBranch) return Unit::kBranch;
      if (is_wait(instruction.opcode->control)) return Unit::kOther;
      return Unit::kSalu;
    case Encoding::kSopp:
      return instruction.statistics == InstructionClass::kBranch ? Unit::kBranch : Unit::kOther;
    case Encoding::kSmem:
      return Unit::kSmem;
    case Encoding::kVop2:
    case Encoding::kVop1:
    case Encoding::kVopc:
    case Encoding::kVop3:
    case Encoding::kVop3p:
      return Unit::kValu;
    case Encoding::kDs:
      return Unit::kLds;
    case Encoding::kFlat:
      return Unit::kFlat;
    case Encoding::kGlobal:
    case Encoding::kScratch:
    case Encoding::kMubuf:
      return Unit::kVmem;
    case Encoding::kInvalid:
      break;
  }
  return Unit::kOther;
}

// Which counters an operation is counted on. Stores and atomics that return nothing are on vscnt,
// flat operations also on lgkmcnt for they may turn out to go to LDS.
std::uint8_t counters_of(const Instruction& instruction, Unit unit) {
  const Opcode& row = *instruction.opcode;
  const bool is_store = (row.flags & kStore) != 0;
  const bool is_atomic = (row.flags & kAtomic) != 0;
  const bool returns = !is_store && (!is_atomic || (instruction.memory.flags & kGlc) != 0);
  switch (unit) {
    case Unit::kSmem:
      return bit_of(Counter::kLgkm);
    case Unit::kLds:
      return row.control == Control::kNoOperation ? 0 : bit_of(Counter::kLgkm);
    case Unit::kVmem:
      if (row.accesses == nullptr) return 0;  // buffer_gl0_inv
      return bit_of(returns ? Counter::kVm : Counter::kVs);
    case Unit::kFlat:
      return bit_of(returns ? Counter::kVm : Counter::kVs) | bit_of(Counter::kLgkm);
    default:
      return row.control == Control::kMessage ? bit_of(Counter::kLgkm) : 0;
  }
}

void read_waits(const Instruction& instruction, InstructionFacts& facts) {
  const std::optional<WaitCounts> counts = wait_counts(instruction);
  if (!counts) return;
  facts.is_wait = true;
  facts.waits = {counts->vm, counts->vs, counts->lgkm, counts->exp};
}

}  // namespace

unsigned RegisterSet::first_common(const RegisterSet& other) const {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::uint64_t common = words_[i] & other.words_[i];
    if (common != 0) return static_cast<unsigned>(i * 64) + std::countr_zero(common);
  }
  return 0;
}

InstructionFacts make_facts(const Instruction& instruction, bool wave64) {
  InstructionFacts facts;
  if (instruction.opcode == nullptr) return facts;
  const Opcode& row = *instruction.opcode;
  const RegistersUsed used = registers_used(instruction, wave64);
  facts.unit = unit_of(instruction);
  facts.counters = counters_of(instruction, facts.unit);
  facts.has_accesses = row.accesses != nullptr;
  facts.writes_memory = (row.flags & (kStore | kAtomic)) != 0;
  for (const RegisterRange& range : used.reads) {
    facts.is_relative = facts.is_relative || range.count >= kAnyRegisterCount;
    if (range.count < kAnyRegisterCount) {
      facts.touched.add(range.first, range.count);
      facts.read.add(range.first, range.count);
    }
    for (unsigned code = range.first; code < range.first + range.count && code < 128; ++code) {
      facts.scalar_reads.add(code);
    }
  }
  for (const RegisterRange& range : used.writes) {
    facts.is_relative = facts.is_relative || range.count >= kAnyRegisterCount;
    if (range.count < kAnyRegisterCount) facts.touched.add(range.first, range.count);
    for (unsigned code = range.first; code < range.first + range.count && code < 128; ++code) {
      facts.scalar_writes.add(code);
      const bool implicit = code >= operand::kExecLo && instruction.destination < operand::kExecLo;
      if (!implicit) facts.explicit_scalar_writes.add(code);
    }
  }
  if (facts.counters != 0 && used.writes.begin() != used.writes.end()) {
    facts.result_first = used.writes.begin()->first;
    facts.result_count = used.writes.begin()->count;
    if ((row.flags & kKeepsRest) != 0) {
      facts.read.remove(facts.result_first, facts.result_count);
    }
  }
  facts.is_permlane = row.control == Control::kPermlane;
  facts.is_nop = facts.unit == Unit::kValu && row.control == Control::kNoOperation;
  facts.is_plain_valu = facts.unit == Unit::kValu && !facts.scalar_writes.any() &&
                        !facts.is_permlane && !facts.is_nop;
  read_waits(instruction, facts);
  const bool waits_for_sources =
      row.control == Control::kWaitDepctr
          ? kVmVsrcField.get(instruction.literal) == 0
          : facts.waits[0] == 0 && facts.waits[2] == 0 && facts.waits[3] == 0;
  facts.ends_vector_reads = facts.unit == Unit::kValu || waits_for_sources;
  return facts;
}

ProgramFacts::ProgramFacts(const Program& program, bool wave64)
    : first_(program.instructions().data()) {
  facts_.reserve(program.instructions().size());
  for (const Instruction& instruction : program.instructions()) {
    facts_.push_back(make_facts(instruction, wave64));
    const InstructionFacts& facts = facts_.back();
    const bool is_global =
        facts.has_accesses && facts.unit >= Unit::kSmem && facts.unit != Unit::kLds;
    synchronizes_ =
        synchronizes_ || (is_global && ((instruction.opcode->flags & kAtomic) != 0 ||
                                        (facts.unit != Unit::kSmem && !facts.writes_memory &&
                                         (instruction.memory.flags & kGlc) != 0)));
  }
  find_rows();
}

void ProgramFacts::find_rows() {
  rows_.resize(facts_.size());
  for (std::size_t i = facts_.size(); i-- > 0;) {
    if (!facts_[i].is_plain_valu || facts_[i].is_relative) continue;
    if (i + 1 < facts_.size()) rows_[i] = rows_[i + 1];
    ++rows_[i].count;
    rows_[i].touched |= facts_[i].touched;
  }
}

std::shared_ptr<const ProgramFacts> facts_of(const std::shared_ptr<const Program>& program,
                                             bool wave64) {
  struct Kept {
    std::weak_ptr<const Program> program;
    std::shared_ptr<const ProgramFacts> facts;
  };
  static std::mutex& mutex = *new std::mutex;
  static auto& kept = *new std::map<std::pair<const Program*, bool>, Kept>;
  const std::lock_guard lock(mutex);
  std::erase_if(kept, [](const auto& entry) { return entry.second.program.expired(); });
  Kept& entry = kept[{program.get(), wave64}];
  if (entry.facts == nullptr) {
    entry = {program, std::make_shared<const ProgramFacts>(*program, wave64)};
  }
  return entry.facts;
}

}  // namespace emulator
