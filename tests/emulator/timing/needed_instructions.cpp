#include "timing/needed_instructions.h"

#include <algorithm>
#include <bitset>

#include "isa/registers_used.h"

namespace emulator::timing {
namespace {

using Registers = std::bitset<512>;  // by operand code

Registers bits_of(const RegisterRanges& ranges) {
  Registers bits;
  for (const RegisterRange& range : ranges) {
    for (unsigned code = range.first; code < unsigned{range.first} + range.count; ++code) {
      if (code < bits.size()) bits.set(code);
    }
  }
  return bits;
}

// Registers that are live before an instruction: those read before EXEC is written again, and those
// read under another EXEC. A vector instruction that writes a register ends the life of the former
// only: lanes that it leaves out keep what they had.
struct Live {
  Registers same_exec;
  Registers other_exec;

  bool add(const Live& other) {
    const Registers same = same_exec | other.same_exec;
    const Registers rest = other_exec | other.other_exec;
    const bool grew = same != same_exec || rest != other_exec;
    same_exec = same;
    other_exec = rest;
    return grew;
  }
  Registers all() const { return same_exec | other_exec; }
};

// What the analysis knows of an instruction.
struct Facts {
  Registers reads;      // if it is carried out
  Registers addresses;  // if its memory accesses are looked at
  Registers writes;
  bool always = false;        // carried out whatever becomes of its results
  bool leaves_lanes = false;  // inactive lanes of what it writes stay as they were
  bool writes_exec = false;
  bool touches_memory = false;
  bool is_store = false;  // to vector memory or LDS
  bool is_load = false;   // likewise
  bool is_lds = false;
};

bool is_vector(Encoding encoding) {
  return encoding >= Encoding::kVop2 && encoding <= Encoding::kMubuf;
}

// Operands that say where a store goes; what is stored is left out.
Registers addresses_of_store(const Instruction& instruction, const Registers& reads) {
  Registers addresses = reads;
  const auto leave_out = [&](std::uint16_t first, Type type) {
    for (unsigned i = 0; i < register_count(type); ++i) {
      if (first + i < addresses.size()) addresses.reset(first + i);
    }
  };
  const Opcode& row = *instruction.opcode;
  Registers kept;
  if (instruction.encoding == Encoding::kMubuf) {
    leave_out(instruction.destination, row.destination);
    kept.set(instruction.source[0]);  // the address may lie among the data
    if (instruction.source[0] + 1u < kept.size()) kept.set(instruction.source[0] + 1u);
  } else if (instruction.encoding == Encoding::kDs) {
    leave_out(instruction.source[1], row.sources[1].type);
    leave_out(instruction.source[2], row.sources[2].type);
    kept.set(instruction.source[0]);
  } else {
    leave_out(instruction.source[1], row.sources[1].type);
    kept.set(instruction.source[0]);
    if (instruction.source[0] + 1u < kept.size()) kept.set(instruction.source[0] + 1u);
  }
  return addresses | (kept & reads);
}

Facts facts_of(const Instruction& instruction, bool wave64) {
  Facts facts;
  if (instruction.opcode == nullptr) {
    facts.always = true;
    return facts;
  }
  const RegistersUsed used = registers_used(instruction, wave64);
  facts.reads = facts.addresses = bits_of(used.reads);
  facts.writes = bits_of(used.writes);
  facts.writes_exec =
      facts.writes.test(operand::kExecLo) || facts.writes.test(operand::kExecLo + 1);
  facts.touches_memory = instruction.opcode->accesses != nullptr;
  const std::uint32_t flags = instruction.opcode->flags;
  const bool is_smem = instruction.statistics == InstructionClass::kSmem;
  const bool is_memory = facts.touches_memory || is_smem ||
                         instruction.statistics == InstructionClass::kVmem ||
                         instruction.statistics == InstructionClass::kLds;
  facts.is_lds = instruction.statistics == InstructionClass::kLds;
  facts.leaves_lanes = is_vector(instruction.encoding);
  if (is_memory) {
    // Lane crossings go through the LDS unit and touch no memory.
    const bool computes_only =
        facts.is_lds && !facts.touches_memory && instruction.opcode->destination != Type::kNone;
    const bool to_lds =
        instruction.encoding == Encoding::kMubuf && (instruction.memory.flags & kLds) != 0;
    const bool plain = (flags & kAtomic) == 0 && instruction.encoding != Encoding::kFlat &&
                       !to_lds && (facts.touches_memory || computes_only) &&
                       (!is_smem || (flags & kStore) == 0);
    facts.always = !plain;
    facts.is_store = plain && (flags & kStore) != 0;
    facts.is_load = plain && (flags & kStore) == 0 && !computes_only;
    if (facts.is_store) facts.addresses = addresses_of_store(instruction, facts.reads);
    return facts;
  }
  const bool computes =
      (instruction.encoding >= Encoding::kVop2 && instruction.encoding <= Encoding::kVop3p) ||
      instruction.statistics == InstructionClass::kSalu;
  facts.always = !computes || facts.writes_exec || facts.writes.none() ||
                 instruction.opcode->control == Control::kHardwareRegister;
  return facts;
}

// What moves on a condition (s_cmov) reads its destination. A vector comparison writes the whole
// mask, and v_readlane a scalar register: only VGPRs keep what inactive lanes had.
Registers killed_by(const Facts& facts, bool same_exec) {
  if (!facts.leaves_lanes) return facts.writes;
  Registers killed = facts.writes;
  if (!same_exec) {
    for (unsigned code = operand::kVgpr; code < killed.size(); ++code) killed.reset(code);
  }
  return killed;
}

// Jumps, or operands, that a register chooses.
bool goes_by_register(const Instruction& instruction) {
  if (instruction.opcode == nullptr) return false;
  constexpr std::uint32_t kAny = kReadsAnyVgpr | kWritesAnyVgpr | kReadsAnySgpr | kWritesAnySgpr;
  const bool is_subvector_loop = instruction.encoding == Encoding::kSopk &&
                                 instruction.statistics == InstructionClass::kBranch;
  return instruction.opcode->control == Control::kJump || is_subvector_loop ||
         (instruction.opcode->uses & kAny) != 0;
}

class Slice {
 public:
  Slice(std::span<const Instruction> instructions, std::size_t entry, bool wave64)
      : instructions_(instructions) {
    reach(entry, wave64);
  }

