#include "observers/hazards.h"

#include <algorithm>

namespace emulator {
namespace {

bool writes_exec(const InstructionFacts& facts) {
  return facts.scalar_writes.contains(operand::kExecLo) ||
         facts.scalar_writes.contains(operand::kExecLo + 1);
}
bool reads_exec(const InstructionFacts& facts) {
  return facts.scalar_reads.contains(operand::kExecLo) ||
         facts.scalar_reads.contains(operand::kExecLo + 1);
}

// Scalar registers other than EXEC that a vector instruction writes: its carry, mask or v_readlane
// destination.
bool writes_sgpr(const InstructionFacts& facts) {
  ScalarSet sgprs = facts.scalar_writes;
  sgprs.words[1] &= ~(std::uint64_t{3} << (operand::kExecLo - 64));
  return sgprs.any();
}

bool is(const Instruction& instruction, Control control) {
  return instruction.opcode != nullptr && instruction.opcode->control == control;
}

std::uint32_t immediate(const Instruction& instruction) { return instruction.literal & 0xffff; }

bool waits_for_scalar_results(const Instruction& instruction) {
  return is(instruction, Control::kWaitDepctr) && kSaSdstField.get(immediate(instruction)) == 0;
}
bool waits_for_stores(const InstructionFacts& facts) {
  return facts.waits[static_cast<std::size_t>(Counter::kVs)] == 0;
}
bool waits_for_scalar_loads(const InstructionFacts& facts) {
  return facts.waits[static_cast<std::size_t>(Counter::kLgkm)] == 0;
}

bool touches(std::span<const LaneAccess> accesses, AccessSpace space) {
  return std::any_of(accesses.begin(), accesses.end(),
                     [&](const LaneAccess& each) { return each.space == space; });
}

}  // namespace

const Instruction* HazardHistory::Readers::reader_of(const ScalarSet& written, bool wave64) const {
  for (std::size_t back = 1; back <= std::min(count, kMost); ++back) {
    const Instruction* each = instructions[(count - back) % kMost];
    if (make_facts(*each, wave64).scalar_reads.overlaps(written)) return each;
  }
  return nullptr;
}

// What the rows below look at.
struct HazardRows {
  const HazardHistory& history;
  const Wave& wave;
  const Instruction& instruction;
  const InstructionFacts& facts;
  std::span<const LaneAccess> accesses;

  using Finding = std::optional<const Instruction*>;  // the other party, or null without one

