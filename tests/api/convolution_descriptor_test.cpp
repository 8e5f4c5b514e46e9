#define MIOPEN_BETA_API 1
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "expect_failure.h"

// Exported by MIOpen without a public declaration.
extern "C" {
miopenStatus_t miopenHiddenSetConvolutionFindMode(miopenConvolutionDescriptor_t, int);
miopenStatus_t miopenHiddenGetConvolutionFindMode(miopenConvolutionDescriptor_t, int*);
}

namespace {

class ConvolutionApi : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(miopenCreateConvolutionDescriptor(&conv_), miopenStatusSuccess);
    ASSERT_EQ(miopenCreateTensorDescriptor(&x_), miopenStatusSuccess);
    ASSERT_EQ(miopenCreateTensorDescriptor(&w_), miopenStatusSuccess);
    ASSERT_EQ(miopenSet4dTensorDescriptor(x_, miopenFloat, 2, 6, 10, 12), miopenStatusSuccess);
    ASSERT_EQ(miopenSet4dTensorDescriptor(w_, miopenFloat, 8, 3, 3, 5), miopenStatusSuccess);
  }
  void TearDown() override {
    EXPECT_EQ(miopenDestroyConvolutionDescriptor(conv_), miopenStatusSuccess);
    EXPECT_EQ(miopenDestroyTensorDescriptor(x_), miopenStatusSuccess);
    EXPECT_EQ(miopenDestroyTensorDescriptor(w_), miopenStatusSuccess);
  }

  void expect_2d(miopenConvolutionMode_t mode, std::array<int, 6> values) {
    miopenConvolutionMode_t got_mode{};
    std::array<int, 6> got{};
    ASSERT_EQ(miopenGetConvolutionDescriptor(conv_, &got_mode, &got[0], &got[1], &got[2], &got[3],
                                             &got[4], &got[5]),
              miopenStatusSuccess);
    EXPECT_EQ(got_mode, mode);
    EXPECT_EQ(got, values);
  }

  miopenConvolutionDescriptor_t conv_ = nullptr;
  miopenTensorDescriptor_t x_ = nullptr, w_ = nullptr;
};

TEST_F(ConvolutionApi, Defaults) {
  expect_2d(miopenConvolution, {0, 0, 1, 1, 1, 1});
  int value = 0;
  EXPECT_EQ(miopenGetConvolutionSpatialDim(conv_, &value), miopenStatusSuccess);
  EXPECT_EQ(value, 2);
  EXPECT_EQ(miopenGetConvolutionGroupCount(conv_, &value), miopenStatusSuccess);
  EXPECT_EQ(value, 1);
  miopenConvolutionFindMode_t mode{};
  EXPECT_EQ(miopenGetConvolutionFindMode(conv_, &mode), miopenStatusSuccess);
  EXPECT_EQ(mode, miopenConvolutionFindModeDefault);
  EXPECT_EQ(miopenGetConvolutionAttribute(conv_, MIOPEN_CONVOLUTION_ATTRIB_FP16_ALT_IMPL, &value),
            miopenStatusSuccess);
  EXPECT_EQ(value, -1);
}

TEST_F(ConvolutionApi, InitSetsEverythingElseBack) {
  ASSERT_EQ(miopenSetConvolutionGroupCount(conv_, 4), miopenStatusSuccess);
  ASSERT_EQ(miopenSetConvolutionAttribute(conv_, MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, 1),
            miopenStatusSuccess);
  ASSERT_EQ(miopenInitConvolutionDescriptor(conv_, miopenTranspose, 1, 2, 3, 4, 5, 6),
            miopenStatusSuccess);
  expect_2d(miopenTranspose, {1, 2, 3, 4, 5, 6});
  int value = 0;
  EXPECT_EQ(miopenGetConvolutionGroupCount(conv_, &value), miopenStatusSuccess);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(miopenGetConvolutionAttribute(conv_, MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, &value),
            miopenStatusSuccess);
  EXPECT_EQ(value, 0);
}

