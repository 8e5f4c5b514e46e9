#include "core/operators/adam.h"

#include <algorithm>
#include <cmath>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "operators/cases.h"

namespace rdna1conv {

// Of the variants with outputs, so that a call can be repeated; the others are theirs in place.
OperatorCase make_adam_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_adam(line);
  const AdamProblem p = parsed.problem;
  const AdamScalars s = parsed.scalars;
  const std::int64_t count = p.elements;
  const StridedTensor tensor{p.type, {1, 1, 1, 1, count}, {count, count, count, count, 1}};
  const StridedTensor half{DataType::kHalf, tensor.lengths, tensor.strides};
  OperatorCase c;
  c.line = to_driver_line(p, s);
  const std::vector<float> value = input_values(with_reference, p.type, count, 1, -1, 1),
                           gradient = input_values(with_reference, p.type, count, 2, -1, 1),
                           mean = input_values(with_reference, p.type, count, 3, -1, 1),
                           square = input_values(with_reference, p.type, count, 4, 0.1, 1),
                           largest = input_values(with_reference, p.type, count, 5, 0.1, 1);
  const std::size_t n = value.size();
  std::vector<double> new_value(n), new_mean(n), new_square(n), new_largest(n);
  const double rate = s.rate, b1 = s.beta1, b2 = s.beta2, decay = s.weight_decay;
  const double bias1 = 1 - std::pow(b1, s.step), bias2 = 1 - std::pow(b2, s.step);
  for (std::size_t i = 0; i < n && with_reference; ++i) {
    double v = value[i], g = p.maximizes ? -double{gradient[i]} : double{gradient[i]};
    if (!p.is_transformers && p.decays_values) v -= rate * decay * v;
    if (!p.is_transformers && !p.decays_values) g += decay * v;
    new_mean[i] = b1 * double{mean[i]} + (1 - b1) * g;
    new_square[i] = b2 * double{square[i]} + (1 - b2) * g * g;
    new_largest[i] = std::max(double{largest[i]}, new_square[i]);
    const double root = std::sqrt(p.uses_largest ? new_largest[i] : new_square[i]);
    if (p.is_transformers) {
      const double step = p.corrects_bias ? rate * std::sqrt(bias2) / bias1 : rate;
      v -= step * new_mean[i] / (root + double{s.epsilon});
      v -= rate * decay * v;
    } else {
      v -= rate / bias1 * new_mean[i] / (root / std::sqrt(bias2) + double{s.epsilon});
    }
    new_value[i] = v;
  }
  const Tolerance tolerance = tolerance_of(p.type);
  c.bytes =
      (p.uses_largest ? 9 : 7) * static_cast<double>(n) * static_cast<double>(bytes_of(p.type));
  c.tensors = {{"param", tensor, value, {}, {}},
               {"grad", tensor, gradient, {}, {}},
               {"expAvg", tensor, mean, {}, {}},
               {"expAvgSq", tensor, square, {}, {}},
               {"maxExpAvgSq", tensor, largest, {}, {}},
               {"paramOut", tensor, {}, new_value, tolerance},
               {"expAvgOut", tensor, {}, new_mean, tolerance},
               {"expAvgSqOut", tensor, {}, new_square, tolerance},
               {"paramOutFloat16", half, {}, new_value, tolerance_of(DataType::kHalf)}};
  if (p.type == DataType::kBFloat16) c.tensors.back().tolerance = tolerance;
  if (p.uses_largest) c.tensors.push_back({"maxExpAvgSqOut", tensor, {}, new_largest, tolerance});
  const auto desc = describe(tensor), half_desc = describe(half);
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    if (p.is_transformers) {
      return miopenTransformersAdamWWithOutput(
          handle, *desc, at[0], *desc, at[5], *half_desc, at[8], *desc, at[1], *desc, at[2], *desc,
          at[6], *desc, at[3], *desc, at[7], nullptr, nullptr, nullptr, nullptr, s.step, s.rate,
          s.beta1, s.beta2, s.weight_decay, s.epsilon, -1, p.corrects_bias, nullptr, nullptr,
          nullptr, nullptr);
    }
    return miopenFusedAdamWithOutput(handle, *desc, at[0], *desc, at[5], *half_desc, at[8], *desc,
                                     at[1], *desc, at[2], *desc, at[6], *desc, at[3], *desc, at[7],
                                     *desc, at[4], *desc, p.uses_largest ? at[9] : nullptr, nullptr,
                                     nullptr, nullptr, nullptr, s.step, s.rate, s.beta1, s.beta2,
                                     s.weight_decay, s.epsilon, p.uses_largest, p.maximizes,
                                     p.decays_values, nullptr, nullptr, nullptr, nullptr);
  };
  return c;
}

}  // namespace rdna1conv
