#include "conv_reference.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "element_type.h"

namespace rdna1conv {
namespace {

// Output positions o of one dimension, from `first` to before `last`, whose input position
// o * stride + shift lies in the image.
struct Range {
  std::int64_t first, last, shift;
};

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

Range range_of(std::int64_t in, std::int64_t out, std::int64_t pad, std::int64_t stride,
               std::int64_t dilation, std::int64_t tap) {
  const std::int64_t shift = tap * dilation - pad;
  return {std::max<std::int64_t>(0, floor_divide(stride - 1 - shift, stride)),
          std::min(out, floor_divide(in - 1 - shift, stride) + 1), shift};
}

// visit(tap, out offset, in offset, count) for every row of products of one image plane with
// another under every filter tap: `count` pixels, one after the other in the output and stride.w
// apart in the input.
template <class Visit>
void for_each_row(const ConvProblem& p, Visit visit) {
  std::int64_t tap = 0;
  for (std::int64_t t = 0; t < p.filter.d; ++t) {
    const Range d = range_of(p.in.d, p.out.d, p.pad.d, p.stride.d, p.dilation.d, t);
    for (std::int64_t r = 0; r < p.filter.h; ++r) {
      const Range h = range_of(p.in.h, p.out.h, p.pad.h, p.stride.h, p.dilation.h, r);
      for (std::int64_t s = 0; s < p.filter.w; ++s, ++tap) {
        const Range w = range_of(p.in.w, p.out.w, p.pad.w, p.stride.w, p.dilation.w, s);
        if (w.first >= w.last) continue;
        for (std::int64_t od = d.first; od < d.last; ++od) {
          for (std::int64_t oh = h.first; oh < h.last; ++oh) {
            const std::int64_t id = od * p.stride.d + d.shift, ih = oh * p.stride.h + h.shift;
            visit(tap, (od * p.out.h + oh) * p.out.w + w.first,
                  (id * p.in.h + ih) * p.in.w + w.first * p.stride.w + w.shift, w.last - w.first);
          }
        }
      }
    }
  }
}

// Where in a box of these lengths an offset is.
Spatial position_in(const Spatial& lengths, std::int64_t offset) {
  return {offset / (lengths.w * lengths.h), offset / lengths.w % lengths.h, offset % lengths.w};
}

std::int64_t offset_in(const Spatial& lengths, const Spatial& position) {
  return (position.d * lengths.h + position.h) * lengths.w + position.w;
}

// Offsets into an image plane of what meets under a filter tap: the input pixel of an output pixel,
// or the other way round; -1 if none does.
std::int64_t met_input(const ConvProblem& p, const Spatial& out, const Spatial& tap) {
  Spatial in;
  for (const auto axis : {&Spatial::d, &Spatial::h, &Spatial::w}) {
    in.*axis = out.*axis * p.stride.*axis - p.pad.*axis + tap.*axis * p.dilation.*axis;
    if (in.*axis < 0 || in.*axis >= p.in.*axis) return -1;
  }
  return offset_in(p.in, in);
}

std::int64_t met_output(const ConvProblem& p, const Spatial& in, const Spatial& tap) {
  Spatial out;
  for (const auto axis : {&Spatial::d, &Spatial::h, &Spatial::w}) {
    const std::int64_t scaled = in.*axis + p.pad.*axis - tap.*axis * p.dilation.*axis;
    out.*axis = scaled / p.stride.*axis;
    if (scaled < 0 || scaled % p.stride.*axis != 0 || out.*axis >= p.out.*axis) return -1;
  }
  return offset_in(p.out, out);
}

// work(i) for every i below `count`, on all cores if there is enough of it.
template <class Work>
void for_each_index(std::int64_t count, double flops, Work work) {
  std::atomic<std::int64_t> next = 0;
  const auto take = [&] {
    for (std::int64_t i; (i = next++) < count;) work(i);
  };
  std::vector<std::jthread> threads;
  if (flops > 1e6) {
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(take);
  }
  take();
}

// visit(product) for every product that the output's element at `index` sums.
template <class Visit>
void for_each_product_at(const ConvProblem& p, std::span<const float> x, std::span<const float> w,
                         std::span<const float> y, std::int64_t index, Visit visit) {
  const std::int64_t c_of_group = p.c / p.groups, k_of_group = p.k / p.groups;
  const std::int64_t in = p.in.volume(), out = p.out.volume(), taps = p.filter.volume();
  switch (p.direction) {
    case Direction::kForward: {
      const std::int64_t k = index / out % p.k, n = index / out / p.k;
      const std::int64_t first = n * p.c + k / k_of_group * c_of_group;
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        const std::int64_t at =
            met_input(p, position_in(p.out, index % out), position_in(p.filter, tap));
        if (at < 0) continue;
        for (std::int64_t c = 0; c < c_of_group; ++c)
          visit(double{x[(first + c) * in + at]} * w[(k * c_of_group + c) * taps + tap]);
      }
      break;
    }
    case Direction::kBackwardData: {
      const std::int64_t c = index / in % p.c, n = index / in / p.c;
      const std::int64_t first = c / c_of_group * k_of_group;
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        const std::int64_t at =
            met_output(p, position_in(p.in, index % in), position_in(p.filter, tap));
        if (at < 0) continue;
        for (std::int64_t k = first; k < first + k_of_group; ++k)
          visit(double{y[(n * p.k + k) * out + at]} *
                w[(k * c_of_group + c % c_of_group) * taps + tap]);
      }
      break;
    }
    case Direction::kBackwardWeights: {
      const Spatial tap = position_in(p.filter, index % taps);
      const std::int64_t k = index / taps / c_of_group;
      const std::int64_t c = k / k_of_group * c_of_group + index / taps % c_of_group;
      for (std::int64_t pixel = 0; pixel < out; ++pixel) {
        const std::int64_t at = met_input(p, position_in(p.out, pixel), tap);
        if (at < 0) continue;
        for (std::int64_t n = 0; n < p.n; ++n)
          visit(double{y[(n * p.k + k) * out + pixel]} * x[(n * p.c + c) * in + at]);
      }
      break;
    }
  }
}

}  // namespace

