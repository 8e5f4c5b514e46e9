#include "timing/recorder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "timing/bank_passes.h"

namespace emulator::timing {
namespace {

// Where scratch lies in the model's addresses: above all memory, apart for each workgroup.
constexpr std::uint64_t kScratchBase = 1ull << 46;
constexpr std::uint64_t kScratchPerWorkgroup = 1ull << 28;

constexpr int kScalarLineShift = std::countr_zero(kScalarLineBytes);
// Of L0, a dword wide each: a line. gpu-benches' strides (docs/clock-model.md) tell.
constexpr unsigned kVectorCacheBanks = kVectorLineBytes / 4;

constexpr int kVectorLineShift = std::countr_zero(kVectorLineBytes);

class WaveRecorder {
 public:
  WaveRecorder(Wave& wave, const ProgramTiming& timing, unsigned lds_banks,
               const NeededInstructions* needed, const WorkgroupTrace& workgroup, WaveTrace& trace)
      : wave_(wave),
        timing_(timing),
        lds_banks_(lds_banks),
        needed_(needed),
        workgroup_(workgroup),
        trace_(trace),
        first_(wave.program->instructions().data()) {}

  void run(std::uint64_t quantum) {
    resume_wave(wave_);
    wave_.budget = wave_.executed + quantum;
    // Not to be taken for the continuation of the turn before: a block never spans two.
    next_ = nullptr;
    const Instruction* instruction = wave_.next;
    if (needed_ != nullptr) {
      run_needed(instruction);
      return;
    }
    if (workgroup_.detail == Detail::kVectorMemory) {
      run_vector_memory(instruction);
      return;
    }
    while (instruction != nullptr) {
      if (is_cut_off()) {
        while (instruction != nullptr) instruction = instruction->run(wave_, *instruction);
        return;
      }
      if (instruction->run == instruction->execute) {
        record(*instruction);
        instruction = instruction->execute(wave_, *instruction);
        continue;
      }
      // Rows of plain instructions: they neither touch memory nor go elsewhere.
      const Instruction* const next = instruction->run(wave_, *instruction);
      record_row(*instruction, static_cast<std::uint32_t>(next - instruction));
      instruction = next;
    }
  }

 private:
  // Kept from wave to wave: they hold memory.
  static AccessList& shared_list() {
    static thread_local AccessList list;
    return list;
  }
  static RepeatedBankPasses& shared_passes() {
    static thread_local RepeatedBankPasses passes;
    return passes;
  }

  bool is_cut_off() const {
    return workgroup_.instruction_limit != 0 && trace_.instructions >= workgroup_.instruction_limit;
  }

  // Nineteen of twenty workgroups come this way: as fast as can be.
  void run_vector_memory(const Instruction* instruction) {
    const std::uint64_t limit = workgroup_.instruction_limit != 0
                                    ? workgroup_.instruction_limit
                                    : std::numeric_limits<std::uint64_t>::max();
    std::uint64_t recorded = trace_.instructions;
    while (instruction != nullptr && recorded < limit) {
      if (instruction->run != instruction->execute) {
        const Instruction* const next = instruction->run(wave_, *instruction);
        recorded += static_cast<std::uint64_t>(next - instruction);
        instruction = next;
        continue;
      }
      ++recorded;
      if (instruction->statistics == InstructionClass::kVmem) {
        const InstructionTiming& row = timing_[static_cast<std::size_t>(instruction - first_)];
        if (row.touches_memory) record_memory(*instruction, row);
      }
      instruction = instruction->execute(wave_, *instruction);
    }
    trace_.instructions = std::min(recorded, limit);
    while (instruction != nullptr) instruction = instruction->run(wave_, *instruction);
  }

  // Records as the loops above do, and carries out what addresses and branches depend on.
  void run_needed(const Instruction* instruction) {
    const bool everything = workgroup_.detail == Detail::kEverything;
    const std::uint64_t limit = workgroup_.instruction_limit != 0
                                    ? workgroup_.instruction_limit
                                    : std::numeric_limits<std::uint64_t>::max();
    while (instruction != nullptr) {
      const auto index = static_cast<std::size_t>(instruction - first_);
      const std::uint64_t left = limit - std::min(limit, trace_.instructions);
      const NeededInstructions::Step& step = (*needed_)[index];
      const std::uint32_t idle = everything ? step.idle_run : step.idle_but_vector_memory;
      if (idle > 0) {
        const auto recorded = static_cast<std::uint32_t>(std::min<std::uint64_t>(idle, left));
        if (everything && recorded > 0) add_to_block(*instruction, recorded);
        trace_.instructions += recorded;
        instruction += idle;
        continue;
      }
      if (left > 0) {
        const InstructionTiming& row = timing_[index];
        ++trace_.instructions;
        if (everything) add_to_block(*instruction, 1);
        if (row.touches_memory && (everything || row.unit == Unit::kVmem)) {
          record_memory(*instruction, row);
        }
      }
      if (step.is_off_path) [[unlikely]]
        throw OffPath();
      instruction = step.needed ? instruction->execute(wave_, *instruction) : instruction + 1;
    }
  }

