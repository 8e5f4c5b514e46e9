// The modelled time of a launch and what it was spent on.
#pragma once

#include <array>
#include <cstdint>

#include "machine/occupancy.h"
#include "timing/memory_system.h"
#include "timing/workgroup_processor.h"

namespace emulator::timing {

struct LaunchTiming {
  double clocks = 0;          // first wave to last, of the whole launch
  double duration_us = 0;     // with the start and the end of the launch: what events see
  double sampling_error = 0;  // relative, two standard errors; 0 if the launch was modelled whole
  bool sampled = false;

  std::uint64_t workgroups = 0;
  std::uint64_t modelled_workgroups = 0;  // in detail
  std::uint64_t followed_workgroups = 0;  // by their vector memory
  std::uint64_t wave_instructions = 0;
  std::uint64_t modelled_instructions = 0;

  WorkgroupNeeds needs;
  Occupancy occupancy;               // that the kernel allows
  unsigned resident_workgroups = 0;  // per workgroup processor, as far as the grid has them
  // Of the part that was modelled.
  double modelled_clocks = 0;
  ExecutionStatistics statistics;
  std::array<LevelTraffic, kMemoryLevels> traffic{};
  std::array<double, kMemoryLevels> peak_bytes_per_clock{};
};

}  // namespace emulator::timing
