// Calls as clients make them: which descriptors, pointers and numbers they give.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cmath>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include "operators/cases.h"
#include "operators/operator_case.h"
#include "reference/element_type.h"
#include "reference/guarded_tensor.h"

namespace rdna1conv {
namespace {

using Descriptor = client::TensorDescriptor;

GuardedTensor row(const std::vector<float>& values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{DataType::kFloat, {1, 1, 1, 1, count}, {count, count, count, count, 1}},
          GuardedTensor::Use::kWrite,
          values};
}
GuardedTensor empty_row(std::int64_t count, DataType type = DataType::kFloat) {
  return {
      {type, {1, 1, 1, 1, count}, {count, count, count, count, 1}}, GuardedTensor::Use::kWrite, {}};
}

float kOne = 1, kZero = 0;

// Mean and variance of each channel of [n, c, pixels], by double precision.
struct Statistics {
  std::vector<double> mean, variance;
};
Statistics statistics_of(const std::vector<float>& x, std::size_t channels, std::size_t pixels) {
  Statistics s{std::vector<double>(channels), std::vector<double>(channels)};
  const double members = static_cast<double>(x.size()) / static_cast<double>(channels);
  const auto channel = [&](std::size_t i) { return i / pixels % channels; };
  for (std::size_t i = 0; i < x.size(); ++i) s.mean[channel(i)] += x[i] / members;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double d = x[i] - s.mean[channel(i)];
    s.variance[channel(i)] += d * d / members;
  }
  return s;
}

