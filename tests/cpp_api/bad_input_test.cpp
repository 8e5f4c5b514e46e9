// What does not fit is refused with MIOpen's status and a sentence, thrown or returned.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rdna1conv/rdna1conv.hpp>

#include <functional>
#include <string>

#include "plain_convolution.h"

namespace {

using namespace rdna1conv;
using testing::HasSubstr;

void expect_error(const std::string& what, miopenStatus_t status, const std::string& sentence,
                  const std::function<void()>& call) {
  try {
    call();
    ADD_FAILURE() << what << " is taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), status) << what << ": " << error.what();
    EXPECT_THAT(error.what(), HasSubstr(sentence)) << what;
  }
}

TEST(BadInput, ShapesThatDoNotFit) {
  const Convolution convolution(4, 8, {3, 3});
  expect_error("channels", miopenStatusBadParm, "takes 4 channels", [&] {
    convolution.output_shape(TensorShape::packed({1, 5, 9, 9}));
  });
  expect_error("dimensions", miopenStatusBadParm, "2 dimensions", [&] {
    convolution.output_shape(TensorShape::packed({1, 4, 9, 9, 9}));
  });
  expect_error("size", miopenStatusBadParm, "too small", [&] {
    convolution.output_shape(TensorShape::packed({1, 4, 2, 9}));
  });
}

TEST(BadInput, OfPreparedConvolutions) {
  Handle handle;
  const Convolution convolution(4, 8, {3, 3});
  const auto x = TensorShape::packed({1, 4, 9, 9});
  const auto y = convolution.output_shape(x);
  const DeviceArray<float> weights{
      Span<const float>(random_values(convolution.weights_shape().span(), 1))};
  const TensorView w{convolution.weights_shape(), weights.data()};
  auto other = y;
  other.lengths[2] += 1;
  const auto refused = PreparedConvolution::try_create(handle, convolution, x, other, w);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status(), miopenStatusBadParm);
  expect_error("y", miopenStatusBadParm, "yDesc",
               [&] { PreparedConvolution(handle, convolution, x, other, w); });
  expect_error("activation", miopenStatusBadParm, "miopenActivationMode_t", [&] {
    Convolution unknown = convolution;
    unknown.activation({static_cast<miopenActivationMode_t>(77)});
    PreparedConvolution(handle, unknown, x, y, w);
  });

  const PreparedConvolution prepared(handle, Convolution(convolution).bias(), x, y, w);
  const DeviceArray<float> dx(x.span()), dbias(8);
  DeviceArray<float> dy(y.span());
  const DeviceArray<std::byte> workspace(prepared.workspace_bytes());
  const std::vector<float> on_host(x.span());
  expect_error("null x", miopenStatusBadParm, "x is null", [&] {
    prepared.run({nullptr, dy.data(), dbias.data(), nullptr, workspace.data()});
  });
  expect_error("host x", miopenStatusBadParm, "x ", [&] {
    prepared.run({on_host.data(), dy.data(), dbias.data(), nullptr, workspace.data()});
  });
  expect_error("no bias", miopenStatusBadParm, "bias is null", [&] {
    prepared.run({dx.data(), dy.data(), nullptr, nullptr, workspace.data()});
  });
}

TEST(BadInput, OfTheCFunctions) {
  EXPECT_EQ(rdna1convDestroyConvolution(nullptr), miopenStatusBadParm);
  EXPECT_THAT(rdna1convLastErrorText(), HasSubstr("convolution is null"));
  std::size_t bytes = 0;
  EXPECT_EQ(rdna1convGetConvolutionSizes(nullptr, &bytes, &bytes), miopenStatusBadParm);
  EXPECT_EQ(rdna1convPrepareWeights(nullptr, nullptr, nullptr), miopenStatusBadParm);
  EXPECT_EQ(
      rdna1convCreateConvolution(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, 1, nullptr),
      miopenStatusBadParm);
}

TEST(BadInput, OfSequences) {
  Handle handle;
  const DeviceArray<float> weights{Span<const float>(random_values(16, 1))};
  const Convolution convolution(4, 4, {1, 1});
  Sequence net(handle);
  const auto x = net.input({1, 4, 5, 5});
  expect_error("second input", miopenStatusBadParm, "one input", [&] { net.input({1, 4, 5, 5}); });
  expect_error("channels", miopenStatusBadParm, "step 0: x is 1x4x5x5", [&] {
    net.convolve(Convolution(5, 4, {1, 1}), x, {weights.data()});
  });
  expect_error("bias", miopenStatusBadParm, "step 0: a bias",
               [&] { net.convolve(Convolution(convolution).bias(), x, {weights.data()}); });
  expect_error("add", miopenStatusBadParm, "step 0: a tensor to add",
               [&] { net.convolve(Convolution(convolution).add(), x, {weights.data()}); });
  expect_error("nothing", miopenStatusBadParm, "nothing to concatenate",
               [&] { net.concatenate({}); });
  expect_error("output", miopenStatusBadParm, "no step's result", [&] { net.output(x); });
  expect_error("no output", miopenStatusBadParm, "no output", [&] { net.plan(); });
  expect_error("run", miopenStatusBadParm, "plan() comes before run()",
               [&] { net.run(nullptr, nullptr); });
  const auto y = net.convolve(convolution, x, {weights.data()});
  const auto small = net.convolve(Convolution(4, 4, {1, 1}).stride({2, 2}), x, {weights.data()});
  expect_error("parts", miopenStatusBadParm, "a part is 1x4x3x3", [&] {
    net.concatenate({y, small});
  });
  net.output(y);
  net.plan();
  expect_error("host memory", miopenStatusBadParm, "step 0: ", [&] { net.run(nullptr, nullptr); });
}

TEST(BadInput, OfDeviceArrays) {
  DeviceArray<float> array(4);
  expect_error("size", miopenStatusBadParm, "the host has 3 elements, the device array 4",
               [&] { array.copy_from(std::vector<float>(3)); });
  const auto too_large = DeviceArray<std::byte>::try_allocate(std::size_t{1} << 50);
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().status(), miopenStatusAllocFailed);
}

}  // namespace