std::vector<double> convolve(const ConvProblem& p, std::span<const float> x,
                             std::span<const float> w, std::span<const float> y) {
  const std::int64_t in = p.in.volume(), out = p.out.volume(), taps = p.filter.volume();
  const std::int64_t c_of_group = p.c / p.groups, k_of_group = p.k / p.groups;
  const auto x_plane = [&](std::int64_t n, std::int64_t c) {
    return x.data() + (n * p.c + c) * in;
  };
  const auto y_plane = [&](std::int64_t n, std::int64_t k) {
    return y.data() + (n * p.k + k) * out;
  };
  // `c` counts the channels of the group.
  const auto w_plane = [&](std::int64_t k, std::int64_t c) {
    return w.data() + (k * c_of_group + c) * taps;
  };

  std::vector<double> sums;
  switch (p.direction) {
    case Direction::kForward:
      sums.resize(static_cast<std::size_t>(p.n * p.k * out));
      for_each_index(p.n * p.k, p.direct_flops(), [&](std::int64_t i) {
        const std::int64_t n = i / p.k, k = i % p.k, first = k / k_of_group * c_of_group;
        double* const plane = sums.data() + i * out;
        for (std::int64_t c = 0; c < c_of_group; ++c) {
          const float* const image = x_plane(n, first + c);
          const float* const filter = w_plane(k, c);
          for_each_row(p, [&](std::int64_t tap, std::int64_t o, std::int64_t at, std::int64_t len) {
            const double weight = filter[tap];
            for (std::int64_t j = 0; j < len; ++j)
              plane[o + j] += weight * image[at + j * p.stride.w];
          });
        }
      });
      break;
    case Direction::kBackwardData:
      sums.resize(static_cast<std::size_t>(p.n * p.c * in));
      for_each_index(p.n * p.c, p.direct_flops(), [&](std::int64_t i) {
        const std::int64_t n = i / p.c, c = i % p.c, first = c / c_of_group * k_of_group;
        double* const plane = sums.data() + i * in;
        for (std::int64_t k = first; k < first + k_of_group; ++k) {
          const float* const image = y_plane(n, k);
          const float* const filter = w_plane(k, c % c_of_group);
          for_each_row(p, [&](std::int64_t tap, std::int64_t o, std::int64_t at, std::int64_t len) {
            const double weight = filter[tap];
            for (std::int64_t j = 0; j < len; ++j)
              plane[at + j * p.stride.w] += weight * image[o + j];
          });
        }
      });
      break;
    case Direction::kBackwardWeights:
      sums.resize(static_cast<std::size_t>(p.k * c_of_group * taps));
      for_each_index(p.k * c_of_group, p.direct_flops(), [&](std::int64_t i) {
        const std::int64_t k = i / c_of_group;
        const std::int64_t c = k / k_of_group * c_of_group + i % c_of_group;
        double* const filter = sums.data() + i * taps;
        for (std::int64_t n = 0; n < p.n; ++n) {
          const float* const image = x_plane(n, c);
          const float* const gradient = y_plane(n, k);
          for_each_row(p, [&](std::int64_t tap, std::int64_t o, std::int64_t at, std::int64_t len) {
            double sum = 0;
            for (std::int64_t j = 0; j < len; ++j)
              sum += double{gradient[o + j]} * image[at + j * p.stride.w];
            filter[tap] += sum;
          });
        }
      });
      break;
  }
  return sums;
}

double convolve_at(const ConvProblem& p, std::span<const float> x, std::span<const float> w,
                   std::span<const float> y, std::int64_t index) {
  double sum = 0;
  for_each_product_at(p, x, w, y, index, [&sum](double product) { sum += product; });
  return sum;
}

double narrow_sum_at(const ConvProblem& p, DataType type, std::span<const float> x,
                     std::span<const float> w, std::span<const float> y, std::int64_t index) {
  double sum = 0;
  for_each_product_at(p, x, w, y, index,
                      [&](double product) { sum = rounded(type, sum + product); });
  return sum;
}

double products_per_output(const ConvProblem& p) {
  const auto taps = [&](std::int64_t channels) {
    const std::int64_t of_a_group = channels / p.groups;
    return static_cast<double>(of_a_group * p.filter.volume());
  };
  switch (p.direction) {
    case Direction::kBackwardData:
      return taps(p.k);
    case Direction::kBackwardWeights:
      return static_cast<double>(p.n * p.out.volume());
    default:
      return taps(p.c);
  }
}

}  // namespace rdna1conv
