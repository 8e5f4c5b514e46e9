#include "problem_generator.h"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "core/element_types.h"

namespace rdna1conv {
namespace {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : generator_(seed) {}
  // Not std::uniform_int_distribution: its numbers differ between standard libraries.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(generator_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t chances) { return between(1, chances) == 1; }
  template <class T, std::size_t kCount>
  T one_of(const std::array<T, kCount>& values) {
    return values[static_cast<std::size_t>(between(0, std::int64_t{kCount} - 1))];
  }

 private:
  std::mt19937_64 generator_;
};

constexpr std::int64_t Spatial::*kAxes[] = {&Spatial::d, &Spatial::h, &Spatial::w};

std::int64_t reach_of(const ConvProblem& p, std::int64_t Spatial::*axis) {
  return 1 + p.dilation.*axis * (p.filter.*axis - 1);
}

void draw_types(Draw& draw, ConvProblem& p) {
  // fp32 half of the time.
  const DataType type = draw.one_in(2) ? DataType::kFloat : draw.one_of(kInputTypes).in;
  p.x_type = p.w_type = p.y_type = type;
  if (float_row(type)) return;
  p.direction = Direction::kForward;
  p.transposed = false;
  do {
    p.y_type = draw.one_of(kElementTypes).out;
  } while (!may_give(type, p.y_type));
}

// Filter, stride, dilation, padding and input of one axis.
void draw_axis(Draw& draw, ConvProblem& p, std::int64_t Spatial::*axis, bool plain) {
  p.stride.*axis = plain ? 1 : draw.between(1, 3);
  p.dilation.*axis = plain ? 1 : draw.between(1, 3);
  const std::int64_t reach = reach_of(p, axis);
  // Half the time what keeps the image's size, else anything up to more than the reach.
  p.pad.*axis = draw.one_in(2) ? reach / 2 : draw.between(0, reach + 1);
  const std::int64_t longest = p.spatial_dims == 3 ? 12 : 36;
  // One time in eight the filter may be beyond the input; with enough padding as it has then no
  // output of its own otherwise.
  p.in.*axis = draw.one_in(8) ? draw.between(1, longest) : reach + draw.between(0, longest);
  if (!p.transposed) return;
  p.in.*axis = draw.between(1, longest / 2);
  p.output_pad.*axis = draw.between(0, p.stride.*axis - 1);
}

// A convolution has outputs only where the padded input holds the filter; a transposed one has to
// have an image after padding is taken away.
void make_possible(ConvProblem& p) {
  for (const auto axis : kAxes) {
    const std::int64_t reach = reach_of(p, axis);
    if (p.transposed) {
      const std::int64_t full = p.stride.*axis * (p.in.*axis - 1) + reach + p.output_pad.*axis;
      p.pad.*axis = std::min(p.pad.*axis, (full - 1) / 2);
    } else if (p.in.*axis + 2 * p.pad.*axis < reach) {
      p.pad.*axis = (reach - p.in.*axis + 1) / 2;
    }
  }
}

// Strides of a tensor: packed in one of the layouts, or a view as programs make them.
FiveDims draw_strides(Draw& draw, const FiveDims& lengths, int spatial_dims) {
  switch (draw.between(0, 5)) {
    case 0:
      return packed_strides(lengths, Layout::kNhwc);
    case 1: {  // rows padded to a multiple
      FiveDims longer = lengths;
      const std::int64_t unit = draw.one_of(std::array<std::int64_t, 3>{4, 16, 64});
      longer[4] = (longer[4] + unit - 1) / unit * unit;
      return packed_strides(longer, Layout::kNchw);
    }
    case 2: {  // a slice of channels, and of images
      FiveDims larger = lengths;
      larger[1] += draw.between(1, 5);
      return packed_strides(larger, draw.one_in(2) ? Layout::kNchw : Layout::kNhwc);
    }
    case 3: {  // a window of a larger image
      FiveDims larger = lengths;
      for (std::size_t i = spatial_dims == 3 ? 2 : 3; i < 5; ++i) larger[i] += draw.between(0, 3);
      return packed_strides(larger, draw.one_in(2) ? Layout::kNchw : Layout::kNhwc);
    }
    case 4: {  // every other element of anything
      FiveDims strides = packed_strides(lengths, Layout::kNchw);
      const std::int64_t factor = draw.between(2, 3);
      for (std::int64_t& stride : strides) stride *= factor;
      return strides;
    }
    default: {  // any order of dimensions
      std::array<std::size_t, 5> order{0, 1, 2, 3, 4};
      for (std::size_t i = 4; i > 0; --i)
        std::swap(order[i], order[static_cast<std::size_t>(draw.between(0, static_cast<int>(i)))]);
      FiveDims strides{};
      std::int64_t next = 1;
      for (const std::size_t i : order) {
        strides[i] = next;
        next *= lengths[i];
      }
      return strides;
    }
  }
}

// Strides of dimensions of length 1 are never used, and programs leave anything there.
void draw_strides(Draw& draw, ConvProblem& p) {
  const std::int64_t kind = draw.between(0, 9);
  set_packed(p, kind < 7 ? Layout::kNchw : Layout::kNhwc);
  if (kind < 4 || kind == 7 || kind == 8) return;  // 40 % NCHW, 20 % NHWC
  if (draw.one_in(2)) p.x_strides = draw_strides(draw, p.x_lengths(), p.spatial_dims);
  if (draw.one_in(2)) p.y_strides = draw_strides(draw, p.y_lengths(), p.spatial_dims);
  if (draw.one_in(3)) p.w_strides = draw_strides(draw, p.w_lengths(), p.spatial_dims);
}

void draw_epilogue(Draw& draw, ConvProblem& p) {
  if (draw.one_in(6)) p.epilogue.scaled = true;
  if (p.direction != Direction::kForward || p.transposed || !draw.one_in(4)) return;
  if (p.y_type == DataType::kInt8) return;
  p.epilogue.adds_bias = draw.one_in(2);
  p.epilogue.adds_z = draw.one_in(4);
  // Rounded to integers, activations with small ranges show little.
  if (p.y_type == DataType::kInt32) return;
  p.epilogue.batch_norm = draw.one_of(std::array{BatchNorm::kNone, BatchNorm::kNone,
                                                 BatchNorm::kSpatial, BatchNorm::kPerActivation});
  p.epilogue.activation = static_cast<Activation>(draw.between(0, 10));
}

}  // namespace

