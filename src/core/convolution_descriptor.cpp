#include "core/convolution_descriptor.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/element_types.h"
#include "core/error.h"
#include "core/tensor_overlap.h"

namespace rdna1conv {
namespace {

[[noreturn]] void fail(const std::string& text) { throw Error(Status::kBadParm, text); }

constexpr std::array<std::int64_t Spatial::*, 3> kAxes{&Spatial::d, &Spatial::h, &Spatial::w};
constexpr std::array<const char*, 3> kAxisNames{"depth", "height", "width"};

void check_least(const char* name, std::span<const int> values, int least) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < least) {
      fail(std::string(name) + "[" + std::to_string(i) + "] is " + std::to_string(values[i]) +
           ", must be at least " + std::to_string(least));
    }
  }
}

// Lengths or strides of a descriptor with 3 to 5 dimensions as N, C, D, H, W.
FiveDims five(std::span<const std::int64_t> values) {
  switch (values.size()) {
    case 3:
      return {values[0], values[1], 1, 1, values[2]};
    case 4:
      return {values[0], values[1], 1, values[2], values[3]};
    default:
      return {values[0], values[1], values[2], values[3], values[4]};
  }
}

Spatial image_of(const FiveDims& lengths) { return {lengths[2], lengths[3], lengths[4]}; }

void check_rank(const char* name, const TensorDescriptor& tensor, int spatial_dims) {
  const std::size_t expected = static_cast<std::size_t>(spatial_dims) + 2;
  if (tensor.rank() != expected) {
    fail(std::string(name) + " has " + std::to_string(tensor.rank()) +
         " dimensions, a convolution with " + std::to_string(spatial_dims) +
         " spatial dimensions needs " + std::to_string(expected));
  }
}

void refuse_overlap(const char* name, const FiveDims& lengths, const FiveDims& strides) {
  if (may_overlap(lengths, strides)) {
    fail(std::string(name) + " has strides by which elements overlap");
  }
}

// Types that MIOpen refuses as arguments; what is merely not supported is for the solvers to say.
void check_types(const ConvProblem& p, DataType y, const TensorNames& names) {
  const auto name_and_type = [](const char* name, DataType type) {
    return std::string(name) + " is " + std::string(name_of(type));
  };
  const bool is_integer_input = input_row(p.x_type) && !float_row(p.x_type);
  if (!is_integer_input) {
    if (y == p.x_type) return;
    fail(name_and_type(names.y, y) + ", " + name_and_type(names.x, p.x_type) +
         "; they must be equal");
  }
  if (p.direction == Direction::kBackwardWeights) {
    fail(name_and_type(names.x, p.x_type) + ", of which there are no backward weights");
  }
  if (!may_give(p.x_type, y)) {
    fail(name_and_type(names.y, y) + ", " + name_and_type(names.x, p.x_type) + "; it must be " +
         outputs_text(p.x_type));
  }
}

// All but the output's type and strides; the other strides are not canonical yet.
ConvProblem problem_without_output(const ConvolutionDescriptor& convolution,
                                   const TensorDescriptor& x, const TensorDescriptor& w,
                                   const char* x_name, const char* w_name) {
  check_rank(x_name, x, convolution.spatial_dims);
  check_rank(w_name, w, convolution.spatial_dims);
  if (x.type() != w.type()) {
    fail(std::string(w_name) + " is " + std::string(name_of(w.type())) + ", " + x_name + " is " +
         std::string(name_of(x.type())) + "; they must be equal");
  }
  const FiveDims image = five(x.lengths());
  const FiveDims filter = five(w.lengths());
  ConvProblem p;
  p.transposed = convolution.transposed;
  p.spatial_dims = std::max(2, convolution.spatial_dims);  // a row of pixels is an image
  p.x_type = p.y_type = x.type();
  p.w_type = w.type();
  p.groups = convolution.groups;
  p.n = image[0];
  p.c = image[1];
  p.in = image_of(image);
  p.filter = image_of(filter);
  p.pad = convolution.pad;
  p.stride = convolution.stride;
  p.dilation = convolution.dilation;
  p.output_pad = convolution.transposed ? convolution.output_pad : Spatial{0, 0, 0};

  const std::string groups = std::to_string(p.groups);
  if (p.c % p.groups != 0) {
    fail("convDesc has " + groups + " groups, which do not divide the " + std::to_string(p.c) +
         " channels of " + x_name);
  }
  if (p.transposed) {
    if (filter[0] != p.c) {
      fail(std::string(w_name) + " " + lengths_text(w.lengths()) + " is a filter for " +
           std::to_string(filter[0]) + " channels, " + x_name + " has " + std::to_string(p.c));
    }
    if (__builtin_mul_overflow(filter[1], p.groups, &p.k)) fail("the output is too large");
    for (std::size_t i = 0; i < kAxes.size(); ++i) {
      if (p.output_pad.*kAxes[i] != 0 && p.output_pad.*kAxes[i] >= p.stride.*kAxes[i]) {
        fail(std::string("convDesc has an output padding in ") + kAxisNames[i] +
             " that is not below the stride");
      }
    }
  } else {
    p.k = filter[0];
    if (filter[1] != p.c / p.groups) {
      fail(std::string(w_name) + " " + lengths_text(w.lengths()) + " has " +
           std::to_string(filter[1]) + " channels, " + x_name + " has " + std::to_string(p.c) +
           " in " + groups + " groups");
    }
    if (p.k % p.groups != 0) {
      fail("convDesc has " + groups + " groups, which do not divide the " + std::to_string(p.k) +
           " filters of " + w_name);
    }
  }
  // Lengths beyond 31 bits would overflow the sizes computed from them.
  for (const FiveDims& lengths : {image, filter}) {
    for (const std::int64_t length : lengths) {
      if (length > INT32_MAX)
        fail(std::string("a length of ") + x_name + " or " + w_name + " exceeds 31 bits");
    }
  }
  p.out = implied_output(p);
  std::int64_t bytes = 8;
  for (const std::int64_t length : p.y_lengths()) {
    if (length > INT32_MAX || __builtin_mul_overflow(bytes, length, &bytes)) {
      fail("the output is too large");
    }
  }
  p.x_strides = five(x.strides());
  p.w_strides = five(w.strides());
  return p;
}