  bool understood() const { return understood_; }
  std::size_t first() const { return first_; }
  std::size_t last() const { return last_; }

  // For each instruction from first() on.
  std::vector<bool> needed() {
    // Loads that are needed bring what was stored: then stores are, too.
    bool lds_stores = false;
    bool stores = false;
    for (;;) {
      solve(lds_stores, stores);
      bool lds_loads = false;
      bool loads = false;
      for (std::size_t i = 0; i < facts_.size(); ++i) {
        if (!needed_[i] || !reached_[i]) continue;
        lds_loads |=
            facts_[i].always ? facts_[i].touches_memory : facts_[i].is_load && facts_[i].is_lds;
        loads |= facts_[i].is_load && !facts_[i].is_lds &&
                 instruction(i).statistics == InstructionClass::kVmem;
        loads |= facts_[i].always && facts_[i].touches_memory;
      }
      if (lds_loads == lds_stores && loads == stores) return needed_;
      lds_stores = lds_loads;
      stores = loads;
    }
  }

 private:
  const Instruction& instruction(std::size_t place) const { return instructions_[first_ + place]; }

  static bool ends(const Instruction& instruction) {
    return instruction.opcode == nullptr || instruction.opcode->control == Control::kEnd;
  }
  static bool falls_through(const Instruction& instruction) {
    return !ends(instruction) && instruction.opcode->control != Control::kBranchAlways;
  }

