// Find's modes and what later calls take from it.
#include <algorithm>

#include "api_convolution.h"
#include "expect_failure.h"

namespace rdna1conv {
namespace {

class Find : public testing::TestWithParam<const char*> {
 protected:
  static std::string line() {
    return std::string("conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F ") + GetParam();
  }
  ApiConvolution conv_{line()};

  void set_mode(miopenConvolutionFindMode_t mode) {
    EXPECT_EQ(miopenSetConvolutionFindMode(conv_.descriptor(), mode), miopenStatusSuccess);
  }
};
INSTANTIATE_TEST_SUITE_P(Directions, Find, testing::Values("1", "2", "4"));

TEST_P(Find, WithoutWorkspaceReturnsWhatNeedsNone) {
  CallArguments a = conv_.arguments();
  a.workspace = nullptr;
  a.workspace_bytes = 0;
  for (const auto& result : conv_.find(a)) EXPECT_EQ(result.memory, 0u);
}

TEST_P(Find, ExhaustiveSearchGivesCorrectResultsToo) {
  CallArguments a = conv_.arguments();
  a.exhaustive = true;
  conv_.find(a);
  EXPECT_TRUE(conv_.is_correct());
  conv_.reset_output();
  EXPECT_EQ(conv_.call(kRun, conv_.arguments()), miopenStatusSuccess);
  EXPECT_TRUE(conv_.is_correct());
}

TEST_P(Find, FastModeDoesNotRun) {
  set_mode(miopenConvolutionFindModeFast);
  EXPECT_FALSE(conv_.find(conv_.arguments()).empty());
  EXPECT_TRUE(conv_.is_untouched());
}

// The hybrid modes measure what is new and remember it; normal mode always measures.
TEST_P(Find, HybridModesMeasureOnce) {
  for (const auto mode : {miopenConvolutionFindModeHybrid, miopenConvolutionFindModeDynamicHybrid,
                          miopenConvolutionFindModeTrustVerify}) {
    ApiConvolution conv(line());
    EXPECT_EQ(miopenSetConvolutionFindMode(conv.descriptor(), mode), miopenStatusSuccess);
    const auto first = conv.find(conv.arguments());
    EXPECT_TRUE(conv.is_correct()) << "measuring overwrites the output";
    conv.reset_output();
    const auto second = conv.find(conv.arguments());
    EXPECT_TRUE(conv.is_untouched());
    ASSERT_FALSE(second.empty());
    EXPECT_EQ(second[0].time, first[0].time);
    EXPECT_EQ(miopenSetConvolutionFindMode(conv.descriptor(), miopenConvolutionFindModeNormal),
              miopenStatusSuccess);
    conv.find(conv.arguments());
    EXPECT_TRUE(conv.is_correct());
  }
}

// An exhaustive Find wants more than a plain one has left behind.
TEST_P(Find, ExhaustiveFindFollowsAPlainOne) {
  set_mode(miopenConvolutionFindModeHybrid);
  conv_.find(conv_.arguments());
  conv_.reset_output();
  CallArguments a = conv_.arguments();
  a.exhaustive = true;
  conv_.find(a);
  EXPECT_TRUE(conv_.is_correct());
}

TEST_P(Find, WorkspaceIsOfAllSolversOrOfTheOneThatRuns) {
  const auto bytes = [&] {
    CallArguments a = conv_.arguments();
    EXPECT_EQ(conv_.call(kGetWorkSpaceSize, a), miopenStatusSuccess);
    return *a.size;
  };
  const auto solutions = conv_.solutions(conv_.arguments());
  const std::size_t largest =
      std::max_element(solutions.begin(), solutions.end(), [](const auto& a, const auto& b) {
        return a.workspace_size < b.workspace_size;
      })->workspace_size;
  set_mode(miopenConvolutionFindModeNormal);
  EXPECT_EQ(bytes(), largest);
  set_mode(miopenConvolutionFindModeFast);
  EXPECT_EQ(bytes(), solutions[0].workspace_size);
  set_mode(miopenConvolutionFindModeHybrid);
  EXPECT_EQ(bytes(), largest) << "Find will measure";
  const auto results = conv_.find(conv_.arguments());
  EXPECT_EQ(bytes(), results[0].memory) << "Find will not measure again";
}

// Solvers that were not timed, for want of workspace or of a chance, keep a comparable time.
TEST_P(Find, SolutionsAfterFindAreSortedToo) {
  for (const bool has_workspace : {true, false}) {
    ApiConvolution conv(line());
    const std::size_t before = conv.solutions(conv.arguments()).size();
    CallArguments a = conv.arguments();
    if (!has_workspace) a.workspace = nullptr;
    conv.find(a);
    const auto solutions = conv.solutions(conv.arguments());
    EXPECT_EQ(solutions.size(), before);
    for (std::size_t i = 1; i < solutions.size(); ++i) {
      EXPECT_GE(solutions[i].time, solutions[i - 1].time);
    }
  }
}

TEST_P(Find, DeterministicProblemsKeepTheirOwnPlans) {
  ASSERT_EQ(
      miopenSetConvolutionAttribute(conv_.descriptor(), MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, 1),
      miopenStatusSuccess);
  conv_.find(conv_.arguments());
  std::vector<double> first;
  for (int i = 0; i < 3; ++i) {
    conv_.reset_output();
    ASSERT_EQ(conv_.call(kRun, conv_.arguments()), miopenStatusSuccess);
    EXPECT_TRUE(conv_.is_correct());
    if (i == 0) first = conv_.output();
    EXPECT_EQ(conv_.output(), first) << "run " << i;
  }
}

}  // namespace
}  // namespace rdna1conv
