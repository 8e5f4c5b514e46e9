// miopenConvolutionForwardBias and miopenConvolutionBackwardBias: every type, rank and placement,
// and each argument wrong in each way.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <functional>
#include <limits>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "core/element_types.h"
#include "element_type.h"
#include "expect_failure.h"
#include "guarded_tensor.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

enum class Place { kChannelsFirst, kChannelsLast, kPadded };

struct Row {
  std::vector<int> lengths;  // of y
  Place place = Place::kChannelsFirst;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  for (const int length : row.lengths) out << length << ' ';
  return out << "place " << static_cast<int>(row.place);
}

std::vector<int> strides_of(const Row& row) {
  const std::size_t rank = row.lengths.size();
  std::vector<std::size_t> order;  // innermost first
  if (row.place == Place::kChannelsLast) order.push_back(1);
  for (std::size_t i = rank; i-- > 2;) order.push_back(i);
  if (row.place != Place::kChannelsLast) order.push_back(1);
  order.push_back(0);
  std::vector<int> strides(rank);
  int next = 1;
  for (const std::size_t i : order) {
    strides[i] = next;
    next = next * row.lengths[i] + (row.place == Place::kPadded ? static_cast<int>(i) + 1 : 0);
  }
  return strides;
}

StridedTensor five_dims(DataType type, const std::vector<int>& lengths,
                        const std::vector<int>& strides) {
  StridedTensor tensor{type, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}};
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::size_t at = i < 2 ? i : i + 5 - lengths.size();
    tensor.lengths[at] = lengths[i];
    tensor.strides[at] = strides[i];
  }
  return tensor;
}

std::vector<float> values(DataType type, std::int64_t count, int salt) {
  std::vector<float> all(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto digits =
        static_cast<std::uint32_t>(i * 2654435761u + static_cast<std::size_t>(salt));
    all[i] = static_cast<float>(
        rounded(type, static_cast<double>(digits >> 8 & 0xffff) / 65536.0 - 0.25));
  }
  return all;
}

class Bias : public testing::Test {
 protected:
  Bias() {
    EXPECT_EQ(miopenCreate(&handle_), miopenStatusSuccess);
    EXPECT_EQ(miopenCreateTensorDescriptor(&y_), miopenStatusSuccess);
    EXPECT_EQ(miopenCreateTensorDescriptor(&b_), miopenStatusSuccess);
  }
  ~Bias() override {
    miopenDestroyTensorDescriptor(b_);
    miopenDestroyTensorDescriptor(y_);
    miopenDestroy(handle_);
  }

  void describe(DataType type, const Row& row) {
    std::vector<int> lengths = row.lengths, strides = strides_of(row);
    const auto api_type = static_cast<miopenDataType_t>(type);
    const int rank = static_cast<int>(lengths.size());
    ASSERT_EQ(miopenSetTensorDescriptor(y_, api_type, rank, lengths.data(), strides.data()),
              miopenStatusSuccess);
    std::vector<int> bias_lengths(lengths.size(), 1);
    bias_lengths[1] = lengths[1];
    ASSERT_EQ(miopenSetTensorDescriptor(b_, api_type, rank, bias_lengths.data(), nullptr),
              miopenStatusSuccess);
  }

  miopenHandle_t handle_ = nullptr;
  miopenTensorDescriptor_t y_ = nullptr, b_ = nullptr;
};

class BiasKinds : public Bias, public testing::WithParamInterface<Row> {};
INSTANTIATE_TEST_SUITE_P(Shapes, BiasKinds,
                         testing::ValuesIn(std::vector<Row>{
                             {{1, 1, 1, 1}},
                             {{2, 5, 7, 9}},
                             {{2, 5, 7, 9}, Place::kChannelsLast},
                             {{2, 5, 7, 9}, Place::kPadded},
                             {{3, 40, 1, 1}},
                             {{3, 40, 5, 5}, Place::kChannelsLast},
                             {{1, 3, 70, 80}},  // more pixels than work items
                             {{2, 37, 33, 41},
                              Place::kChannelsLast},  // channels beyond a workgroup's
                             {{4, 6, 17}},
                             {{4, 6, 17}, Place::kPadded},
                             {{2, 3, 4, 5, 6}},
                             {{2, 3, 4, 5, 6}, Place::kChannelsLast},
                             {{2, 3, 4, 5, 6}, Place::kPadded},
                         }));

