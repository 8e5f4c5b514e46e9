// What the model made of launches that it followed lately and that found all their lines in L2. An
// equal recording takes as long again if L2 still holds them, whatever else it holds, and leaves it
// as a second time would: its lines used in the same order.
#pragma once

#include <list>
#include <unordered_map>
#include <utility>
#include <vector>

#include "timing/digest.h"
#include "timing/launch_timing.h"
#include "timing/memory_system.h"

namespace emulator::timing {

class FollowedLaunches {
 public:
  struct Entry {
    LaunchTiming timing;
    std::vector<TagCache::Used> lines;  // of L2
    TagCache instruction_cache;         // at the end
  };

  // Of a launch: its recording and the instruction cache at its begin.
  const Entry* find(const Digest& launch) const {
    const auto found = entries_.find(launch);
    return found == entries_.end() ? nullptr : &found->second;
  }

  void add(const Digest& launch, Entry entry) {
    if (!entries_.emplace(launch, std::move(entry)).second) return;
    order_.push_back(launch);
    if (order_.size() <= kKept) return;
    entries_.erase(order_.front());
    order_.pop_front();
  }

 private:
  // Up to 0.5 MB each, nearly all of it lines.
  static constexpr std::size_t kKept = 128;

  struct Hash {
    std::size_t operator()(const Digest& digest) const { return digest.hash(); }
  };
  std::unordered_map<Digest, Entry, Hash> entries_;
  std::list<Digest> order_;
};

}  // namespace emulator::timing
