// miopenConvolutionABBackwardWeightsGetWorkSpaceSize: the sizes of MIOpen's own, and what it
// refuses.
#include <gtest/gtest.h>

#include <string>

#include "api/hidden_functions.h"
#include "client/miopen_objects.h"
#include "expect_failure.h"

namespace rdna1conv {
namespace {

struct Row {
  miopenDataType_t type;
  int channels, outputs, groups;
  unsigned alpha_beta;
  std::size_t bytes;
};
// x has 2 * channels * 5 * 6 elements.
constexpr Row kRows[] = {
    {miopenFloat, 4, 8, 1, 0, 0},     {miopenFloat, 3, 5, 1, 0, 0},
    {miopenFloat, 4, 8, 1, 1, 960},   {miopenFloat, 4, 8, 1, 2, 960},
    {miopenHalf, 4, 8, 1, 0, 0},      {miopenHalf, 3, 8, 1, 0, 720},
    {miopenHalf, 4, 5, 1, 0, 960},    {miopenHalf, 6, 12, 2, 0, 1440},
    {miopenHalf, 4, 8, 2, 0, 0},      {miopenBFloat16, 3, 5, 1, 0, 0},
    {miopenDouble, 4, 8, 1, 1, 1920},
};

TEST(AlphaBetaWorkspace, HasMIOpensSize) {
  const client::MiopenHandle handle;
  for (const Row& row : kRows) {
    SCOPED_TRACE(std::to_string(row.type) + " " + std::to_string(row.channels) + " " +
                 std::to_string(row.outputs) + " " + std::to_string(row.alpha_beta));
    const client::TensorDescriptor x(row.type, {2, row.channels, 5, 6}),
        y(row.type, {2, row.outputs, 3, 4});
    miopenConvolutionDescriptor_t convolution = nullptr;
    ASSERT_EQ(miopenCreateConvolutionDescriptor(&convolution), miopenStatusSuccess);
    ASSERT_EQ(miopenInitConvolutionDescriptor(convolution, miopenConvolution, 0, 0, 1, 1, 1, 1),
              miopenStatusSuccess);
    ASSERT_EQ(miopenSetConvolutionGroupCount(convolution, row.groups), miopenStatusSuccess);
    std::size_t bytes = 1;
    EXPECT_EQ(
        miopenConvolutionABBackwardWeightsGetWorkSpaceSize(
            static_cast<miopenAlphaBetaCase_t>(row.alpha_beta), handle, y, x, convolution, &bytes),
        miopenStatusSuccess)
        << rdna1convLastErrorText();
    EXPECT_EQ(bytes, row.bytes);
    EXPECT_EQ(miopenDestroyConvolutionDescriptor(convolution), miopenStatusSuccess);
  }
}

TEST(AlphaBetaWorkspace, RefusesBadArguments) {
  const client::MiopenHandle handle;
  const client::TensorDescriptor x(miopenFloat, {2, 4, 5, 6}), flat(miopenFloat, {2, 4, 5});
  miopenConvolutionDescriptor_t convolution = nullptr;
  ASSERT_EQ(miopenCreateConvolutionDescriptor(&convolution), miopenStatusSuccess);
  std::size_t bytes = 1;
  const auto call = [&](miopenHandle_t owner, miopenTensorDescriptor_t y_desc, unsigned alpha_beta,
                        std::size_t* result) {
    return miopenConvolutionABBackwardWeightsGetWorkSpaceSize(
        static_cast<miopenAlphaBetaCase_t>(alpha_beta), owner, y_desc, x, convolution, result);
  };
  expect_failure("handle", miopenStatusBadParm, "handle is null",
                 [&] { return call(nullptr, x, 0, &bytes); });
  expect_failure("tensor", miopenStatusBadParm, "outputTensorDesc is null",
                 [&] { return call(handle, nullptr, 0, &bytes); });
  expect_failure("ranks", miopenStatusBadParm, "outputTensorDesc is fp32 [2, 4, 5]",
                 [&] { return call(handle, flat, 0, &bytes); });
  expect_failure("case", miopenStatusBadParm, "alpha_beta_case 3",
                 [&] { return call(handle, x, 3, &bytes); });
  expect_failure("size", miopenStatusBadParm, "buffer_size is null",
                 [&] { return call(handle, x, 0, nullptr); });
  EXPECT_EQ(bytes, 1u);
  EXPECT_EQ(miopenDestroyConvolutionDescriptor(convolution), miopenStatusSuccess);
}

}  // namespace
}  // namespace rdna1conv
