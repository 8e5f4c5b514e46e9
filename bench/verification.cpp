#include "verification.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <stdexcept>
#include <thread>

namespace rdna1conv::bench {
namespace {

// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15u;
  std::uint64_t bits = state;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
  return bits ^ (bits >> 31);
}

// Multiply-adds behind one output element.
double work_per_output(const ConvProblem& problem) {
  const std::int64_t channels = problem.c / problem.groups;
  return static_cast<double>(channels * problem.filter.volume());
}

// Where along one dimension an input element meets output position `out` through filter tap `tap`;
// -1 if none does.
std::int64_t input_position(bool transposed, std::int64_t out, std::int64_t tap, std::int64_t pad,
                            std::int64_t stride, std::int64_t dilation, std::int64_t in) {
  if (!transposed) {
    const std::int64_t position = out * stride - pad + tap * dilation;
    return position >= 0 && position < in ? position : -1;
  }
  const std::int64_t scaled = out + pad - tap * dilation;
  if (scaled < 0 || scaled % stride != 0) return -1;
  return scaled / stride < in ? scaled / stride : -1;
}

double output_element(const ConvProblem& p, std::span<const float> x, std::span<const float> w,
                      std::int64_t offset) {
  const std::int64_t ow = offset % p.out.w;
  const std::int64_t oh = offset / p.out.w % p.out.h;
  const std::int64_t od = offset / (p.out.w * p.out.h) % p.out.d;
  const std::int64_t k = offset / p.out.volume() % p.k;
  const std::int64_t n = offset / p.out.volume() / p.k;
  const std::int64_t channels = p.c / p.groups, k_per_group = p.k / p.groups;
  const std::int64_t group = k / k_per_group;
  double sum = 0;
  for (std::int64_t z = 0; z < p.filter.d; ++z) {
    const auto id = input_position(p.transposed, od, z, p.pad.d, p.stride.d, p.dilation.d, p.in.d);
    if (id < 0) continue;
    for (std::int64_t r = 0; r < p.filter.h; ++r) {
      const auto ih =
          input_position(p.transposed, oh, r, p.pad.h, p.stride.h, p.dilation.h, p.in.h);
      if (ih < 0) continue;
      for (std::int64_t s = 0; s < p.filter.w; ++s) {
        const auto iw =
            input_position(p.transposed, ow, s, p.pad.w, p.stride.w, p.dilation.w, p.in.w);
        if (iw < 0) continue;
        const std::int64_t tap = (z * p.filter.h + r) * p.filter.w + s;
        for (std::int64_t c = 0; c < channels; ++c) {
          const std::int64_t input_channel = group * channels + c;
          const std::int64_t w_row =
              p.transposed ? input_channel * k_per_group + k % k_per_group : k * channels + c;
          const std::int64_t x_row = ((n * p.c + input_channel) * p.in.d + id) * p.in.h + ih;
          sum += static_cast<double>(w[w_row * p.filter.volume() + tap]) *
                 static_cast<double>(x[x_row * p.in.w + iw]);
        }
      }
    }
  }
  return sum;
}

// Positions of one dimension, with which both kinds of convolution are one: `small` is the image
// with a position for each placing of the filter (y, transposed x), `large` the other one, and
// large = small * stride - pad + tap * dilation.
struct Range {
  std::int64_t begin, end;
};

// The small positions that meet a position of the large image through a tap at tap_offset =
// tap * dilation - pad.
Range meeting(std::int64_t small, std::int64_t large, std::int64_t stride,
              std::int64_t tap_offset) {
  const std::int64_t begin = tap_offset >= 0 ? 0 : (-tap_offset + stride - 1) / stride;
  const std::int64_t last = large - 1 - tap_offset;
  return {begin, last < 0 ? 0 : std::min(small, last / stride + 1)};
}

bool inside(std::int64_t position, std::int64_t length) {
  return position >= 0 && position < length;
}

// to[i * to_step] += factor * from[i * from_step], for the widest vectors the machine has.
__attribute__((target_clones("avx512f", "avx2", "default"))) void add_scaled(
    double* to, std::int64_t to_step, const float* from, std::int64_t from_step, double factor,
    std::int64_t count) {
  if (to_step == 1 && from_step == 1) {
    for (std::int64_t i = 0; i < count; ++i) to[i] += factor * static_cast<double>(from[i]);
  } else {
    for (std::int64_t i = 0; i < count; ++i) {
      to[i * to_step] += factor * static_cast<double>(from[i * from_step]);
    }
  }
}

// Adds one input channel's share to one output plane.
void add_channel(const ConvProblem& p, const float* x_plane, const float* taps, double* y_plane) {
  const Spatial& small = p.transposed ? p.in : p.out;
  const Spatial& large = p.transposed ? p.out : p.in;
  for (std::int64_t sd = 0; sd < small.d; ++sd) {
    for (std::int64_t sh = 0; sh < small.h; ++sh) {
      const std::int64_t small_row = (sd * small.h + sh) * small.w;
      for (std::int64_t z = 0; z < p.filter.d; ++z) {
        const std::int64_t ld = sd * p.stride.d - p.pad.d + z * p.dilation.d;
        if (!inside(ld, large.d)) continue;
        for (std::int64_t r = 0; r < p.filter.h; ++r) {
          const std::int64_t lh = sh * p.stride.h - p.pad.h + r * p.dilation.h;
          if (!inside(lh, large.h)) continue;
          const std::int64_t large_row = (ld * large.h + lh) * large.w;
          const float* row_taps = taps + (z * p.filter.h + r) * p.filter.w;
          for (std::int64_t s = 0; s < p.filter.w; ++s) {
            const std::int64_t tap_offset = s * p.dilation.w - p.pad.w;
            const Range sw = meeting(small.w, large.w, p.stride.w, tap_offset);
            const std::int64_t count = sw.end - sw.begin;
            if (count <= 0) continue;
            const std::int64_t first = small_row + sw.begin;
            const std::int64_t met = large_row + sw.begin * p.stride.w + tap_offset;
            if (p.transposed) {
              add_scaled(y_plane + met, p.stride.w, x_plane + first, 1, row_taps[s], count);
            } else {
              add_scaled(y_plane + first, 1, x_plane + met, p.stride.w, row_taps[s], count);
            }
          }
        }
      }
    }
  }
}

}  // namespace

