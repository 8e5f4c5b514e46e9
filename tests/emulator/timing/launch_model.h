// Models the time of one kernel launch from the traces of some of its workgroups.
//
// The dispatcher hands workgroups round the processors, so workgroup n runs on processor
// n mod processors. Processor 0 is modelled in detail, the load of the others on the shared caches
// with the addresses of the workgroups that run there at the same time. A launch whose share of
// processor 0 is over the budget is sampled: whole rounds (as many workgroups as the processor
// holds at a time) from the first to the last part of the grid, and the time of the rounds left out
// follows from those that were modelled. Every workgroup is executed all the same.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "machine/device.h"
#include "timing/digest.h"
#include "timing/followed_launches.h"
#include "timing/instruction_timing.h"
#include "timing/launch_timing.h"
#include "timing/memory_system.h"
#include "timing/needed_instructions.h"
#include "timing/settings.h"
#include "timing/trace.h"

namespace emulator::timing {

// What outlives a launch: the contents of L2 and the static timing of programs.
class ClockModel {
 public:
  explicit ClockModel(const Clock& clock);

  const Constants& constants() const { return clock_.constants; }
  const std::string& name() const { return clock_.name; }
  std::shared_ptr<const ProgramTiming> timing_of(const std::shared_ptr<const Program>& program,
                                                 bool wave64);
  // Of a kernel whose results do not matter, on the paths of `executed` instructions of its
  // program.
  std::shared_ptr<const NeededInstructions> needed_of(const Kernel& kernel, bool wave64,
                                                      const std::vector<bool>& executed);

  // Of the one thread that follows launches: they share the L2.
  MemorySystem& memory() { return memory_; }
  FollowedLaunches& followed() { return followed_; }

 private:
  struct Entry {
    std::weak_ptr<const Program> program;
    std::shared_ptr<const ProgramTiming> timing;
  };

  Clock clock_;
  MemorySystem memory_;
  FollowedLaunches followed_;
  std::mutex timings_mutex_;
  std::unordered_map<const Program*, Entry> timings_[2];  // wave32, wave64
  struct NeededEntry {
    std::weak_ptr<const Program> program;
    // By the instructions that were executed.
    std::map<std::vector<bool>, std::shared_ptr<const NeededInstructions>> needed;
  };
  std::unordered_map<const Instruction*, NeededEntry> needed_[2];  // by the kernel's first one
};

// One launch. Workgroup 0 is to be executed first: its length decides how much is recorded.
class LaunchModel {
 public:
  // `workgroups` of the whole grid.
  LaunchModel(ClockModel& model, const Dispatch& dispatch, std::uint64_t workgroups);

  // Where to record workgroup `number`, or null if it runs plain. Valid until finish().
  WorkgroupTrace* trace_of(std::uint64_t number) const;
  const ProgramTiming& program() const { return *program_; }
  unsigned lds_banks() const;
  // After plan(): what of the recorded workgroups is to be carried out on the paths that workgroup
  // 0 went; null for all of it.
  const NeededInstructions* needed() const { return needed_.get(); }

  // The trace of workgroup 0 is complete, or it waits for other workgroups.
  void plan();

  // All workgroups have ended. `wave_instructions` of all of them together.
  void end_recording(std::uint64_t wave_instructions);
  // Of what was recorded.
  std::size_t recorded_bytes() const;

  // After end_recording(), by the thread that follows launches, in the order of the launches.
  LaunchTiming follow();
  // After end_recording(): durations in us of an excerpt of the launch with these constants, in
  // parallel, for comparison with each other.
  std::vector<double> replay(std::span<const Constants> constants) const;

 private:
  void add_round(std::uint64_t first_row, std::uint64_t rows, std::uint64_t instruction_limit);
  std::vector<WorkgroupJob> jobs() const;
  double work_ratio() const;
  LaunchTiming extrapolate(ProcessorResult result, const Constants& c) const;
  LaunchTiming follow_anew(MemorySystem& memory) const;
  Digest digest() const;
  // Its first rounds with shorter waves.
  LaunchModel excerpt() const;

  ClockModel& model_;
  std::uint64_t workgroups_;
  std::uint64_t wave_instructions_ = 0;
  std::uint64_t processors_;
  WorkgroupNeeds needs_;
  Occupancy occupancy_;
  std::shared_ptr<const Program> code_;
  std::shared_ptr<const ProgramTiming> program_;
  std::shared_ptr<const Kernel> kernel_;  // null where results matter
  std::shared_ptr<const NeededInstructions> needed_;
  // Rows of the grid as the dispatcher hands it out: row k is workgroups k * processors and on.
  std::vector<std::uint64_t> rows_;
  std::uint64_t all_rows_;
  std::uint64_t rounds_ = 0;  // whole ones in the grid
  std::uint64_t sampled_rounds_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<WorkgroupTrace>> traces_;
};

}  // namespace emulator::timing
