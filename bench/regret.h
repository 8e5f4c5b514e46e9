#pragma once

// What choices by estimate lose against the best ones: the time of the instance chosen over that of
// the fastest, less 1, of each problem.

#include <string>
#include <vector>

namespace rdna1conv::bench {

class Regrets {
 public:
  // Seconds, or anything in proportion to them.
  void add(double chosen, double best) { values_.push_back(chosen / best - 1); }

  std::size_t count() const { return values_.size(); }
  double mean() const;                   // 0 of none, as the others
  double percentile(double part) const;  // the value that so many of all do not exceed: 0.95
  double worst() const { return percentile(1); }

  // "23 problems: mean 5.3 %, 95th percentile 22.0 %, worst 38.1 %"
  std::string summary() const;

 private:
  std::vector<double> values_;
};

}  // namespace rdna1conv::bench