double rms_range(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) throw std::logic_error("rms_range: lengths differ");
  double squares = 0, largest = 0;
  bool finite = true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    squares += difference * difference;
    largest = std::max(
        {largest, std::abs(static_cast<double>(a[i])), std::abs(static_cast<double>(b[i]))});
    finite = finite && std::isfinite(a[i]) && std::isfinite(b[i]);
  }
  if (!finite) return std::nan("");
  if (largest == 0) return 0;
  return std::sqrt(squares) / (std::sqrt(static_cast<double>(a.size())) * largest);
}

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  std::uint64_t state = seed;
  for (float& value : values) {
    value = static_cast<float>(static_cast<std::int32_t>(next_random(state) >> 40) - (1 << 23)) /
            (1 << 23);
  }
  return values;
}

std::vector<std::int64_t> sample_outputs(const ConvProblem& problem, double multiply_adds) {
  const std::int64_t total = problem.n * problem.k * problem.out.volume();
  const double affordable = std::max(2.0, std::floor(multiply_adds / work_per_output(problem)));
  std::vector<std::int64_t> offsets;
  if (affordable >= static_cast<double>(total)) {
    offsets.resize(total);
    for (std::int64_t i = 0; i < total; ++i) offsets[i] = i;
    return offsets;
  }
  // One at random from each of equally long stretches: an even step could meet the same column of
  // every row.
  const auto samples = static_cast<std::int64_t>(affordable);
  std::uint64_t state = 0;
  for (std::int64_t i = 0; i < samples; ++i) {
    const std::int64_t begin = i * total / samples, end = (i + 1) * total / samples;
    const auto within = static_cast<std::int64_t>(next_random(state) >> 1) % (end - begin);
    offsets.push_back(begin + within);
  }
  offsets.front() = 0;
  offsets.back() = total - 1;
  return offsets;
}

std::vector<float> double_precision_outputs(const ConvProblem& p, std::span<const float> x,
                                            std::span<const float> w) {
  const std::int64_t channels = p.c / p.groups, k_per_group = p.k / p.groups;
  const std::int64_t planes = p.n * p.k;
  std::vector<float> y(static_cast<std::size_t>(planes * p.out.volume()));
  std::atomic<std::int64_t> next{0};
  const auto work = [&] {
    std::vector<double> sums(static_cast<std::size_t>(p.out.volume()));
    for (std::int64_t plane = next++; plane < planes; plane = next++) {
      const std::int64_t n = plane / p.k, k = plane % p.k, group = k / k_per_group;
      std::ranges::fill(sums, 0.0);
      for (std::int64_t c = 0; c < channels; ++c) {
        const std::int64_t input_channel = group * channels + c;
        const std::int64_t filter =
            p.transposed ? input_channel * k_per_group + k % k_per_group : k * channels + c;
        add_channel(p, &x[(n * p.c + input_channel) * p.in.volume()],
                    &w[filter * p.filter.volume()], sums.data());
      }
      std::ranges::transform(sums, y.begin() + plane * p.out.volume(),
                             [](double sum) { return static_cast<float>(sum); });
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
  threads.clear();  // joins
  return y;
}

std::vector<float> double_precision_outputs(const ConvProblem& problem, std::span<const float> x,
                                            std::span<const float> w,
                                            std::span<const std::int64_t> offsets) {
  std::vector<float> outputs;
  outputs.reserve(offsets.size());
  for (const std::int64_t offset : offsets) {
    outputs.push_back(static_cast<float>(output_element(problem, x, w, offset)));
  }
  return outputs;
}

std::vector<float> gather(std::span<const float> values, std::span<const std::int64_t> offsets) {
  std::vector<float> elements;
  elements.reserve(offsets.size());
  for (const std::int64_t offset : offsets) elements.push_back(values[offset]);
  return elements;
}

}  // namespace rdna1conv::bench
