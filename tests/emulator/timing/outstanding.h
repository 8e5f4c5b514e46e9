// A wait counter: operations that are under way and when each of them is done.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace emulator::timing {

class Outstanding {
 public:
  static constexpr std::size_t kLimit = 63;  // what the counters can count

  // Operations that return in order: none is done before the one ahead of it.
  void push_in_order(double done) {
    if (head_ < times_.size()) done = std::max(done, times_.back());
    times_.push_back(done);
  }
  // Operations that return when they like (scalar memory).
  void push(double done) {
    times_.insert(
        std::upper_bound(times_.begin() + static_cast<std::ptrdiff_t>(head_), times_.end(), done),
        done);
  }

  // When at most `limit` operations are left.
  double time_of(std::size_t limit, double now) {
    while (head_ < times_.size() && times_[head_] <= now) ++head_;
    if (head_ == times_.size()) {
      times_.clear();
      head_ = 0;
    }
    const std::size_t left = times_.size() - head_;
    return left <= limit ? now : times_[head_ + left - limit - 1];
  }

 private:
  std::vector<double> times_;
  std::size_t head_ = 0;
};

}  // namespace emulator::timing
