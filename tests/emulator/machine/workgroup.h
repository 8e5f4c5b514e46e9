// A workgroup in flight: its waves, its LDS and its scratch.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "machine/wave.h"

namespace emulator {

class WorkgroupObserver;
struct Dispatch;

// Flat address windows of LDS and scratch: 4 GB each from here. s_getreg SH_MEM_BASES gives bits
// 63:48 of both (private in the low half, shared in the high half).
constexpr std::uint64_t kSharedAperture = 0x1000000000000ull;
constexpr std::uint64_t kPrivateAperture = 0x2000000000000ull;

struct Workgroup {
  const Dispatch* dispatch = nullptr;
  std::array<std::uint32_t, 3> id{};
  std::vector<std::byte> lds;                // what the dispatch asked for, in whole granules
  std::vector<std::byte> scratch;            // of all waves, one after the other
  std::vector<std::unique_ptr<Wave>> waves;  // the first `wave_count` are in use
  std::size_t wave_count = 0;
  std::uint64_t waited = 0;  // instructions charged for turns that ended in s_sleep
  // Instructions of all waves after which a turn ends where they meet at a barrier: waves that meet
  // again and again never use up a quantum of their own. A turn of a second or so; what can be
  // executed to its end should be.
  std::uint64_t turn_limit = 100'000'000;
  std::shared_ptr<WorkgroupObserver> observer;  // runs the waves in place of run_turn(), or null
};

// Prepares `workgroup` (new or used before) to run workgroup `id` of `dispatch` from its first
// instruction: registers as the kernel descriptor asks for them, LDS and scratch sized and filled
// with a pattern that is a NaN in every float type, because a card leaves them undefined.
void start_workgroup(Workgroup& workgroup, const Dispatch& dispatch, const MemorySnapshot& memory,
                     std::array<std::uint32_t, 3> id);

enum class TurnEnd { kDone, kYielded };

// Runs the waves on the calling thread, round-robin between barriers, until all have ended or a
// wave yields (s_sleep, or `quantum` instructions without a pause). Throws Fault.
TurnEnd run_turn(Workgroup& workgroup, std::uint64_t quantum);

// The same with the caller's way to run a wave: until it ends, waits at a barrier or yields.
// `waves_met`, if given, is called whenever the waves at a barrier have been let go on.
TurnEnd run_turn(Workgroup& workgroup, const std::function<void(Wave&)>& run_wave,
                 const std::function<void()>& waves_met = {});

// Lets the waves go on that wait at a barrier, if every wave has reached it or has ended. Returns
// whether it did.
bool release_barrier(Workgroup& workgroup);

// Makes `wave` the one that the faults of the calling thread name.
void name_running_wave(const Wave& wave);

// Wave-instructions executed so far, and what waiting was charged.
std::uint64_t executed_instructions(const Workgroup& workgroup);
std::uint64_t charged_instructions(const Workgroup& workgroup);

// Where the workgroup stands, for a fault's text: "kernel k, workgroup (1, 0, 0), wave 3, address
// 0x7f..: v_add_f32_e32 v0, v1, v2". Names the wave that was running last.
std::string describe_position(const Workgroup& workgroup);

}  // namespace emulator
