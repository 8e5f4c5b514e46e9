// miopenConvolutionBiasActivationForward: y = activation(alpha1 * conv(x, w) + alpha2 * z + bias).
#include <cmath>
#include <limits>

#include "expect_failure.h"
#include "fusion_objects.h"

namespace rdna1conv {
namespace {

using ActivationObject = ApiObject<miopenActivationDescriptor_t, miopenDestroyActivationDescriptor>;

// The call with all its arguments; tests spoil one of them. The line's epilogue is
// [scale+]z+bias[+activation].
struct FusedCall {
  explicit FusedCall(const std::string& line)
      : conv(line),
        tensors(conv.conv_case()),
        a(conv.bare_arguments()),
        bias_desc(parameter_tensor(conv.problem(), conv.problem().y_type)) {
    EpilogueScalars& scalars = conv.scalars();
    scalars.beta = 0;  // the function has none
    conv.reset_output();
    a = conv.bare_arguments();
    miopenActivationDescriptor_t descriptor = nullptr;
    EXPECT_OK(miopenCreateActivationDescriptor(&descriptor));
    EXPECT_OK(miopenSetActivationDescriptor(
        descriptor, static_cast<miopenActivationMode_t>(conv.problem().epilogue.activation),
        static_cast<double>(scalars.activation_alpha), static_cast<double>(scalars.activation_beta),
        static_cast<double>(scalars.activation_gamma)));
    activation.reset(descriptor);
  }

  miopenStatus_t operator()(const void* z) {
    const EpilogueScalars& scalars = conv.scalars();
    return miopenConvolutionBiasActivationForward(
        conv.handle(), &scalars.alpha, a.x_desc, a.x, a.w_desc, a.w, a.conv_desc,
        miopenConvolutionFwdAlgoDirect, nullptr, 0, &scalars.z_scale, a.y_desc, z, bias_desc.get(),
        tensors.bias->address(), activation.get(), a.y_desc, a.y);
  }

  ApiConvolution conv;
  EpilogueTensors tensors;
  CallArguments a;
  Tensor bias_desc;
  ActivationObject activation;
};

const char* const kLines[] = {
    "conv -n 2 -c 4 -H 8 -W 7 -k 6 -p 1 -q 1 --epilogue z+bias+relu -F 1",
    "conv -n 2 -c 4 -H 8 -W 7 -k 6 -p 1 -q 1 --epilogue scale+z+bias+relu -F 1",
    "conv -n 2 -c 4 -H 8 -W 7 -k 6 -p 1 -q 1 --epilogue z+bias -F 1",
    "conv -n 1 -c 8 -H 8 -W 8 -k 8 -p 1 -q 1 --epilogue scale+z+bias+leakyrelu -F 1",
    "convfp16 -n 1 -c 8 -H 8 -W 8 -k 8 -p 1 -q 1 --epilogue z+bias+relu -F 1",
    "conv -n 1 -c 4 -H 8 -W 8 -k 8 -p 1 -q 1 -I NHWC -f NHWC -O NHWC "
    "--epilogue z+bias+relu -F 1",
    "conv -n 1 -c 3 -! 4 -H 6 -W 5 -k 4 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -_ 3 --epilogue "
    "scale+z+bias+relu -F 1",
};

TEST(ConvolutionBiasActivation, AddsAndActivates) {
  for (const char* const line : kLines) {
    FusedCall call(line);
    ASSERT_OK(call(call.tensors.z->address())) << line;
    EXPECT_TRUE(call.conv.is_correct());
  }
}

// As through miopenActivationForward: what is not a number is no zero behind the activation.
TEST(ConvolutionBiasActivation, NanGoesThrough) {
  const char* const shapes[] = {
      "conv -n 2 -c 4 -H 8 -W 7 -k 6 -p 1 -q 1",      // few channels
      "conv -n 1 -c 64 -H 16 -W 16 -k 64 -y 1 -x 1",  // the tile engine
      "conv -n 1 -c 32 -H 12 -W 12 -k 32 -p 1 -q 1",
      "conv -n 1 -c 8 -H 9 -W 8 -k 8 -g 8 -p 1 -q 1",
  };
  for (const char* const shape : shapes) {
    for (const char* const activation : {"relu", "clippedrelu", "clamp", "leakyrelu"}) {
      const std::string line = std::string(shape) + " --epilogue z+bias+" + activation + " -F 1";
      SCOPED_TRACE(line);
      FusedCall call(line);
      constexpr std::size_t kAt = 5;
      const float nan = std::numeric_limits<float>::quiet_NaN();
      auto* const z = reinterpret_cast<float*>(call.tensors.z->address());
      ASSERT_EQ(hipMemcpy(z + kAt, &nan, sizeof nan, hipMemcpyHostToDevice), hipSuccess);
      ASSERT_OK(call(z));
      ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
      const std::vector<double> y = call.conv.output();
      EXPECT_TRUE(std::isnan(y[kAt]));
      EXPECT_FALSE(std::isnan(y[kAt - 1]));
      EXPECT_FALSE(std::isnan(y[kAt + 1]));
    }
  }
}

TEST(ConvolutionBiasActivation, ZMayBeY) {
  FusedCall call(kLines[0]);
  const std::size_t bytes = call.conv.conv_case().z.size() * sizeof(float);
  ASSERT_EQ(hipMemcpy(call.a.y, call.tensors.z->address(), bytes, hipMemcpyDeviceToDevice),
            hipSuccess);
  ASSERT_OK(call(call.a.y));
  EXPECT_TRUE(call.conv.is_correct());
}

TEST(ConvolutionBiasActivation, RefusesWhatDoesNotFit) {
  FusedCall call(kLines[0]);
  const void* const z = call.tensors.z->address();
  expect_failure("null z", miopenStatusBadParm, "z is null", [&] { return call(nullptr); });
  call.bias_desc = make_tensor(DataType::kFloat, {1, 7, 1, 1});
  expect_failure("bias", miopenStatusBadParm, "biasDesc is not a packed tensor",
                 [&] { return call(z); });
  call.bias_desc = make_tensor(DataType::kHalf, {1, 6, 1, 1});
  expect_failure("bias type", miopenStatusUnsupportedOp, "biasDesc is fp16",
                 [&] { return call(z); });
  call.bias_desc = make_tensor(DataType::kFloat, {1, 6, 1, 1});
  call.activation.reset();
  expect_failure("activation", miopenStatusBadParm, "activationDesc is null",
                 [&] { return call(z); });
  EXPECT_TRUE(call.conv.is_untouched());
}

}  // namespace
}  // namespace rdna1conv
