#include "hsa/timeline.h"

#include <algorithm>
#include <cmath>

#include "hsa/signals.h"
#include "timing/launch_timing.h"
#include "timing/settings.h"

namespace emulator::hsa {
namespace {

// Times are not zero: some programs take that for none.
constexpr std::uint64_t kBegin = 1'000'000'000;

std::uint64_t nanoseconds(double microseconds) {
  return static_cast<std::uint64_t>(std::llround(microseconds * 1e3));
}

// The part of the device that a launch takes when it runs alone.
double share_of(const timing::LaunchTiming& launch, const timing::Constants& constants) {
  const double room = constants.workgroup_processors * launch.occupancy.workgroups;
  return std::min(1.0, static_cast<double>(launch.workgroups) / room);
}

}  // namespace

Timeline& Timeline::instance() {
  static Timeline& timeline = *new Timeline;  // never destroyed: queue threads outlive main
  return timeline;
}

Timeline::Timeline() : enabled_(timing::device_clock().has_value()), host_ns_(kBegin) {}

std::uint64_t Timeline::host_ns() const {
  const std::lock_guard lock(mutex_);
  return host_ns_;
}

void Timeline::host_saw(std::uint64_t end_ns) {
  const std::lock_guard lock(mutex_);
  host_ns_ = std::max(host_ns_, end_ns);
}

void Timeline::host_saw(hsa_signal_t signal) {
  if (!enabled_ || signal.handle == 0) return;
  const amd_signal_t& completed = signal_of(signal);
  if (completed.kind == AMD_SIGNAL_KIND_USER) host_saw(completed.end_ts);
}

Times Timeline::place_kernel(std::uint64_t ready_ns, const timing::LaunchTiming& launch) {
  const timing::Constants& constants = timing::device_clock()->constants;
  const double share = share_of(launch, constants);
  const std::lock_guard lock(mutex_);
  std::uint64_t begin = ready_ns + nanoseconds(constants.launch_gap_us);
  // Until the kernels that run at `begin` leave room: no sum of shares is over 1, but for rounding.
  constexpr double kRoom = 1.0001;
  for (;;) {
    double used = 0;
    std::uint64_t next_end = ~0ull;
    for (const Running& other : running_) {
      if (other.times.begin_ns > begin || other.times.end_ns <= begin) continue;
      used += other.share;
      next_end = std::min(next_end, other.times.end_ns);
    }
    if (used + share <= kRoom || next_end == ~0ull) break;
    begin = next_end;
  }
  const Times times{begin, begin + std::max<std::uint64_t>(1, nanoseconds(launch.duration_us))};
  running_.push_back({times, share});
  // Old kernels are in nobody's way: queues only go forward.
  constexpr std::size_t kKept = 64;
  if (running_.size() > kKept) running_.erase(running_.begin());
  return times;
}

Times Timeline::place_copy(std::uint64_t ready_ns, std::uint64_t bytes, Link link) {
  const timing::Constants& constants = timing::device_clock()->constants;
  // On the device every byte is read and written.
  const double gb_per_s = link == Link::kDevice
                              ? constants.dram_gb_per_s * constants.dram_efficiency / 2
                              : constants.host_link_gb_per_s;
  const double us = constants.copy_start_us + static_cast<double>(bytes) / gb_per_s * 1e-3;
  const std::lock_guard lock(mutex_);
  const std::uint64_t begin = std::max(ready_ns, copies_ns_);
  copies_ns_ = begin + nanoseconds(us);
  return {begin, copies_ns_};
}

std::uint64_t latest_end(std::span<const hsa_signal_t> signals) {
  std::uint64_t latest = 0;
  for (const hsa_signal_t signal : signals) {
    if (signal.handle != 0) latest = std::max(latest, signal_of(signal).end_ts);
  }
  return latest;
}

std::uint64_t earliest_end(std::span<const hsa_signal_t> signals) {
  std::uint64_t earliest = 0;
  for (const hsa_signal_t signal : signals) {
    if (signal.handle == 0 || signal_value(signal) > 0) continue;
    const std::uint64_t end = signal_of(signal).end_ts;
    earliest = earliest == 0 ? end : std::min(earliest, end);
  }
  return earliest;
}

}  // namespace emulator::hsa
