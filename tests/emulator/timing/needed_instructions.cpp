#include "timing/needed_instructions.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "isa/registers_used.h"
#include "timing/live_registers.h"

namespace emulator::timing {
namespace {

Registers bits_of(const RegisterRanges& ranges) {
  Registers bits;
  for (const RegisterRange& range : ranges) {
    for (unsigned code = range.first; code < unsigned{range.first} + range.count; ++code) {
      if (code < bits.size()) bits.set(code);
    }
  }
  return bits;
}

// What the analysis knows of an instruction.
struct Facts {
  Registers reads;       // if it is carried out
  Registers high_reads;  // of them those that nothing but high_writes depends on
  Registers high_writes;
  Registers addresses;  // if its memory accesses are looked at
  Registers writes;
  std::vector<MaskResult> masks;  // of the scalar registers among them
  bool always = false;            // carried out whatever becomes of its results
  bool leaves_lanes = false;      // inactive lanes of what it writes stay as they were
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
    constexpr unsigned kBoth = kIdxen | kOffen;
    kept.set(instruction.source[0]);  // the address may lie among the data
    const bool is_pair = (instruction.memory.flags & kBoth) == kBoth;
    if (is_pair && instruction.source[0] + 1u < kept.size()) kept.set(instruction.source[0] + 1u);
  } else if (instruction.encoding == Encoding::kDs) {
    leave_out(instruction.source[1], row.sources[1].type);
    leave_out(instruction.source[2], row.sources[2].type);
    kept.set(instruction.source[0]);
  } else {
    leave_out(instruction.source[1], row.sources[1].type);
    kept.set(instruction.source[0]);
    const bool is_pair = instruction.source[2] == operand::kNull;
    if (is_pair && instruction.source[0] + 1u < kept.size()) kept.set(instruction.source[0] + 1u);
  }
  return addresses | (kept & reads);
}

// The rows of scalar instructions that make masks of masks. Each result lies within the sources
// that are named. Saveexec rows write it to EXEC, and EXEC as it was to the destination.
enum Within : unsigned { kFirst = 1, kSecond = 2, kExecBefore = 4 };
struct MaskRow {
  std::string_view name;  // without _b32 and _b64
  unsigned result;        // Within
  bool saves_exec = false;
};
constexpr MaskRow kMaskRows[] = {
    {"s_mov", kFirst},
    {"s_and", kFirst},
    {"s_andn2", kFirst},
    {"s_or", kFirst | kSecond},
    {"s_xor", kFirst | kSecond},
    {"s_cselect", kFirst | kSecond},
    {"s_and_saveexec", kExecBefore, true},
    {"s_andn1_saveexec", kExecBefore, true},
    {"s_andn2_saveexec", kFirst, true},
    {"s_or_saveexec", kFirst | kExecBefore, true},
    {"s_xor_saveexec", kFirst | kExecBefore, true},
};

// In wave64 masks are pairs, which begin at even registers.
std::size_t mask_of(unsigned code, bool wave64) { return wave64 ? code & ~1u : code; }

Masks within(const Instruction& instruction, unsigned what, bool wave64) {
  Masks masks;
  if ((what & kExecBefore) != 0) masks.set(operand::kExecLo);
  for (unsigned k = 0; k < 2; ++k) {
    if ((what >> k & 1) == 0) continue;
    const unsigned code = instruction.source[k];
    if (code == operand::kZero) continue;
    masks.set(code < kAnyLanes ? mask_of(code, wave64) : kAnyLanes);
  }
  return masks;
}

// What the instruction makes of each scalar register that it writes.
std::vector<MaskResult> mask_results(const Instruction& instruction, const Registers& writes,
                                     bool wave64) {
  MaskResult unknown;
  for (unsigned code = 0; code < kAnyLanes; ++code) {
    if (writes.test(code)) unknown.written.set(mask_of(code, wave64));
  }
  if (unknown.written.none()) return {};
  unknown.from.set(kAnyLanes);
  const auto only = [](std::size_t mask) { return Masks().set(mask); };
  // A comparison gives zero where EXEC is.
  if (is_vector(instruction.encoding) && instruction.opcode->destination == Type::kMask) {
    return {{unknown.written, only(operand::kExecLo)}};
  }
  const std::string_view name = instruction.opcode->mnemonic;
  const std::string_view suffix = wave64 ? "_b64" : "_b32";
  if (instruction.statistics != InstructionClass::kSalu || !name.ends_with(suffix)) {
    return {unknown};
  }
  for (const MaskRow& row : kMaskRows) {
    if (row.name != name.substr(0, name.size() - suffix.size())) continue;
    const Masks result = within(instruction, row.result, wave64);
    const std::size_t destination = mask_of(instruction.destination, wave64);
    if (!row.saves_exec) return {{only(destination), result}};
    if (destination == operand::kExecLo) return {unknown};
    return {{only(destination), only(operand::kExecLo)}, {only(operand::kExecLo), result}};
  }
  return {unknown};
}

// Compilers leave the upper half of a 64-bit source undefined where they want the lower half of the
// result alone: what lies there is often a sum.
void separate_high_halves(const Instruction& instruction, Facts& facts) {
  const std::string_view name = instruction.opcode->mnemonic;
  const bool multiplies = name == "v_mad_u64_u32" || name == "v_mad_i64_i32";
  if (!multiplies && name != "v_lshlrev_b64") return;
  const unsigned wide = multiplies ? 2 : 1;  // the source of 64 bits
  const unsigned high = instruction.source[wide] + 1u;
  if (instruction.source[wide] < operand::kVgpr || high >= facts.reads.size()) return;
  for (unsigned k = 0; k < wide; ++k) {
    if (instruction.source[k] == high) return;
  }
  facts.high_reads.set(high);
  facts.high_writes = facts.writes;
  facts.high_writes.reset(instruction.destination);
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
  facts.masks = mask_results(instruction, facts.writes, wave64);
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
  separate_high_halves(instruction, facts);
  facts.always = !computes || facts.writes_exec || facts.writes.none() ||
                 instruction.opcode->control == Control::kHardwareRegister;
  return facts;
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
  Slice(std::span<const Instruction> instructions, std::size_t entry, bool wave64,
        const std::vector<bool>* executed)
      : instructions_(instructions) {
    reach(entry, wave64, executed);
  }

  bool understood() const { return understood_; }
  std::size_t first() const { return first_; }
  bool is_reached(std::size_t place) const { return reached_[place]; }
  // After needed().
  bool depends_on_stores() const { return depends_on_stores_; }

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
      depends_on_stores_ = loads;
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

  // All that the entry leads to, and of it what was executed.
  void reach(std::size_t entry, bool wave64, const std::vector<bool>* executed) {
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
      reached_[i] = seen[first_ + i] && (executed == nullptr || (*executed)[first_ + i]);
      if (reached_[i]) facts_[i] = facts_of(instruction(i), wave64);
    }
    // Blocks end where control may leave or join.
    std::vector<bool> begins(count + 1);
    begins[0] = begins[count] = true;
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0 && reached_[i] != reached_[i - 1]) begins[i] = true;
      if (!reached_[i]) continue;
      if (instruction(i).target == nullptr && falls_through(instruction(i))) continue;
      begins[i + 1] = true;
      if (instruction(i).target != nullptr) begins[place_of(instruction(i).target)] = true;
    }
    block_of_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (begins[i]) blocks_.push_back({i, i, {}});
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
    LiveRegisters live_in;
  };

  LiveRegisters live_out(const Block& block) const {
    LiveRegisters live;
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
        LiveRegisters live = live_out(*block);
        for (std::size_t i = block->end; i-- > block->begin;) {
          const Facts& facts = facts_[i];
          const bool stored = facts.is_store && (facts.is_lds ? lds_stores : stores);
          const bool needed = facts.always || stored || live.any_of(facts.writes);
          const bool whole = facts.high_reads.none() || live.any_of(facts.high_writes);
          live.rename(facts.masks);
          live.kill(facts.writes, facts.leaves_lanes);
          if (needed) {
            live.read(whole ? facts.reads : facts.reads & ~facts.high_reads);
            needed_[i] = true;
          } else if (facts.touches_memory) {
            live.read(facts.addresses);
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
  bool depends_on_stores_ = false;
  std::vector<bool> reached_;
  std::vector<Facts> facts_;
  std::vector<Block> blocks_;
  std::vector<std::size_t> block_of_;
  std::vector<bool> needed_;
};

}  // namespace

NeededInstructions::NeededInstructions(const Program& program, std::size_t entry, bool wave64,
                                       const std::vector<bool>* executed) {
  const std::span<const Instruction> instructions = program.instructions();
  Slice slice(instructions, entry, wave64, executed);
  if (!slice.understood()) {
    steps_.resize(instructions.size());
    return;
  }
  first_ = slice.first();
  const std::vector<bool> needed = slice.needed();
  depends_on_stores_ = slice.depends_on_stores();
  steps_.resize(needed.size());
  for (std::size_t i = needed.size(); i-- > 0;) {
    steps_[i].is_off_path = !slice.is_reached(i);
    steps_[i].needed = needed[i] || steps_[i].is_off_path;
    if (steps_[i].needed) continue;
    const Step& next = i + 1 < needed.size() ? steps_[i + 1] : Step{};
    const InstructionClass statistics = instructions[first_ + i].statistics;
    if (statistics == InstructionClass::kVmem) continue;
    steps_[i].idle_but_vector_memory = 1 + next.idle_but_vector_memory;
    if (statistics == InstructionClass::kLds || statistics == InstructionClass::kSmem) continue;
    steps_[i].idle_run = 1 + next.idle_run;
  }
}

}  // namespace emulator::timing
