#include "hsa/timeline.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "hsa/signals.h"
#include "timing/modelled_launch.h"
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

Timeline::Timeline() : enabled_(timing::device_clock().has_value()), host_(kBegin) {}

bool Timeline::is_known(const Moment& moment) {
  return moment.unknown_ == nullptr || moment.unknown_->is_known;
}

std::uint64_t Timeline::known_ns(const Moment& moment) {
  return moment.unknown_ == nullptr ? moment.ns_ : moment.unknown_->ns;
}

void Timeline::work_out_known() {
  while (!steps_.empty()) {
    const Step& step = steps_.front();
    if (step.launch != nullptr && !step.launch->is_ready()) return;
    step.work_out();
    steps_.pop_front();
  }
}

std::uint64_t Timeline::ns(const Moment& moment) {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_out_known();
    if (is_known(moment)) return known_ns(moment);
    const auto launch = steps_.front().launch;
    lock.unlock();
    launch->timing();
    lock.lock();
  }
}

Moment Timeline::combine(const Moment& a, const Moment& b,
                         const std::uint64_t& (*choose)(const std::uint64_t&,
                                                        const std::uint64_t&)) {
  work_out_known();
  if (is_known(a) && is_known(b)) return Moment(choose(known_ns(a), known_ns(b)));
  auto result = std::make_shared<Moment::Unknown>();
  steps_.push_back({nullptr, [a, b, choose, result] {
                      *result = {choose(known_ns(a), known_ns(b)), true};
                    }});
  return Moment(std::move(result));
}

Moment Timeline::later(const Moment& a, const Moment& b) {
  const std::lock_guard lock(mutex_);
  return combine(a, b, std::max<std::uint64_t>);
}

Moment Timeline::earlier(const Moment& a, const Moment& b) {
  const std::lock_guard lock(mutex_);
  return combine(a, b, std::min<std::uint64_t>);
}

Moment Timeline::host_now() const {
  const std::lock_guard lock(mutex_);
  return host_;
}

void Timeline::host_saw(const Moment& end) {
  const std::lock_guard lock(mutex_);
  // Hosts poll: what is not known yet is noted once.
  if (end.unknown_ != nullptr && end.unknown_ == last_seen_.unknown_) return;
  last_seen_ = end;
  host_ = combine(host_, end, std::max<std::uint64_t>);
}

void Timeline::host_saw(hsa_signal_t signal) {
  if (!enabled_ || signal.handle == 0) return;
  if (signal_of(signal).kind == AMD_SIGNAL_KIND_USER) host_saw(times_of(signal).end);
}

Times Timeline::place(std::shared_ptr<const timing::ModelledLaunch> launch,
                      std::function<Span()> work_out) {
  auto begin = std::make_shared<Moment::Unknown>();
  auto end = std::make_shared<Moment::Unknown>();
  steps_.push_back({std::move(launch), [begin, end, work_out = std::move(work_out)] {
                      const Span span = work_out();
                      *begin = {span.begin_ns, true};
                      *end = {span.end_ns, true};
                    }});
  work_out_known();
  return {Moment(std::move(begin)), Moment(std::move(end))};
}

Times Timeline::place_kernel(const Moment& ready,
                             std::shared_ptr<const timing::ModelledLaunch> launch) {
  const std::lock_guard lock(mutex_);
  return place(launch,
               [this, ready, launch] { return placed_kernel(known_ns(ready), launch->timing()); });
}

Times Timeline::place_copy(const Moment& ready, std::uint64_t bytes, Link link) {
  const std::lock_guard lock(mutex_);
  return place(nullptr,
               [this, ready, bytes, link] { return placed_copy(known_ns(ready), bytes, link); });
}

Timeline::Span Timeline::placed_kernel(std::uint64_t ready_ns, const timing::LaunchTiming& launch) {
  const timing::Constants& constants = timing::device_clock()->constants;
  const double share = share_of(launch, constants);
  std::uint64_t begin = ready_ns + nanoseconds(constants.launch_gap_us);
  // Until the kernels that run at `begin` leave room: no sum of shares is over 1, but for rounding.
  constexpr double kRoom = 1.0001;
  for (;;) {
    double used = 0;
    std::uint64_t next_end = ~0ull;
    for (const Running& other : running_) {
      if (other.begin_ns > begin || other.end_ns <= begin) continue;
      used += other.share;
      next_end = std::min(next_end, other.end_ns);
    }
    if (used + share <= kRoom || next_end == ~0ull) break;
    begin = next_end;
  }
  const Span span{begin, begin + std::max<std::uint64_t>(1, nanoseconds(launch.duration_us))};
  running_.push_back({span.begin_ns, span.end_ns, share});
  // Old kernels are in nobody's way: queues only go forward.
  constexpr std::size_t kKept = 64;
  if (running_.size() > kKept) running_.erase(running_.begin());
  return span;
}

Timeline::Span Timeline::placed_copy(std::uint64_t ready_ns, std::uint64_t bytes, Link link) {
  const timing::Constants& constants = timing::device_clock()->constants;
  // On the device every byte is read and written.
  const double gb_per_s = link == Link::kDevice
                              ? constants.dram_gb_per_s * constants.dram_efficiency / 2
                              : constants.host_link_gb_per_s;
  const double us = constants.copy_start_us + static_cast<double>(bytes) / gb_per_s * 1e-3;
  const std::uint64_t begin = std::max(ready_ns, copies_ns_);
  copies_ns_ = begin + nanoseconds(us);
  return {begin, copies_ns_};
}

Moment latest_end(std::span<const hsa_signal_t> signals) {
  Moment latest;
  for (const hsa_signal_t signal : signals) {
    if (signal.handle == 0) continue;
    latest = Timeline::instance().later(latest, times_of(signal).end);
  }
  return latest;
}

Moment earliest_end(std::span<const hsa_signal_t> signals) {
  std::optional<Moment> earliest;
  for (const hsa_signal_t signal : signals) {
    if (signal.handle == 0 || signal_value(signal) > 0) continue;
    const Moment end = times_of(signal).end;
    earliest = earliest ? Timeline::instance().earlier(*earliest, end) : end;
  }
  return earliest.value_or(Moment());
}

}  // namespace emulator::hsa
