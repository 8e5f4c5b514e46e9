#include <set>

#include "device_fixture.h"
#include "expect_failure.h"

namespace {

TEST(Immediate, SolutionsAreSortedAndKnowTheirWorkspace) {
  Convolution conv{Shape{}};
  const auto solutions = conv.solutions();
  ASSERT_FALSE(solutions.empty());
  ASSERT_LE(solutions.size(), 10u);
  std::set<std::uint64_t> ids;
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    EXPECT_TRUE(ids.insert(solutions[i].solution_id).second);
    EXPECT_GT(solutions[i].time, 0);
    if (i > 0) {
      EXPECT_GE(solutions[i].time, solutions[i - 1].time);
    }
    std::size_t bytes = 1;
    EXPECT_EQ(miopenConvolutionForwardGetSolutionWorkspaceSize(
                  conv.handle, conv.w_desc, conv.x_desc, conv.conv_desc, conv.y_desc,
                  solutions[i].solution_id, &bytes),
              miopenStatusSuccess);
    EXPECT_EQ(bytes, solutions[i].workspace_size);
    EXPECT_EQ(miopenConvolutionForwardCompileSolution(conv.handle, conv.w_desc, conv.x_desc,
                                                      conv.conv_desc, conv.y_desc,
                                                      solutions[i].solution_id),
              miopenStatusSuccess);
  }
  EXPECT_TRUE(ids.contains(1)) << "the reference does every problem";
}

TEST(Immediate, ReturnsNoMoreThanAskedFor) {
  Convolution conv{Shape{}};
  miopenConvSolution_t solutions[2] = {};
  solutions[1].solution_id = 77;
  std::size_t count = 0;
  EXPECT_EQ(miopenConvolutionForwardGetSolution(conv.handle, conv.w_desc, conv.x_desc,
                                                conv.conv_desc, conv.y_desc, 1, &count, solutions),
            miopenStatusSuccess);
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(solutions[0].solution_id, conv.solutions()[0].solution_id);
  EXPECT_EQ(solutions[1].solution_id, 77u);
}

TEST(Immediate, TooLittleWorkspaceIsRefused) {
  Convolution conv{Shape{.c = 16, .h = 12, .w = 12, .k = 16}};
  for (const auto& solution : conv.solutions()) {
    if (solution.workspace_size == 0) continue;
    const std::string id = "solution_id " + std::to_string(solution.solution_id);
    conv.poison_y();
    expect_failure(id, miopenStatusBadParm, id + " needs", [&] {
      return conv.immediate(solution.solution_id, conv.workspace_buffer.get(),
                            solution.workspace_size - 1);
    });
    expect_failure(id, miopenStatusBadParm, id + " needs", [&] {
      return conv.immediate(solution.solution_id, nullptr, solution.workspace_size);
    });
    conv.expect_untouched(id);
  }
}

}  // namespace
