// Tags of a set-associative cache with least-recently-used replacement, and the servers that stand
// for anything with a bandwidth.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace emulator::timing {

// Serves requests one after the other. `busy` sums what they cost.
struct Server {
  double free = 0;
  double busy = 0;

  // End of a service of `cost` clocks that can begin at `time`.
  double serve(double time, double cost) {
    free = std::max(time, free) + cost;
    busy += cost;
    return free;
  }
};

// A divisor that is mostly a power of two, which spares the division.
class Divisor {
 public:
  explicit Divisor(std::uint64_t value)
      : value_(std::max<std::uint64_t>(value, 1)),
        shift_(static_cast<unsigned>(std::countr_zero(value_))),
        is_power_(std::has_single_bit(value_)) {}

  std::uint64_t value() const { return value_; }
  std::uint64_t quotient(std::uint64_t number) const {
    return is_power_ ? number >> shift_ : number / value_;
  }
  std::uint64_t rest(std::uint64_t number) const {
    return is_power_ ? number & (value_ - 1) : number % value_;
  }

 private:
  std::uint64_t value_;
  unsigned shift_;
  bool is_power_;
};

class TagCache {
 public:
  static constexpr std::uint64_t kNoLine = ~0ull;

  struct Line {
    double ready = 0;  // when its data are there: a second miss of a line waits for the first
    bool dirty = false;
  };
  struct Evicted {
    std::uint64_t number = kNoLine;
    bool dirty = false;
  };

  TagCache(std::uint64_t lines, unsigned ways)
      : ways_(std::max(ways, 1u)),
        sets_(std::max<std::uint64_t>(lines / ways_, 1)),
        numbers_(sets_.value() * ways_, kNoLine),
        used_(numbers_.size()),
        lines_(numbers_.size()) {}

  // The line, or null; a hit makes it the last used of its set.
  Line* find(std::uint64_t number, std::uint64_t set) {
    const std::uint64_t first = sets_.rest(set) * ways_;
    for (std::uint64_t i = first; i < first + ways_; ++i) {
      if (numbers_[i] != number) continue;
      used_[i] = ++clock_;
      return &lines_[i];
    }
    return nullptr;
  }
  Line* find(std::uint64_t number) { return find(number, number); }

  // Puts the line in the place of the one that was not used for longest, which is returned. A place
  // that holds none was never used.
  Evicted insert(std::uint64_t number, std::uint64_t set, double ready, bool dirty = false) {
    const std::uint64_t first = sets_.rest(set) * ways_;
    std::uint64_t victim = first;
    for (std::uint64_t i = first; i < first + ways_; ++i) {
      if (used_[i] < used_[victim]) victim = i;
    }
    const Evicted evicted{numbers_[victim], lines_[victim].dirty};
    numbers_[victim] = number;
    used_[victim] = ++clock_;
    lines_[victim] = {ready, dirty};
    return evicted;
  }
  Evicted insert(std::uint64_t number, double ready) { return insert(number, number, ready); }

  void clear() {
    std::fill(numbers_.begin(), numbers_.end(), kNoLine);
    std::fill(used_.begin(), used_.end(), 0u);
    std::fill(lines_.begin(), lines_.end(), Line{});
  }
  // Forgets when data arrive: a new launch begins at time 0.
  void rewind() {
    for (Line& line : lines_) line.ready = 0;
  }
  // Drops lines that were last used before the clock stood at `mark`.
  void drop_older_than(std::uint64_t mark) {
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      if (used_[i] > mark) continue;
      numbers_[i] = kNoLine;
      used_[i] = 0;
      lines_[i] = {};
    }
  }
  std::uint64_t clock() const { return clock_; }
  std::uint64_t capacity() const { return numbers_.size(); }

 private:
  std::uint64_t ways_;
  Divisor sets_;
  // Apart, because most looks are at numbers alone.
  std::vector<std::uint64_t> numbers_;
  std::vector<std::uint64_t> used_;
  std::vector<Line> lines_;
  std::uint64_t clock_ = 0;
};

}  // namespace emulator::timing
