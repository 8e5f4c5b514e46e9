// miopenConvolutionBiasActivationForward: y = activation(alpha1 * conv(x, w) + alpha2 * z + bias).
#include <cmath>

#include "expect_failure.h"
#include "fusion_objects.h"

namespace {

using Activation = ApiObject<miopenActivationDescriptor_t, miopenDestroyActivationDescriptor>;

Activation make_activation(miopenActivationMode_t mode, double alpha = 0) {
  miopenActivationDescriptor_t descriptor = nullptr;
  EXPECT_OK(miopenCreateActivationDescriptor(&descriptor));
  EXPECT_OK(miopenSetActivationDescriptor(descriptor, mode, alpha, 0, 0));
  return Activation(descriptor);
}

// The call with all its arguments; tests spoil one of them.
struct FusedCall {
  Convolution conv;
  std::vector<float> z_values, bias_values;
  DeviceBuffer z, bias;
  Tensor bias_desc;
  Activation activation = make_activation(miopenActivationRELU);
  float alpha1 = 1, alpha2 = 1;

  explicit FusedCall(const Shape& shape)
      : conv(shape),
        z_values(conv.y_buffer.download().size()),
        bias_values(static_cast<std::size_t>(shape.k)),
        z(z_values.size() * sizeof(float)),
        bias(bias_values.size() * sizeof(float)),
        bias_desc(make_tensor(1, shape.k, 1, 1)) {
    for (std::size_t i = 0; i < z_values.size(); ++i) {
      z_values[i] = static_cast<float>(i % 9) - 4;
    }
    for (std::size_t i = 0; i < bias_values.size(); ++i) {
      bias_values[i] = 0.25f * static_cast<float>(i) - 0.5f;
    }
    z.upload(z_values);
    bias.upload(bias_values);
  }

  miopenStatus_t operator()(const void* z_pointer) {
    return miopenConvolutionBiasActivationForward(
        conv.handle, &alpha1, conv.x_desc, conv.x_buffer.get(), conv.w_desc, conv.w_buffer.get(),
        conv.conv_desc, miopenConvolutionFwdAlgoDirect, nullptr, 0, &alpha2, conv.y_desc, z_pointer,
        bias_desc.get(), bias.get(), activation.get(), conv.y_desc, conv.y_buffer.get());
  }

  void expect_correct(const std::string& what, double (*f)(double)) {
    conv.transform_expected([&](double v, int k, std::size_t offset) {
      return f(static_cast<double>(alpha1) * v +
               static_cast<double>(alpha2) * static_cast<double>(z_values[offset]) +
               static_cast<double>(bias_values[static_cast<std::size_t>(k)]));
    });
    conv.expect_correct(what);
  }
};

double relu(double v) { return std::max(v, 0.0); }

TEST(ConvolutionBiasActivation, AddsAndActivates) {
  for (const auto& [alpha1, alpha2] :
       {std::pair(1.0f, 1.0f), std::pair(0.5f, 1.0f), std::pair(1.0f, -0.75f),
        std::pair(1.0f, 0.0f), std::pair(-2.0f, 3.0f)}) {
    FusedCall call(Shape{.n = 2, .k = 5});
    call.alpha1 = alpha1;
    call.alpha2 = alpha2;
    ASSERT_OK(call(call.z.get()));
    call.expect_correct("alphas " + std::to_string(alpha1) + ", " + std::to_string(alpha2), relu);
  }
}

TEST(ConvolutionBiasActivation, ZMayBeY) {
  FusedCall call(Shape{.n = 2, .k = 5});
  call.conv.y_buffer.upload(call.z_values);
  ASSERT_OK(call(call.conv.y_buffer.get()));
  call.expect_correct("in place", relu);
}

TEST(ConvolutionBiasActivation, AnyActivation) {
  FusedCall call(Shape{});
  call.activation = make_activation(miopenActivationLEAKYRELU, 0.25);
  ASSERT_OK(call(call.z.get()));
  call.expect_correct("leaky", [](double v) { return v > 0 ? v : 0.25 * v; });
}

TEST(ConvolutionBiasActivation, RefusesWhatDoesNotFit) {
  FusedCall call(Shape{});
  expect_failure("null z", miopenStatusBadParm, "z is null", [&] { return call(nullptr); });
  call.bias_desc = make_tensor(1, call.conv.shape.k + 1, 1, 1);
  expect_failure("bias", miopenStatusBadParm, "biasDesc is not a packed tensor",
                 [&] { return call(call.z.get()); });
  call.bias_desc = make_tensor(1, call.conv.shape.k, 1, 1, miopenHalf);
  expect_failure("bias type", miopenStatusUnsupportedOp, "biasDesc is fp16",
                 [&] { return call(call.z.get()); });
  call.bias_desc = make_tensor(1, call.conv.shape.k, 1, 1);
  call.activation.reset();
  expect_failure("activation", miopenStatusBadParm, "activationDesc is null",
                 [&] { return call(call.z.get()); });
  call.conv.expect_untouched("refused calls");
}

}  // namespace
