#include "timing/time_range.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "timing/sensitivity.h"

namespace emulator::timing {

RangeStore& RangeStore::instance() {
  static RangeStore& store = *new RangeStore;  // never destroyed: queue threads outlive main
  return store;
}

bool RangeStore::wanted() const {
  const std::lock_guard lock(mutex_);
  return capturing_;
}

void RangeStore::capture(bool on) {
  const std::lock_guard lock(mutex_);
  capturing_ = on;
  if (!on) launches_.clear();
}

void RangeStore::add(std::shared_ptr<const ModelledLaunch> launch) {
  const std::lock_guard lock(mutex_);
  if (capturing_) launches_.push_back(std::move(launch));
}

TimeRange RangeStore::take(const Constants& constants) {
  std::vector<std::shared_ptr<const ModelledLaunch>> launches;
  {
    const std::lock_guard lock(mutex_);
    launches = std::exchange(launches_, {});
  }
  struct Change {
    double at_low = 0;
    double at_high = 0;
  };
  std::map<std::string_view, Change> changes;  // us, by constant
  double sampling = 0;
  for (const auto& launch : launches) {
    const LaunchTiming& timing = launch->timing();
    sampling += timing.duration_us * timing.sampling_error;
    for (const Sensitivity& each : sensitivities(launch->model(), constants)) {
      changes[each.constant].at_low += timing.duration_us * each.at_low;
      changes[each.constant].at_high += timing.duration_us * each.at_high;
    }
  }
  // What lies between launches is no part of their durations.
  const ConstantRow& gap = *find_constant("launch_gap_us");
  const auto count = static_cast<double>(launches.size());
  changes[gap.name] = {count * (gap.low - gap.value), count * (gap.high - gap.value)};
  double down = sampling * sampling;
  double up = down;
  for (const auto& [constant, change] : changes) {
    down += std::pow(std::min({change.at_low, change.at_high, 0.0}), 2);
    up += std::pow(std::max({change.at_low, change.at_high, 0.0}), 2);
  }
  return {std::sqrt(down), std::sqrt(up)};
}

}  // namespace emulator::timing