TEST_P(BiasKinds, Forward) {
  for (const ElementTypes& types : float_types()) {
    const DataType type = types.in;
    SCOPED_TRACE(name_of(type));
    describe(type, GetParam());
    const StridedTensor tensor = five_dims(type, GetParam().lengths, strides_of(GetParam()));
    const std::int64_t channels = tensor.lengths[1];
    const std::vector<float> before = values(type, tensor.count(), 1),
                             bias = values(type, channels, 7);
    const GuardedTensor b({type, {1, 1, 1, 1, channels}, {1, 1, 1, 1, 1}},
                          GuardedTensor::Use::kRead, bias);
    for (const float beta : {1.0f, 0.0f, -0.5f}) {
      const float alpha = beta == 1.0f ? 1.0f : 1.5f;
      // With beta 0 what y holds is not read: it is NaN.
      const GuardedTensor y(tensor, GuardedTensor::Use::kWrite,
                            beta == 0 ? std::vector<float>() : before);
      ASSERT_EQ(
          miopenConvolutionForwardBias(handle_, &alpha, b_, b.address(), &beta, y_, y.address()),
          miopenStatusSuccess)
          << rdna1convLastErrorText();
      ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
      std::vector<double> expected(before.size());
      const auto pixels =
          static_cast<std::size_t>(tensor.lengths[2] * tensor.lengths[3] * tensor.lengths[4]);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::size_t channel = i / pixels % static_cast<std::size_t>(channels);
        expected[i] = double{alpha} * bias[channel] + (beta == 0 ? 0 : double{beta} * before[i]);
      }
      const auto fault = fault_of(y.stored_values(), expected, tolerance_of(type));
      EXPECT_FALSE(fault) << "beta " << beta << ": " << *fault;
    }
    EXPECT_TRUE(b.is_unchanged());
  }
}

TEST_P(BiasKinds, Backward) {
  for (const ElementTypes& types : float_types()) {
    const DataType type = types.in;
    SCOPED_TRACE(name_of(type));
    describe(type, GetParam());
    const StridedTensor tensor = five_dims(type, GetParam().lengths, strides_of(GetParam()));
    const std::int64_t channels = tensor.lengths[1];
    const std::vector<float> gradient = values(type, tensor.count(), 3);
    std::vector<double> expected(static_cast<std::size_t>(channels));
    const auto pixels =
        static_cast<std::size_t>(tensor.lengths[2] * tensor.lengths[3] * tensor.lengths[4]);
    for (std::size_t i = 0; i < gradient.size(); ++i)
      expected[i / pixels % expected.size()] += double{gradient[i]};
    const GuardedTensor dy(tensor, GuardedTensor::Use::kRead, gradient);
    const float one = 1, zero = 0;
    std::vector<double> first;
    for (int run = 0; run < 2; ++run) {
      const GuardedTensor db({type, {1, 1, 1, 1, channels}, {1, 1, 1, 1, 1}},
                             GuardedTensor::Use::kWrite, {});
      ASSERT_EQ(
          miopenConvolutionBackwardBias(handle_, &one, y_, dy.address(), &zero, b_, db.address()),
          miopenStatusSuccess)
          << rdna1convLastErrorText();
      ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
      const std::vector<double> result = db.stored_values();
      const auto fault = fault_of(result, expected, tolerance_of(type));
      EXPECT_FALSE(fault) << *fault;
      if (run == 0) first = result;
      EXPECT_EQ(result, first) << "two runs differ";
    }
    EXPECT_TRUE(dy.is_unchanged());
  }
}

struct Call {
  miopenHandle_t handle;
  const void* alpha;
  miopenTensorDescriptor_t y_desc;
  void* y;
  const void* beta;
  miopenTensorDescriptor_t b_desc;
  void* b;
};

