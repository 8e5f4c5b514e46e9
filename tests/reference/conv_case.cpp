#include "conv_case.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "conv_reference.h"
#include "element_type.h"

namespace rdna1conv {
namespace {

// What a stream of random numbers is for.
enum class Stream : std::uint64_t {
  kX = 1,
  kW,
  kY,
  kZ,
  kBias,
  kScale,
  kShift,
  kMean,
  kVariance,
  kBefore
};

// In [0, 1). splitmix64 of the index: the same on every machine, any element without the ones
// before.
double uniform_at(std::uint64_t index, Stream stream) {
  std::uint64_t z =
      index * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(stream) * 0xd1342543de82ef95u + 1;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return static_cast<double>(z >> 40) * 0x1p-24;
}

// `count` values of `type` from `low` to `low` + 1; of int8 integers of the whole range, or of less
// if the sums would leave int32.
std::vector<float> draw(const ConvProblem& problem, DataType type, std::int64_t count,
                        Stream stream, double low) {
  double spread = 1;
  if (type == DataType::kInt8) {
    spread = std::min(256.0, std::floor(2 * std::sqrt(0x1p31 / products_per_output(problem))));
    low = -spread / 2;
  }
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    double value = low + spread * uniform_at(i, stream);
    if (type == DataType::kInt8) value = std::floor(value);
    values[i] = static_cast<float>(rounded(type, value));
  }
  return values;
}

// Whether this is an element of the second half of the products that an output sums, in the order
// of channels, then taps, or of images, then pixels.
bool is_in_second_half(const ConvProblem& p, std::int64_t index) {
  const std::int64_t taps = p.filter.volume(), c = p.c / p.groups, k = p.k / p.groups;
  switch (p.direction) {
    case Direction::kForward:  // of w
      return 2 * (index % (c * taps)) >= c * taps;
    case Direction::kBackwardData:  // of w
      return 2 * (index / (c * taps) % k * taps + index % taps) >= k * taps;
    case Direction::kBackwardWeights:  // of y
      break;
  }
  const std::int64_t pixels = p.out.volume();
  return 2 * (index / pixels / p.k * pixels + index % pixels) >= p.n * pixels;
}

void make_integers(const ConvProblem& p, Values kind, std::vector<float>& values, Stream stream) {
  const Stream negative = p.direction == Direction::kBackwardWeights ? Stream::kY : Stream::kW;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double uniform = uniform_at(i, stream);
    if (kind == Values::kIntegers) {
      values[i] = static_cast<float>(std::floor(17 * uniform) - 8);
      continue;
    }
    values[i] = uniform < 0.5 ? 5 : 7;
    if (kind == Values::kLarge && stream != negative) values[i] *= 0x1p12f;
    if (kind == Values::kSmall) values[i] *= stream != negative ? 0x1p-24f : 0x1p-3f;
    if (stream == negative && is_in_second_half(p, static_cast<std::int64_t>(i)))
      values[i] = -values[i];
  }
}

double activated(Activation activation, double v, const EpilogueScalars& s) {
  const double alpha = s.activation_alpha, beta = s.activation_beta, gamma = s.activation_gamma;
  switch (activation) {
    case Activation::kPassThrough:
      return v;
    case Activation::kLogistic:
      return 1 / (1 + std::exp(-v));
    case Activation::kTanh:
      return beta * std::tanh(alpha * v);
    case Activation::kRelu:
      return std::max(0.0, v);
    case Activation::kSoftRelu:
      return std::max(0.0, v) + std::log1p(std::exp(-std::fabs(v)));
    case Activation::kAbs:
      return std::fabs(v);
    case Activation::kPower:
      return std::pow(alpha + beta * v, gamma);
    case Activation::kClippedRelu:
      return std::min(alpha, std::max(0.0, v));
    case Activation::kLeakyRelu:
      return v > 0 ? v : alpha * v;
    case Activation::kElu:
      return v > 0 ? v : alpha * std::expm1(v);
    case Activation::kClamp:
      return std::min(beta, std::max(alpha, v));
  }
  return v;
}

// An int8 output keeps the low byte of the sum, as in MIOpen's reference kernels (naive_conv.cpp,
// cast_to).
std::vector<double> low_bytes(std::vector<double> sums) {
  for (double& sum : sums)
    sum = static_cast<std::int8_t>(static_cast<std::uint8_t>(static_cast<std::int64_t>(sum)));
  return sums;
}

}  // namespace

