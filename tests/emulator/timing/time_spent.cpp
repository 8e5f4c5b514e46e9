#include "timing/time_spent.h"

#include <algorithm>

namespace emulator::timing {

void TimeSpent::add(const LaunchTiming& timing, double core_mhz) {
  const ExecutionStatistics& s = timing.statistics;
  const double running_us = timing.clocks / core_mhz;
  launch_us_ += timing.duration_us - running_us;
  if (s.simd_clocks > 0) {  // of the part that was modelled; the rest is like it
    const double us_per_clock = running_us / s.simd_clocks;
    busy_us_ += s.valu_busy * us_per_clock;
    without_waves_us_ += s.idle_without_waves * us_per_clock;
    double accounted = s.valu_busy + s.idle_without_waves;
    for (std::size_t i = 0; i < kStalls; ++i) {
      idle_us_[i] += s.idle[i] * us_per_clock;
      accounted += s.idle[i];
    }
    last_stores_us_ += (s.simd_clocks - accounted) * us_per_clock;
  }
  const double bytes = timing.traffic[static_cast<std::size_t>(MemoryLevel::kDram)].bytes;
  dram_bytes_ += bytes * timing.clocks / std::max(timing.modelled_clocks, 1.0);
}

std::vector<std::pair<std::string_view, double>> TimeSpent::rows() const {
  std::vector<std::pair<std::string_view, double>> rows{{"vector ALU", busy_us_},
                                                        {kWithoutWaves, without_waves_us_},
                                                        {"launch", launch_us_},
                                                        {"last stores", last_stores_us_}};
  for (std::size_t i = 0; i < kStalls; ++i) {
    rows.emplace_back(idle_cause(static_cast<Stall>(i)), idle_us_[i]);
  }
  std::erase_if(rows, [](const auto& row) { return row.second <= 0; });
  return rows;
}

std::string_view idle_cause(Stall stall) {
  // The ALU is free and a wave could go: it is at other units' instructions.
  return stall == Stall::kUnitBusy ? "other units" : to_string(stall);
}

}  // namespace emulator::timing