double products_of(const ConvProblem& problem) { return problem.direct_flops() / 2; }

ConvProblem random_problem(std::uint64_t seed, double most_products) {
  Draw draw(seed);
  ConvProblem p;
  p.direction = static_cast<Direction>(draw.between(0, 2));
  p.transposed = draw.one_in(6);
  draw_types(draw, p);
  p.spatial_dims = draw.one_in(4) ? 3 : 2;
  p.n = draw.between(1, 3);

  const bool square = draw.one_in(2);
  const std::int64_t side = draw.one_in(3)   ? 3
                            : draw.one_in(3) ? 1
                                             : draw.between(1, p.spatial_dims == 3 ? 5 : 7);
  const bool plain = draw.one_in(2);
  for (const auto axis : kAxes) {
    if (p.spatial_dims == 2 && axis == &Spatial::d) continue;
    p.filter.*axis = square ? side : draw.between(1, p.spatial_dims == 3 ? 4 : 7);
    draw_axis(draw, p, axis, plain);
  }
  make_possible(p);

  p.groups = draw.one_in(3) ? draw.between(2, 9) : 1;
  const bool depthwise = p.groups > 1 && draw.one_in(2);
  if (depthwise && draw.one_in(2)) p.groups = draw.between(10, 40);
  p.c = p.groups * (depthwise ? 1 : draw.between(1, p.groups > 1 ? 12 : 70));
  p.k = p.groups * (depthwise ? draw.between(1, 3) : draw.between(1, p.groups > 1 ? 12 : 70));
  p.out = implied_output(p);
  set_packed(p, Layout::kNchw);
  p = scaled_down(p, most_products);

  draw_strides(draw, p);
  draw_epilogue(draw, p);
  canonicalize(p);
  return p;
}

