#pragma once

// How right the library's estimates are on samples: by how much they are off, and what choices by
// them lose.

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "bench/regret.h"
#include "bench/tuner/samples.h"

namespace rdna1conv::tuner {

struct Errors {
  double sum = 0, squares = 0;  // of the logarithms of estimate over time
  std::size_t count = 0;
  void add(double estimate, double time);
  double bias() const;  // as factors less 1: 0.1 is 10 % too long
  double rms() const;
};

// What a problem's choice was, and what it should have been.
struct Verdict {
  std::string line;
  std::string chosen, best;  // "<solver> <instance>"
  double chosen_estimate = 0, chosen_time = 0, best_estimate = 0, best_time = 0;  // ms
  double regret() const { return chosen_time / best_time - 1; }
};

struct Judgement {
  bench::Regrets all;
  std::map<std::string, bench::Regrets> by_kind;  // "forward fp32 NCHW"
  std::map<std::string, Errors> by_solver;
  std::vector<Verdict> verdicts;  // the worst first
};

// Of the RX 5700 XT. The best of a problem is the best that was timed; the choice is the one of
// those with the lowest estimate.
Judgement judgement_of(const Samples& samples);

// With the `worst` problems.
Judgement judge(const Samples& samples, std::size_t worst, std::ostream& out);

}  // namespace rdna1conv::tuner