  void add_to_block(const Instruction& first, std::uint32_t count) {
    if (&first != next_) {
      trace_.blocks.push_back({static_cast<std::uint32_t>(&first - first_), 0});
    }
    trace_.blocks.back().count += count;
    next_ = &first + count;
  }

  void record_row(const Instruction& first, std::uint32_t count) {
    if (workgroup_.instruction_limit != 0) {
      count = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(count, workgroup_.instruction_limit - trace_.instructions));
    }
    trace_.instructions += count;
    add_to_block(first, count);
  }

  void record(const Instruction& instruction) {
    ++trace_.instructions;
    add_to_block(instruction, 1);
    const InstructionTiming& row = timing_[static_cast<std::size_t>(&instruction - first_)];
    if (row.touches_memory) record_memory(instruction, row);
  }

  void record_memory(const Instruction& instruction, const InstructionTiming& row) {
    MemoryOperation operation;
    operation.first_line = static_cast<std::uint32_t>(trace_.lines.size());
    operation.dwords = 1;
    if (row.effect == Effect::kInvalidateL0 || row.effect == Effect::kInvalidateL1) {
      operation.kind = row.effect == Effect::kInvalidateL0 ? OperationKind::kInvalidateL0
                                                           : OperationKind::kInvalidateL1;
      trace_.operations.push_back(operation);
      return;
    }
    list_accesses(wave_, instruction, accesses_);
    operation.kind = kind_of(row);
    operation.has_setup =
        (instruction.encoding != Encoding::kMubuf) || (instruction.memory.flags & kIdxen) == 0;
    unsigned halves = 0;
    for (const LaneAccess& access : accesses_.all()) {
      halves |= 1u << access.half;
      const auto dwords = static_cast<std::uint8_t>(std::max(1, (access.bytes + 3) / 4));
      operation.dwords = std::max(operation.dwords, dwords);
      operation.bytes += static_cast<std::uint32_t>(std::popcount(access.lanes)) * access.bytes;
      if (access.space == AccessSpace::kLds || access.space == AccessSpace::kOutsideLds) {
        const auto number = static_cast<std::size_t>(&instruction - first_) * 2 + access.half;
        operation.clocks = static_cast<std::uint16_t>(operation.clocks +
                                                      passes_of_banks_(number, access, lds_banks_));
        // A flat instruction may reach LDS alone.
        if (row.unit == Unit::kVmem) operation.kind = OperationKind::kLds;
      } else {
        add_lines(access, operation);
        operation.is_scattered |= is_scattered(access);
        if (operation.kind == OperationKind::kLoad) {
          const auto number = static_cast<std::size_t>(&instruction - first_) * 2 + access.half;
          operation.bank_passes = static_cast<std::uint16_t>(
              operation.bank_passes + passes_of_banks_(number, access, kVectorCacheBanks));
        }
      }
    }
    operation.passes = static_cast<std::uint8_t>(std::max(1, std::popcount(halves)));
    if (row.unit == Unit::kLds && operation.clocks == 0) {
      operation.clocks = static_cast<std::uint16_t>(kCrossbarPasses * wave_.halves);
    }
    trace_.operations.push_back(operation);
  }

  static OperationKind kind_of(const InstructionTiming& row) {
    switch (row.issue_class) {
      case IssueClass::kVmemStore:
        return OperationKind::kStore;
      case IssueClass::kVmemLoad:
        return OperationKind::kLoad;
      case IssueClass::kSmem:
        return OperationKind::kScalarLoad;
      case IssueClass::kAtomic:
        return row.unit == Unit::kLds ? OperationKind::kLds : OperationKind::kAtomic;
      default:
        return OperationKind::kLds;
    }
  }

  static bool is_scattered(const LaneAccess& access) {
    if (access.bytes <= 8 || access.space == AccessSpace::kScalar) return false;
    bool aligned = true;
    bool in_order = true;
    std::uint64_t expected = 0;
    for (std::uint32_t rest = access.lanes; rest != 0; rest &= rest - 1) {
      const std::uint64_t address = access.address[static_cast<unsigned>(std::countr_zero(rest))];
      aligned &= address % 16 == 0;
      in_order &= expected == 0 || address == expected;
      expected = address + access.bytes;
    }
    return !aligned && !in_order;
  }

