#include "bench/oracle.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "reference/conv_reference.h"
#include "reference/tolerance.h"

namespace rdna1conv::bench {
namespace {

// Up to here every output is computed in double precision; a few seconds on two cores.
constexpr double kExactFlops = 20e9;
// Products of a sample in double precision; about 0.1 s.
constexpr double kSampleProducts = 1e8;
// A judge may itself be off by this much of the tolerance.
constexpr double kJudgeMargin = 0.5;

std::vector<double> elements_at(const std::vector<double>& values,
                                const std::vector<std::int64_t>& indices) {
  std::vector<double> elements;
  elements.reserve(indices.size());
  for (const std::int64_t index : indices) elements.push_back(values[index]);
  return elements;
}

}  // namespace

double Oracle::error_of(const std::vector<double>& result) const {
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::ranges::all_of(result, finite)) return std::nan("");
  return rms_range(sample.empty() ? result : elements_at(result, sample), values);
}

Oracle make_oracle(const ConvCase& c, std::vector<double> cpu_result, double tolerance) {
  const ConvProblem& problem = c.problem;
  if (problem.direct_flops() <= kExactFlops) return {{}, convolve(problem, c.x, c.w, c.y)};
  Oracle sampled{sample_outputs(problem, kSampleProducts), {}};
  for (const std::int64_t index : sampled.sample) {
    sampled.values.push_back(convolve_at(problem, c.x, c.w, c.y, index));
  }
  if (!cpu_result.empty() && sampled.error_of(cpu_result) <= kJudgeMargin * tolerance) {
    return {{}, std::move(cpu_result)};
  }
  return sampled;
}

Oracle make_fused_oracle(ConvCase& c, const EpilogueScalars& scalars) {
  if (c.problem.direct_flops() <= kExactFlops) {
    c.sums = convolve(c.problem, c.x, c.w, c.y);
    return {{}, expected_output(c, scalars)};
  }
  Oracle sampled{sample_outputs(c.problem, kSampleProducts), {}};
  c.sums.assign(static_cast<std::size_t>(c.output().count()), 0);
  for (const std::int64_t index : sampled.sample)
    c.sums[static_cast<std::size_t>(index)] = convolve_at(c.problem, c.x, c.w, c.y, index);
  sampled.values = elements_at(expected_output(c, scalars), sampled.sample);
  return sampled;
}

std::vector<std::int64_t> sample_outputs(const ConvProblem& problem, double products) {
  const std::int64_t total = output_tensor(problem).count();
  const double affordable = std::max(2.0, std::floor(products / products_per_output(problem)));
  std::vector<std::int64_t> indices;
  if (affordable >= static_cast<double>(total)) {
    indices.resize(static_cast<std::size_t>(total));
    std::iota(indices.begin(), indices.end(), 0);
    return indices;
  }
  // One at random from each of equally long stretches: an even step could meet the same column of
  // every row.
  const auto samples = static_cast<std::int64_t>(affordable);
  std::mt19937_64 random;  // the same on every machine, as is the remainder taken of it
  for (std::int64_t i = 0; i < samples; ++i) {
    const std::int64_t begin = i * total / samples, end = (i + 1) * total / samples;
    indices.push_back(begin + static_cast<std::int64_t>(random() >> 1) % (end - begin));
  }
  indices.front() = 0;
  indices.back() = total - 1;
  return indices;
}

}  // namespace rdna1conv::bench
