#include "machine/workgroup.h"

#include <algorithm>
#include <cstdio>

#include "isa/float_mode.h"
#include "machine/device.h"

namespace emulator {
namespace {

// What a turn that ends in s_sleep counts against the instruction budget, so that a wait which
// nothing will ever end is noticed in seconds although it executes next to nothing.
constexpr std::uint64_t kSleepCharge = 20'000;

// Which wave of the workgroup runs now; a fault's text names it.
thread_local const Wave* running_wave = nullptr;

}  // namespace

void name_running_wave(const Wave& wave) { running_wave = &wave; }

namespace {

void run_wave(Wave& wave, std::uint64_t quantum) {
  wave.budget = wave.executed + quantum;
  wave.state = WaveState::kReady;
  name_running_wave(wave);
  apply_float_mode(wave);
  for (const Instruction* instruction = wave.next; instruction != nullptr;) {
    instruction = instruction->run(wave, *instruction);
  }
}

}  // namespace

bool release_barrier(Workgroup& workgroup) {
  std::size_t at_barrier = 0;
  std::size_t ended = 0;
  for (std::size_t i = 0; i < workgroup.wave_count; ++i) {
    at_barrier += workgroup.waves[i]->state == WaveState::kAtBarrier;
    ended += workgroup.waves[i]->state == WaveState::kEnded;
  }
  // Waves that have ended no longer count.
  if (at_barrier == 0 || at_barrier + ended != workgroup.wave_count) return false;
  for (std::size_t i = 0; i < workgroup.wave_count; ++i) {
    Wave& wave = *workgroup.waves[i];
    if (wave.state == WaveState::kAtBarrier) wave.state = WaveState::kReady;
  }
  return true;
}

TurnEnd run_turn(Workgroup& workgroup, std::uint64_t quantum) {
  return run_turn(workgroup, [quantum](Wave& wave) { run_wave(wave, quantum); });
}

TurnEnd run_turn(Workgroup& workgroup, const std::function<void(Wave&)>& run,
                 const std::function<void()>& waves_met) {
  const std::uint64_t before = executed_instructions(workgroup);
  for (;;) {
    bool yielded = false;
    std::size_t ended = 0;
    for (std::size_t i = 0; i < workgroup.wave_count; ++i) {
      Wave& wave = *workgroup.waves[i];
      if (wave.state == WaveState::kReady || wave.state == WaveState::kYielded) {
        run(wave);
      }
      if (wave.state == WaveState::kYielded) {
        yielded = true;
        if (wave.executed < wave.budget) workgroup.waited += kSleepCharge;
      }
      ended += wave.state == WaveState::kEnded;
    }
    if (ended == workgroup.wave_count) return TurnEnd::kDone;
    if (release_barrier(workgroup)) {
      if (waves_met) waves_met();
      yielded = yielded || executed_instructions(workgroup) - before > workgroup.turn_limit;
    }
    if (yielded) return TurnEnd::kYielded;
  }
}

std::uint64_t executed_instructions(const Workgroup& workgroup) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < workgroup.wave_count; ++i) sum += workgroup.waves[i]->executed;
  return sum;
}

std::uint64_t charged_instructions(const Workgroup& workgroup) {
  return executed_instructions(workgroup) + workgroup.waited;
}

std::string describe_position(const Workgroup& workgroup) {
  char text[160];
  const Wave& wave = running_wave != nullptr ? *running_wave : *workgroup.waves.front();
  std::snprintf(text, sizeof text, ", workgroup (%u, %u, %u), wave %u", workgroup.id[0],
                workgroup.id[1], workgroup.id[2], wave.index);
  std::string position = "kernel " + workgroup.dispatch->kernel->name + text;
  if (wave.current != nullptr) {
    position += ", address " + wave.program->describe(*wave.current, wave.is_wave64());
  }
  return position;
}

}  // namespace emulator