TEST_F(ConvolutionApi, GroupModesAreConvolutions) {
  for (const auto mode : {miopenGroupConv, miopenDepthwise, miopenConvolution}) {
    ASSERT_EQ(miopenInitConvolutionDescriptor(conv_, mode, 0, 0, 1, 1, 1, 1), miopenStatusSuccess);
    expect_2d(miopenConvolution, {0, 0, 1, 1, 1, 1});
  }
}

TEST_F(ConvolutionApi, NdDescriptor) {
  const std::array pad{1, 2, 3}, stride{4, 5, 6}, dilation{7, 8, 9};
  ASSERT_EQ(miopenInitConvolutionNdDescriptor(conv_, 3, pad.data(), stride.data(), dilation.data(),
                                              miopenConvolution),
            miopenStatusSuccess);
  // ONNX Runtime counts up until it fails.
  for (int requested = 1; requested <= 3; ++requested) {
    int dims = 0;
    std::array<int, 3> p{}, s{}, d{};
    miopenConvolutionMode_t mode = miopenTranspose;
    ASSERT_EQ(miopenGetConvolutionNdDescriptor(conv_, requested, &dims, p.data(), s.data(),
                                               d.data(), &mode),
              miopenStatusSuccess);
    EXPECT_EQ(dims, 3);
    EXPECT_EQ(mode, miopenConvolution);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(p[i], i < requested ? pad[i] : 0);
      EXPECT_EQ(s[i], i < requested ? stride[i] : 0);
      EXPECT_EQ(d[i], i < requested ? dilation[i] : 0);
    }
  }
  expect_failure("4 dims", miopenStatusUnknownError, "requestedSpatialDim is 4", [&] {
    return miopenGetConvolutionNdDescriptor(conv_, 4, nullptr, nullptr, nullptr, nullptr, nullptr);
  });
  EXPECT_EQ(miopenGetConvolutionNdDescriptor(conv_, 3, nullptr, nullptr, nullptr, nullptr, nullptr),
            miopenStatusSuccess);
  miopenConvolutionMode_t mode{};
  int v = 0;
  expect_failure("2-D getter", miopenStatusUnknownError, "convDesc has 3 spatial dimensions", [&] {
    return miopenGetConvolutionDescriptor(conv_, &mode, &v, &v, &v, &v, &v, &v);
  });
}

// ONNX Runtime asks for 1, 2, 3, ... dimensions until that fails.
TEST_F(ConvolutionApi, DimensionsCanBeProbed) {
  const int zeros[3] = {0, 0, 0}, ones[3] = {1, 1, 1};
  for (int dims = 1; dims <= 3; ++dims) {
    ASSERT_EQ(miopenInitConvolutionNdDescriptor(conv_, dims, zeros, ones, ones, miopenConvolution),
              miopenStatusSuccess);
    int values[9], got = 0, asked = 1;
    miopenConvolutionMode_t mode{};
    testing::internal::CaptureStderr();
    while (asked < 9 && miopenGetConvolutionNdDescriptor(conv_, asked, &got, values, values, values,
                                                         &mode) == miopenStatusSuccess) {
      ++asked;
    }
    testing::internal::GetCapturedStderr();
    EXPECT_EQ(asked, dims + 1);
    EXPECT_EQ(got, dims);
  }
}

