#include <algorithm>
#include <set>

#include "device_fixture.h"
#include "expect_failure.h"

namespace {

void expect_sorted_and_distinct(const std::vector<miopenConvAlgoPerf_t>& results) {
  std::set<int> algorithms;
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_TRUE(algorithms.insert(results[i].fwd_algo).second) << results[i].fwd_algo;
    EXPECT_GT(results[i].time, 0);
    if (i > 0) {
      EXPECT_GE(results[i].time, results[i - 1].time);
    }
  }
}

TEST(Find, BestOfEachAlgorithmInOrderOfTime) {
  Convolution conv{Shape{}};
  const auto results = conv.find(10, false, conv.workspace_bytes());
  expect_sorted_and_distinct(results);
  for (const auto& result : results) {
    conv.algo = result.fwd_algo;
    conv.poison_y();
    ASSERT_EQ(conv.forward(conv.workspace_buffer.get(), result.memory), miopenStatusSuccess);
    conv.expect_correct("algorithm " + std::to_string(result.fwd_algo));
  }
}

TEST(Find, ReturnsNoMoreThanAskedFor) {
  Convolution conv{Shape{}};
  EXPECT_EQ(conv.find(1, false, conv.workspace_bytes()).size(), 1u);
}

TEST(Find, WithoutWorkspaceReturnsWhatNeedsNone) {
  Convolution conv{Shape{}};
  testing::internal::CaptureStderr();
  const auto results = conv.find(10, false, 0);
  const std::string log = testing::internal::GetCapturedStderr();
  for (const auto& result : results) EXPECT_EQ(result.memory, 0u);
  // Each solver that was passed over for it is named.
  const auto solutions = conv.solutions();
  const bool some_need_workspace =
      std::any_of(solutions.begin(), solutions.end(),
                  [](const miopenConvSolution_t& s) { return s.workspace_size > 0; });
  EXPECT_EQ(log.find("Warning [IsEnoughWorkspace]") != std::string::npos, some_need_workspace)
      << log;
}

TEST(Find, ExhaustiveSearchGivesCorrectResultsToo) {
  Convolution conv{Shape{}};
  expect_sorted_and_distinct(conv.find(10, true, conv.workspace_bytes()));
  conv.poison_y();
  ASSERT_EQ(conv.forward(conv.workspace_buffer.get(), conv.workspace_bytes()), miopenStatusSuccess);
  conv.expect_correct("after exhaustive search");
}

TEST(Find, FastModeDoesNotRun) {
  Convolution conv{Shape{}};
  ASSERT_EQ(miopenSetConvolutionFindMode(conv.conv_desc, miopenConvolutionFindModeFast),
            miopenStatusSuccess);
  conv.poison_y();
  expect_sorted_and_distinct(conv.find(10, false, conv.workspace_bytes()));
  conv.expect_untouched("fast mode");
}

TEST(Find, DeterministicProblemsKeepTheirOwnPlans) {
  Convolution conv{Shape{}};
  ASSERT_EQ(
      miopenSetConvolutionAttribute(conv.conv_desc, MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, 1),
      miopenStatusSuccess);
  conv.find(10, false, conv.workspace_bytes());
  std::vector<float> first;
  for (int i = 0; i < 3; ++i) {
    conv.poison_y();
    ASSERT_EQ(conv.forward(conv.workspace_buffer.get(), conv.workspace_bytes()),
              miopenStatusSuccess);
    const std::vector<float> y = conv.y_buffer.download();
    if (i == 0) first = y;
    EXPECT_EQ(y, first) << "run " << i;
  }
}

}  // namespace
