#include "observers/late_arrival.h"

#include <array>
#include <deque>
#include <limits>
#include <vector>

#include "isa/registers_used.h"
#include "machine/device.h"
#include "observers/instruction_facts.h"
#include "observers/saved_registers.h"
#include "observers/wait_counters.h"

namespace emulator {
namespace {

// A memory operation that has been issued.
struct Late {
  const Instruction* instruction = nullptr;
  const InstructionFacts* facts = nullptr;
  std::uint32_t sequence = 0;
  SavedRegisters operands;
  bool has_scalars = false;  // the scalar operands are saved, too
  std::array<std::uint32_t, 2> exec{};
  bool performed = false;
  bool delivered = false;
  SavedRegisters result;
};

bool is_scalar(const RegisterRange& range) { return range.first < SavedRegisters::kScalars; }

class LateWave {
 public:
  void execute(Wave& wave, const ProgramFacts& facts) {
    const Instruction& instruction = *wave.next;
    const InstructionFacts& mine = facts.of(instruction);
    take_scalars_before(wave, mine);
    if (mine.is_wait) {
      waits_.wait(mine, [&](const WaitCounters::Operation& ended) { end(wave, ended.sequence); });
    }
    const bool is_late =
        mine.counters != 0 && mine.unit != Unit::kFlat && mine.unit != Unit::kOther;
    if (is_late) return issue(wave, instruction, mine);
    // Flat operations may go anywhere: they find all others done.
    if (mine.unit == Unit::kFlat) finish(wave);
    step(wave);
    if (wave.state == WaveState::kEnded || wave.state == WaveState::kYielded) finish(wave);
  }

 private:
  // The order in which operations take effect: one queue each for LDS and vector memory; scalar
  // loads go by themselves.
  static unsigned queue_of(const Late& late) {
    return late.facts->unit == Unit::kLds ? 0 : late.facts->unit == Unit::kVmem ? 1 : 2;
  }

  void issue(Wave& wave, const Instruction& instruction, const InstructionFacts& facts) {
    Late late;
    late.instruction = &instruction;
    late.facts = &facts;
    late.sequence = ++sequence_;
    const RegistersUsed used = registers_used(instruction, wave.is_wave64());
    for (const RegisterRange& range : used.reads) {
      if (!is_scalar(range)) late.operands.take(wave, range);
    }
    waits_.add(instruction, facts, sequence_, true);
    pending_.push_back(std::move(late));
    // A scalar load reads its address at once; vector memory and LDS may read theirs later.
    if (facts.unit == Unit::kSmem) take_scalars(wave, pending_.back());
    wave.next = &instruction + 1;
    constexpr std::size_t kMostInFlight = 60;
    if (pending_.size() > kMostInFlight) end(wave, pending_.front().sequence);
  }

  void take_scalars(Wave& wave, Late& late) {
    if (late.has_scalars) return;
    late.has_scalars = true;
    for (const RegisterRange& range : registers_used(*late.instruction, wave.is_wave64()).reads) {
      if (is_scalar(range)) late.operands.take(wave, range);
    }
    late.exec = {wave.exec(0), wave.exec(1)};
  }
  // Until something proves that they were read, scalar operands are those that the wave holds: the
  // hazard VMEMtoScalarWrite. Instructions that change EXEC implicitly are safe to LLVM.
  void take_scalars_before(Wave& wave, const InstructionFacts& facts) {
    if (!facts.ends_vector_reads && !changes_implicitly(facts)) return;
    for (Late& late : pending_) take_scalars(wave, late);
  }
  static bool changes_implicitly(const InstructionFacts& facts) {
    return facts.scalar_writes.words != facts.explicit_scalar_writes.words;
  }

  void perform_all_up_to(Wave& wave, Late& last) {
    for (Late& late : pending_) {
      if (late.sequence > last.sequence) break;
      if (queue_of(late) == queue_of(last) && (queue_of(last) != 2 || &late == &last)) {
        perform(wave, late);
      }
    }
  }

  void perform(Wave& wave, Late& late) {
    if (late.performed) return;
    late.performed = true;
    take_scalars(wave, late);
    const RegisterRange range{late.facts->result_first, late.facts->result_count};
    // The handler works on the wave itself: with the operands of then, and its result set aside.
    SavedRegisters current;
    current.take(wave, range);
    const Instruction* const at = wave.current;
    late.operands.swap(wave);
    late.instruction->execute(wave, *late.instruction);
    late.result.take(wave, range);
    late.operands.swap(wave);
    const std::array<std::uint32_t, 2> all{~0u, ~0u};
    current.put(wave, all);
    wave.current = at;
    // What a load of half a register leaves of it is what lies there when it arrives.
    if ((late.instruction->opcode->flags & kKeepsRest) != 0) deliver(wave, late);
  }

  static void deliver(Wave& wave, Late& late) {
    if (late.delivered) return;
    late.delivered = true;
    late.result.put(wave, late.exec);
  }

  void end(Wave& wave, std::uint32_t sequence) {
    for (Late& late : pending_) {
      if (late.sequence != sequence) continue;
      perform_all_up_to(wave, late);
      deliver(wave, late);
    }
    while (!pending_.empty() && pending_.front().delivered) pending_.pop_front();
  }

  // Everything takes effect and arrives.
  void finish(Wave& wave) {
    while (!pending_.empty()) {
      const std::uint32_t first = pending_.front().sequence;
      end(wave, first);
    }
    waits_.clear();
  }

  WaitCounters waits_;
  std::deque<Late> pending_;
  std::uint32_t sequence_ = 0;
};

class LateWorkgroup final : public WorkgroupObserver {
 public:
  LateWorkgroup(std::shared_ptr<const ProgramFacts> facts, std::size_t waves)
      : facts_(std::move(facts)), waves_(waves) {}

  TurnEnd run_turn(Workgroup& workgroup, std::uint64_t quantum) override {
    return emulator::run_turn(workgroup, [&](Wave& wave) {
      resume_wave(wave, quantum);
      while (wave.state == WaveState::kReady) waves_[wave.index].execute(wave, *facts_);
    });
  }

 private:
  std::shared_ptr<const ProgramFacts> facts_;
  std::vector<LateWave> waves_;
};

class LateDispatch final : public DispatchObserver {
 public:
  explicit LateDispatch(const Dispatch& dispatch) {
    facts_ = facts_of(dispatch.kernel->program, dispatch.kernel->is_wave64());
  }
  std::shared_ptr<WorkgroupObserver> begin(Workgroup& workgroup) override {
    return std::make_shared<LateWorkgroup>(facts_, workgroup.wave_count);
  }

 private:
  std::shared_ptr<const ProgramFacts> facts_;
};

}  // namespace

std::unique_ptr<DispatchObserver> make_late_arrival(const Dispatch& dispatch,
                                                    const MemorySnapshot&) {
  return std::make_unique<LateDispatch>(dispatch);
}

}  // namespace emulator
