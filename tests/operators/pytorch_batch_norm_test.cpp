// Batch normalization as PyTorch calls it: data of two to five dimensions in fp32 and fp16,
// contiguous and channels last, parameters in fp32; training, evaluation by the running statistics,
// gradients by the saved ones.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>
#include <rdna1conv/error.h>

#include <cmath>

#include "operators/cases.h"

namespace rdna1conv {
namespace {

constexpr double kEpsilon = 1e-5, kMomentum = 0.1;

struct Row {
  const char* what;
  FiveDims lengths;  // N, C, D, H, W
  int spatial_dims;  // of the descriptors: PyTorch gives data of fewer dimensions as 4-D
  Layout layout;
  miopenBatchNormMode_t mode;  // per activation for data of two dimensions
};
constexpr Row kRows[] = {
    {"[N, C]", {6, 10, 1, 1, 1}, 2, Layout::kNchw, miopenBNPerActivation},
    {"[N, C, L]", {3, 10, 1, 21, 1}, 2, Layout::kNchw, miopenBNSpatial},
    {"[N, C, H, W]", {3, 10, 1, 7, 9}, 2, Layout::kNchw, miopenBNSpatial},
    {"[N, C, H, W] channels last", {3, 12, 1, 7, 9}, 2, Layout::kNhwc, miopenBNSpatial},
    {"[N, C, D, H, W]", {2, 10, 3, 5, 6}, 3, Layout::kNchw, miopenBNSpatial},
    {"[N, C, D, H, W] channels last", {2, 12, 3, 5, 6}, 3, Layout::kNhwc, miopenBNSpatial},
};

using Values = std::vector<double>;

struct Reference {
  Values x, dy, weight, bias, mean, inverse;
  Values run_mean, run_variance;  // before and after training
  std::size_t channels, image;

  std::size_t channel(std::size_t i) const { return i / image % channels; }

  void train() {
    const double members = static_cast<double>(x.size()) / static_cast<double>(channels);
    Values variance(channels);
    mean.assign(channels, 0);
    for (std::size_t i = 0; i < x.size(); ++i) mean[channel(i)] += x[i] / members;
    for (std::size_t i = 0; i < x.size(); ++i)
      variance[channel(i)] += std::pow(x[i] - mean[channel(i)], 2) / members;
    for (std::size_t c = 0; c < channels; ++c) {
      inverse.push_back(1 / std::sqrt(variance[c] + kEpsilon));
      run_mean[c] += kMomentum * (mean[c] - run_mean[c]);
      run_variance[c] += kMomentum * (variance[c] * members / (members - 1) - run_variance[c]);
    }
  }
  Values y(const Values& means, const Values& inverses) const {
    Values result(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = channel(i);
      result[i] = weight[c] * (x[i] - means[c]) * inverses[c] + bias[c];
    }
    return result;
  }
  struct Gradients {
    Values x, weight, bias;
  };
  Gradients gradients() const {
    Gradients g{Values(x.size()), Values(channels), Values(channels)};
    const auto deviation = [&](std::size_t i) {
      return (x[i] - mean[channel(i)]) * inverse[channel(i)];
    };
    for (std::size_t i = 0; i < x.size(); ++i) {
      g.bias[channel(i)] += dy[i];
      g.weight[channel(i)] += dy[i] * deviation(i);
    }
    const double members = static_cast<double>(x.size()) / static_cast<double>(channels);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = channel(i);
      g.x[i] = weight[c] * inverse[c] *
               (dy[i] - g.bias[c] / members - deviation(i) * g.weight[c] / members);
    }
    return g;
  }
};

// A tensor of the test: its values, and where it is.
struct Tensor {
  Tensor(const StridedTensor& of, std::vector<float> with)
      : tensor(of), values(std::move(with)), memory(of, GuardedTensor::Use::kWrite, values) {}
  std::byte* address() const { return memory.address(); }
  void expect(const char* name, const Values& expected) const {
    const auto fault = fault_of(memory.stored_values(), expected, tolerance_of(tensor.type));
    EXPECT_FALSE(fault) << name << ": " << *fault;
  }