ConvCase draw_inputs(const ConvProblem& asked, Values values) {
  ConvCase c;
  c.problem = untransposed(asked);
  const ConvProblem& p = c.problem;
  const auto all_of = [&](const StridedTensor& tensor, Stream stream, double low) {
    return draw(p, tensor.type, tensor.count(), stream, low);
  };
  if (p.direction != Direction::kBackwardData) c.x = all_of(x_tensor(p), Stream::kX, 0);
  if (p.direction != Direction::kBackwardWeights) c.w = all_of(w_tensor(p), Stream::kW, -0.5);
  if (p.direction != Direction::kForward) c.y = all_of(y_tensor(p), Stream::kY, -0.5);

  if (values != Values::kUniform) {
    make_integers(p, values, c.x, Stream::kX);
    make_integers(p, values, c.w, Stream::kW);
    make_integers(p, values, c.y, Stream::kY);
  }

  const Epilogue& epilogue = p.epilogue;
  const StridedTensor output = c.output();
  if (epilogue.scaled) c.output_before = all_of(output, Stream::kBefore, -0.5);
  if (epilogue.adds_z) c.z = all_of(output, Stream::kZ, -0.5);
  const std::int64_t channels = output.lengths[1];
  if (epilogue.adds_bias) c.bias = draw(p, output.type, channels, Stream::kBias, -0.5);
  if (epilogue.batch_norm != BatchNorm::kNone) {
    const bool spatial = epilogue.batch_norm == BatchNorm::kSpatial;
    const std::int64_t count = spatial ? channels : output.count() / output.lengths[0];
    const auto parameters = [&](Stream stream, double low) {
      return draw(p, DataType::kFloat, count, stream, low);
    };
    c.norm_scale = parameters(Stream::kScale, 0.5);
    c.norm_shift = parameters(Stream::kShift, -0.5);
    c.norm_mean = parameters(Stream::kMean, -0.5);
    c.norm_variance = parameters(Stream::kVariance, 0.5);
  }
  return c;
}

ConvCase make_case(const ConvProblem& problem, Values values) {
  ConvCase c = draw_inputs(problem, values);
  c.sums = convolve(c.problem, c.x, c.w, c.y);
  return c;
}

EpilogueScalars scalars_for(const ConvProblem& problem, bool overwrites) {
  EpilogueScalars scalars;
  if (problem.epilogue.scaled) {
    scalars.alpha = -0.75f;
    scalars.beta = overwrites ? 0.0f : 1.25f;
  }
  scalars.z_scale = 1.5f;
  scalars.norm_epsilon = 1e-3f;
  // Bounds and slopes within the values that sums of a few products have.
  scalars.activation_alpha = 0.25f;
  scalars.activation_beta = 0.75f;
  scalars.activation_gamma = 2.0f;
  return scalars;
}

std::vector<double> expected_output(const ConvCase& c, const EpilogueScalars& s) {
  const Epilogue& epilogue = c.problem.epilogue;
  if (epilogue == Epilogue{} && c.output().type == DataType::kInt8) return low_bytes(c.sums);
  if (epilogue == Epilogue{}) return c.sums;
  const FiveDims lengths = c.output().lengths;
  const std::size_t channels = static_cast<std::size_t>(lengths[1]);
  const std::size_t pixels = static_cast<std::size_t>(lengths[2] * lengths[3] * lengths[4]);
  std::vector<double> result(c.sums.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t channel = i / pixels % channels, pixel = i % pixels;
    double v = c.sums[i];
    if (epilogue.scaled) {
      v *= s.alpha;
      if (s.beta != 0) v += double{s.beta} * c.output_before[i];
    }
    if (epilogue.adds_z) v += double{s.z_scale} * c.z[i];
    if (epilogue.adds_bias) v += c.bias[channel];
    if (epilogue.batch_norm != BatchNorm::kNone) {
      const std::size_t at =
          epilogue.batch_norm == BatchNorm::kSpatial ? channel : channel * pixels + pixel;
      v = (v - c.norm_mean[at]) / std::sqrt(double{c.norm_variance[at]} + s.norm_epsilon) *
              c.norm_scale[at] +
          c.norm_shift[at];
    }
    result[i] = activated(epilogue.activation, v, s);
    if (is_integer(c.output().type)) result[i] = rounded(c.output().type, result[i]);
  }
  return result;
}

}  // namespace rdna1conv
