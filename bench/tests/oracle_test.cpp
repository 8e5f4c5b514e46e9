#include "bench/oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "bench/cpu_convolution.h"
#include "core/driver_line.h"

namespace rdna1conv::bench {
namespace {

constexpr const char* kLine = "conv -n 2 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1";
constexpr double kTolerance = 1.5e-6;

TEST(Oracle, SeesOfASampleWhatIsNotFiniteAnywhere) {
  const Oracle oracle{{0, 3}, {1, 4}};
  EXPECT_EQ(oracle.error_of({1, 2, 3, 4}), 0);
  EXPECT_EQ(oracle.error_of({1, 9, 9, 4}), 0);  // not in the sample
  EXPECT_NEAR(oracle.error_of({2, 2, 3, 4}), 1 / (std::sqrt(2.0) * 4), 1e-12);
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    EXPECT_TRUE(std::isnan(oracle.error_of({1, bad, 3, 4})));
  }
}

TEST(Oracle, OfASmallLayerIsEveryOutputInDoublePrecision) {
  const ConvCase c = make_case(parse_driver_line(kLine).problem);
  const Oracle oracle = make_oracle(c, std::vector<double>(c.sums.size(), 1e9), kTolerance);
  EXPECT_TRUE(oracle.sample.empty());
  EXPECT_EQ(oracle.values, c.sums);
}

// 30 GFLOP, with few outputs.
TEST(Oracle, OfALargeLayerIsACpuResultThatIsNearASample) {
  const ConvProblem problem =
      parse_driver_line("conv -n 1 -c 4096 -H 30 -W 30 -k 512 -y 3 -x 3 -p 1 -q 1 -F 1").problem;
  const ConvCase inputs = draw_inputs(problem);
  const Oracle sample = make_oracle(inputs, {}, kTolerance);
  ASSERT_FALSE(sample.sample.empty());
  std::vector<double> near(static_cast<std::size_t>(inputs.output().count()), 0.5);
  for (std::size_t i = 0; i < sample.sample.size(); ++i) near[sample.sample[i]] = sample.values[i];
  EXPECT_EQ(make_oracle(inputs, near, kTolerance).values, near);
  for (double& value : near) value *= 1.001;
  EXPECT_EQ(make_oracle(inputs, near, kTolerance).sample, sample.sample);
}

TEST(SampleOutputs, StayWithinTheWorkAndTheTensor) {
  ConvProblem problem = parse_driver_line(kLine).problem;
  const std::int64_t total = std::int64_t{2} * 64 * 56 * 56;
  ASSERT_EQ(static_cast<std::int64_t>(sample_outputs(problem, 1e12).size()), total);
  const auto some = sample_outputs(problem, 576 * 1000);
  ASSERT_EQ(some.size(), 1000u);
  EXPECT_EQ(some.front(), 0);
  EXPECT_EQ(some.back(), total - 1);
  EXPECT_TRUE(std::ranges::is_sorted(some));
  std::set<std::int64_t> columns;
  for (const std::int64_t index : some) columns.insert(index % 56);
  EXPECT_EQ(columns.size(), 56u) << "a sample must not keep to some columns";
  EXPECT_EQ(sample_outputs(problem, 0).size(), 2u);
  problem.direction = Direction::kBackwardWeights;
  EXPECT_EQ(sample_outputs(problem, 2.0 * 56 * 56 * 10).size(), 10u);
}

TEST(RunOnCpu, TimesEveryDirectionInFp32) {
  for (const char* line :
       {"conv -n 2 -c 6 -H 9 -W 8 -k 4 -y 3 -x 3 -p 1 -q 1 -g 2",
        "convfp16 -n 2 -c 6 -H 9 -W 8 -k 4 -y 3 -x 3 -p 1 -q 1",
        "conv -n 2 -c 6 -H 5 -W 4 -k 8 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans"}) {
    ConvProblem problem = parse_driver_line(line).problem;
    for (const Direction direction :
         {Direction::kForward, Direction::kBackwardData, Direction::kBackwardWeights}) {
      problem.direction = direction;
      const ConvCase c = make_case(problem);
      const std::optional<CpuResult> cpu = run_on_cpu(problem, c);
      ASSERT_TRUE(cpu) << to_driver_line(problem);
      EXPECT_LT((Oracle{{}, c.sums}.error_of(cpu->values)), kTolerance / 5)
          << to_driver_line(problem);
      EXPECT_GT(cpu->seconds, 0);
      EXPECT_GE(cpu->runs, 3);
      EXPECT_EQ(cpu->implementation.find("wino"), std::string::npos) << cpu->implementation;
    }
  }
}

}  // namespace
}  // namespace rdna1conv::bench
