#include "core/operators/layer_norm.h"

#include <cmath>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

// The sum of a place's coordinates, each times its stride, for each element in order.
std::vector<std::size_t> places(const FiveDims& lengths, const FiveDims& strides) {
  std::vector<std::size_t> all;
  for_each_element({DataType::kFloat, lengths, strides}, [&](std::int64_t, std::int64_t at) {
    all.push_back(static_cast<std::size_t>(at));
  });
  return all;
}

// The tensor as the API has it: channels of a group normalization are not in groups there.
StridedTensor whole(const LayerNormProblem& p, const FiveDims& strides) {
  if (p.kind != LayerNormKind::kGroup) return {p.type, p.lengths, strides};
  const auto& [n, g, c, h, w] = p.lengths;
  StridedTensor tensor{
      p.type, {n, g * c, 1, h, w}, {strides[0], strides[2], 1, strides[3], strides[4]}};
  // One channel of a group has no stride of its own.
  if (c == 1) tensor.strides[1] = strides[1];
  canonicalize_strides(tensor.lengths, tensor.strides);
  return tensor;
}

StridedTensor row(DataType type, std::int64_t count) {
  return {type, {1, 1, 1, 1, count}, {count, count, count, count, 1}};
}

}  // namespace

OperatorCase make_layer_norm_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_layer_norm(line);
  const LayerNormProblem p = parsed.problem;
  const float epsilon = parsed.scalars.epsilon;
  const bool is_group = p.kind == LayerNormKind::kGroup,
             is_add = p.kind == LayerNormKind::kAddLayer;
  const bool backward = p.kind == LayerNormKind::kT5Backward;
  const bool by_mean_square = p.kind == LayerNormKind::kT5 || backward;
  const StridedTensor x_tensor = whole(p, p.x_strides), y_tensor = whole(p, p.y_strides);
  const std::int64_t members = p.members(), groups = x_tensor.count() / members;
  const std::int64_t weight_count = is_group ? p.lengths[1] * p.lengths[2] : members;
  const StridedTensor statistic = row(p.type, groups), weights = row(p.type, weight_count);
  const auto count = static_cast<std::size_t>(x_tensor.count());

  OperatorCase c;
  c.line = to_driver_line(p, parsed.scalars);
  const auto add = [&](const char* name, const StridedTensor& tensor, int salt, double low,
                       double high) {
    c.tensors.push_back({name,
                         tensor,
                         input_values(with_reference, p.type, tensor.count(), salt, low, high),
                         {},
                         {}});
    return wide(c.tensors.back().before);
  };
  const auto add_output = [&](const char* name, const StridedTensor& tensor) {
    c.tensors.push_back({name,
                         tensor,
                         {},
                         std::vector<double>(static_cast<std::size_t>(tensor.count())),
                         tolerance_of(p.type)});
    return c.tensors.size() - 1;
  };
  const std::vector<double> x = add("x", x_tensor, 1, -1, 3);
  std::vector<double> other(count), weight(static_cast<std::size_t>(weight_count), 1.0),
      bias(weight.size());
  const bool has_other = is_add || backward;
  const auto w_values = add("weight", weights, 2, 0.5, 1.5);
  const auto b_values = add("bias", weights, 3, -0.5, 0.5);
  if (p.has_weights) {
    weight = w_values;
    if (!by_mean_square) bias = b_values;
  }
  if (has_other) other = add(is_add ? "x2" : "dy", {p.type, p.lengths, p.other_strides}, 4, -1, 1);

  const std::vector<std::size_t> group_at = places(p.lengths, p.statistic_strides()),
                                 weight_at = places(p.lengths, p.weight_strides());
  const auto value = [&](std::size_t i) { return is_add ? x[i] + other[i] : x[i]; };
  std::vector<double> mean(static_cast<std::size_t>(groups)), inverse(mean.size());
  const auto m = static_cast<double>(members);
  if (with_reference) {
    std::vector<double> variance(mean.size());
    for (std::size_t i = 0; i < count && !by_mean_square; ++i) mean[group_at[i]] += value(i) / m;
    for (std::size_t i = 0; i < count; ++i) {
      const double d = value(i) - mean[group_at[i]];
      variance[group_at[i]] += d * d / m;
    }
    for (std::size_t g = 0; g < mean.size(); ++g)
      inverse[g] = 1 / std::sqrt(variance[g] + double{epsilon});
  }
  const double bytes = static_cast<double>(count) * static_cast<double>(bytes_of(p.type));
  const auto x_desc = describe(x_tensor), y_desc = describe(y_tensor),
             weight_desc = describe(weights), statistic_desc = describe(statistic);

  if (backward) {
    std::vector<float> saved(inverse.size());
    for (std::size_t g = 0; g < saved.size(); ++g)
      saved[g] = static_cast<float>(rounded(p.type, inverse[g]));
    const std::size_t saved_at = c.tensors.size();
    c.tensors.push_back({"rstd", statistic, saved, {}, {}});
    const std::size_t dx = add_output("dx", y_tensor), dw = add_output("dw", weights);
    c.bytes = 5 * bytes;
    if (with_reference) {
      std::vector<double> sum(mean.size());
      for (std::size_t i = 0; i < count; ++i)
        sum[group_at[i]] += other[i] * x[i] * weight[weight_at[i]];
      for (std::size_t i = 0; i < count; ++i) {
        const double r = saved[group_at[i]];
        (*c.tensors[dx].expected)[i] =
            r * other[i] * weight[weight_at[i]] - x[i] * sum[group_at[i]] * r * r * r / m;
        (*c.tensors[dw].expected)[weight_at[i]] += other[i] * x[i] * r;
      }
    }
    const auto mode = p.has_weights ? MIOPEN_WEIGHT_BIAS_T5 : MIOPEN_ELEMENTWISE_AFFINE_T5;
    const auto dy_desc = describe({p.type, p.lengths, p.other_strides});
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return miopenT5LayerNormBackward(handle, mode, nullptr, 0, *dy_desc, at[3], *x_desc, at[0],
                                       *weight_desc, at[1], *statistic_desc, at[saved_at], *y_desc,
                                       at[dx], *weight_desc, at[dw]);
    };
    return c;
  }

  const std::size_t y = add_output("y", y_tensor);
  const std::size_t mean_at = by_mean_square ? 0 : add_output("mean", statistic);
  const std::size_t inverse_at = add_output("rstd", statistic);
  c.bytes = (is_add ? 5 : 3) * bytes;
  if (with_reference) {
    for (std::size_t i = 0; i < count; ++i) {
      (*c.tensors[y].expected)[i] =
          (value(i) - mean[group_at[i]]) * inverse[group_at[i]] * weight[weight_at[i]] +
          bias[weight_at[i]];
    }
    if (!by_mean_square) c.tensors[mean_at].expected = mean;
    c.tensors[inverse_at].expected = inverse;
  }
  const auto dimension = static_cast<std::int32_t>(dimension_in_line(p.lengths, p.first_member));
  const auto other_desc = describe({p.type, p.lengths, has_other ? p.other_strides : p.x_strides});
  const int shift = p.has_weights ? 1 : 0;
  const auto mode_from = [shift](miopenNormMode_t first) {
    return static_cast<miopenNormMode_t>(static_cast<int>(first) + shift);
  };
  const auto groups_of_channels = static_cast<std::uint64_t>(p.lengths[1]);
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    switch (p.kind) {
      case LayerNormKind::kGroup:
        return miopenGroupNormForward(handle, mode_from(MIOPEN_ELEMENTWISE_AFFINE), *x_desc, at[0],
                                      *weight_desc, at[1], *weight_desc, at[2], groups_of_channels,
                                      epsilon, *y_desc, at[y], *statistic_desc, at[mean_at],
                                      *statistic_desc, at[inverse_at]);
      case LayerNormKind::kT5:
        return miopenT5LayerNormForward(handle, mode_from(MIOPEN_ELEMENTWISE_AFFINE_T5), *x_desc,
                                        at[0], *weight_desc, at[1], epsilon, *y_desc, at[y],
                                        *statistic_desc, at[inverse_at]);
      case LayerNormKind::kAddLayer:
        return miopenAddLayerNormForward(
            handle, mode_from(MIOPEN_ELEMENTWISE_AFFINE_FUSED_ADD), *x_desc, at[0], *other_desc,
            at[3], *weight_desc, at[1], *weight_desc, at[2], epsilon, dimension, *y_desc, at[y],
            *statistic_desc, at[mean_at], *statistic_desc, at[inverse_at]);
      default:
        return miopenLayerNormForward(handle, mode_from(MIOPEN_ELEMENTWISE_AFFINE), *x_desc, at[0],
                                      *weight_desc, at[1], *weight_desc, at[2], epsilon, dimension,
                                      *y_desc, at[y], *statistic_desc, at[mean_at], *statistic_desc,
                                      at[inverse_at]);
    }
  };
  return c;
}

}  // namespace rdna1conv