TEST_F(ConvolutionApi, AttributesAndFindMode) {
  struct Row {
    miopenConvolutionAttrib_t attribute;
    int least, most;
  };
  const Row rows[] = {{MIOPEN_CONVOLUTION_ATTRIB_FP16_ALT_IMPL, -1, 1},
                      {MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, 0, 1},
                      {MIOPEN_CONVOLUTION_ATTRIB_FP8_ROUNDING_MODE, 0, 1},
                      {MIOPEN_CONVOLUTION_ATTRIB_MATH_TYPE, 0, 1}};
  for (const Row& row : rows) {
    for (int value = row.least; value <= row.most; ++value) {
      int got = 99;
      EXPECT_EQ(miopenSetConvolutionAttribute(conv_, row.attribute, value), miopenStatusSuccess);
      EXPECT_EQ(miopenGetConvolutionAttribute(conv_, row.attribute, &got), miopenStatusSuccess);
      EXPECT_EQ(got, value);
    }
    for (const int value : {row.least - 1, row.most + 1}) {
      expect_failure("attribute", miopenStatusBadParm, "value of MIOPEN_CONVOLUTION_ATTRIB_",
                     [&] { return miopenSetConvolutionAttribute(conv_, row.attribute, value); });
    }
  }
  for (const auto mode :
       {miopenConvolutionFindModeNormal, miopenConvolutionFindModeFast,
        miopenConvolutionFindModeHybrid, miopenConvolutionFindModeDynamicHybrid,
        miopenConvolutionFindModeTrustVerify, miopenConvolutionFindModeTrustVerifyFull}) {
    miopenConvolutionFindMode_t got{};
    int number = 0;
    EXPECT_EQ(miopenSetConvolutionFindMode(conv_, mode), miopenStatusSuccess);
    EXPECT_EQ(miopenGetConvolutionFindMode(conv_, &got), miopenStatusSuccess);
    EXPECT_EQ(got, mode);
    EXPECT_EQ(miopenHiddenGetConvolutionFindMode(conv_, &number), miopenStatusSuccess);
    EXPECT_EQ(number, mode);
    // MIGraphX asks for mode 1 by this name.
    EXPECT_EQ(miopenHiddenSetConvolutionFindMode(conv_, 1), miopenStatusSuccess);
    EXPECT_EQ(miopenGetConvolutionFindMode(conv_, &got), miopenStatusSuccess);
    EXPECT_EQ(got, miopenConvolutionFindModeNormal);
  }
}

TEST_F(ConvolutionApi, OutputDims) {
  ASSERT_EQ(miopenInitConvolutionDescriptor(conv_, miopenConvolution, 1, 2, 2, 1, 1, 2),
            miopenStatusSuccess);
  ASSERT_EQ(miopenSetConvolutionGroupCount(conv_, 2), miopenStatusSuccess);
  std::array<int, 4> dims{};
  ASSERT_EQ(
      miopenGetConvolutionForwardOutputDim(conv_, x_, w_, &dims[0], &dims[1], &dims[2], &dims[3]),
      miopenStatusSuccess);
  EXPECT_EQ(dims, (std::array{2, 8, 5, 8}));
  std::array<int, 5> nd{};
  int count = 0;
  ASSERT_EQ(miopenGetConvolutionNdForwardOutputDim(conv_, x_, w_, &count, nd.data()),
            miopenStatusSuccess);
  EXPECT_EQ(count, 4);
  EXPECT_EQ(nd, (std::array{2, 8, 5, 8, 0}));
}

TEST_F(ConvolutionApi, OneDimension) {
  const std::array pad{2}, stride{3}, dilation{2};
  ASSERT_EQ(miopenInitConvolutionNdDescriptor(conv_, 1, pad.data(), stride.data(), dilation.data(),
                                              miopenConvolution),
            miopenStatusSuccess);
  const std::array x{2, 6, 20}, w{8, 6, 5};
  ASSERT_EQ(miopenSetTensorDescriptor(x_, miopenFloat, 3, x.data(), nullptr), miopenStatusSuccess);
  ASSERT_EQ(miopenSetTensorDescriptor(w_, miopenFloat, 3, w.data(), nullptr), miopenStatusSuccess);
  std::array<int, 4> dims{};
  int count = 0;
  ASSERT_EQ(miopenGetConvolutionNdForwardOutputDim(conv_, x_, w_, &count, dims.data()),
            miopenStatusSuccess);
  EXPECT_EQ(count, 3);
  EXPECT_EQ(dims, (std::array{2, 8, 6, 0}));
}

