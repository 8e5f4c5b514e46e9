// What a workgroup processor keeps of the waves that run on it, and of others' accesses to come.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <queue>
#include <vector>

#include "timing/outstanding.h"
#include "timing/workgroup_processor.h"

namespace emulator::timing {

using Clock = std::uint64_t;
constexpr Clock kNever = std::numeric_limits<Clock>::max();
constexpr std::size_t kUnits = static_cast<std::size_t>(Unit::kCount);

inline Clock ceil_clock(double time) { return static_cast<Clock>(std::ceil(time)); }

struct RunningWave {
  const WaveTrace* trace = nullptr;
  unsigned number = 0;  // in its workgroup
  unsigned slot = 0;    // of its workgroup
  unsigned simd = 0;
  std::uint64_t age = 0;

  std::size_t block = 0;
  std::uint32_t in_block = 0;
  std::uint32_t next = 0;            // index of the next instruction
  std::size_t operation = 0;         // next in the trace
  std::size_t vector_operation = 0;  // the how manieth of vector memory: what others' traces hold
  std::uint64_t fetch_line = TagCache::kNoLine;

  Clock ready = 0;                     // when the next instruction may issue
  Clock free = 0;                      // when it would have, had it not been stalled
  Stall reason = Stall::kDependency;   // of the time from `free` to `ready`
  Stall blocked = Stall::kDependency;  // why it is not ready, its own waits included
  bool at_barrier = false;
  bool ended = false;

  std::array<std::uint32_t, kScoreboardEntries> results{};
  Outstanding vector_loads;
  Outstanding stores;
  Outstanding lgkm;
  bool lgkm_is_scalar = false;  // what the counter was last raised for
};

struct RunningWorkgroup {
  const WorkgroupJob* job = nullptr;
  std::size_t index = 0;
  std::vector<std::unique_ptr<RunningWave>> waves;
  unsigned alive = 0;
  unsigned at_barrier = 0;
  unsigned pool = 0;         // of LDS and barriers
  bool spans_units = false;  // its waves lie on both CUs
};

// Rows of registers (32 lanes each) that an LDS read brings back.
struct Return {
  double time;
  unsigned rows;

  bool operator>(const Return& other) const { return time > other.time; }
};

struct Simd {
  // In the order in which the vector ALU last served them. Were the oldest always first, young
  // waves would not get to compute the addresses of their loads, and the ALU would run dry when the
  // old ones end: mixbench's fp64 rows, where it never does, rule that out.
  std::vector<RunningWave*> waves;
  unsigned vgpr_rows = 0;
  std::array<Clock, kUnits> unit_free{};
  Clock transcendental_free = 0;
  double bank_debt = 0;
  // Rows of registers that are to be written, and until when those that came are.
  std::priority_queue<Return, std::vector<Return>, std::greater<>> returns;
  double returned = 0;
  Clock next = 0;            // nothing can be issued before
  Clock woken = kNever;      // when waves can go on that a barrier released during this clock
  Clock valu_accounted = 0;  // busy clocks are counted up to here
};

// An access of another processor that is to come.
struct Follower {
  double time;
  std::uint64_t number;  // among equal times the earlier one goes first
  double lag;
  unsigned processor;
  unsigned unit;
  const WaveTrace* trace;
  const MemoryOperation* operation;
};

// Those of all of them, the earliest first. Each processor's are pushed in the order of their
// times: there is nothing to sort but the first of each.
class Followers {
 public:
  // Of the earliest; infinite if there is none.
  double next_time() const { return next_time_; }

  void push(const Follower& follower) {
    if (follower.processor >= queues_.size()) {
      queues_.resize(follower.processor + 1);
      times_.resize(follower.processor + 1, kNone);
    }
    Queue& queue = queues_[follower.processor];
    if (queue.is_empty()) times_[follower.processor] = follower.time;
    queue.waiting.push_back(follower);
    next_time_ = std::min(next_time_, follower.time);
  }

  Follower pop() {
    std::size_t first = times_.size();
    for (std::size_t i = 0; i < times_.size(); ++i) {
      if (times_[i] != next_time_) continue;
      if (first == times_.size() || queues_[i].front().number < queues_[first].front().number) {
        first = i;
      }
    }
    Queue& queue = queues_[first];
    const Follower follower = queue.front();
    queue.pop();
    times_[first] = kNone;
    if (!queue.is_empty()) {
      times_[first] = queue.front().time;
      __builtin_prefetch(queue.front().operation);  // of a trace that nobody has looked at for long
    }
    next_time_ = *std::min_element(times_.begin(), times_.end());
    return follower;
  }

 private:
  static constexpr double kNone = std::numeric_limits<double>::infinity();

  struct Queue {
    std::vector<Follower> waiting;
    std::size_t gone = 0;  // at its begin

    bool is_empty() const { return gone == waiting.size(); }
    const Follower& front() const { return waiting[gone]; }
    void pop() {
      if (++gone < waiting.size() / 2) return;
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(gone));
      gone = 0;
    }
  };
  std::vector<Queue> queues_;  // by processor
  std::vector<double> times_;  // of their first ones
  double next_time_ = kNone;
};

}  // namespace emulator::timing