// PyTorch hands three-dimensional inputs over with a fourth length of 1, whose stride is 1 as well,
// and takes training, evaluation and backward with fresh buffers.
TEST(ClientCalls, PyTorchBatchNormOfThreeDimensions) {
  const client::MiopenHandle handle;
  constexpr std::size_t kN = 4, kC = 3, kLength = 10;
  const Descriptor x_desc(miopenFloat, {kN, kC, kLength, 1}, {kC * kLength, kLength, 1, 1});
  const Descriptor parameters(miopenFloat, {1, kC, 1, 1}, {kC, 1, 1, 1});
  const std::vector<float> values = case_values(DataType::kFloat, kN * kC * kLength, 1, -2, 3);
  const GuardedTensor x = row(values), y = empty_row(kN * kC * kLength);
  const GuardedTensor weight = row({1, 2, 3}), bias = row({0.5f, 0, -0.5f});
  const GuardedTensor mean = row({0, 0, 0}), variance = row({1, 1, 1});
  const GuardedTensor saved_mean = empty_row(kC), saved_inverse = empty_row(kC);
  ASSERT_EQ(miopenBatchNormalizationForwardTraining(
                handle, miopenBNSpatial, &kOne, &kZero, x_desc, x.address(), x_desc, y.address(),
                parameters, weight.address(), bias.address(), 0.1, mean.address(),
                variance.address(), 1e-5, saved_mean.address(), saved_inverse.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  const Statistics s = statistics_of(values, kC, kLength);
  const double members = kN * kLength;
  for (std::size_t c = 0; c < kC; ++c) {
    EXPECT_NEAR(saved_mean.stored_values()[c], s.mean[c], 1e-6);
    EXPECT_NEAR(saved_inverse.stored_values()[c], 1 / std::sqrt(s.variance[c] + 1e-5), 1e-6);
    EXPECT_NEAR(mean.stored_values()[c], 0.1 * s.mean[c], 1e-6);
    EXPECT_NEAR(variance.stored_values()[c], 0.9 + 0.1 * s.variance[c] * members / (members - 1),
                1e-6);
  }
  const GuardedTensor out = empty_row(kN * kC * kLength);
  ASSERT_EQ(miopenBatchNormalizationForwardInference(handle, miopenBNSpatial, &kOne, &kZero, x_desc,
                                                     x.address(), x_desc, out.address(), parameters,
                                                     weight.address(), bias.address(),
                                                     mean.address(), variance.address(), 1e-5),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  const std::vector<double> run_mean = mean.stored_values(),
                            run_variance = variance.stored_values(), result = out.stored_values();
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t c = i / kLength % kC;
    const double expected =
        (c + 1.0) * (values[i] - run_mean[c]) / std::sqrt(run_variance[c] + 1e-5) + 0.5 -
        0.5 * static_cast<double>(c);
    EXPECT_NEAR(result[i], expected, 1e-5);
  }
}

// Large against its deviation: E[x^2] - mean^2 in fp32 would have nothing left.
TEST(ClientCalls, BatchNormOfLargeMeanKeepsItsVariance) {
  const client::MiopenHandle handle;
  for (const bool channels_last : {false, true}) {
    SCOPED_TRACE(channels_last);
    constexpr std::size_t kN = 8, kC = 4, kPixels = 24 * 24;
    const StridedTensor tensor{
        DataType::kFloat,
        {kN, kC, 1, 24, 24},
        packed_strides({kN, kC, 1, 24, 24}, channels_last ? Layout::kNhwc : Layout::kNchw)};
    // Uniform of deviation 1 around 1000.
    const std::vector<float> values = case_values(DataType::kFloat, tensor.count(), 5,
                                                  1000 - std::sqrt(3.0), 1000 + std::sqrt(3.0));
    const Statistics s = statistics_of(values, kC, kPixels);
    const GuardedTensor x(tensor, GuardedTensor::Use::kRead, values);
    const GuardedTensor y(tensor, GuardedTensor::Use::kWrite, {});
    const auto x_desc = describe(tensor);
    const Descriptor parameters(miopenFloat, {1, kC, 1, 1});
    const GuardedTensor weight = row({1, 1, 1, 1}), bias = row({0, 0, 0, 0});
    const GuardedTensor mean = empty_row(kC), inverse = empty_row(kC);
    ASSERT_EQ(miopenBatchNormalizationForwardTraining(
                  handle, miopenBNSpatial, &kOne, &kZero, *x_desc, x.address(), *x_desc,
                  y.address(), parameters, weight.address(), bias.address(), 0, nullptr, nullptr,
                  1e-5, mean.address(), inverse.address()),
              miopenStatusSuccess)
        << rdna1convLastErrorText();
    ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
    for (std::size_t c = 0; c < kC; ++c) {
      EXPECT_NEAR(mean.stored_values()[c], s.mean[c], 1e-4);
      const double expected = 1 / std::sqrt(s.variance[c] + 1e-5);
      EXPECT_NEAR(inverse.stored_values()[c] / expected, 1, 1e-5);
    }
  }
}

// TensorFlow trains with factor 1 into zeroed running statistics, which are then the batch's.
TEST(ClientCalls, TensorFlowBatchNormWithFactorOne) {
  const client::MiopenHandle handle;
  constexpr std::size_t kN = 3, kC = 2, kPixels = 16;
  const Descriptor x_desc(miopenHalf, {kN, kC, 4, 4});
  Descriptor parameters(miopenFloat, {1, 1, 1, 1});
  ASSERT_EQ(miopenDeriveBNTensorDescriptor(parameters, x_desc, miopenBNSpatial),
            miopenStatusSuccess);
  const std::vector<float> values = case_values(DataType::kHalf, kN * kC * kPixels, 2, -1, 2);
  const StridedTensor tensor{
      DataType::kHalf, {kN, kC, 1, 4, 4}, packed_strides({kN, kC, 1, 4, 4}, Layout::kNchw)};
  const GuardedTensor x(tensor, GuardedTensor::Use::kRead, values);
  const GuardedTensor y(tensor, GuardedTensor::Use::kWrite, {});
  const GuardedTensor scale = row({1, 1}), offset = row({0, 0}), mean = row({0, 0}),
                      variance = row({0, 0});
  const GuardedTensor saved_mean = empty_row(kC), saved_inverse = empty_row(kC);
  ASSERT_EQ(miopenBatchNormalizationForwardTraining(
                handle, miopenBNSpatial, &kOne, &kZero, x_desc, x.address(), x_desc, y.address(),
                parameters, scale.address(), offset.address(), 1.0, mean.address(),
                variance.address(), 1e-3, saved_mean.address(), saved_inverse.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  const Statistics s = statistics_of(values, kC, kPixels);
  const double members = kN * kPixels;
  for (std::size_t c = 0; c < kC; ++c) {
    EXPECT_NEAR(mean.stored_values()[c], s.mean[c], 1e-6);
    EXPECT_NEAR(variance.stored_values()[c], s.variance[c] * members / (members - 1), 1e-5);
  }
}

// MIGraphX pools and normalizes without workspace.
TEST(ClientCalls, MIGraphXPoolingAndLrnWithoutWorkspace) {
  const client::MiopenHandle handle;
  const Descriptor x_desc(miopenFloat, {1, 2, 4, 4}), y_desc(miopenFloat, {1, 2, 2, 2});
  std::vector<float> values(32);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const GuardedTensor x = row(values), y = empty_row(8), z = empty_row(32);
  miopenPoolingDescriptor_t pooling = nullptr;
  ASSERT_EQ(miopenCreatePoolingDescriptor(&pooling), miopenStatusSuccess);
  const int window[] = {2, 2}, pad[] = {0, 0}, stride[] = {2, 2};
  ASSERT_EQ(miopenSetNdPoolingDescriptor(pooling, miopenPoolingMax, 2, window, pad, stride),
            miopenStatusSuccess);
  ASSERT_EQ(miopenPoolingForward(handle, pooling, &kOne, x_desc, x.address(), &kZero, y_desc,
                                 y.address(), false, nullptr, 0),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  miopenLRNDescriptor_t lrn = nullptr;
  ASSERT_EQ(miopenCreateLRNDescriptor(&lrn), miopenStatusSuccess);
  ASSERT_EQ(miopenSetLRNDescriptor(lrn, miopenLRNCrossChannel, 5, 1e-4, 0.75, 1),
            miopenStatusSuccess);
  ASSERT_EQ(miopenLRNForward(handle, lrn, &kOne, x_desc, x.address(), &kZero, x_desc, z.address(),
                             false, nullptr),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(y.stored_values(), (std::vector<double>{5, 7, 13, 15, 21, 23, 29, 31}));
  EXPECT_NEAR(z.stored_values()[3], 3 * std::pow(1 + 1e-4 / 5 * (9 + 19 * 19), -0.75), 1e-5);
  EXPECT_EQ(miopenDestroyLRNDescriptor(lrn), miopenStatusSuccess);
  EXPECT_EQ(miopenDestroyPoolingDescriptor(pooling), miopenStatusSuccess);
}

// MIGraphX gives ABS to the activation, packed, into another buffer.
TEST(ClientCalls, MIGraphXAbs) {
  const client::MiopenHandle handle;
  miopenActivationDescriptor_t abs = nullptr;
  ASSERT_EQ(miopenCreateActivationDescriptor(&abs), miopenStatusSuccess);
  ASSERT_EQ(miopenSetActivationDescriptor(abs, miopenActivationABS, 0, 0, 0), miopenStatusSuccess);
  for (const DataType type : {DataType::kFloat, DataType::kHalf}) {
    SCOPED_TRACE(name_of(type));
    const Descriptor desc(static_cast<miopenDataType_t>(type), {2, 3, 5, 7});
    const StridedTensor tensor{
        type, {2, 3, 1, 5, 7}, packed_strides({2, 3, 1, 5, 7}, Layout::kNchw)};
    const std::vector<float> values = case_values(type, tensor.count(), 6, -2, 2);
    const GuardedTensor x(tensor, GuardedTensor::Use::kRead, values);
    const GuardedTensor y(tensor, GuardedTensor::Use::kWrite, {});
    ASSERT_EQ(
        miopenActivationForward(handle, abs, &kOne, desc, x.address(), &kZero, desc, y.address()),
        miopenStatusSuccess)
        << rdna1convLastErrorText();
    ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
    const std::vector<double> result = y.stored_values();
    for (std::size_t i = 0; i < result.size(); ++i)
      EXPECT_EQ(result[i], double{std::fabs(values[i])});
  }
  EXPECT_EQ(miopenDestroyActivationDescriptor(abs), miopenStatusSuccess);
}

// ONNX Runtime's fused convolution adds the bias to its own output and rectifies it, all in place.
TEST(ClientCalls, OnnxRuntimeOpTensorAndReluInPlace) {
  const client::MiopenHandle handle;
  const Descriptor y_desc(miopenFloat, {2, 3, 2, 2}), b_desc(miopenFloat, {1, 3, 1, 1});
  const std::vector<float> values = case_values(DataType::kFloat, 24, 4, -1, 1);
  const GuardedTensor y = row(values), b = row({0.25f, -0.5f, 0});
  ASSERT_EQ(miopenOpTensor(handle, miopenTensorOpAdd, &kOne, y_desc, y.address(), &kOne, b_desc,
                           b.address(), &kZero, y_desc, y.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  miopenActivationDescriptor_t relu = nullptr;
  ASSERT_EQ(miopenCreateActivationDescriptor(&relu), miopenStatusSuccess);
  ASSERT_EQ(miopenSetActivationDescriptor(relu, miopenActivationRELU, 0, 0, 0),
            miopenStatusSuccess);
  ASSERT_EQ(miopenActivationForward(handle, relu, &kOne, y_desc, y.address(), &kZero, y_desc,
                                    y.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  const std::vector<double> result = y.stored_values();
  const float bias[] = {0.25f, -0.5f, 0};
  for (std::size_t i = 0; i < result.size(); ++i)
    EXPECT_EQ(result[i], double{std::max(values[i] + bias[i / 4 % 3], 0.0f)});
  EXPECT_EQ(miopenDestroyActivationDescriptor(relu), miopenStatusSuccess);
}

// int8 channels are padded to fours, or cut.
TEST(ClientCalls, TransformTensorPadsInt8Channels) {
  const client::MiopenHandle handle;
  const Descriptor three(miopenInt8, {2, 3, 1, 2}), four(miopenInt8, {2, 4, 1, 2});
  const auto tensor = [](std::int64_t count) {
    return StridedTensor{DataType::kInt8, {1, 1, 1, 1, count}, {count, count, count, count, 1}};
  };
  const GuardedTensor x(tensor(12), GuardedTensor::Use::kRead,
                        std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const GuardedTensor y(tensor(16), GuardedTensor::Use::kWrite, {});
  ASSERT_EQ(miopenTransformTensor(handle, &kOne, three, x.address(), &kZero, four, y.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  const GuardedTensor back(tensor(12), GuardedTensor::Use::kWrite, {});
  ASSERT_EQ(miopenTransformTensor(handle, &kOne, four, y.address(), &kZero, three, back.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(y.stored_values(),
            (std::vector<double>{1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0}));
  EXPECT_EQ(back.stored_values(), (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

// ONNX Runtime's ArgMax and global pooling: trailing lengths of 1, NaNs that propagate, indices
// that it reads as unsigned, buffers of no bytes.
TEST(ClientCalls, OnnxRuntimeArgMax) {
  const client::MiopenHandle handle;
  const float nan = std::nanf("");
  const GuardedTensor a = row({3, 9, 9, 1, nan, 2, nan, 7, -5, -5, -6, -4});
  const Descriptor a_desc(miopenFloat, {3, 4, 1}), c_desc(miopenFloat, {3, 1, 1});
  struct Row {
    miopenReduceTensorOp_t operation;
    miopenNanPropagation_t nan;
    std::vector<float> values;
    std::vector<double> indices;
  };
  const Row rows[] = {
      {MIOPEN_REDUCE_TENSOR_MAX, MIOPEN_PROPAGATE_NAN, {9, nan, -4}, {1, 0, 3}},
      {MIOPEN_REDUCE_TENSOR_MAX, MIOPEN_NOT_PROPAGATE_NAN, {9, 7, -4}, {1, 3, 3}},
      {MIOPEN_REDUCE_TENSOR_MIN, MIOPEN_PROPAGATE_NAN, {1, nan, -6}, {3, 0, 2}},
      {MIOPEN_REDUCE_TENSOR_MIN, MIOPEN_NOT_PROPAGATE_NAN, {1, 2, -6}, {3, 1, 2}},
      {MIOPEN_REDUCE_TENSOR_AMAX, MIOPEN_NOT_PROPAGATE_NAN, {9, 7, 6}, {1, 3, 2}},
  };
  miopenReduceTensorDescriptor_t reduce = nullptr;
  ASSERT_EQ(miopenCreateReduceTensorDescriptor(&reduce), miopenStatusSuccess);
  for (const Row& expected : rows) {
    for (const bool with_indices : {true, false}) {
      SCOPED_TRACE(expected.operation * 4 + expected.nan * 2 + with_indices);
      ASSERT_EQ(
          miopenSetReduceTensorDescriptor(reduce, expected.operation, miopenFloat, expected.nan,
                                          with_indices ? MIOPEN_REDUCE_TENSOR_FLATTENED_INDICES
                                                       : MIOPEN_REDUCE_TENSOR_NO_INDICES,
                                          MIOPEN_32BIT_INDICES),
          miopenStatusSuccess);
      const DeviceBytes c(3 * sizeof(float));
      const GuardedTensor indices = empty_row(3, DataType::kInt32);
      ASSERT_EQ(miopenReduceTensor(handle, reduce, with_indices ? indices.address() : nullptr,
                                   with_indices ? 12 : 0, nullptr, 0, &kOne, a_desc, a.address(),
                                   &kZero, c_desc, c.address()),
                miopenStatusSuccess)
          << rdna1convLastErrorText();
      ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
      const std::vector<std::byte> bytes = c.download();
      for (std::size_t i = 0; i < 3; ++i) {
        const auto value = static_cast<float>(load_element(DataType::kFloat, &bytes[i * 4]));
        EXPECT_TRUE(value == expected.values[i] ||
                    (std::isnan(value) && std::isnan(expected.values[i])))
            << i << ": " << value;
      }
      if (with_indices) EXPECT_EQ(indices.stored_values(), expected.indices);
    }
  }
  // Six dimensions are joined where they lie packed.
  const Descriptor deep(miopenFloat, {3, 1, 2, 1, 2, 1}), outer(miopenFloat, {3, 1, 1, 1, 1, 1});
  const GuardedTensor c = empty_row(3);
  ASSERT_EQ(miopenSetReduceTensorDescriptor(reduce, MIOPEN_REDUCE_TENSOR_MAX, miopenFloat,
                                            MIOPEN_NOT_PROPAGATE_NAN,
                                            MIOPEN_REDUCE_TENSOR_NO_INDICES, MIOPEN_32BIT_INDICES),
            miopenStatusSuccess);
  ASSERT_EQ(miopenReduceTensor(handle, reduce, nullptr, 0, nullptr, 0, &kOne, deep, a.address(),
                               &kZero, outer, c.address()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(c.stored_values(), (std::vector<double>{9, 7, -4}));
  EXPECT_EQ(miopenDestroyReduceTensorDescriptor(reduce), miopenStatusSuccess);
}

// PyTorch cuts the size of the states to a multiple of 48, sets a descriptor once with a seed and
// restores it later, and sets one without states where nothing is dropped.
TEST(ClientCalls, PyTorchDropoutStates) {
  const client::MiopenHandle handle;
  constexpr std::int64_t kCount = 1 << 16;
  std::size_t bytes = 0;
  ASSERT_EQ(miopenDropoutGetStatesSize(handle, &bytes), miopenStatusSuccess);
  EXPECT_EQ(bytes % 48, 0u);
  const DeviceBytes states(bytes), reserve(kCount);
  const Descriptor desc(miopenFloat, {kCount});
  const GuardedTensor x = row(std::vector<float>(kCount, 1));
  miopenDropoutDescriptor_t dropout = nullptr;
  ASSERT_EQ(miopenCreateDropoutDescriptor(&dropout), miopenStatusSuccess);
  ASSERT_EQ(miopenSetDropoutDescriptor(dropout, handle, 0, nullptr, 0, 0, false, false,
                                       MIOPEN_RNG_PSEUDO_XORWOW),
            miopenStatusSuccess);
  const auto dropped = [&](bool with_mask) {
    const GuardedTensor y = empty_row(kCount);
    EXPECT_EQ(miopenDropoutForward(handle, dropout, desc, desc, x.address(), desc, y.address(),
                                   with_mask ? reserve.address() : nullptr, with_mask ? kCount : 0),
              miopenStatusSuccess)
        << rdna1convLastErrorText();
    EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
    return y.stored_values();
  };
  const auto set = [&](unsigned long long seed, float rate) {
    ASSERT_EQ(miopenSetDropoutDescriptor(dropout, handle, rate, states.address(), bytes, seed,
                                         false, false, MIOPEN_RNG_PSEUDO_XORWOW),
              miopenStatusSuccess);
  };
  for (const float rate : {0.1f, 0.5f, 0.9f}) {
    set(11, rate);
    const std::vector<double> first = dropped(true);
    const double kept = static_cast<double>(
        std::count_if(first.begin(), first.end(), [](double y) { return y != 0; }));
    const double p = 1 - static_cast<double>(rate);
    EXPECT_NEAR(kept, kCount * p, 5 * std::sqrt(kCount * p * (1 - p))) << "of " << kCount;
    set(12, rate);
    EXPECT_NE(dropped(false), first) << "another seed keeps the same";
    // The seed is in the states, whatever the descriptor is told when it is restored.
    set(11, rate);
    ASSERT_EQ(miopenRestoreDropoutDescriptor(dropout, handle, rate, states.address(), bytes, 99,
                                             false, false, MIOPEN_RNG_PSEUDO_XORWOW),
              miopenStatusSuccess);
    EXPECT_EQ(dropped(false), first);
    // The mask that the first call kept.
    ASSERT_EQ(miopenRestoreDropoutDescriptor(dropout, handle, rate, states.address(), bytes, 99,
                                             true, false, MIOPEN_RNG_PSEUDO_XORWOW),
              miopenStatusSuccess);
    EXPECT_EQ(dropped(true), first);
  }
  float rate = 0;
  void* at = nullptr;
  unsigned long long seed = 0;
  bool use_mask = false, state_evo = true;
  miopenRNGType_t generator = MIOPEN_RNG_PSEUDO_XORWOW;
  ASSERT_EQ(miopenGetDropoutDescriptor(dropout, handle, &rate, &at, &seed, &use_mask, &state_evo,
                                       &generator),
            miopenStatusSuccess);
  EXPECT_EQ(rate, 0.9f);
  EXPECT_EQ(at, states.address());
  EXPECT_EQ(seed, 99u);
  EXPECT_TRUE(use_mask);
  EXPECT_FALSE(state_evo);
  EXPECT_EQ(miopenDestroyDropoutDescriptor(dropout), miopenStatusSuccess);
}

}  // namespace
}  // namespace rdna1conv