void check_arithmetic(const ConvProblem& problem, const TensorNames& names) {
  if (const auto reason = unless_arithmetic_fits(problem, names)) fail(*reason);
}

}  // namespace

void copy_spatial(const Spatial& from, std::span<int> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<int>(from.*kAxes[3 - values.size() + i]);
  }
}

Spatial spatial_from(std::span<const int> values, std::int64_t if_absent) {
  Spatial result{if_absent, if_absent, if_absent};
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.*kAxes[3 - values.size() + i] = values[i];
  }
  return result;
}

ConvolutionDescriptor make_convolution_descriptor(std::span<const int> pad,
                                                  std::span<const int> stride,
                                                  std::span<const int> dilation,
                                                  std::uint32_t mode) {
  if (pad.empty() || pad.size() > 3) {
    fail("spatialDim is " + std::to_string(pad.size()) + ", must be between 1 and 3");
  }
  check_least("padA", pad, 0);
  check_least("strideA", stride, 1);
  check_least("dilationA", dilation, 1);
  // 0 convolution, 1 transpose, 2 group, 3 depthwise: the last two only say that groups follow.
  if (mode > 3) fail("c_mode " + std::to_string(mode) + " is not a miopenConvolutionMode_t");
  ConvolutionDescriptor result;
  result.spatial_dims = static_cast<int>(pad.size());
  result.transposed = mode == 1;
  result.pad = spatial_from(pad, 0);
  result.stride = spatial_from(stride, 1);
  result.dilation = spatial_from(dilation, 1);
  return result;
}

ConvProblem make_problem(const ConvolutionDescriptor& convolution, const TensorDescriptor& x,
                         const TensorDescriptor& w, const char* x_name, const char* w_name) {
  ConvProblem p = problem_without_output(convolution, x, w, x_name, w_name);
  p.y_strides = packed_strides(p.y_lengths(), Layout::kNchw);
  canonicalize(p);
  check_arithmetic(p, {x_name, w_name, "the output"});
  return p;
}

std::optional<FindMode> find_mode_of(long long value) {
  for (const FindMode mode :
       {FindMode::kNormal, FindMode::kFast, FindMode::kHybrid, FindMode::kDynamicHybrid,
        FindMode::kTrustVerify, FindMode::kTrustVerifyFull}) {
    if (value == static_cast<long long>(mode)) return mode;
  }
  return std::nullopt;
}

TensorNames descriptor_names(Direction direction) {
  switch (direction) {
    case Direction::kForward:
      return {"xDesc", "wDesc", "yDesc"};
    case Direction::kBackwardData:
      return {"dxDesc", "wDesc", "dyDesc"};
    case Direction::kBackwardWeights:
      return {"xDesc", "dwDesc", "dyDesc"};
  }
  return {};
}

ConvProblem make_problem(const ConvolutionDescriptor& convolution, Direction direction,
                         const TensorDescriptor& x, const TensorDescriptor& w,
                         const TensorDescriptor& y) {
  const TensorNames names = descriptor_names(direction);
  ConvProblem p = problem_without_output(convolution, x, w, names.x, names.w);
  p.direction = direction;
  check_rank(names.y, y, convolution.spatial_dims);
  check_types(p, y.type(), names);
  if (five(y.lengths()) != p.y_lengths()) {
    const FiveDims all = p.y_lengths();
    std::vector<std::int64_t> expected{all[0], all[1]};
    expected.insert(expected.end(), all.end() - convolution.spatial_dims, all.end());
    fail(std::string(names.y) + " is " + lengths_text(y.lengths()) + ", the convolution of " +
         names.x + " and " + names.w + " gives " + lengths_text(expected));
  }
  p.y_type = y.type();
  p.y_strides = five(y.strides());
  canonicalize(p);
  check_arithmetic(p, names);
  switch (direction) {
    case Direction::kForward:
      refuse_overlap(names.y, p.y_lengths(), p.y_strides);
      break;
    case Direction::kBackwardData:
      refuse_overlap(names.x, p.x_lengths(), p.x_strides);
      break;
    case Direction::kBackwardWeights:
      refuse_overlap(names.w, p.w_lengths(), p.w_strides);
      break;
  }
  return p;
}

}  // namespace rdna1conv
