#include "machine/memory_map.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace emulator {

std::string_view to_string(MemoryKind kind) {
  switch (kind) {
    case MemoryKind::kDeviceCoarse:
      return "device memory";
    case MemoryKind::kHostCoarse:
      return "coarse-grained host memory";
    case MemoryKind::kHostFine:
      return "fine-grained host memory";
    case MemoryKind::kKernarg:
      return "kernel arguments";
    case MemoryKind::kCode:
      return "a code object";
    case MemoryKind::kRegistered:
      return "registered host memory";
    case MemoryKind::kScratch:
      return "scratch";
    case MemoryKind::kRuntime:
      return "the runtime's own memory";
  }
  return "memory";
}

const Region* MemorySnapshot::before(std::uint64_t address) const {
  const auto next = std::upper_bound(
      regions_.begin(), regions_.end(), address,
      [](std::uint64_t value, const Region& region) { return value < region.begin; });
  return next == regions_.begin() ? nullptr : &*std::prev(next);
}

const Region* MemorySnapshot::find(std::uint64_t address) const {
  const Region* region = before(address);
  if (region != nullptr && address < region->end) return region;
  return map_ != nullptr ? find_added(address) : nullptr;
}

const Region* MemorySnapshot::find_added(std::uint64_t address) const {
  const std::shared_ptr<const MemorySnapshot> now = map_->snapshot();
  if (now.get() == this) return nullptr;
  const Region* region = now->before(address);
  if (region == nullptr || address >= region->end) return nullptr;
  const std::lock_guard lock(added_mutex_);
  if (added_.empty() || added_.back() != now) added_.push_back(now);
  return region;
}

void MemoryMap::add(Region region) {
  const std::lock_guard lock(mutex_);
  std::vector<Region> regions = current_->regions();
  const auto position = std::upper_bound(
      regions.begin(), regions.end(), region.begin,
      [](std::uint64_t value, const Region& other) { return value < other.begin; });
  const bool hits_next = position != regions.end() && position->begin < region.end;
  const bool hits_previous = position != regions.begin() && std::prev(position)->end > region.begin;
  if (hits_next || hits_previous) {
    throw std::invalid_argument("the memory range overlaps one that is in use");
  }
  // Fragments of 64 KB, as the driver's page tables have them.
  constexpr std::uint64_t kFragment = 1u << 16;
  region.modelled_begin = next_modelled_;
  next_modelled_ += (region.end - region.begin + kFragment - 1) / kFragment * kFragment + kFragment;
  regions.insert(position, std::move(region));
  current_ = std::make_shared<const MemorySnapshot>(std::move(regions), current_->freed(), this);
}

bool MemoryMap::remove(std::uint64_t begin, bool keep_address) {
  constexpr std::size_t kMostFreed = 1024;
  const std::lock_guard lock(mutex_);
  std::vector<Region> regions = current_->regions();
  const auto found = std::find_if(regions.begin(), regions.end(),
                                  [&](const Region& region) { return region.begin == begin; });
  if (found == regions.end()) return false;
  std::vector<Region> freed = current_->freed();
  if (keep_address) {
    if (freed.size() == kMostFreed) freed.erase(freed.begin());
    freed.push_back(std::move(*found));
    freed.back().written = nullptr;
  }
  regions.erase(found);
  current_ = std::make_shared<const MemorySnapshot>(std::move(regions), std::move(freed), this);
  return true;
}

std::shared_ptr<const MemorySnapshot> MemoryMap::snapshot() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace emulator
