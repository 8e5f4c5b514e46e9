#include "conv_case.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

namespace rdna1conv {
namespace {

// splitmix64 of the index: the same on every machine, any element without the ones before.
float uniform_at(std::uint64_t index, std::uint64_t stream) {
  std::uint64_t z = index * 0x9e3779b97f4a7c15u + stream * 0xd1342543de82ef95u + 1;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return static_cast<float>(z >> 40) * 0x1p-24f;
}

// One output plane (image, output channel).
void reference_plane(const ConvCase& c, std::int64_t image, std::int64_t k, double* plane) {
  const ConvProblem& p = c.problem;
  const std::int64_t channels = p.c / p.groups;
  const std::int64_t first_channel = k / (p.k / p.groups) * channels;
  std::fill(plane, plane + p.out.h * p.out.w, 0.0);
  for (std::int64_t channel = 0; channel < channels; ++channel) {
    const float* x = c.x.data() + (image * p.c + first_channel + channel) * p.in.h * p.in.w;
    const float* w = c.w.data() + (k * channels + channel) * p.filter.h * p.filter.w;
    for (std::int64_t r = 0; r < p.filter.h; ++r) {
      for (std::int64_t s = 0; s < p.filter.w; ++s) {
        const double weight = w[r * p.filter.w + s];
        for (std::int64_t oh = 0; oh < p.out.h; ++oh) {
          const std::int64_t ih = oh * p.stride.h - p.pad.h + r * p.dilation.h;
          if (ih < 0 || ih >= p.in.h) continue;
          for (std::int64_t ow = 0; ow < p.out.w; ++ow) {
            const std::int64_t iw = ow * p.stride.w - p.pad.w + s * p.dilation.w;
            if (iw < 0 || iw >= p.in.w) continue;
            plane[oh * p.out.w + ow] += weight * x[ih * p.in.w + iw];
          }
        }
      }
    }
  }
}

}  // namespace

ConvCase make_case(const ConvProblem& problem) {
  ConvCase c;
  c.problem = problem;
  c.x.resize(static_cast<std::size_t>(problem.n * problem.c * problem.in.volume()));
  c.w.resize(
      static_cast<std::size_t>(problem.k * (problem.c / problem.groups) * problem.filter.volume()));
  for (std::size_t i = 0; i < c.x.size(); ++i) c.x[i] = uniform_at(i, 1);
  for (std::size_t i = 0; i < c.w.size(); ++i) c.w[i] = uniform_at(i, 2) - 0.5f;

  const std::int64_t plane = problem.out.h * problem.out.w;
  c.y.resize(static_cast<std::size_t>(problem.n * problem.k * plane));
  std::atomic<std::int64_t> next = 0;
  const auto work = [&] {
    for (std::int64_t i; (i = next++) < problem.n * problem.k;)
      reference_plane(c, i / problem.k, i % problem.k, c.y.data() + i * plane);
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
  threads.clear();
  return c;
}

double rms_range(const std::vector<float>& result, const std::vector<double>& reference) {
  double square_sum = 0, largest = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double difference = result[i] - reference[i];
    square_sum += difference * difference;
    largest = std::max({largest, std::fabs(double{result[i]}), std::fabs(reference[i])});
  }
  if (largest == 0) return 0;
  return std::sqrt(square_sum) / (std::sqrt(static_cast<double>(result.size())) * largest);
}

}  // namespace rdna1conv
