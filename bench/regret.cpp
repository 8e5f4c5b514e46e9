#include "bench/regret.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace rdna1conv::bench {

double Regrets::mean() const {
  if (values_.empty()) return 0;
  return std::accumulate(values_.begin(), values_.end(), 0.0) / static_cast<double>(values_.size());
}

double Regrets::percentile(double part) const {
  if (values_.empty()) return 0;
  std::vector<double> sorted = values_;
  std::ranges::sort(sorted);
  const auto count = static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(part * count)));
  return sorted[std::min(rank, sorted.size()) - 1];
}

std::string Regrets::summary() const {
  char text[160];
  std::snprintf(text, sizeof text,
                "%zu problems: mean %.1f %%, 95th percentile %.1f %%, worst %.1f %%", count(),
                100 * mean(), 100 * percentile(0.95), 100 * worst());
  return text;
}

}  // namespace rdna1conv::bench
