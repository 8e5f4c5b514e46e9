#include "dispatch/plan_cache.h"

#include <utility>

namespace rdna1conv {

const PreparedPlan& Choice::prepared(const std::shared_ptr<KernelModules>& modules) const {
  // If loading throws, the next call tries again.
  std::call_once(once_, [&] {
    prepared_ =
        std::make_unique<const PreparedPlan>(solver_->launches(*problem_, instance_), modules);
  });
  return *prepared_;
}

std::shared_ptr<const Choices> PlanCache::find(const PlanKey& key) const {
  const std::shared_lock lock(mutex_);
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return nullptr;
  entry->second.last_use.store(next_use(), std::memory_order_relaxed);
  return entry->second.choices;
}

std::shared_ptr<const Choices> PlanCache::insert(const PlanKey& key, Choices choices) {
  auto fresh = std::make_shared<const Choices>(std::move(choices));
  const std::unique_lock lock(mutex_);
  return add(key, std::move(fresh)).choices;
}

std::shared_ptr<const Choices> PlanCache::replace(const PlanKey& key, Choices choices) {
  auto fresh = std::make_shared<const Choices>(std::move(choices));
  const std::unique_lock lock(mutex_);
  add(key, fresh).choices = fresh;
  return fresh;
}

std::size_t PlanCache::size() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

PlanCache::Entry& PlanCache::add(const PlanKey& key, std::shared_ptr<const Choices> choices) {
  const std::uint64_t now = next_use();
  if (const auto known = entries_.find(key); known != entries_.end()) {
    known->second.last_use.store(now, std::memory_order_relaxed);
    return known->second;
  }
  if (entries_.size() >= kMostProblems) forget_one();
  const auto added = entries_.try_emplace(key, std::move(choices), now).first;
  candidates_.push({now, &*added});
  return added->second;
}

void PlanCache::forget_one() {
  while (true) {
    Candidate oldest = candidates_.top();
    candidates_.pop();
    const std::uint64_t last_use = oldest.entry->second.last_use.load(std::memory_order_relaxed);
    if (last_use == oldest.last_use) {
      entries_.erase(entries_.find(oldest.entry->first));
      return;
    }
    // Used since: no entry is passed over more often than it was looked up.
    oldest.last_use = last_use;
    candidates_.push(oldest);
  }
}

}  // namespace rdna1conv