TEST_F(Bias, RefusesEachArgumentThatIsWrong) {
  describe(DataType::kFloat, {{2, 5, 7, 9}});
  const StridedTensor tensor = five_dims(DataType::kFloat, {2, 5, 7, 9}, {315, 63, 9, 1});
  const GuardedTensor y(tensor, GuardedTensor::Use::kWrite, values(DataType::kFloat, 630, 1));
  const GuardedTensor b({DataType::kFloat, {1, 5, 1, 1, 1}, {5, 1, 1, 1, 1}},
                        GuardedTensor::Use::kWrite, values(DataType::kFloat, 5, 1));
  miopenTensorDescriptor_t other = nullptr;
  ASSERT_EQ(miopenCreateTensorDescriptor(&other), miopenStatusSuccess);
  const auto set_other = [&](miopenDataType_t type, std::vector<int> lengths) {
    return miopenSetTensorDescriptor(other, type, static_cast<int>(lengths.size()), lengths.data(),
                                     nullptr);
  };
  static const float kOne = 1, kZero = 0;
  std::vector<float> on_host(630);

  struct Spoiled {
    const char* what;
    miopenStatus_t status;
    const char* text[2];  // forward, backward; null where the call is not refused
    std::function<void(Call&)> spoil;
  };
  const Spoiled rows[] = {
      {"no handle",
       miopenStatusBadParm,
       {"handle is null", "handle is null"},
       [](Call& c) { c.handle = nullptr; }},
      {"no alpha",
       miopenStatusBadParm,
       {"alpha is null", "alpha is null"},
       [](Call& c) { c.alpha = nullptr; }},
      {"no beta",
       miopenStatusBadParm,
       {"beta is null", "beta is null"},
       [](Call& c) { c.beta = nullptr; }},
      {"no descriptor of y",
       miopenStatusBadParm,
       {"yDesc is null", "dyDesc is null"},
       [](Call& c) { c.y_desc = nullptr; }},
      {"no descriptor of b",
       miopenStatusBadParm,
       {"bDesc is null", "dbDesc is null"},
       [](Call& c) { c.b_desc = nullptr; }},
      {"no y", miopenStatusBadParm, {"y is null", "dy is null"}, [](Call& c) { c.y = nullptr; }},
      {"no b", miopenStatusBadParm, {"b is null", "db is null"}, [](Call& c) { c.b = nullptr; }},
      {"misaligned y",
       miopenStatusBadParm,
       {"y is not aligned to its elements", "dy is not aligned to its elements"},
       [](Call& c) { c.y = static_cast<char*>(c.y) + 2; }},
      {"y on the host", miopenStatusBadParm, {"y ", "dy "}, [&](Call& c) { c.y = on_host.data(); }},
      {"b on the host", miopenStatusBadParm, {"b ", "db "}, [&](Call& c) { c.b = on_host.data(); }},
      {"too few channels",
       miopenStatusBadParm,
       {"bDesc is [1, 4, 1, 1]", "dbDesc is [1, 4, 1, 1]"},
       [&](Call& c) {
         set_other(miopenFloat, {1, 4, 1, 1});
         c.b_desc = other;
       }},
      {"bias for each pixel",
       miopenStatusBadParm,
       {"bDesc is [1, 5, 7, 9]", "dbDesc is [1, 5, 7, 9]"},
       [&](Call& c) {
         set_other(miopenFloat, {1, 5, 7, 9});
         c.b_desc = other;
       }},
      {"other rank",
       miopenStatusBadParm,
       {"bDesc is [1, 5, 1]", "dbDesc is [1, 5, 1]"},
       [&](Call& c) {
         set_other(miopenFloat, {1, 5, 1});
         c.b_desc = other;
       }},
      {"other type",
       miopenStatusBadParm,
       {"bDesc is fp16", "dbDesc is fp16"},
       [&](Call& c) {
         set_other(miopenHalf, {1, 5, 1, 1});
         c.b_desc = other;
       }},
      {"two dimensions",
       miopenStatusBadParm,
       {"yDesc has 2 dimensions", "dyDesc has 2 dimensions"},
       [&](Call& c) {
         set_other(miopenFloat, {2, 5});
         c.y_desc = c.b_desc = other;
       }},
      {"int32",
       miopenStatusNotImplemented,
       {"tensors are int32", "tensors are int32"},
       [&](Call& c) {
         set_other(miopenInt32, {1, 5, 1, 1});
         c.y_desc = c.b_desc = other;
       }},
  };
  for (const Spoiled& row : rows) {
    for (const bool backward : {false, true}) {
      if (row.text[backward] == nullptr) continue;
      Call call{handle_, &kOne, y_, y.address(), &kZero, b_, b.address()};
      row.spoil(call);
      expect_failure(row.what, row.status, row.text[backward], [&] {
        return backward ? miopenConvolutionBackwardBias(call.handle, call.alpha, call.y_desc,
                                                        call.y, call.beta, call.b_desc, call.b)
                        : miopenConvolutionForwardBias(call.handle, call.alpha, call.b_desc, call.b,
                                                       call.beta, call.y_desc, call.y);
      });
    }
  }
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_TRUE(y.is_unchanged());
  EXPECT_TRUE(b.is_unchanged());
  miopenDestroyTensorDescriptor(other);
}

}  // namespace
}  // namespace rdna1conv
