// Adam in place, with what the card knows alone: steps that it counts, a scaled fp16 gradient, and
// a step that is left out because something in the gradient was infinite.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <cmath>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include "operators/cases.h"

namespace rdna1conv {
namespace {

using Descriptor = client::TensorDescriptor;

GuardedTensor row(DataType type, const std::vector<float>& values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{type, {1, 1, 1, 1, count}, {count, count, count, count, 1}},
          GuardedTensor::Use::kWrite,
          values};
}

TEST(Adam, CountsStepsOnTheCard) {
  const client::MiopenHandle handle;
  constexpr int kCount = 37, kScale = 64;
  const std::vector<float> first = case_values(DataType::kFloat, kCount, 1, -1, 1),
                           gradient = case_values(DataType::kHalf, kCount, 2, -8, 8);
  const GuardedTensor values = row(DataType::kFloat, first),
                      gradients = row(DataType::kHalf, gradient),
                      mean = row(DataType::kFloat, std::vector<float>(kCount, 0)),
                      square = row(DataType::kFloat, std::vector<float>(kCount, 0)),
                      steps = row(DataType::kInt32, {0}), scale = row(DataType::kInt32, {kScale}),
                      infinity = row(DataType::kInt32, {1}), none = row(DataType::kInt32, {0});
  const Descriptor floats(miopenFloat, {kCount}), halves(miopenHalf, {kCount}),
      one(miopenInt32, {1});
  const auto step = [&](const GuardedTensor& found) {
    ASSERT_EQ(miopenFusedAdam(handle, floats, values.address(), halves, gradients.address(), floats,
                              mean.address(), floats, square.address(), nullptr, nullptr, one,
                              steps.address(), 0, 0.01f, 0.9f, 0.999f, 0, 1e-8f, false, false,
                              false, one, scale.address(), one, found.address()),
              miopenStatusSuccess)
        << rdna1convLastErrorText();
    ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  };
  step(infinity);
  EXPECT_TRUE(values.is_unchanged());
  EXPECT_EQ(steps.stored_values()[0], 0);
  std::vector<double> v(first.begin(), first.end()), m(kCount), s(kCount);
  for (int number = 1; number <= 3; ++number) {
    step(none);
    EXPECT_EQ(steps.stored_values()[0], number);
    const std::vector<double> stored = values.stored_values();
    for (std::size_t i = 0; i < v.size(); ++i) {
      const double g = double{gradient[i]} / kScale;
      m[i] = 0.9 * m[i] + 0.1 * g;
      s[i] = 0.999 * s[i] + 0.001 * g * g;
      v[i] -= 0.01 / (1 - std::pow(0.9, number)) * m[i] /
              (std::sqrt(s[i] / (1 - std::pow(0.999, number))) + 1e-8);
      EXPECT_NEAR(stored[i], v[i], 1e-6) << "step " << number << ", element " << i;
    }
  }
}

}  // namespace
}  // namespace rdna1conv