TEST_F(ConvolutionApi, TransposedOutputDims) {
  ASSERT_EQ(miopenInitConvolutionDescriptor(conv_, miopenTranspose, 1, 1, 2, 2, 1, 1),
            miopenStatusSuccess);
  ASSERT_EQ(miopenSetConvolutionGroupCount(conv_, 2), miopenStatusSuccess);
  ASSERT_EQ(miopenSetTransposeConvOutputPadding(conv_, 1, 0), miopenStatusSuccess);
  ASSERT_EQ(miopenSet4dTensorDescriptor(w_, miopenFloat, 6, 4, 3, 3), miopenStatusSuccess);
  std::array<int, 4> dims{};
  ASSERT_EQ(
      miopenGetConvolutionForwardOutputDim(conv_, x_, w_, &dims[0], &dims[1], &dims[2], &dims[3]),
      miopenStatusSuccess);
  EXPECT_EQ(dims, (std::array{2, 8, 20, 23}));
  const std::array too_much{2, 0};
  ASSERT_EQ(miopenSetTransposeConvNdOutputPadding(conv_, 2, too_much.data()), miopenStatusSuccess);
  expect_failure("output padding", miopenStatusBadParm, "not below the stride", [&] {
    return miopenGetConvolutionForwardOutputDim(conv_, x_, w_, &dims[0], &dims[1], &dims[2],
                                                &dims[3]);
  });
}

