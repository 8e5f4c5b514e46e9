#define MIOPEN_BETA_API 1
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <vector>

#include "expect_failure.h"

namespace {

class TensorApi : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(miopenCreateTensorDescriptor(&tensor_), miopenStatusSuccess); }
  void TearDown() override {
    EXPECT_EQ(miopenDestroyTensorDescriptor(tensor_), miopenStatusSuccess);
  }

  // Type, lengths, strides and bytes, as the getters tell them.
  void expect_tensor(miopenDataType_t type, const std::vector<int>& lengths,
                     const std::vector<int>& strides, std::size_t bytes) {
    int size = 0;
    ASSERT_EQ(miopenGetTensorDescriptorSize(tensor_, &size), miopenStatusSuccess);
    ASSERT_EQ(static_cast<std::size_t>(size), lengths.size());
    miopenDataType_t got_type{};
    std::vector<int> got_lengths(lengths.size()), got_strides(lengths.size());
    ASSERT_EQ(miopenGetTensorDescriptor(tensor_, &got_type, got_lengths.data(), got_strides.data()),
              miopenStatusSuccess);
    EXPECT_EQ(got_type, type);
    EXPECT_EQ(got_lengths, lengths);
    EXPECT_EQ(got_strides, strides);
    std::size_t got_bytes = 0;
    EXPECT_EQ(miopenGetTensorNumBytes(tensor_, &got_bytes), miopenStatusSuccess);
    EXPECT_EQ(got_bytes, bytes);
  }

  miopenTensorDescriptor_t tensor_ = nullptr;
};

TEST_F(TensorApi, StartsEmpty) { expect_tensor(miopenFloat, {}, {}, 0); }

TEST_F(TensorApi, Set4d) {
  ASSERT_EQ(miopenSet4dTensorDescriptor(tensor_, miopenHalf, 2, 3, 4, 5), miopenStatusSuccess);
  expect_tensor(miopenHalf, {2, 3, 4, 5}, {60, 20, 5, 1}, 240);
  miopenDataType_t type{};
  std::array<int, 8> got{};
  ASSERT_EQ(miopenGet4dTensorDescriptor(tensor_, &type, &got[0], &got[1], &got[2], &got[3], &got[4],
                                        &got[5], &got[6], &got[7]),
            miopenStatusSuccess);
  EXPECT_EQ(type, miopenHalf);
  EXPECT_EQ(got, (std::array{2, 3, 4, 5, 60, 20, 5, 1}));
}

TEST_F(TensorApi, Set4dEx) {
  ASSERT_EQ(miopenSet4dTensorDescriptorEx(tensor_, miopenFloat, 2, 3, 4, 5, 60, 1, 15, 3),
            miopenStatusSuccess);
  expect_tensor(miopenFloat, {2, 3, 4, 5}, {60, 1, 15, 3}, 480);
}

TEST_F(TensorApi, SetNd) {
  const std::array lengths{2, 3, 4, 5, 6};
  const std::array strides{1000, 200, 40, 7, 1};
  ASSERT_EQ(miopenSetTensorDescriptor(tensor_, miopenFloat, 5, lengths.data(), nullptr),
            miopenStatusSuccess);
  expect_tensor(miopenFloat, {2, 3, 4, 5, 6}, {360, 120, 30, 6, 1}, 2880);
  ASSERT_EQ(miopenSetTensorDescriptor(tensor_, miopenFloat, 5, lengths.data(), strides.data()),
            miopenStatusSuccess);
  expect_tensor(miopenFloat, {2, 3, 4, 5, 6}, {1000, 200, 40, 7, 1},
                4 * (1000 + 400 + 120 + 28 + 5 + 1));
  const std::array<std::size_t, 2> wide{7, 9};
  ASSERT_EQ(miopenSetTensorDescriptorV2(tensor_, miopenInt8, 2, wide.data(), nullptr),
            miopenStatusSuccess);
  expect_tensor(miopenInt8, {7, 9}, {9, 1}, 63);
}

TEST_F(TensorApi, SetWithLayout) {
  struct Row {
    miopenTensorLayout_t layout;
    std::vector<int> lengths, strides;
  };
  const Row rows[] = {
      {miopenTensorNCHW, {2, 3, 4, 5}, {60, 20, 5, 1}},
      {miopenTensorNHWC, {2, 3, 4, 5}, {60, 1, 15, 3}},
      {miopenTensorCHWN, {2, 3, 4, 5}, {1, 40, 10, 2}},
      {miopenTensorNCDHW, {2, 3, 4, 5, 6}, {360, 120, 30, 6, 1}},
      {miopenTensorNDHWC, {2, 3, 4, 5, 6}, {360, 1, 90, 18, 3}},
  };
  for (const Row& row : rows) {
    ASSERT_EQ(
        miopenSetNdTensorDescriptorWithLayout(tensor_, miopenFloat, row.layout, row.lengths.data(),
                                              static_cast<int>(row.lengths.size())),
        miopenStatusSuccess)
        << row.layout;
    std::size_t bytes = 4;
    for (const int length : row.lengths) bytes *= static_cast<std::size_t>(length);
    expect_tensor(miopenFloat, row.lengths, row.strides, bytes);
  }
}

