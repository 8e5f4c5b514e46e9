// Tags of a set-associative cache with least-recently-used replacement, and the servers that stand
// for anything with a bandwidth.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "timing/digest.h"

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
  static constexpr std::uint64_t kMaxWays = 4096;

  // A line that is there; good until the next call.
  class Line {
   public:
    Line() = default;
    Line(double ready, std::uint64_t* use) : ready_(ready), use_(use) {}
    explicit operator bool() const { return use_ != nullptr; }
    // When its data are there: a second miss of a line waits for the first.
    double ready() const { return ready_; }
    void mark_dirty() const { *use_ |= 1; }

   private:
    double ready_ = 0;
    std::uint64_t* use_ = nullptr;
  };
  struct Evicted {
    std::uint64_t number = kNoLine;
    bool dirty = false;
  };

  TagCache(std::uint64_t lines, unsigned ways)
      : ways_(std::clamp<std::uint64_t>(ways, 1, kMaxWays)),
        sets_(std::max<std::uint64_t>(lines / ways_, 1)),
        tags_(sets_.value() * ways_ * 2),
        ready_(sets_.value() * ways_) {
    clear();
  }

  // The line if it is there; a hit makes it the last used of its set.
  Line find(std::uint64_t number, std::uint64_t set) {
    const std::uint64_t index = sets_.rest(set);
    std::uint64_t* const numbers = numbers_of(index);
    const std::uint64_t way = way_of(numbers, number);
    if (way == ways_) return {};
    std::uint64_t& use = numbers[ways_ + way];
    use = ++clock_ << 1 | (use & 1);
    return {ready_[index * ways_ + way], &use};
  }
  Line find(std::uint64_t number) { return find(number, number); }

  bool holds(std::uint64_t number, std::uint64_t set) const {
    return way_of(&tags_[sets_.rest(set) * ways_ * 2], number) != ways_;
  }

  // Puts the line in the place of the one that was not used for longest, which is returned. A place
  // that holds none was never used.
  Evicted insert(std::uint64_t number, std::uint64_t set, double ready, bool dirty = false) {
    const std::uint64_t index = sets_.rest(set);
    std::uint64_t* const numbers = numbers_of(index);
    std::uint64_t* const uses = numbers + ways_;
    const std::uint64_t victim = least_used(uses);
    const Evicted evicted{numbers[victim], (uses[victim] & 1) != 0};
    numbers[victim] = number;
    uses[victim] = ++clock_ << 1 | (dirty ? 1 : 0);
    ready_[index * ways_ + victim] = ready;
    return evicted;
  }
  Evicted insert(std::uint64_t number, double ready) { return insert(number, number, ready); }

  void clear() {
    for (std::uint64_t index = 0; index < sets_.value(); ++index) {
      std::fill_n(numbers_of(index), ways_, kNoLine);
      std::fill_n(numbers_of(index) + ways_, ways_, 0);
    }
    rewind();
  }
  // Forgets when data arrive: a new launch begins at time 0.
  void rewind() { std::fill(ready_.begin(), ready_.end(), 0.0); }

  // Drops lines that were last used before the clock stood at `mark`.
  void drop_older_than(std::uint64_t mark) {
    for (std::uint64_t index = 0; index < sets_.value(); ++index) {
      std::uint64_t* const numbers = numbers_of(index);
      for (std::uint64_t way = 0; way < ways_; ++way) {
        if (numbers[ways_ + way] >> 1 > mark) continue;
        numbers[way] = kNoLine;
        numbers[ways_ + way] = 0;
        ready_[index * ways_ + way] = 0;
      }
    }
  }
  // Of the lines, which of them are dirty and in which order each set's were used: all that the
  // cache does from then on follows from it.
  Digest digest() const {
    Digest digest;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> set(ways_);  // use and line
    for (std::uint64_t index = 0; index < sets_.value(); ++index) {
      const std::uint64_t* const numbers = &tags_[index * ways_ * 2];
      for (std::uint64_t way = 0; way < ways_; ++way) {
        set[way] = {numbers[ways_ + way], numbers[way]};
      }
      std::sort(set.begin(), set.end());
      for (const auto& [use, number] : set) {
        digest.add(number);
        digest.add(use & 1);
      }
    }
    return digest;
  }
  // A line and whether it is dirty.
  struct Used {
    std::uint64_t number;
    bool dirty;
  };
  // Lines used since the clock stood at `mark`, the last used one at the end.
  std::vector<Used> used_since(std::uint64_t mark) const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> found;  // use and line
    for (std::uint64_t index = 0; index < sets_.value(); ++index) {
      const std::uint64_t* const numbers = &tags_[index * ways_ * 2];
      for (std::uint64_t way = 0; way < ways_; ++way) {
        if (numbers[ways_ + way] >> 1 > mark)
          found.emplace_back(numbers[ways_ + way], numbers[way]);
      }
    }
    std::sort(found.begin(), found.end());
    std::vector<Used> used;
    used.reserve(found.size());
    for (const auto& [use, number] : found) used.push_back({number, (use & 1) != 0});
    return used;
  }
  std::uint64_t clock() const { return clock_; }
  std::uint64_t capacity() const { return ready_.size(); }

 private:
  std::uint64_t* numbers_of(std::uint64_t index) { return &tags_[index * ways_ * 2]; }

  // Where a set has the line; the number of ways if it has not.
  std::uint64_t way_of(const std::uint64_t* numbers, std::uint64_t number) const {
    if (ways_ == 16) {
      return way_of(numbers, number, std::integral_constant<std::uint64_t, 16>());
    }
    if (ways_ == 4) return way_of(numbers, number, std::integral_constant<std::uint64_t, 4>());
    return way_of(numbers, number, ways_);
  }
  template <class Ways>
  static std::uint64_t way_of(const std::uint64_t* numbers, std::uint64_t number, Ways ways) {
    std::uint64_t found = ways;
    for (std::uint64_t way = 0; way < ways; ++way) found = numbers[way] == number ? way : found;
    return found;
  }

  // For the usual numbers of ways with a constant, of which the compiler makes vectors.
  std::uint64_t least_used(const std::uint64_t* uses) const {
    if (ways_ == 16) return least_used(uses, std::integral_constant<std::uint64_t, 16>());
    if (ways_ == 4) return least_used(uses, std::integral_constant<std::uint64_t, 4>());
    return least_used(uses, ways_);
  }
  template <class Ways>
  static std::uint64_t least_used(const std::uint64_t* uses, Ways ways) {
    std::uint64_t least = ~0ull;  // a use and its way
    for (std::uint64_t way = 0; way < ways; ++way) {
      least = std::min(least, uses[way] * kMaxWays + way);
    }
    return least % kMaxWays;
  }

  std::uint64_t ways_;
  Divisor sets_;
  // Of each set the lines' numbers, then their last uses: times two, odd if dirty. Side by side,
  // because the model waits for this memory more than for anything else.
  std::vector<std::uint64_t> tags_;
  std::vector<double> ready_;
  std::uint64_t clock_ = 0;
};

}  // namespace emulator::timing
