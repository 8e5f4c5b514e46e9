#include <algorithm>
#include <array>
#include <cstring>

#include "core/operators/tensor_functions.h"
#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

// Lengths of an operand: 1 where it is broadcast.
StridedTensor operand(const TensorProblem& p, const FiveDims& strides) {
  StridedTensor tensor{p.type, p.lengths, strides};
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (strides[i] != 0) continue;
    tensor.lengths[i] = 1;
    tensor.strides[i] = 1;
  }
  return tensor;
}

// The operand's element for each of y's, in order.
std::vector<std::size_t> places(const TensorProblem& p, const StridedTensor& tensor) {
  std::vector<std::size_t> all;
  FiveDims at{};
  const FiveDims packed = packed_strides(tensor.lengths, Layout::kNchw);
  for (at[0] = 0; at[0] < p.lengths[0]; ++at[0])
    for (at[1] = 0; at[1] < p.lengths[1]; ++at[1])
      for (at[2] = 0; at[2] < p.lengths[2]; ++at[2])
        for (at[3] = 0; at[3] < p.lengths[3]; ++at[3])
          for (at[4] = 0; at[4] < p.lengths[4]; ++at[4]) {
            std::int64_t place = 0;
            for (std::size_t i = 0; i < at.size(); ++i)
              if (tensor.lengths[i] != 1) place += at[i] * packed[i];
            all.push_back(static_cast<std::size_t>(place));
          }
  return all;
}

double combined(TensorOperation operation, double a, double b) {
  switch (operation) {
    case TensorOperation::kMultiply:
      return a * b;
    case TensorOperation::kMin:
      return std::min(a, b);
    case TensorOperation::kMax:
      return std::max(a, b);
    default:
      return a + b;
  }
}

// A scalar as the tensor's type.
std::array<std::byte, 8> scalar(DataType type, double value) {
  std::array<std::byte, 8> bytes{};
  store_element(type, value, bytes.data());
  return bytes;
}

}  // namespace

OperatorCase make_tensor_function_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_tensor_function(line);
  const TensorProblem p = parsed.problem;
  const TensorScalars scalars = parsed.scalars;
  const StridedTensor y{p.type, p.lengths, p.y_strides};
  const auto count = static_cast<std::size_t>(y.count());
  const double size = static_cast<double>(bytes_of(p.type));
  const int spatial = spatial_dims_of(p.lengths);
  OperatorCase c;
  c.line = to_driver_line(p, scalars);
  const auto y_desc = describe(y, spatial);
  const bool reads_y = scalars.beta != 0 || p.function == TensorFunction::kScale;
  const std::vector<float> before =
      reads_y ? case_values(p.type, y.count(), 3, -1, 1) : std::vector<float>();
  std::vector<double> expected(count);
  const double alpha1 = static_cast<double>(scalars.alpha1),
               alpha2 = static_cast<double>(scalars.alpha2),
               beta = static_cast<double>(scalars.beta);
  const auto old = [&](std::size_t i) { return reads_y ? double{before[i]} : 0; };
  c.bytes = size * static_cast<double>(count) * (reads_y ? 2 : 1);

  if (p.function == TensorFunction::kSet || p.function == TensorFunction::kScale) {
    const bool sets = p.function == TensorFunction::kSet;
    const double value = rounded(p.type, alpha1);
    for (std::size_t i = 0; i < count && with_reference; ++i)
      expected[i] = sets ? value : value * old(i);
    c.tensors.push_back({"y", y, before, expected, sets ? Tolerance{0, 0} : tolerance_of(p.type)});
    const auto alpha = scalar(p.type, alpha1);
    c.once = !sets;
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return (sets ? miopenSetTensor : miopenScaleTensor)(handle, *y_desc, at[0], alpha.data());
    };
    return c;
  }

  const StridedTensor a = operand(p, p.a_strides);
  c.tensors.push_back({"a", a, input_values(with_reference, p.type, a.count(), 1), {}, {}});
  c.bytes += size * static_cast<double>(a.count());
  const auto a_desc = describe(a, spatial);
  c.once = reads_y;
  if (p.function == TensorFunction::kTransform) {
    const std::vector<std::size_t> at_a =
        with_reference ? places(p, a) : std::vector<std::size_t>();
    for (std::size_t i = 0; i < count && with_reference; ++i) {
      expected[i] = rounded(p.type, alpha1) * double{c.tensors[0].before[at_a[i]]} +
                    rounded(p.type, beta) * old(i);
    }
    c.tensors.push_back({"y", y, before, expected, tolerance_of(p.type)});
    const auto alpha = scalar(p.type, alpha1), kept = scalar(p.type, beta);
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return miopenTransformTensor(handle, alpha.data(), *a_desc, at[0], kept.data(), *y_desc,
                                   at[1]);
    };
    return c;
  }
  const StridedTensor b = operand(p, p.b_strides);
  c.tensors.push_back({"b", b, input_values(with_reference, p.type, b.count(), 2), {}, {}});
  c.bytes += size * static_cast<double>(b.count());
  const auto b_desc = describe(b, spatial);
  if (with_reference) {
    const std::vector<std::size_t> at_a = places(p, a), at_b = places(p, b);
    for (std::size_t i = 0; i < count; ++i) {
      expected[i] = combined(p.operation, alpha1 * double{c.tensors[0].before[at_a[i]]},
                             alpha2 * double{c.tensors[1].before[at_b[i]]}) +
                    beta * old(i);
    }
  }
  c.tensors.push_back({"y", y, before, expected, tolerance_of(p.type)});
  const TensorScalars s = scalars;
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenOpTensor(handle, static_cast<miopenTensorOp_t>(p.operation), &s.alpha1, *a_desc,
                          at[0], &s.alpha2, *b_desc, at[1], &s.beta, *y_desc, at[2]);
  };
  return c;
}

}  // namespace rdna1conv
