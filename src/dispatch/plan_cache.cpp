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
  return entry == entries_.end() ? nullptr : entry->second;
}

std::shared_ptr<const Choices> PlanCache::insert(const PlanKey& key, Choices choices) {
  auto fresh = std::make_shared<const Choices>(std::move(choices));
  const std::unique_lock lock(mutex_);
  make_room();
  return entries_.try_emplace(key, std::move(fresh)).first->second;
}

std::shared_ptr<const Choices> PlanCache::replace(const PlanKey& key, Choices choices) {
  auto fresh = std::make_shared<const Choices>(std::move(choices));
  const std::unique_lock lock(mutex_);
  make_room();
  entries_.insert_or_assign(key, fresh);
  return fresh;
}

std::size_t PlanCache::size() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

void PlanCache::make_room() {
  // Any will do: what is forgotten costs an estimate, or a look into the find-db.
  if (entries_.size() >= kMostProblems) entries_.erase(entries_.begin());
}

}  // namespace rdna1conv