TEST_F(ConvolutionApi, RefusesBadInputAndKeepsTheOldValue) {
  ASSERT_EQ(miopenInitConvolutionDescriptor(conv_, miopenConvolution, 1, 1, 1, 1, 1, 1),
            miopenStatusSuccess);
  ASSERT_EQ(miopenSetConvolutionGroupCount(conv_, 2), miopenStatusSuccess);
  constexpr auto kNone = static_cast<miopenConvolutionDescriptor_t>(nullptr);
  constexpr auto kNoTensor = static_cast<miopenTensorDescriptor_t>(nullptr);
  const auto bad_mode = static_cast<miopenConvolutionMode_t>(4);
  const auto bad_attribute = static_cast<miopenConvolutionAttrib_t>(4);
  const auto bad_find_mode = static_cast<miopenConvolutionFindMode_t>(4);
  static const int ones[3] = {1, 1, 1};
  static const int bad[3] = {1, -1, 1};
  const auto c = conv_;
  const auto x = x_;
  const auto w = w_;
  int v = 0;
  int* const p = &v;
  miopenConvolutionMode_t mode{};
  miopenConvolutionFindMode_t find_mode{};
  const auto init = [=](miopenConvolutionMode_t m, int ph, int pw, int sh, int sw, int dh, int dw) {
    return miopenInitConvolutionDescriptor(c, m, ph, pw, sh, sw, dh, dw);
  };
  struct Row {
    const char* what;
    const char* text;
    std::function<miopenStatus_t()> call;
  };
  const Row rows[] = {
      {"create", "convDesc is null", [] { return miopenCreateConvolutionDescriptor(nullptr); }},
      {"destroy", "convDesc is null", [=] { return miopenDestroyConvolutionDescriptor(kNone); }},
      {"init desc", "convDesc is null",
       [=] { return miopenInitConvolutionDescriptor(kNone, miopenConvolution, 0, 0, 1, 1, 1, 1); }},
      {"init mode", "c_mode 4", [=] { return init(bad_mode, 0, 0, 1, 1, 1, 1); }},
      {"init pad_h", "pad_h is -1", [=] { return init(miopenConvolution, -1, 0, 1, 1, 1, 1); }},
      {"init pad_w", "pad_w is -2", [=] { return init(miopenConvolution, 0, -2, 1, 1, 1, 1); }},
      {"init stride_h", "stride_h is 0", [=] { return init(miopenConvolution, 0, 0, 0, 1, 1, 1); }},
      {"init stride_w", "stride_w is -1",
       [=] { return init(miopenConvolution, 0, 0, 1, -1, 1, 1); }},
      {"init dilation_h", "dilation_h is 0",
       [=] { return init(miopenConvolution, 0, 0, 1, 1, 0, 1); }},
      {"init dilation_w", "dilation_w is 0",
       [=] { return init(miopenConvolution, 0, 0, 1, 1, 1, 0); }},
      {"nd desc", "convDesc is null",
       [=] {
         return miopenInitConvolutionNdDescriptor(kNone, 2, ones, ones, ones, miopenConvolution);
       }},
      {"nd dims 0", "spatialDim is 0",
       [=] {
         return miopenInitConvolutionNdDescriptor(c, 0, ones, ones, ones, miopenConvolution);
       }},
      {"nd dims 4", "spatialDim is 4",
       [=] {
         return miopenInitConvolutionNdDescriptor(c, 4, ones, ones, ones, miopenConvolution);
       }},
      {"nd pad null", "padA is null",
       [=] {
         return miopenInitConvolutionNdDescriptor(c, 2, nullptr, ones, ones, miopenConvolution);
       }},
      {"nd stride null", "strideA is null",
       [=] {
         return miopenInitConvolutionNdDescriptor(c, 2, ones, nullptr, ones, miopenConvolution);
       }},
      {"nd dilation null", "dilationA is null",
       [=] {
         return miopenInitConvolutionNdDescriptor(c, 2, ones, ones, nullptr, miopenConvolution);
       }},
      {"nd pad", "padA[1] is -1",
       [=] { return miopenInitConvolutionNdDescriptor(c, 3, bad, ones, ones, miopenConvolution); }},
      {"nd stride", "strideA[1] is -1",
       [=] { return miopenInitConvolutionNdDescriptor(c, 3, ones, bad, ones, miopenConvolution); }},
      {"nd dilation", "dilationA[1] is -1",
       [=] { return miopenInitConvolutionNdDescriptor(c, 3, ones, ones, bad, miopenConvolution); }},
      {"nd mode", "c_mode 4",
       [=] { return miopenInitConvolutionNdDescriptor(c, 2, ones, ones, ones, bad_mode); }},
      {"dim desc", "convDesc is null", [=] { return miopenGetConvolutionSpatialDim(kNone, p); }},
      {"dim null", "spatialDim is null",
       [=] { return miopenGetConvolutionSpatialDim(c, nullptr); }},
      {"get desc", "convDesc is null",
       [&] { return miopenGetConvolutionDescriptor(kNone, &mode, p, p, p, p, p, p); }},
      {"get mode", "c_mode is null",
       [&] { return miopenGetConvolutionDescriptor(c, nullptr, p, p, p, p, p, p); }},
      {"get pad_h", "pad_h is null",
       [&] { return miopenGetConvolutionDescriptor(c, &mode, nullptr, p, p, p, p, p); }},
      {"get dilation_w", "dilation_w is null",
       [&] { return miopenGetConvolutionDescriptor(c, &mode, p, p, p, p, p, nullptr); }},
      {"getNd desc", "convDesc is null",
       [&] { return miopenGetConvolutionNdDescriptor(kNone, 2, p, p, p, p, &mode); }},
      {"getNd negative", "requestedSpatialDim is -1",
       [&] { return miopenGetConvolutionNdDescriptor(c, -1, p, p, p, p, &mode); }},
      {"group desc", "convDesc is null", [=] { return miopenSetConvolutionGroupCount(kNone, 1); }},
      {"group 0", "groupCount is 0", [=] { return miopenSetConvolutionGroupCount(c, 0); }},
      {"getGroup desc", "convDesc is null",
       [=] { return miopenGetConvolutionGroupCount(kNone, p); }},
      {"getGroup null", "groupCount is null",
       [=] { return miopenGetConvolutionGroupCount(c, nullptr); }},
      {"adj desc", "convDesc is null",
       [=] { return miopenSetTransposeConvOutputPadding(kNone, 0, 0); }},
      {"adj_h", "adj_h is -1", [=] { return miopenSetTransposeConvOutputPadding(c, -1, 0); }},
      {"adj_w", "adj_w is -1", [=] { return miopenSetTransposeConvOutputPadding(c, 0, -1); }},
      {"adjA desc", "convDesc is null",
       [=] { return miopenSetTransposeConvNdOutputPadding(kNone, 2, ones); }},
      {"adjA dims", "spatialDim is 3, convDesc has 2",
       [=] { return miopenSetTransposeConvNdOutputPadding(c, 3, ones); }},
      {"adjA null", "adjA is null",
       [=] { return miopenSetTransposeConvNdOutputPadding(c, 2, nullptr); }},
      {"adjA", "adjA is -1", [=] { return miopenSetTransposeConvNdOutputPadding(c, 2, bad); }},
      {"out desc", "convDesc is null",
       [=] { return miopenGetConvolutionForwardOutputDim(kNone, x, w, p, p, p, p); }},
      {"out x", "inputTensorDesc is null",
       [=] { return miopenGetConvolutionForwardOutputDim(c, kNoTensor, w, p, p, p, p); }},
      {"out w", "filterDesc is null",
       [=] { return miopenGetConvolutionForwardOutputDim(c, x, kNoTensor, p, p, p, p); }},
      {"out misfit", "filterDesc [2, 6, 10, 12] has 6 channels, inputTensorDesc has 6 in 2 groups",
       [=] { return miopenGetConvolutionForwardOutputDim(c, x, x, p, p, p, p); }},
      {"out n", "n is null",
       [=] { return miopenGetConvolutionForwardOutputDim(c, x, w, nullptr, p, p, p); }},
      {"out c", "c is null",
       [=] { return miopenGetConvolutionForwardOutputDim(c, x, w, p, nullptr, p, p); }},
      {"out h", "h is null",
       [=] { return miopenGetConvolutionForwardOutputDim(c, x, w, p, p, nullptr, p); }},
      {"out w null", "w is null",
       [=] { return miopenGetConvolutionForwardOutputDim(c, x, w, p, p, p, nullptr); }},
      {"outNd nDim", "nDim is null",
       [=] { return miopenGetConvolutionNdForwardOutputDim(c, x, w, nullptr, p); }},
      {"outNd dims", "outputTensorDimA is null",
       [=] { return miopenGetConvolutionNdForwardOutputDim(c, x, w, p, nullptr); }},
      {"outNd desc", "convDesc is null",
       [=] { return miopenGetConvolutionNdForwardOutputDim(kNone, x, w, p, p); }},
      {"outNd x", "inputTensorDesc is null",
       [=] { return miopenGetConvolutionNdForwardOutputDim(c, kNoTensor, w, p, p); }},
      {"outNd w", "filterDesc is null",
       [=] { return miopenGetConvolutionNdForwardOutputDim(c, x, kNoTensor, p, p); }},
      {"attribute desc", "convDesc is null",
       [=] {
         return miopenSetConvolutionAttribute(kNone, MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, 1);
       }},
      {"attribute", "attr 4", [=] { return miopenSetConvolutionAttribute(c, bad_attribute, 0); }},
      {"getAttribute desc", "convDesc is null",
       [=] {
         return miopenGetConvolutionAttribute(kNone, MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, p);
       }},
      {"getAttribute", "attr 4",
       [=] { return miopenGetConvolutionAttribute(c, bad_attribute, p); }},
      {"getAttribute null", "value is null",
       [=] {
         return miopenGetConvolutionAttribute(c, MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, nullptr);
       }},
      {"find mode desc", "convDesc is null",
       [=] { return miopenSetConvolutionFindMode(kNone, miopenConvolutionFindModeFast); }},
      {"find mode", "findMode 4", [=] { return miopenSetConvolutionFindMode(c, bad_find_mode); }},
      {"getFindMode desc", "convDesc is null",
       [&] { return miopenGetConvolutionFindMode(kNone, &find_mode); }},
      {"getFindMode null", "findMode is null",
       [=] { return miopenGetConvolutionFindMode(c, nullptr); }},
      {"hidden find mode desc", "convDesc is null",
       [=] { return miopenHiddenSetConvolutionFindMode(kNone, 1); }},
      {"hidden find mode", "findMode 0", [=] { return miopenHiddenSetConvolutionFindMode(c, 0); }},
      {"hidden getFindMode desc", "convDesc is null",
       [=] { return miopenHiddenGetConvolutionFindMode(kNone, p); }},
      {"hidden getFindMode null", "findMode is null",
       [=] { return miopenHiddenGetConvolutionFindMode(c, nullptr); }},
  };
  for (const Row& row : rows) {
    expect_failure(row.what, miopenStatusBadParm, row.text, row.call);
    expect_2d(miopenConvolution, {1, 1, 1, 1, 1, 1});
    int groups = 0;
    EXPECT_EQ(miopenGetConvolutionGroupCount(c, &groups), miopenStatusSuccess);
    EXPECT_EQ(groups, 2) << row.what;
  }
}

}  // namespace
