#include <cmath>

#include "core/operators/batch_norm.h"
#include "operators/activation_reference.h"
#include "operators/cases.h"

namespace rdna1conv {
namespace {

constexpr double kEpsilon = 1e-5, kFactor = 0.1;
// Both of an activation's parameters where there is one: CLIPPEDRELU's limit, CLAMP's.
constexpr double kAlpha = 0.25, kBeta = 1.25;

struct Reference {
  const BatchNormProblem& p;
  std::vector<double> x, dy, scale, bias, mean, variance;  // per group
  std::size_t groups, image;

  Reference(const BatchNormProblem& problem, std::size_t group_count)
      : p(problem),
        groups(group_count),
        image(static_cast<std::size_t>(p.lengths[2] * p.lengths[3] * p.lengths[4])) {}

  // Of an element by its place in N, C, D, H, W order.
  std::size_t group_of(std::size_t index) const {
    const auto channels = static_cast<std::size_t>(p.lengths[1]);
    return p.per_activation ? index % (channels * image) : index / image % channels;
  }
  double members() const { return static_cast<double>(x.size()) / static_cast<double>(groups); }

  void find_statistics() {
    mean.assign(groups, 0);
    variance.assign(groups, 0);
    for (std::size_t i = 0; i < x.size(); ++i) mean[group_of(i)] += x[i] / members();
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double difference = x[i] - mean[group_of(i)];
      variance[group_of(i)] += difference * difference / members();
    }
  }
  double inverse(std::size_t group) const {
    return p.inverse_variance ? variance[group] : 1 / std::sqrt(variance[group] + kEpsilon);
  }
  double normalized(std::size_t i) const {
    const std::size_t g = group_of(i);
    return scale[g] * (x[i] - mean[g]) * inverse(g) + bias[g];
  }
};

StridedTensor image(const BatchNormProblem& p, const FiveDims& strides) {
  return {p.type, p.lengths, strides};
}

}  // namespace

