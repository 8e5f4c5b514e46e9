#include "core/operators/loss.h"

#include <algorithm>
#include <cmath>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "operators/cases.h"

namespace rdna1conv {
namespace {

StridedTensor row(DataType type, std::int64_t count) {
  return {type, {1, 1, 1, 1, count}, {count, count, count, count, 1}};
}
SharedDescriptor describe_row(DataType type, std::int64_t count) {
  return std::make_shared<client::TensorDescriptor>(static_cast<miopenDataType_t>(type),
                                                    std::vector<int>{static_cast<int>(count)});
}

// Of losses that are added up.
std::vector<double> reduced(std::vector<double> losses, LossReduction reduction) {
  if (reduction == LossReduction::kNone) return losses;
  double sum = 0;
  for (const double loss : losses) sum += loss;
  return {reduction == LossReduction::kMean ? sum / static_cast<double>(losses.size()) : sum};
}

// Partial sums of a call: as large as the library says, and nothing is expected of them.
CaseTensor workspace(std::size_t bytes) {
  return {"workspace", row(DataType::kFloat, static_cast<std::int64_t>(bytes / sizeof(float)) + 1),
          {},          {},
          {},          true};
}

}  // namespace

OperatorCase make_soft_margin_case(std::string_view line, bool with_reference) {
  const SoftMarginProblem p = parse_soft_margin(line);
  const StridedTensor tensor{p.type, p.lengths, p.x_strides};
  OperatorCase c;
  c.line = to_driver_line(p);
  const std::vector<float> x = input_values(with_reference, p.type, tensor.count(), 1, -4, 4);
  std::vector<float> target = input_values(with_reference, p.type, tensor.count(), 2, -1, 1);
  for (float& value : target) value = value < 0 ? -1.0f : 1.0f;
  const auto desc = describe(tensor);
  const auto reduction = static_cast<miopenLossReductionMode_t>(p.reduction);
  const double bytes = static_cast<double>(tensor.count()) * static_cast<double>(bytes_of(p.type));
  c.tensors = {{"input", tensor, x, {}, {}}, {"target", tensor, target, {}, {}}};
  if (p.backward) {
    const std::vector<float> dy = input_values(with_reference, p.type, tensor.count(), 3);
    std::vector<double> dx(x.size());
    const double share =
        p.reduction == LossReduction::kMean ? 1 / static_cast<double>(x.size()) : 1;
    for (std::size_t i = 0; i < dx.size() && with_reference; ++i) {
      const double t = target[i];
      dx[i] = -t / (std::exp(double{x[i]} * t) + 1) * double{dy[i]} * share;
    }
    c.bytes = 4 * bytes;
    c.tensors.push_back({"doutput", tensor, dy, {}, {}});
    c.tensors.push_back({"dinput", tensor, {}, dx, tolerance_of(p.type)});
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return miopenSoftMarginLossBackward(handle, *desc, at[0], *desc, at[1], *desc, at[2], *desc,
                                          at[3], reduction);
    };
    return c;
  }
  std::vector<double> losses(x.size());
  for (std::size_t i = 0; i < losses.size() && with_reference; ++i)
    losses[i] = std::log1p(std::exp(-double{x[i]} * double{target[i]}));
  const bool is_sum = p.reduction != LossReduction::kNone;
  c.bytes = (is_sum ? 2 : 3) * bytes;
  c.tensors.push_back({"output",
                       is_sum ? row(p.type, 1) : tensor,
                       {},
                       reduced(losses, p.reduction),
                       tolerance_of(p.type)});
  constexpr std::size_t kBytes = kMaxPartialSums * sizeof(float);
  c.tensors.push_back(workspace(kBytes));
  const auto y_desc = is_sum ? describe_row(p.type, 1) : desc;
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    std::size_t needed = 0;
    const auto status = miopenGetSoftMarginLossForwardWorkspaceSize(handle, *desc, *desc, *y_desc,
                                                                    reduction, &needed);
    if (status != miopenStatusSuccess) return status;
    return miopenSoftMarginLossForward(handle, *desc, at[0], *desc, at[1], *y_desc, at[2],
                                       reduction, needed == 0 ? nullptr : at[3], needed);
  };
  return c;
}

