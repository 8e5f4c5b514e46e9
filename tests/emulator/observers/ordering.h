// Which accesses of other waves a wave may rely on: those that ended before a barrier both passed,
// and those that a wave released through an atomic which this one acquired.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace emulator {

constexpr unsigned kMostWaves = 32;  // of a workgroup

// A wave of the dispatch: workgroup number * kMostWaves + its index in the workgroup.
using WaveId = std::uint32_t;
constexpr WaveId wave_id(std::uint32_t group, unsigned wave) { return group * kMostWaves + wave; }
constexpr std::uint32_t group_of_wave(WaveId id) { return id / kMostWaves; }
constexpr unsigned index_of_wave(WaveId id) { return id % kMostWaves; }

// Who made an access. Sequence numbers count a wave's memory instructions, from 1.
struct Party {
  WaveId wave = 0;
  std::uint32_t sequence = 0;  // 0: nobody
  std::uint32_t instruction = 0;
};

// For waves of other workgroups and, through atomics, of the own one: the sequence number below
// which their accesses are ordered before what comes next. Immutable, shared between waves.
using Acquired = std::map<WaveId, std::uint32_t>;

// What the waves of one workgroup know.
struct GroupOrder {
  // Sequence numbers below which accesses had ended when the wave last passed a barrier.
  std::array<std::uint32_t, kMostWaves> before_barrier_lds{};
  std::array<std::uint32_t, kMostWaves> before_barrier_global{};
  std::array<std::shared_ptr<const Acquired>, kMostWaves> acquired{};

  bool is_ordered(const Party& other, WaveId me,
                  const std::array<std::uint32_t, kMostWaves>& before_barrier) const {
    if (other.wave == me) return true;
    if (group_of_wave(other.wave) == group_of_wave(me) &&
        other.sequence < before_barrier[index_of_wave(other.wave)]) {
      return true;
    }
    return is_acquired(acquired[index_of_wave(me)].get(), other);
  }
  static bool is_acquired(const Acquired* acquired, const Party& other) {
    if (acquired == nullptr) return false;
    const auto found = acquired->find(other.wave);
    return found != acquired->end() && other.sequence < found->second;
  }
};

// All workgroups of a dispatch. Workgroups run on several threads: what one learns from another
// goes through the lock.
class DispatchOrder {
 public:
  std::shared_ptr<GroupOrder> begin(std::uint32_t group);
  // `me` has seen a value that `from` wrote with all its accesses below `release` ended. What
  // `from` knows, `me` knows now.
  void acquire(WaveId me, WaveId from, std::uint32_t release);
  // The waves of a workgroup have met: each knows what any of them knows.
  void meet(GroupOrder& group, const std::array<std::uint32_t, kMostWaves>& ended_lds,
            const std::array<std::uint32_t, kMostWaves>& ended_global);

 private:
  std::mutex mutex_;
  std::unordered_map<std::uint32_t, std::shared_ptr<GroupOrder>> groups_;
};

}  // namespace emulator
