#include "observers/ordering.h"

#include <algorithm>

namespace emulator {
namespace {

void raise(Acquired& acquired, WaveId wave, std::uint32_t sequence) {
  std::uint32_t& known = acquired[wave];
  known = std::max(known, sequence);
}

}  // namespace

std::shared_ptr<GroupOrder> DispatchOrder::begin(std::uint32_t group) {
  auto order = std::make_shared<GroupOrder>();
  const std::lock_guard lock(mutex_);
  groups_[group] = order;
  return order;
}

void DispatchOrder::acquire(WaveId me, WaveId from, std::uint32_t release) {
  const std::lock_guard lock(mutex_);
  GroupOrder& mine = *groups_.at(group_of_wave(me));
  std::shared_ptr<const Acquired>& known = mine.acquired[index_of_wave(me)];
  if (known != nullptr) {
    const auto found = known->find(from);
    if (found != known->end() && found->second >= release) return;
  }
  auto joined =
      known != nullptr ? std::make_shared<Acquired>(*known) : std::make_shared<Acquired>();
  raise(*joined, from, release);
  const GroupOrder& other = *groups_.at(group_of_wave(from));
  for (unsigned wave = 0; wave < kMostWaves; ++wave) {
    if (other.before_barrier_global[wave] != 0) {
      raise(*joined, wave_id(group_of_wave(from), wave), other.before_barrier_global[wave]);
    }
  }
  if (const Acquired* theirs = other.acquired[index_of_wave(from)].get()) {
    for (const auto& [wave, sequence] : *theirs) raise(*joined, wave, sequence);
  }
  known = std::move(joined);
}

void DispatchOrder::meet(GroupOrder& group, const std::array<std::uint32_t, kMostWaves>& ended_lds,
                         const std::array<std::uint32_t, kMostWaves>& ended_global) {
  const std::lock_guard lock(mutex_);
  group.before_barrier_lds = ended_lds;
  group.before_barrier_global = ended_global;
  const bool any = std::any_of(group.acquired.begin(), group.acquired.end(),
                               [](const auto& each) { return each != nullptr; });
  if (!any) return;
  auto joined = std::make_shared<Acquired>();
  for (const auto& each : group.acquired) {
    if (each == nullptr) continue;
    for (const auto& [wave, sequence] : *each) raise(*joined, wave, sequence);
  }
  group.acquired.fill(joined);
}

}  // namespace emulator
