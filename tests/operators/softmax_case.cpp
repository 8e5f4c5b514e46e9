#include "core/operators/softmax.h"

#include <algorithm>
#include <cmath>

#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

// The group of an element by its place in N, C, D, H, W order, and how many there are.
struct Groups {
  const SoftmaxProblem& p;
  std::size_t channels = static_cast<std::size_t>(p.lengths[1]);
  std::size_t image = static_cast<std::size_t>(p.lengths[2] * p.lengths[3] * p.lengths[4]);

  std::size_t count() const {
    return static_cast<std::size_t>(p.lengths[0]) * (p.of_channels ? image : 1);
  }
  std::size_t of(std::size_t index) const {
    const std::size_t item = index / (channels * image);
    return p.of_channels ? item * image + index % image : item;
  }
};

}  // namespace

OperatorCase make_softmax_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_softmax(line);
  const SoftmaxProblem p = parsed.problem;
  const SoftmaxScalars scalars = parsed.scalars;
  const StridedTensor tensor{p.type, p.lengths, p.y_strides};
  const Groups groups{p};
  const double alpha = static_cast<double>(scalars.alpha), beta = static_cast<double>(scalars.beta);
  OperatorCase c;
  c.line = to_driver_line(p, scalars);
  const std::vector<float> x = input_values(with_reference, p.type, tensor.count(), 1, -4, 4);
  std::vector<double> y(x.size());
  if (with_reference) {
    std::vector<double> largest(groups.count(), -1e300), sum(groups.count());
    for (std::size_t i = 0; i < x.size(); ++i)
      largest[groups.of(i)] = std::max(largest[groups.of(i)], double{x[i]});
    for (std::size_t i = 0; i < x.size(); ++i)
      sum[groups.of(i)] += std::exp(x[i] - largest[groups.of(i)]);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t g = groups.of(i);
      y[i] = p.is_log ? x[i] - largest[g] - std::log(sum[g]) : std::exp(x[i] - largest[g]) / sum[g];
    }
  }
  const std::vector<float> before =
      beta != 0 ? case_values(p.type, tensor.count(), 3, -1, 1) : std::vector<float>();
  const auto scaled = [&](std::vector<double> values) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = alpha * values[i] + (beta != 0 ? beta * double{before[i]} : 0);
    return values;
  };
  const auto with = [&](const FiveDims& strides) {
    return StridedTensor{p.type, p.lengths, strides};
  };
  const int spatial = spatial_dims_of(p.lengths);
  const auto y_desc = describe(tensor, spatial);
  const auto algorithm = p.is_log ? MIOPEN_SOFTMAX_LOG : MIOPEN_SOFTMAX_ACCURATE;
  const auto mode = p.of_channels ? MIOPEN_SOFTMAX_MODE_CHANNEL : MIOPEN_SOFTMAX_MODE_INSTANCE;
  const double bytes = static_cast<double>(tensor.count()) * static_cast<double>(bytes_of(p.type));
  const SoftmaxScalars s = scalars;
  c.once = beta != 0;
  c.bytes = (p.backward ? 3 : 2) * bytes + (beta != 0 ? bytes : 0);
  if (!p.backward) {
    const auto x_desc = describe(with(p.x_strides), spatial);
    c.tensors.push_back({"x", with(p.x_strides), x, {}, {}});
    c.tensors.push_back({"y", tensor, before, scaled(y), tolerance_of(p.type)});
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return miopenSoftmaxForward_V2(handle, &s.alpha, *x_desc, at[0], &s.beta, *y_desc, at[1],
                                     algorithm, mode);
    };
    return c;
  }
  std::vector<float> rounded_y(y.size());
  for (std::size_t i = 0; i < y.size(); ++i)
    rounded_y[i] = static_cast<float>(rounded(p.type, y[i]));
  const std::vector<float> dy = input_values(with_reference, p.type, tensor.count(), 2);
  std::vector<double> dx(y.size()), sum(groups.count());
  if (with_reference) {
    for (std::size_t i = 0; i < dx.size(); ++i)
      sum[groups.of(i)] += (p.is_log ? 1 : double{rounded_y[i]}) * double{dy[i]};
    for (std::size_t i = 0; i < dx.size(); ++i) {
      const double of_group = sum[groups.of(i)], out = rounded_y[i];
      dx[i] = p.is_log ? dy[i] - std::exp(out) * of_group : out * (dy[i] - of_group);
    }
  }
  c.tensors.push_back({"y", tensor, rounded_y, {}, {}});
  const auto dy_desc = describe(with(p.dy_strides), spatial),
             dx_desc = describe(with(p.dx_strides), spatial);
  c.tensors.push_back({"dy", with(p.dy_strides), dy, {}, {}});
  c.tensors.push_back({"dx", with(p.dx_strides), before, scaled(dx), tolerance_of(p.type)});
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenSoftmaxBackward_V2(handle, &s.alpha, *y_desc, at[0], *dy_desc, at[1], &s.beta,
                                    *dx_desc, at[2], algorithm, mode);
  };
  return c;
}

}  // namespace rdna1conv
