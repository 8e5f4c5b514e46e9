#include "core/operators/gates.h"

#include <cmath>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "operators/cases.h"

namespace rdna1conv {

OperatorCase make_glu_case(std::string_view line, bool with_reference) {
  const GluProblem p = parse_glu(line);
  const auto axis = static_cast<std::size_t>(p.dimension);
  StridedTensor x_tensor{p.type, p.lengths, p.x_strides};
  x_tensor.strides[axis] = p.x_half / p.lengths[axis];
  x_tensor.lengths[axis] *= 2;
  const StridedTensor y_tensor{p.type, p.lengths, p.y_strides};
  const auto halves = static_cast<std::size_t>(y_tensor.count());
  OperatorCase c;
  c.line = to_driver_line(p);
  const std::vector<float> x = input_values(with_reference, p.type, x_tensor.count(), 1, -3, 3);
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < p.lengths.size(); ++i) inner *= p.lengths[i];
  const std::int64_t row = inner * p.lengths[axis];
  // Places in x of what becomes the i-th of y, and of its gate.
  const auto value_at = [=](std::size_t i) {
    const auto at = static_cast<std::int64_t>(i);
    return static_cast<std::size_t>(at / row * 2 * row + at % row);
  };
  const auto gate_at = [=](std::size_t i) { return value_at(i) + static_cast<std::size_t>(row); };
  const auto open = [&](std::size_t i) { return 1 / (1 + std::exp(-double{x[gate_at(i)]})); };
  const auto x_desc = describe(x_tensor, spatial_dims_of(x_tensor.lengths)),
             y_desc = describe(y_tensor, spatial_dims_of(x_tensor.lengths));
  const auto dimension =
      static_cast<std::uint32_t>(dimension_in_line(x_tensor.lengths, p.dimension));
  const double bytes = static_cast<double>(halves) * static_cast<double>(bytes_of(p.type));
  c.tensors.push_back({"x", x_tensor, x, {}, {}});
  if (!p.backward) {
    std::vector<double> y(halves);
    for (std::size_t i = 0; i < halves && with_reference; ++i)
      y[i] = double{x[value_at(i)]} * open(i);
    c.bytes = 3 * bytes;
    c.tensors.push_back({"y", y_tensor, {}, y, tolerance_of(p.type)});
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return miopenGLUForward(handle, *x_desc, at[0], *y_desc, at[1], dimension);
    };
    return c;
  }
  const std::vector<float> dy = input_values(with_reference, p.type, y_tensor.count(), 2);
  std::vector<double> dx(2 * halves);
  for (std::size_t i = 0; i < halves && with_reference; ++i) {
    dx[value_at(i)] = double{dy[i]} * open(i);
    dx[gate_at(i)] = double{dy[i]} * open(i) * (1 - open(i)) * double{x[value_at(i)]};
  }
  c.bytes = 5 * bytes;
  c.tensors.push_back({"dy", y_tensor, dy, {}, {}});
  c.tensors.push_back({"dx", x_tensor, {}, dx, tolerance_of(p.type)});
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenGLUBackward(handle, *x_desc, at[0], *y_desc, at[1], *x_desc, at[2], dimension);
  };
  return c;
}

OperatorCase make_rope_case(std::string_view line, bool with_reference) {
  const RopeProblem p = parse_rope(line);
  const auto row = [&](std::int64_t count) {
    return StridedTensor{p.type, {1, 1, 1, 1, count}, {count, count, count, count, 1}};
  };
  const StridedTensor x_tensor = row(p.elements), angle_tensor = row(p.period);
  OperatorCase c;
  c.line = to_driver_line(p);
  const std::vector<float> x = input_values(with_reference, p.type, p.elements, 1, -2, 2),
                           cos = input_values(with_reference, p.type, p.period, 2),
                           sin = input_values(with_reference, p.type, p.period, 3);
  std::vector<double> y(x.size());
  for (std::size_t i = 0; i < y.size() && with_reference; i += 2) {
    const std::size_t a = i % cos.size(), b = a + 1;
    const double x0 = x[i], x1 = x[i + 1], c0 = cos[a], c1 = cos[b], s0 = sin[a], s1 = sin[b];
    y[i] = p.backward ? x0 * c0 + x1 * s1 : x0 * c0 - x1 * s0;
    y[i + 1] = p.backward ? x1 * c1 - x0 * s0 : x1 * c1 + x0 * s1;
  }
  c.bytes = 2 * static_cast<double>(x.size()) * static_cast<double>(bytes_of(p.type));
  c.tensors = {{"x", x_tensor, x, {}, {}},
               {"cos", angle_tensor, cos, {}, {}},
               {"sin", angle_tensor, sin, {}, {}},
               {"y", x_tensor, {}, y, tolerance_of(p.type)}};
  const auto x_desc = describe(x_tensor), angle_desc = describe(angle_tensor);
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return (p.backward ? miopenRoPEBackward : miopenRoPEForward)(
        handle, *x_desc, at[0], *angle_desc, at[1], *angle_desc, at[2], *x_desc, at[3]);
  };
  return c;
}

}  // namespace rdna1conv
