// What the modelled time of several launches went on, in few words and numbers.
#pragma once

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "timing/launch_timing.h"

namespace emulator::timing {

class TimeSpent {
 public:
  void add(const LaunchTiming& timing, double core_mhz);

  // us by cause, those that took none left out: the vector ALU's own work, what it waited for, the
  // start and end of launches, and the way of the last stores. Together they are the launches'
  // durations.
  std::vector<std::pair<std::string_view, double>> rows() const;
  double dram_bytes() const { return dram_bytes_; }

 private:
  double busy_us_ = 0, launch_us_ = 0, without_waves_us_ = 0;
  double last_stores_us_ = 0;  // of the last wave's end until memory has what it stored
  std::array<double, kStalls> idle_us_{};
  double dram_bytes_ = 0;
};

// A stall as people read it; what is told of SIMDs whose vector ALU does nothing.
std::string_view idle_cause(Stall stall);
constexpr std::string_view kWithoutWaves = "occupancy";

}  // namespace emulator::timing