  // All that the entry leads to.
  void reach(std::size_t entry, bool wave64) {
    std::vector<bool> seen(instructions_.size());
    std::vector<std::size_t> open{entry};
    first_ = last_ = entry;
    while (!open.empty()) {
      std::size_t i = open.back();
      open.pop_back();
      while (i < instructions_.size() && !seen[i]) {
        seen[i] = true;
        first_ = std::min(first_, i);
        last_ = std::max(last_, i);
        const Instruction& each = instructions_[i];
        if (goes_by_register(each)) understood_ = false;
        if (each.target != nullptr) {
          open.push_back(static_cast<std::size_t>(each.target - instructions_.data()));
        }
        if (!falls_through(each)) break;
        ++i;
      }
    }
    const std::size_t count = last_ - first_ + 1;
    reached_.resize(count);
    if (!understood_) return;
    facts_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      reached_[i] = seen[first_ + i];
      if (reached_[i]) facts_[i] = facts_of(instruction(i), wave64);
    }
    // Blocks end where control may leave or join.
    std::vector<bool> begins(count + 1);
    begins[0] = begins[count] = true;
    for (std::size_t i = 0; i < count; ++i) {
      if (!reached_[i]) {
        begins[i] = begins[i + 1] = true;
        continue;
      }
      if (instruction(i).target == nullptr && falls_through(instruction(i))) continue;
      begins[i + 1] = true;
      if (instruction(i).target != nullptr) begins[place_of(instruction(i).target)] = true;
    }
    block_of_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (begins[i]) blocks_.push_back({i, i});
      block_of_[i] = blocks_.size() - 1;
      blocks_.back().end = i + 1;
    }
  }

  std::size_t place_of(const Instruction* target) const {
    return static_cast<std::size_t>(target - instructions_.data()) - first_;
  }

  struct Block {
    std::size_t begin;
    std::size_t end;
    Live live_in;
  };

  Live live_out(const Block& block) const {
    Live live;
    const Instruction& last = instruction(block.end - 1);
    if (last.target != nullptr) live.add(blocks_[block_of_[place_of(last.target)]].live_in);
    if (falls_through(last) && block.end < facts_.size()) {
      live.add(blocks_[block_of_[block.end]].live_in);
    }
    return live;
  }

  void solve(bool lds_stores, bool stores) {
    needed_.assign(facts_.size(), false);
    for (Block& block : blocks_) block.live_in = {};
    for (bool grew = true; grew;) {
      grew = false;
      for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
        if (!reached_[block->begin]) continue;
        Live live = live_out(*block);
        for (std::size_t i = block->end; i-- > block->begin;) {
          const Facts& facts = facts_[i];
          const bool stored = facts.is_store && (facts.is_lds ? lds_stores : stores);
          const bool needed = facts.always || stored || (facts.writes & live.all()).any();
          if (facts.writes_exec) {
            live.other_exec |= live.same_exec;
            live.same_exec.reset();
          }
          live.same_exec &= ~killed_by(facts, true);
          live.other_exec &= ~killed_by(facts, false);
          if (needed) {
            live.same_exec |= facts.reads;
            needed_[i] = true;
          } else if (facts.touches_memory) {
            live.same_exec |= facts.addresses;
          }
        }
        grew |= block->live_in.add(live);
      }
    }
  }

  std::span<const Instruction> instructions_;
  std::size_t first_ = 0;
  std::size_t last_ = 0;
  bool understood_ = true;
  std::vector<bool> reached_;
  std::vector<Facts> facts_;
  std::vector<Block> blocks_;
  std::vector<std::size_t> block_of_;
  std::vector<bool> needed_;
};

}  // namespace

NeededInstructions::NeededInstructions(const Program& program, std::size_t entry, bool wave64) {
  const std::span<const Instruction> instructions = program.instructions();
  Slice slice(instructions, entry, wave64);
  if (!slice.understood()) {
    steps_.resize(instructions.size());
    return;
  }
  first_ = slice.first();
  const std::vector<bool> needed = slice.needed();
  steps_.resize(needed.size());
  for (std::size_t i = needed.size(); i-- > 0;) {
    steps_[i].needed = needed[i];
    if (needed[i]) continue;
    const Step& next = i + 1 < needed.size() ? steps_[i + 1] : Step{};
    const InstructionClass statistics = instructions[first_ + i].statistics;
    if (statistics == InstructionClass::kVmem) continue;
    steps_[i].idle_but_vector_memory = 1 + next.idle_but_vector_memory;
    if (statistics == InstructionClass::kLds || statistics == InstructionClass::kSmem) continue;
    steps_[i].idle_run = 1 + next.idle_run;
  }
}

}  // namespace emulator::timing