  StridedTensor tensor;
  std::vector<float> values;
  GuardedTensor memory;
};

void check(miopenHandle_t handle, const Row& row, DataType type) {
  const StridedTensor data{type, row.lengths, packed_strides(row.lengths, row.layout)};
  const FiveDims of_channels{1, row.lengths[1], 1, 1, 1};
  const StridedTensor parameter{DataType::kFloat, of_channels,
                                packed_strides(of_channels, Layout::kNchw)};
  const auto filled = [](const StridedTensor& tensor, int salt, double low, double high) {
    return Tensor(tensor, case_values(tensor.type, tensor.count(), salt, low, high));
  };
  const Tensor x = filled(data, 1, -2, 3), dy = filled(data, 2, -1, 1), y(data, {}), dx(data, {}),
               evaluated(data, {});
  const Tensor weight = filled(parameter, 3, 0.5, 1.5), bias = filled(parameter, 4, -1, 1),
               run_mean = filled(parameter, 5, -1, 1), run_variance = filled(parameter, 6, 0.5, 1),
               save_mean(parameter, {}), save_inverse(parameter, {}),
               weight_gradient(parameter, {}), bias_gradient(parameter, {});
  Reference r{wide(x.values),
              wide(dy.values),
              wide(weight.values),
              wide(bias.values),
              {},
              {},
              wide(run_mean.values),
              wide(run_variance.values),
              static_cast<std::size_t>(row.lengths[1]),
              static_cast<std::size_t>(row.lengths[2] * row.lengths[3] * row.lengths[4])};
  r.train();

  const auto desc = describe(data, row.spatial_dims),
             parameters = describe(parameter, row.spatial_dims);
  float one = 1, zero = 0;
  ASSERT_EQ(miopenBatchNormalizationForwardTraining(
                handle, row.mode, &one, &zero, *desc, x.address(), *desc, y.address(), *parameters,
                weight.address(), bias.address(), kMomentum, run_mean.address(),
                run_variance.address(), kEpsilon, save_mean.address(), save_inverse.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(miopenBatchNormalizationForwardInference(
                handle, row.mode, &one, &zero, *desc, x.address(), *desc, evaluated.address(),
                *parameters, weight.address(), bias.address(), run_mean.address(),
                run_variance.address(), kEpsilon),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(miopenBatchNormalizationBackward(
                handle, row.mode, &one, &zero, &one, &zero, *desc, x.address(), *desc, dy.address(),
                *desc, dx.address(), *parameters, weight.address(), weight_gradient.address(),
                bias_gradient.address(), kEpsilon, save_mean.address(), save_inverse.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);

  y.expect("y", r.y(r.mean, r.inverse));
  save_mean.expect("save_mean", r.mean);
  save_inverse.expect("save_var", r.inverse);
  run_mean.expect("running_mean", r.run_mean);
  run_variance.expect("running_var", r.run_variance);
  Values run_inverse;
  for (const double variance : r.run_variance)
    run_inverse.push_back(1 / std::sqrt(variance + kEpsilon));
  evaluated.expect("y of the evaluation", r.y(r.run_mean, run_inverse));
  const Reference::Gradients g = r.gradients();
  dx.expect("grad_input", g.x);
  weight_gradient.expect("grad_weight", g.weight);
  bias_gradient.expect("grad_bias", g.bias);
}

TEST(ClientCalls, PyTorchBatchNorm) {
  const client::MiopenHandle handle;
  for (const Row& row : kRows) {
    for (const DataType type : {DataType::kFloat, DataType::kHalf}) {
      SCOPED_TRACE(std::string(row.what) + " " + std::string(name_of(type)));
      check(handle, row, type);
    }
  }
}

}  // namespace
}  // namespace rdna1conv
