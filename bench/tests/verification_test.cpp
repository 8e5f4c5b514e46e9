#include "verification.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/driver_line.h"
#include "cpu_convolution.h"

namespace rdna1conv::bench {
namespace {

TEST(RmsRange, IsMiopensMetric) {
  const std::vector<float> a{1, 2, -4, 0}, b{1, 2.5, -4, 0};
  EXPECT_DOUBLE_EQ(rms_range(a, b), 0.5 / (2 * 4));
  EXPECT_EQ(rms_range(a, a), 0);
  EXPECT_EQ(rms_range(std::vector<float>{0, 0}, std::vector<float>{0, 0}), 0);
}

TEST(RmsRange, IsNotFiniteIfAnElementIsNot) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    EXPECT_TRUE(std::isnan(rms_range(std::vector<float>{1, bad}, std::vector<float>{1, 1})));
    EXPECT_TRUE(std::isnan(rms_range(std::vector<float>{1, bad}, std::vector<float>{1, bad})));
  }
}

TEST(RandomValues, FillTheRangeAndRepeat) {
  const std::vector<float> values = random_values(100000, 7);
  EXPECT_EQ(values, random_values(100000, 7));
  EXPECT_NE(values, random_values(100000, 8));
  double sum = 0;
  for (const float value : values) {
    ASSERT_GE(value, -1);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 100000, 0, 0.01);
}

// Small problems of every kind that the two references have to agree on; by hand they differ in
// nothing but the summation, so the metric stays near fp32's epsilon.
constexpr const char* kProblems[] = {
    "conv -n 2 -c 5 -H 9 -W 8 -k 7 -y 3 -x 3 -p 1 -q 1 -F 1",
    "conv -n 1 -c 16 -H 14 -W 14 -k 32 -y 1 -x 1 -u 2 -v 2 -F 1",
    "conv -n 1 -c 3 -H 23 -W 19 -k 8 -y 7 -x 5 -p 3 -q 2 -u 2 -v 3 -F 1",
    "conv -n 1 -c 6 -H 12 -W 11 -k 9 -y 3 -x 3 -p 2 -q 3 -l 2 -j 3 -g 3 -F 1",
    "conv -n 2 -c 8 -H 10 -W 10 -k 8 -y 5 -x 5 -p 2 -q 2 -g 8 -F 1",
    "conv -n 1 -c 4 -H 1 -W 40 -k 6 -y 1 -x 7 -p 0 -q 9 -j 3 -F 1",
    ("conv -n 1 -c 4 --in_d 5 -H 8 -W 7 -k 6 --fil_d 3 -y 3 -x 2 --pad_d 1 -p 1 -q 0 "
     "--conv_stride_d 2 -u 1 -v 2 --spatial_dim 3 -F 1"),
    "conv -n 2 -c 6 -H 5 -W 4 -k 8 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans -F 1",
    "conv -n 1 -c 4 -H 5 -W 6 -k 6 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -Y 1 -X 1 -m trans -F 1",
    "conv -n 1 -c 4 -H 5 -W 6 -k 6 -y 3 -x 2 -p 0 -q 0 -u 1 -v 3 -l 2 -m trans -g 2 -F 1",
};

class References : public testing::TestWithParam<const char*> {};

TEST_P(References, OneDnnAgreesWithDoublePrecision) {
  const ConvProblem problem = parse_driver_line(GetParam()).problem;
  const auto x = random_values(problem.n * problem.c * problem.in.volume(), 1);
  const FiveDims w_lengths = problem.w_lengths();
  const auto w = random_values(w_lengths[0] * w_lengths[1] * problem.filter.volume(), 2);
  const auto expected = double_precision_outputs(problem, x, w);
  // The element by element form has the same sums in another order.
  const auto by_element = double_precision_outputs(problem, x, w, sample_outputs(problem, 1e9));
  EXPECT_LT(rms_range(expected, by_element), 1e-8) << GetParam();
  const CpuResult cpu = run_on_cpu(problem, x, w);
  ASSERT_EQ(cpu.y.size(), expected.size());
  EXPECT_LT(rms_range(expected, cpu.y), kToleranceFp32 / 10) << GetParam();
  EXPECT_GT(cpu.seconds, 0);
  EXPECT_GE(cpu.runs, 3);
  EXPECT_EQ(cpu.implementation.find("wino"), std::string::npos) << cpu.implementation;
}

INSTANTIATE_TEST_SUITE_P(Problems, References, testing::ValuesIn(kProblems));

TEST(DoublePrecision, ComputesTheDefinition) {
  // x = [1 2 3], w = [10 1]: correlation, padded by one.
  const ConvProblem conv =
      parse_driver_line("conv -n 1 -c 1 -H 1 -W 3 -k 1 -y 1 -x 2 -q 1 -F 1").problem;
  const std::vector<float> x{1, 2, 3}, w{10, 1};
  EXPECT_EQ(double_precision_outputs(conv, x, w), (std::vector<float>{1, 12, 23, 30}));
  // Transposed by stride 2: every input lays its filter down.
  const ConvProblem transposed =
      parse_driver_line("conv -n 1 -c 1 -H 1 -W 3 -k 1 -y 1 -x 2 -v 2 -m trans -F 1").problem;
  EXPECT_EQ(double_precision_outputs(transposed, x, w), (std::vector<float>{10, 1, 20, 2, 30, 3}));
}

TEST(SampleOutputs, StayWithinTheWorkAndTheTensor) {
  const ConvProblem problem =
      parse_driver_line("conv -n 2 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1").problem;
  const std::int64_t total = std::int64_t{2} * 64 * 56 * 56;
  const auto all = sample_outputs(problem, 1e12);
  ASSERT_EQ(static_cast<std::int64_t>(all.size()), total);
  const auto some = sample_outputs(problem, 576 * 1000);
  ASSERT_EQ(some.size(), 1000u);
  EXPECT_EQ(some.front(), 0);
  EXPECT_EQ(some.back(), total - 1);
  EXPECT_TRUE(std::ranges::is_sorted(some));
  std::set<std::int64_t> columns;
  for (const std::int64_t offset : some) columns.insert(offset % 56);
  EXPECT_EQ(columns.size(), 56u) << "a sample must not keep to some columns";
  EXPECT_EQ(sample_outputs(problem, 0).size(), 2u);
}

}  // namespace
}  // namespace rdna1conv::bench