ConvProblem scaled_down(const ConvProblem& problem, double most_products) {
  if (products_of(problem) <= most_products) return problem;
  ConvProblem p = problem;
  const auto update = [&] {
    p.out = implied_output(p);
    return products_of(p) <= most_products;
  };
  const auto finish = [&] {
    p.out = implied_output(p);
    set_packed(
        p, problem.is_packed_nhwc() && !problem.is_packed_nchw() ? Layout::kNhwc : Layout::kNchw);
    canonicalize(p);
    return p;
  };
  const auto cut = [](std::int64_t length, std::int64_t to) { return to + length % to; };

  const auto cut_images = [&](std::int64_t to) {
    for (const auto axis : kAxes) {
      // A transposed convolution's filter lies on its output.
      const std::int64_t least = p.transposed ? 0 : reach_of(p, axis);
      if (p.in.*axis >= least + 2 * to) p.in.*axis = least + cut(p.in.*axis - least, to);
    }
    return update();
  };
  const auto cut_channels = [&](std::int64_t to) {
    std::int64_t c = p.c / p.groups, k = p.k / p.groups;
    if (c >= 2 * to) c = cut(c, to);
    if (k >= 2 * to) k = cut(k, to);
    if (p.groups >= 2 * to) p.groups = cut(p.groups, to);
    p.c = c * p.groups;
    p.k = k * p.groups;
    return update();
  };

  if (p.n > 3) p.n = cut(p.n, 2);
  if (update() || cut_images(8)) return finish();
  for (const std::int64_t to : {32, 16, 8}) {
    if (cut_channels(to)) return finish();
  }
  if (cut_images(4) || cut_channels(4)) return finish();
  if (cut_images(2) || cut_channels(2)) return finish();
  p.n = 1;
  return finish();
}

ConvProblem shrunk(const ConvProblem& problem,
                   const std::function<bool(const ConvProblem&)>& fails) {
  using Change = std::function<void(ConvProblem&)>;
  std::vector<Change> changes{
      [](ConvProblem& p) { p.epilogue = {}; },
      [](ConvProblem& p) { p.epilogue.activation = Activation::kPassThrough; },
      [](ConvProblem& p) { p.epilogue.batch_norm = BatchNorm::kNone; },
      [](ConvProblem& p) { p.epilogue.adds_z = false; },
      [](ConvProblem& p) { p.epilogue.adds_bias = false; },
      [](ConvProblem& p) { p.epilogue.scaled = false; },
      [](ConvProblem& p) { set_packed(p, Layout::kNchw); },
      [](ConvProblem& p) { p.x_strides = packed_strides(p.x_lengths(), Layout::kNchw); },
      [](ConvProblem& p) { p.y_strides = packed_strides(p.y_lengths(), Layout::kNchw); },
      [](ConvProblem& p) { p.w_strides = packed_strides(p.w_lengths(), Layout::kNchw); },
      [](ConvProblem& p) { p.x_type = p.w_type = p.y_type = DataType::kFloat; },
  };
  // Changes of shape lose the strides' meaning: they are packed again in the layout that there was.
  const auto reshape = [&changes](std::function<void(ConvProblem&)> change) {
    changes.push_back([change = std::move(change)](ConvProblem& p) {
      const Layout layout =
          p.is_packed_nhwc() && !p.is_packed_nchw() ? Layout::kNhwc : Layout::kNchw;
      change(p);
      make_possible(p);
      p.out = implied_output(p);
      set_packed(p, layout);
    });
  };
  reshape([](ConvProblem& p) { p.n = 1; });
  reshape([](ConvProblem& p) {
    p.c /= p.groups;
    p.k /= p.groups;
    p.groups = 1;
  });
  reshape([](ConvProblem& p) {
    const std::int64_t c = p.c / p.groups, k = p.k / p.groups;
    p.groups = (p.groups + 1) / 2;
    p.c = c * p.groups;
    p.k = k * p.groups;
  });
  for (const bool halve : {true, false}) {
    const auto less = [halve](std::int64_t value) {
      return std::max<std::int64_t>(1, halve ? (value + 1) / 2 : value - 1);
    };
    reshape([less](ConvProblem& p) { p.c = p.groups * less(p.c / p.groups); });
    reshape([less](ConvProblem& p) { p.k = p.groups * less(p.k / p.groups); });
    for (const auto axis : kAxes) {
      reshape([less, axis](ConvProblem& p) { p.in.*axis = less(p.in.*axis); });
      reshape([less, axis](ConvProblem& p) { p.filter.*axis = less(p.filter.*axis); });
    }
  }
  for (const auto axis : kAxes) {
    reshape([axis](ConvProblem& p) { p.pad.*axis = 0; });
    reshape([axis](ConvProblem& p) { p.stride.*axis = 1, p.output_pad.*axis = 0; });
    reshape([axis](ConvProblem& p) { p.dilation.*axis = 1; });
    reshape([axis](ConvProblem& p) { p.output_pad.*axis = 0; });
  }

  ConvProblem smallest = problem;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Change& change : changes) {
      ConvProblem candidate = smallest;
      change(candidate);
      canonicalize(candidate);
      if (candidate == smallest || !fails(candidate)) continue;
      smallest = candidate;
      changed = true;
    }
  }
  return smallest;
}

}  // namespace rdna1conv
