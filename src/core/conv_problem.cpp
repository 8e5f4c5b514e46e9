#include "core/conv_problem.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace rdna1conv {
namespace {

// Dimensions from the outermost to the innermost.
constexpr std::array<int, 5> kNchwOrder{0, 1, 2, 3, 4};
constexpr std::array<int, 5> kNhwcOrder{0, 2, 3, 4, 1};

bool strides_agree(const FiveDims& lengths, const FiveDims& strides, const FiveDims& packed) {
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] != 1 && strides[i] != packed[i]) return false;
  }
  return true;
}

bool all_have(const ConvProblem& problem, Layout layout) {
  const auto agrees = [layout](const FiveDims& lengths, const FiveDims& strides) {
    return strides_agree(lengths, strides, packed_strides(lengths, layout));
  };
  return agrees(problem.x_lengths(), problem.x_strides) &&
         agrees(problem.w_lengths(), problem.w_strides) &&
         agrees(problem.y_lengths(), problem.y_strides);
}

}  // namespace

bool ConvProblem::is_packed_nchw() const { return all_have(*this, Layout::kNchw); }
bool ConvProblem::is_packed_nhwc() const { return all_have(*this, Layout::kNhwc); }

double ConvProblem::direct_flops() const {
  // A transposed convolution applies the filter once per input pixel, not per output pixel.
  const Spatial& image = transposed ? in : out;
  return 2.0 * static_cast<double>(n) * static_cast<double>(k) *
         (static_cast<double>(c) / static_cast<double>(groups)) *
         static_cast<double>(filter.volume()) * static_cast<double>(image.volume());
}

FiveDims packed_strides(const FiveDims& lengths, Layout layout) {
  const auto& order = layout == Layout::kNhwc ? kNhwcOrder : kNchwOrder;
  FiveDims strides{};
  std::int64_t next = 1;
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    strides[static_cast<std::size_t>(*it)] = next;
    next *= lengths[static_cast<std::size_t>(*it)];
  }
  return strides;
}

Layout layout_of(const FiveDims& lengths, const FiveDims& strides) {
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
    if (strides_agree(lengths, strides, packed_strides(lengths, layout))) return layout;
  }
  return Layout::kOther;
}

std::int64_t output_length(std::int64_t in, std::int64_t filter, std::int64_t pad,
                           std::int64_t stride, std::int64_t dilation) {
  const std::int64_t reach = 1 + dilation * (filter - 1);
  return std::max<std::int64_t>(1, (in + 2 * pad - reach) / stride + 1);
}

std::int64_t transposed_output_length(std::int64_t in, std::int64_t filter, std::int64_t pad,
                                      std::int64_t stride, std::int64_t dilation,
                                      std::int64_t output_pad) {
  const std::int64_t reach = 1 + dilation * (filter - 1);
  return std::max<std::int64_t>(1, stride * (in - 1) + reach - 2 * pad + output_pad);
}

Spatial implied_output(const ConvProblem& p) {
  const auto length = [&p](std::int64_t Spatial::*axis) {
    return p.transposed
               ? transposed_output_length(p.in.*axis, p.filter.*axis, p.pad.*axis, p.stride.*axis,
                                          p.dilation.*axis, p.output_pad.*axis)
               : output_length(p.in.*axis, p.filter.*axis, p.pad.*axis, p.stride.*axis,
                               p.dilation.*axis);
  };
  return {length(&Spatial::d), length(&Spatial::h), length(&Spatial::w)};
}

void set_packed(ConvProblem& problem, Layout layout) {
  problem.x_strides = packed_strides(problem.x_lengths(), layout);
  problem.w_strides = packed_strides(problem.w_lengths(), layout);
  problem.y_strides = packed_strides(problem.y_lengths(), layout);
}

ConvProblem untransposed(const ConvProblem& problem) {
  if (!problem.transposed) return problem;
  ConvProblem ordinary = problem;
  ordinary.transposed = false;
  ordinary.output_pad = {0, 0, 0};  // it has done its work: `out` is known
  std::swap(ordinary.c, ordinary.k);
  std::swap(ordinary.in, ordinary.out);
  std::swap(ordinary.x_type, ordinary.y_type);
  std::swap(ordinary.x_strides, ordinary.y_strides);
  if (problem.direction == Direction::kForward) {
    ordinary.direction = Direction::kBackwardData;
  } else if (problem.direction == Direction::kBackwardData) {
    ordinary.direction = Direction::kForward;
  }
  return ordinary;
}

void canonicalize_strides(const FiveDims& lengths, FiveDims& strides) {
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
    const FiveDims packed = packed_strides(lengths, layout);
    if (strides_agree(lengths, strides, packed)) {
      strides = packed;
      return;
    }
  }
  // The stride of a dimension of length 1 is never used; any fixed value does.
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 1) strides[i] = 1;
  }
}

void canonicalize(ConvProblem& problem) {
  canonicalize_strides(problem.x_lengths(), problem.x_strides);
  canonicalize_strides(problem.w_lengths(), problem.w_strides);
  canonicalize_strides(problem.y_lengths(), problem.y_strides);
}

std::size_t hash_of(const ConvProblem& p) {
  // FNV-1a over 64-bit words, finished by a shift-multiply so that low bits depend on all of them.
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto mix = [&hash](auto value) {
    hash = (hash ^ static_cast<std::uint64_t>(value)) * 0x100000001b3u;
  };
  mix(p.direction);
  mix(p.transposed);
  for (const DataType type : {p.x_type, p.w_type, p.y_type}) mix(type);
  for (const std::int64_t value : {std::int64_t{p.spatial_dims}, p.n, p.c, p.k, p.groups}) {
    mix(value);
  }
  for (const Spatial& s : {p.in, p.filter, p.out, p.pad, p.stride, p.dilation, p.output_pad}) {
    mix(s.d);
    mix(s.h);
    mix(s.w);
  }
  for (const FiveDims& strides : {p.x_strides, p.w_strides, p.y_strides}) {
    for (const std::int64_t stride : strides) mix(stride);
  }
  const Epilogue& e = p.epilogue;
  mix(static_cast<unsigned>(e.scaled) | static_cast<unsigned>(e.adds_z) << 1 |
      static_cast<unsigned>(e.adds_bias) << 2 | static_cast<unsigned>(e.batch_norm) << 3 |
      static_cast<unsigned>(e.activation) << 5);
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15u;
  return static_cast<std::size_t>(hash ^ (hash >> 29));
}

}  // namespace rdna1conv