  Finding vcmpx_permlane() const {
    if (!facts.is_permlane || history.compare_ == nullptr) return {};
    return history.compare_;
  }
  Finding vmem_to_scalar_write() const {
    if (facts.unit != Unit::kSalu && facts.unit != Unit::kSmem) return {};
    if (!history.vector_memory_.registers.overlaps(facts.explicit_scalar_writes)) return {};
    const Instruction* reader =
        history.vector_memory_.reader_of(facts.explicit_scalar_writes, wave.is_wave64());
    return reader != nullptr ? Finding(reader) : Finding();
  }
  Finding smem_to_vector_write() const {
    if (facts.unit != Unit::kValu) return {};
    if (!history.scalar_memory_.registers.overlaps(facts.scalar_writes)) return {};
    const Instruction* reader =
        history.scalar_memory_.reader_of(facts.scalar_writes, wave.is_wave64());
    return reader != nullptr ? Finding(reader) : Finding();
  }
  Finding vcmpx_exec_war() const {
    if (facts.unit != Unit::kValu || !writes_exec(facts) || history.exec_reader_ == nullptr) {
      return {};
    }
    return history.exec_reader_;
  }
  Finding lds_branch_vmem_war() const {
    const bool is_hazard = facts.unit == Unit::kLds || facts.unit == Unit::kVmem;
    if (!is_hazard || facts.counters == 0 || history.last_memory_ == nullptr ||
        !history.branched_ || history.last_memory_unit_ == facts.unit) {
      return {};
    }
    return history.last_memory_;
  }
  Finding inst_fwd_prefetch() const {
    return is(instruction, Control::kInstructionPrefetch) ? Finding(nullptr) : Finding();
  }
  Finding offset_3f() const {
    const bool is_branch = facts.unit == Unit::kBranch && instruction.encoding == Encoding::kSopp;
    return is_branch && immediate(instruction) == 0x3f ? Finding(nullptr) : Finding();
  }
  Finding flat_segment_offset() const {
    const bool is_flat = facts.unit == Unit::kFlat && instruction.offset != 0;
    return is_flat && touches(accesses, AccessSpace::kGlobal) ? Finding(nullptr) : Finding();
  }
  Finding negative_unaligned_scratch_offset() const {
    const bool has = instruction.encoding == Encoding::kScratch && instruction.offset < 0 &&
                     instruction.offset % 4 != 0 && instruction.source[0] != operand::kNull;
    return has ? Finding(nullptr) : Finding();
  }
};

namespace {

struct HazardRow {
  std::string_view name;
  std::string_view text;
  std::optional<const Instruction*> (HazardRows::*find)() const;
  bool is_warning = false;
};

constexpr HazardRow kRows[] = {
    {"VcmpxPermlane",
     "v_permlane after a v_cmpx that wrote EXEC; another vector instruction must lie between",
     &HazardRows::vcmpx_permlane},
    {"VMEMtoScalarWrite",
     "a scalar instruction overwrites a register that a memory instruction may still have to "
     "read; s_waitcnt_depctr 0xffe3 or a vector instruction must lie between",
     &HazardRows::vmem_to_scalar_write},
    {"SMEMtoVectorWrite",
     "a vector instruction overwrites a scalar register that a scalar load may still have to "
     "read; a scalar instruction such as s_mov_b32 null, 0 must lie between",
     &HazardRows::smem_to_vector_write},
    {"VcmpxExecWAR",
     "v_cmpx overwrites EXEC, which an earlier instruction may still have to read; "
     "s_waitcnt_depctr 0xfffe must lie between",
     &HazardRows::vcmpx_exec_war},
    {"LdsBranchVmemWAR",
     "LDS and vector memory instructions on both sides of a branch; s_waitcnt_vscnt null, 0 must "
     "lie between",
     &HazardRows::lds_branch_vmem_war},
    {"InstFwdPrefetchBug", "s_inst_prefetch can hang gfx1010", &HazardRows::inst_fwd_prefetch,
     true},
    {"Offset3fBug", "gfx1010 gets branches by exactly 0x3f dwords wrong", &HazardRows::offset_3f},
    {"FlatSegmentOffsetBug",
     "gfx1010 ignores the immediate offset of a flat instruction that reaches global memory",
     &HazardRows::flat_segment_offset},
    {"NegativeUnalignedScratchOffsetBug",
     "gfx1010 gets negative scratch offsets wrong that are no multiple of 4",
     &HazardRows::negative_unaligned_scratch_offset},
};

}  // namespace

std::optional<HazardFound> HazardHistory::find(const Wave& wave, const Instruction& instruction,
                                               const InstructionFacts& facts,
                                               std::span<const LaneAccess> accesses) const {
  // Most instructions can complete no hazard.
  if (facts.unit < Unit::kVmem && facts.unit != Unit::kBranch && facts.unit != Unit::kOther &&
      !facts.scalar_writes.any() && !facts.is_permlane) {
    return std::nullopt;
  }
  const HazardRows rows{*this, wave, instruction, facts, accesses};
  for (const HazardRow& row : kRows) {
    if (const auto other = (rows.*row.find)()) {
      return HazardFound{row.name, std::string(row.text), *other, row.is_warning};
    }
  }
  return std::nullopt;
}

std::optional<HazardFound> HazardHistory::next(const Wave& wave, const Instruction& instruction,
                                               const InstructionFacts& facts,
                                               std::span<const LaneAccess> accesses) {
  auto found = find(wave, instruction, facts, accesses);
  if (!found || found->is_warning) remember(instruction, facts);
  return found;
}

void HazardHistory::remember(const Instruction& instruction, const InstructionFacts& facts) {
  switch (facts.unit) {
    case Unit::kCall:
      // The compiler makes each function safe by itself.
      return clear();
    case Unit::kValu:
      vector_memory_.clear();
      if (writes_sgpr(facts)) exec_reader_ = nullptr;
      if (writes_exec(facts) && instruction.encoding == Encoding::kVopc) {
        compare_ = &instruction;
      } else if (!facts.is_nop) {
        compare_ = nullptr;
      }
      return;
    case Unit::kVmem:
    case Unit::kFlat:
    case Unit::kLds:
      vector_memory_.add(instruction, facts.scalar_reads);
      break;
    case Unit::kSmem:
      scalar_memory_.add(instruction, facts.scalar_reads);
      break;
    case Unit::kSalu:
      scalar_memory_.clear();
      break;
    case Unit::kBranch:
      branched_ = branched_ || last_memory_ != nullptr;
      break;
    case Unit::kOther:
      if (facts.ends_vector_reads) vector_memory_.clear();
      if (waits_for_scalar_loads(facts)) scalar_memory_.clear();
      if (waits_for_scalar_results(instruction)) exec_reader_ = nullptr;
      if (waits_for_stores(facts)) {
        last_memory_ = nullptr;
        branched_ = false;
      }
      break;
  }
  if (reads_exec(facts)) exec_reader_ = &instruction;
  if ((facts.unit == Unit::kLds || facts.unit == Unit::kVmem) && facts.counters != 0) {
    last_memory_ = &instruction;
    last_memory_unit_ = facts.unit;
    branched_ = false;
  }
}

}  // namespace emulator