TEST_F(TensorApi, GettersSkipNullPointers) {
  ASSERT_EQ(miopenSet4dTensorDescriptor(tensor_, miopenFloat, 2, 3, 4, 5), miopenStatusSuccess);
  EXPECT_EQ(miopenGetTensorDescriptor(tensor_, nullptr, nullptr, nullptr), miopenStatusSuccess);
}

TEST_F(TensorApi, RefusesBadInputAndKeepsTheOldValue) {
  ASSERT_EQ(miopenSet4dTensorDescriptor(tensor_, miopenFloat, 2, 3, 4, 5), miopenStatusSuccess);
  constexpr auto kNone = static_cast<miopenTensorDescriptor_t>(nullptr);
  const auto bad_type = static_cast<miopenDataType_t>(4);
  static const int good[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  static const int bad[4] = {1, 1, 0, 1};
  static const int huge[5] = {2147483647, 2147483647, 2147483647, 1, 1};
  static const std::size_t bad_wide[2] = {1, static_cast<std::size_t>(-1)};
  int number = 0;
  miopenDataType_t type{};
  std::size_t bytes = 0;
  struct Row {
    const char* what;
    const char* text;
    std::function<miopenStatus_t()> call;
  };
  const auto t = tensor_;
  const Row rows[] = {
      {"create", "tensorDesc is null", [] { return miopenCreateTensorDescriptor(nullptr); }},
      {"destroy", "tensorDesc is null", [=] { return miopenDestroyTensorDescriptor(kNone); }},
      {"4d desc", "tensorDesc is null",
       [=] { return miopenSet4dTensorDescriptor(kNone, miopenFloat, 1, 1, 1, 1); }},
      {"4d type", "dataType 4",
       [=] { return miopenSet4dTensorDescriptor(t, bad_type, 1, 1, 1, 1); }},
      {"4d n", "n is 0", [=] { return miopenSet4dTensorDescriptor(t, miopenFloat, 0, 1, 1, 1); }},
      {"4d c", "c is -1", [=] { return miopenSet4dTensorDescriptor(t, miopenFloat, 1, -1, 1, 1); }},
      {"4d h", "h is 0", [=] { return miopenSet4dTensorDescriptor(t, miopenFloat, 1, 1, 0, 1); }},
      {"4d w", "w is 0", [=] { return miopenSet4dTensorDescriptor(t, miopenFloat, 1, 1, 1, 0); }},
      {"4d size", "too large",
       [=] { return miopenSet4dTensorDescriptor(t, miopenFloat, huge[0], huge[0], huge[0], 1); }},
      {"4dEx desc", "tensorDesc is null",
       [=] { return miopenSet4dTensorDescriptorEx(kNone, miopenFloat, 1, 1, 1, 1, 1, 1, 1, 1); }},
      {"4dEx type", "dataType 4",
       [=] { return miopenSet4dTensorDescriptorEx(t, bad_type, 1, 1, 1, 1, 1, 1, 1, 1); }},
      {"4dEx w", "w is 0",
       [=] { return miopenSet4dTensorDescriptorEx(t, miopenFloat, 1, 1, 1, 0, 1, 1, 1, 1); }},
      {"4dEx nStride", "nStride is 0",
       [=] { return miopenSet4dTensorDescriptorEx(t, miopenFloat, 1, 1, 1, 1, 0, 1, 1, 1); }},
      {"4dEx cStride", "cStride is -7",
       [=] { return miopenSet4dTensorDescriptorEx(t, miopenFloat, 1, 1, 1, 1, 1, -7, 1, 1); }},
      {"4dEx hStride", "hStride is 0",
       [=] { return miopenSet4dTensorDescriptorEx(t, miopenFloat, 1, 1, 1, 1, 1, 1, 0, 1); }},
      {"4dEx wStride", "wStride is 0",
       [=] { return miopenSet4dTensorDescriptorEx(t, miopenFloat, 1, 1, 1, 1, 1, 1, 1, 0); }},
      {"nd desc", "tensorDesc is null",
       [=] { return miopenSetTensorDescriptor(kNone, miopenFloat, 4, good, good); }},
      {"nd type", "dataType 4",
       [=] { return miopenSetTensorDescriptor(t, bad_type, 4, good, good); }},
      {"nd dims", "nbDims is 0",
       [=] { return miopenSetTensorDescriptor(t, miopenFloat, 0, good, good); }},
      {"nd many dims", "nbDims is 2147483647",
       [=] { return miopenSetTensorDescriptor(t, miopenFloat, 2147483647, good, good); }},
      {"nd null", "dimsA is null",
       [=] { return miopenSetTensorDescriptor(t, miopenFloat, 4, nullptr, good); }},
      {"nd length", "dimsA[2] is 0",
       [=] { return miopenSetTensorDescriptor(t, miopenFloat, 4, bad, good); }},
      {"nd stride", "stridesA[2] is 0",
       [=] { return miopenSetTensorDescriptor(t, miopenFloat, 4, good, bad); }},
      {"nd size", "too large",
       [=] { return miopenSetTensorDescriptor(t, miopenFloat, 5, huge, nullptr); }},
      {"V2 desc", "tensorDesc is null",
       [=] { return miopenSetTensorDescriptorV2(kNone, miopenFloat, 2, bad_wide, nullptr); }},
      {"V2 null", "dimsA is null",
       [=] { return miopenSetTensorDescriptorV2(t, miopenFloat, 2, nullptr, nullptr); }},
      {"V2 length", "dimsA[1] is -1",
       [=] { return miopenSetTensorDescriptorV2(t, miopenFloat, 2, bad_wide, nullptr); }},
      {"layout desc", "tensorDesc is null",
       [=] {
         return miopenSetNdTensorDescriptorWithLayout(kNone, miopenFloat, miopenTensorNCHW, good,
                                                      4);
       }},
      {"layout type", "dataType 4",
       [=] {
         return miopenSetNdTensorDescriptorWithLayout(t, bad_type, miopenTensorNCHW, good, 4);
       }},
      {"layout unknown", "tensorLayout 9",
       [=] {
         return miopenSetNdTensorDescriptorWithLayout(
             t, miopenFloat, static_cast<miopenTensorLayout_t>(9), good, 4);
       }},
      {"layout vectorised", "tensorLayout 3",
       [=] {
         return miopenSetNdTensorDescriptorWithLayout(t, miopenFloat, miopenTensorNCHWc4, good, 4);
       }},
      {"layout dims", "num_lens is 5",
       [=] {
         return miopenSetNdTensorDescriptorWithLayout(t, miopenFloat, miopenTensorNCHW, good, 5);
       }},
      {"layout null", "lens is null",
       [=] {
         return miopenSetNdTensorDescriptorWithLayout(t, miopenFloat, miopenTensorNCHW, nullptr, 4);
       }},
      {"layout length", "lens[2] is 0",
       [=] {
         return miopenSetNdTensorDescriptorWithLayout(t, miopenFloat, miopenTensorNHWC, bad, 4);
       }},
      {"layout size", "lens makes the tensor too large",
       [=] {
         return miopenSetNdTensorDescriptorWithLayout(t, miopenFloat, miopenTensorNDHWC, huge, 5);
       }},
      {"get4d desc", "tensorDesc is null",
       [&] {
         int* const n = &number;
         return miopenGet4dTensorDescriptor(kNone, &type, n, n, n, n, n, n, n, n);
       }},
      {"get4d type", "dataType is null",
       [&] {
         int* const n = &number;
         return miopenGet4dTensorDescriptor(t, nullptr, n, n, n, n, n, n, n, n);
       }},
      {"get4d n", "n is null",
       [&] {
         int* const n = &number;
         return miopenGet4dTensorDescriptor(t, &type, nullptr, n, n, n, n, n, n, n);
       }},
      {"get4d wStride", "wStride is null",
       [&] {
         int* const n = &number;
         return miopenGet4dTensorDescriptor(t, &type, n, n, n, n, n, n, n, nullptr);
       }},
      {"size desc", "tensorDesc is null",
       [&] { return miopenGetTensorDescriptorSize(kNone, &number); }},
      {"size null", "size is null", [&] { return miopenGetTensorDescriptorSize(t, nullptr); }},
      {"get desc", "tensorDesc is null",
       [&] { return miopenGetTensorDescriptor(kNone, &type, &number, &number); }},
      {"bytes desc", "tensorDesc is null", [&] { return miopenGetTensorNumBytes(kNone, &bytes); }},
      {"bytes null", "numBytes is null", [&] { return miopenGetTensorNumBytes(t, nullptr); }},
  };
  for (const Row& row : rows) {
    expect_failure(row.what, miopenStatusBadParm, row.text, row.call);
    expect_tensor(miopenFloat, {2, 3, 4, 5}, {60, 20, 5, 1}, 480);
  }
}

TEST_F(TensorApi, GettersOfIntRefuseWhatDoesNotFit) {
  const std::array<std::size_t, 4> lengths{1, 1, 1, std::size_t{1} << 33};
  ASSERT_EQ(miopenSetTensorDescriptorV2(tensor_, miopenFloat, 4, lengths.data(), nullptr),
            miopenStatusSuccess);
  std::array<int, 4> values{7, 7, 7, 7};
  expect_failure("length", miopenStatusBadParm, "tensorDesc has a length of 8589934592", [&] {
    return miopenGetTensorDescriptor(tensor_, nullptr, values.data(), nullptr);
  });
  EXPECT_EQ(values, (std::array{7, 7, 7, 7}));
}

TEST_F(TensorApi, Get4dRefusesOtherRanks) {
  const std::array lengths{2, 3, 4};
  ASSERT_EQ(miopenSetTensorDescriptor(tensor_, miopenFloat, 3, lengths.data(), nullptr),
            miopenStatusSuccess);
  miopenDataType_t type{};
  int n = 0;
  expect_failure("rank", miopenStatusBadParm, "tensorDesc has 3 dimensions, not 4", [&] {
    return miopenGet4dTensorDescriptor(tensor_, &type, &n, &n, &n, &n, &n, &n, &n, &n);
  });
}

}  // namespace