  // The lines of an access whose lanes all lie in one allocation and in one line each, which is
  // nearly every one: in vectors, where the loop below takes lane after lane. False if it is not.
  bool add_whole_lines(const LaneAccess& access, std::uint64_t aligned_to,
                       MemoryOperation& operation) {
    if (access.space != AccessSpace::kGlobal || access.dword_stride != 4) return false;
    const std::uint64_t first =
        access.address[static_cast<unsigned>(std::countr_zero(access.lanes))];
    const std::uint64_t offset = modelled_address(access, first) - first;
    if (region_ == nullptr) return false;
    std::array<std::uint64_t, kLanes> address;  // of lanes that take no part: the first one's
    std::uint64_t lowest = first, highest = first;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      address[lane] = (access.lanes >> lane & 1) != 0 ? access.address[lane] : first;
      lowest = std::min(lowest, address[lane]);
      highest = std::max(highest, address[lane]);
    }
    if (lowest < region_->begin || highest >= region_->end) return false;
    std::uint64_t low_bits = 0, furthest = 0;
    for (std::uint64_t& each : address) {
      each += offset;
      low_bits |= each;
      furthest = std::max(furthest, each % kVectorLineBytes);
    }
    if (furthest + access.bytes > kVectorLineBytes) return false;
    operation.is_misaligned |= (low_bits & aligned_to) != 0;
    std::uint32_t changes = 1;  // lanes whose line is not that of the lane before
    for (unsigned lane = 1; lane < kLanes; ++lane) {
      const bool changed = (address[lane] ^ address[lane - 1]) >= kVectorLineBytes;
      changes |= static_cast<std::uint32_t>(changed) << lane;
    }
    for (; changes != 0; changes &= changes - 1) {
      add_line(address[static_cast<unsigned>(std::countr_zero(changes))] >> kVectorLineShift,
               operation);
    }
    return true;
  }

  void add_lines(const LaneAccess& access, MemoryOperation& operation) {
    const bool is_scalar = access.space == AccessSpace::kScalar;
    const unsigned shift = is_scalar ? kScalarLineShift : kVectorLineShift;
    if (is_scalar && access.access != Access::kLoad) operation.kind = OperationKind::kScalarStore;
    // perftest: three dwords at multiples of 12 bytes take what three dwords take.
    const unsigned alignment = access.bytes == 16 || access.bytes == 8 ? access.bytes : 4;
    const std::uint64_t aligned_to = access.bytes > 4 ? alignment - 1 : 0;
    if (add_whole_lines(access, aligned_to, operation)) return;
    const unsigned bytes = access.bytes, stride = access.dword_stride;
    bool is_misaligned = false;
    for (std::uint32_t rest = access.lanes; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(rest));
      const std::uint64_t address = modelled_address(access, access.address[lane]);
      is_misaligned |= (address & aligned_to) != 0;
      if (stride > 4) {  // swizzled scratch: each dword lies in a line of its own
        for (unsigned byte = 0; byte < bytes; byte += 4) {
          add_line((address + byte / 4 * stride) >> shift, operation);
        }
        continue;
      }
      const std::uint64_t last = address + (bytes > 0 ? bytes - 1u : 0u);
      for (std::uint64_t line = address >> shift; line <= last >> shift; ++line) {
        add_line(line, operation);
      }
    }
    operation.is_misaligned |= is_misaligned;
  }

  void add_line(std::uint64_t line, MemoryOperation& operation) {
    // Fibonacci hashing: lines a power of two apart get different bits.
    const std::uint64_t mark = 1ull << (line * 0x9e3779b97f4a7c15u >> 58);
    if (operation.line_count == 0) {
      marks_ = 0;
    } else if (trace_.lines.back() == line) {  // as with most neighbouring lanes
      return;
    } else if ((marks_ & mark) != 0) {
      const auto end = trace_.lines.rend() - operation.first_line;
      if (std::find(trace_.lines.rbegin(), end, line) != end) return;
    }
    marks_ |= mark;
    trace_.lines.push_back(line);
    ++operation.line_count;
  }

  std::uint64_t modelled_address(const LaneAccess& access, std::uint64_t address) {
    if (access.space == AccessSpace::kScratch) {
      const auto base = reinterpret_cast<std::uint64_t>(wave_.workgroup->scratch.data());
      return kScratchBase + workgroup_.number * kScratchPerWorkgroup + (address - base);
    }
    if (region_ == nullptr || address < region_->begin || address >= region_->end) {
      region_ = wave_.memory->find(address);
    }
    if (region_ == nullptr) return address;  // it faults when it is executed
    return region_->modelled_begin + (address - region_->begin);
  }

  Wave& wave_;
  const ProgramTiming& timing_;
  unsigned lds_banks_;
  const NeededInstructions* needed_;
  const WorkgroupTrace& workgroup_;
  WaveTrace& trace_;
  const Instruction* first_;
  const Instruction* next_ = nullptr;
  const Region* region_ = nullptr;
  std::uint64_t marks_ = 0;  // of the operation under way: a bit of each line's hash
  AccessList& accesses_ = shared_list();
  RepeatedBankPasses& passes_of_banks_ = shared_passes();
};

}  // namespace

TurnEnd run_recorded_turn(Workgroup& workgroup, std::uint64_t quantum, const ProgramTiming& timing,
                          unsigned lds_banks, const NeededInstructions* needed,
                          WorkgroupTrace& trace) {
  trace.waves.resize(workgroup.wave_count);
  const TurnEnd end = run_turn(workgroup, [&](Wave& wave) {
    WaveTrace& of_wave = trace.waves[wave.index];
    WaveRecorder(wave, timing, lds_banks, needed, trace, of_wave).run(quantum);
  });
  if (end == TurnEnd::kDone) {
    for (std::size_t i = 0; i < workgroup.wave_count; ++i) {
      trace.waves[i].executed = workgroup.waves[i]->executed;
    }
  }
  return end;
}

}  // namespace emulator::timing