OperatorCase make_multi_margin_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_multi_margin(line);
  const MultiMarginProblem p = parsed.problem;
  const MultiMarginScalars s = parsed.scalars;
  OperatorCase c;
  c.line = to_driver_line(p, s);
  const FiveDims lengths{p.rows, p.classes, 1, 1, 1};
  FiveDims strides{p.x_row, p.x_class, 1, 1, 1};
  canonicalize_strides(lengths, strides);
  const StridedTensor x_tensor{p.type, lengths, strides};
  const std::vector<float> x = input_values(with_reference, p.type, x_tensor.count(), 1, -2, 2),
                           weight = input_values(with_reference, p.type, p.classes, 2, 0.5, 1.5);
  // Of 64 bits the lower half and the upper one.
  std::vector<float> words;
  for (std::int64_t n = 0; n < p.rows; ++n) {
    words.push_back(static_cast<float>(n * 7 % p.classes));
    words.push_back(0);
  }
  const auto classes = static_cast<std::size_t>(p.classes);
  std::vector<double> losses(static_cast<std::size_t>(p.rows));
  for (std::size_t n = 0; n < losses.size() && with_reference; ++n) {
    const auto right = static_cast<std::size_t>(words[2 * n]);
    for (std::size_t k = 0; k < classes; ++k) {
      if (k == right) continue;
      const double distance = std::max(
          0.0, double{s.margin} - double{x[n * classes + right]} + double{x[n * classes + k]});
      losses[n] += (s.power == 1 ? distance : distance * distance) * double{weight[right]} /
                   static_cast<double>(classes);
    }
  }
  const bool is_sum = p.reduction != LossReduction::kNone;
  const std::vector<double> expected = reduced(losses, p.reduction);
  c.bytes = static_cast<double>(x.size()) * static_cast<double>(bytes_of(p.type));
  c.tensors = {{"input", x_tensor, x, {}, {}},
               {"target", row(DataType::kInt32, 2 * p.rows), words, {}, {}},
               {"weight", row(p.type, p.classes), weight, {}, {}},
               {"output", row(p.type, is_sum ? 1 : p.rows), {}, expected, tolerance_of(p.type)},
               workspace(kMaxPartialSums * sizeof(float))};
  const auto x_desc = std::make_shared<client::TensorDescriptor>(
      static_cast<miopenDataType_t>(p.type),
      std::vector<int>{static_cast<int>(p.rows), static_cast<int>(p.classes)},
      std::vector<int>{static_cast<int>(p.x_row), static_cast<int>(p.x_class)});
  const auto target_desc = describe_row(DataType::kInt64, p.rows),
             weight_desc = describe_row(p.type, p.classes),
             y_desc = describe_row(p.type, is_sum ? 1 : p.rows);
  const auto reduction = static_cast<miopenLossReductionMode_t>(p.reduction);
  const auto power = static_cast<long>(s.power);
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    std::size_t needed = 0;
    const auto status = miopenGetMultiMarginLossForwardWorkspaceSize(
        handle, *x_desc, *target_desc, *weight_desc, *y_desc, power, s.margin, reduction, &needed);
    if (status != miopenStatusSuccess) return status;
    return miopenMultiMarginLossForward(handle, *x_desc, at[0], *target_desc, at[1], *weight_desc,
                                        at[2], *y_desc, at[3], power, s.margin, reduction,
                                        needed == 0 ? nullptr : at[4], needed);
  };
  return c;
}

OperatorCase make_prelu_case(std::string_view line, bool with_reference) {
  const PreluProblem p = parse_prelu(line);
  const StridedTensor tensor{p.type, p.lengths, p.x_strides};
  const std::int64_t weights = p.per_channel ? p.lengths[1] : 1;
  OperatorCase c;
  c.line = to_driver_line(p);
  const std::vector<float> x = input_values(with_reference, p.type, tensor.count(), 1, -2, 2),
                           dy = input_values(with_reference, p.type, tensor.count(), 2),
                           weight = input_values(with_reference, p.type, weights, 3, 0.1, 0.5);
  std::vector<double> dx(x.size()), dw(weight.size());
  const auto image = static_cast<std::size_t>(p.lengths[2] * p.lengths[3] * p.lengths[4]);
  for (std::size_t i = 0; i < dx.size() && with_reference; ++i) {
    const std::size_t k = i / image % weight.size();
    dx[i] = x[i] > 0 ? double{dy[i]} : double{weight[k]} * double{dy[i]};
    if (!(x[i] > 0)) dw[k] += double{x[i]} * double{dy[i]};
  }
  c.bytes = 3 * static_cast<double>(x.size()) * static_cast<double>(bytes_of(p.type));
  const StridedTensor weight_tensor = row(p.type, weights);
  c.tensors = {{"input", tensor, x, {}, {}},
               {"weight", weight_tensor, weight, {}, {}},
               {"doutput", tensor, dy, {}, {}},
               {"dinput", tensor, {}, dx, tolerance_of(p.type)},
               {"dweight", weight_tensor, {}, dw, tolerance_of(p.type)}};
  const auto desc = describe(tensor), weight_desc = describe_row(p.type, weights);
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenPReLUBackward(handle, nullptr, 0, *desc, at[0], *weight_desc, at[1], *desc, at[2],
                               *desc, at[3], *weight_desc, at[4]);
  };
  return c;
}

}  // namespace rdna1conv