OperatorCase make_batch_norm_case(std::string_view line, bool with_reference) {
  const BatchNormProblem p = parse_batch_norm(line);
  const FiveDims parameter_lengths =
      p.per_activation ? FiveDims{1, p.lengths[1], p.lengths[2], p.lengths[3], p.lengths[4]}
                       : FiveDims{1, p.lengths[1], 1, 1, 1};
  const StridedTensor parameter{DataType::kFloat, parameter_lengths,
                                packed_strides(parameter_lengths, Layout::kNchw)};
  const std::int64_t groups = parameter.count(), count = count_of(p.lengths);
  const bool backward = p.pass == BatchNormPass::kBackward;
  const bool training = p.pass == BatchNormPass::kTraining;

  OperatorCase c;
  c.line = to_driver_line(p);
  const auto add_input = [&](const char* name, const StridedTensor& tensor, int salt, double low,
                             double high) {
    c.tensors.push_back({name,
                         tensor,
                         input_values(with_reference, tensor.type, tensor.count(), salt, low, high),
                         {},
                         {}});
    return wide(c.tensors.back().before);
  };
  const auto add_output = [&](const char* name, const StridedTensor& tensor, Tolerance tolerance,
                              std::vector<float> before = {}) {
    c.tensors.push_back({name, tensor, std::move(before),
                         std::vector<double>(static_cast<std::size_t>(tensor.count())), tolerance});
    return c.tensors.size() - 1;
  };
  const Tolerance of_type = tolerance_of(p.type), of_parameter = tolerance_of(DataType::kFloat);

  Reference r(p, static_cast<std::size_t>(groups));
  r.x = add_input("x", image(p, p.x_strides), 1, -2, 3);
  r.scale = add_input("bnScale", parameter, 2, 0.5, 1.5);
  r.bias = add_input("bnBias", parameter, 3, -0.5, 0.5);
  const auto tensor_bytes = static_cast<double>(count) * static_cast<double>(bytes_of(p.type));
  c.bytes = (backward ? 5 : training ? 3 : 2) * tensor_bytes;

  const auto x_desc = describe(image(p, p.x_strides)), y_desc = describe(image(p, p.y_strides));
  const auto parameter_desc = describe(parameter, spatial_dims_of(p.lengths));
  const auto mode = p.per_activation ? miopenBNPerActivation : miopenBNSpatial;
  const auto activation = make_activation(p.activation, kAlpha, kBeta, 0);
  const bool fused = p.activation != Activation::kPassThrough;
  const auto value = [&](double normalized) {
    return activated(p.activation, normalized, kAlpha, kBeta, 0);
  };
  static float one = 1, zero = 0;

  if (p.pass == BatchNormPass::kInference) {
    r.mean = add_input("estimatedMean", parameter, 4, -1, 1);
    r.variance = add_input("estimatedVariance", parameter, 5, 0.1, 1);
    const std::size_t y = add_output("y", image(p, p.y_strides), of_type);
    if (with_reference) {
      for (std::size_t i = 0; i < r.x.size(); ++i)
        (*c.tensors[y].expected)[i] = value(r.normalized(i));
    }
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      if (p.inverse_variance) {
        return miopenBatchNormForwardInferenceActivationInvVariance(
            handle, mode, &one, &zero, *x_desc, at[0], *y_desc, at[5], *parameter_desc,
            *parameter_desc, *parameter_desc, *parameter_desc, at[1], at[2], at[3], at[4],
            *activation);
      }
      if (fused) {
        return miopenBatchNormForwardInferenceActivation(
            handle, mode, &one, &zero, *x_desc, at[0], *y_desc, at[5], *parameter_desc,
            *parameter_desc, *parameter_desc, *parameter_desc, at[1], at[2], at[3], at[4], kEpsilon,
            *activation);
      }
      return miopenBatchNormalizationForwardInference(handle, mode, &one, &zero, *x_desc, at[0],
                                                      *y_desc, at[5], *parameter_desc, at[1], at[2],
                                                      at[3], at[4], kEpsilon);
    };
    return c;
  }

  if (with_reference) r.find_statistics();
  if (training) {
    c.once = p.running && with_reference;  // what is timed alone may run on
    const std::size_t y = add_output("y", image(p, p.y_strides), of_type);
    const std::vector<float> old_mean = case_values(DataType::kFloat, groups, 6, -1, 1),
                             old_variance = case_values(DataType::kFloat, groups, 7, 0.5, 1);
    const std::size_t running_mean = add_output("runningMean", parameter, of_parameter, old_mean);
    const std::size_t running_variance =
        add_output("runningVariance", parameter, of_parameter, old_variance);
    if (!p.running || !p.saved) {
      // Tensors that the call does not get stay as they are.
      if (!p.running) {
        c.tensors[running_mean].expected.reset();
        c.tensors[running_variance].expected.reset();
      }
    }
    std::size_t saved_mean = 0, saved_inverse = 0;
    if (p.saved) {
      saved_mean = add_output("saveMean", parameter, of_parameter);
      saved_inverse = add_output("saveInvVariance", parameter, of_parameter);
    }
    if (with_reference) {
      for (std::size_t i = 0; i < r.x.size(); ++i)
        (*c.tensors[y].expected)[i] = value(r.normalized(i));
      const double unbiased = r.members() > 1 ? r.members() / (r.members() - 1) : 1;
      for (std::size_t g = 0; g < r.groups; ++g) {
        if (p.running) {
          (*c.tensors[running_mean].expected)[g] =
              (1 - kFactor) * double{old_mean[g]} + kFactor * r.mean[g];
          (*c.tensors[running_variance].expected)[g] =
              (1 - kFactor) * double{old_variance[g]} + kFactor * r.variance[g] * unbiased;
        }
        if (p.saved) {
          (*c.tensors[saved_mean].expected)[g] = r.mean[g];
          (*c.tensors[saved_inverse].expected)[g] = r.inverse(g);
        }
      }
    }
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      void* const mean = p.running ? at[4] : nullptr;
      void* const variance = p.running ? at[5] : nullptr;
      void* const save_mean = p.saved ? at[saved_mean] : nullptr;
      void* const save_inverse = p.saved ? at[saved_inverse] : nullptr;
      if (fused) {
        return miopenBatchNormForwardTrainingActivation(
            handle, mode, &one, &zero, *x_desc, at[0], *y_desc, at[3], *parameter_desc,
            *parameter_desc, *parameter_desc, *parameter_desc, at[1], at[2], kFactor, mean,
            variance, kEpsilon, save_mean, save_inverse, *activation);
      }
      return miopenBatchNormalizationForwardTraining(
          handle, mode, &one, &zero, *x_desc, at[0], *y_desc, at[3], *parameter_desc, at[1], at[2],
          kFactor, mean, variance, kEpsilon, save_mean, save_inverse);
    };
    return c;
  }

  r.dy = add_input("dy", image(p, p.y_strides), 8, -1, 1);
  std::vector<float> mean(r.groups), inverse(r.groups, 1);
  for (std::size_t g = 0; g < r.groups && with_reference; ++g) {
    mean[g] = static_cast<float>(r.mean[g]);
    inverse[g] = static_cast<float>(r.inverse(g));
  }
  c.tensors.push_back({"savedMean", parameter, mean, {}, {}});
  c.tensors.push_back({"savedInvVariance", parameter, inverse, {}, {}});
  const std::size_t dx = add_output("dx", image(p, p.dx_strides), of_type);
  const std::size_t scale_gradient = add_output("bnScaleDiff", parameter, of_parameter);
  const std::size_t bias_gradient = add_output("bnBiasDiff", parameter, of_parameter);
  if (with_reference) {
    std::vector<double> g_of(r.x.size());
    auto& dscale = *c.tensors[scale_gradient].expected;
    auto& dbias = *c.tensors[bias_gradient].expected;
    for (std::size_t i = 0; i < r.x.size(); ++i) {
      const std::size_t g = r.group_of(i);
      const double n = r.normalized(i);
      g_of[i] =
          fused ? activation_gradient(p.activation, r.dy[i], n, 0, kAlpha, kBeta, 0) : r.dy[i];
      dbias[g] += g_of[i];
      dscale[g] += g_of[i] * (r.x[i] - r.mean[g]) * r.inverse(g);
    }
    const double m = r.members();
    for (std::size_t i = 0; i < r.x.size(); ++i) {
      const std::size_t g = r.group_of(i);
      const double deviation = (r.x[i] - r.mean[g]) * r.inverse(g);
      (*c.tensors[dx].expected)[i] =
          r.scale[g] * r.inverse(g) / m * (m * g_of[i] - dbias[g] - deviation * dscale[g]);
    }
  }
  const auto dx_desc = describe(image(p, p.dx_strides));
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    const void* const saved_mean = p.saved ? at[4] : nullptr;
    const void* const saved_inverse = p.saved ? at[5] : nullptr;
    if (fused) {
      return miopenBatchNormBackwardActivation(
          handle, mode, &one, &zero, &one, &zero, *x_desc, at[0], *y_desc, at[3], *dx_desc, at[6],
          *parameter_desc, *parameter_desc, *parameter_desc, *parameter_desc, at[1], at[2], at[7],
          at[8], kEpsilon, saved_mean, saved_inverse, *activation);
    }
    return miopenBatchNormalizationBackward(handle, mode, &one, &zero, &one, &zero, *x_desc, at[0],
                                            *y_desc, at[3], *dx_desc, at[6], *parameter_desc, at[1],
                                            at[7], at[8], kEpsilon, saved_mean, saved_inverse);
  };
  return c;
}

}  // namespace rdna1conv
