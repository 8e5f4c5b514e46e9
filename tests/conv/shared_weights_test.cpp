// The gradient of filters through LDS, at the edges of its tiles: in channels,
// pixels of a step and taps; in both layouts, with and without splits.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "core/driver_line.h"
#include "plan_check.h"
#include "shapes.h"
#include "solvers/shared_weights.h"

namespace rdna1conv::shared_weights {
namespace {

ConvProblem gradient_of(const Shape& shape, Layout layout) {
  ConvProblem problem = problem_of(shape);
  problem.direction = Direction::kBackwardWeights;
  set_packed(problem, layout);
  return problem;
}

const SolverRow& solver_of_table() {
  return *find_solver(std::string_view("SharedTilesBwdWeights"));
}
TEST(SharedWeightsEdges, AreExact) {
  const SolverRow& solver = solver_of_table();
  bool some_split = false, some_whole = false;
  // n, c, h, w, k, r, s, pad, stride, dilation, groups
  for (const Shape& shape : {
           Shape{1, 64, 1, 1, 32, 1, 1},                        // a single pixel
           Shape{1, 128, 4, 8, 128, 1, 1},                      // a workgroup, a step
           Shape{1, 129, 3, 11, 129, 1, 1},                     // one more
           Shape{1, 257, 1, 31, 65, 1, 1},                      // of the other tile; one less
           Shape{37, 65, 1, 1, 33, 1, 1},                       // an image a pixel
           Shape{3, 64, 7, 7, 32, 3, 3, 1, 1, 2, 2},            // strided
           Shape{2, 64, 30, 40, 32, 1, 1},                      // splits
           Shape{1, 66, 9, 8, 47, 3, 3, 2, 2, 1, 1, 2, 2},      // dilated
           Shape{1, 64, 2, 3, 32, 3, 5, 4, 5},                  // mostly padding
           Shape{2, 192, 6, 5, 96, 3, 3, 1, 1, 2, 1, 1, 1, 3},  // groups
       }) {
    for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
      ConvProblem problem = gradient_of(shape, layout);
      for (const bool scaled : {false, true}) {
        problem.epilogue.scaled = scaled;
        ASSERT_FALSE(refusal(problem, test_device_facts())) << shape;
        const PlanChecker checker(problem, Values::kIntegers);
        for (const Instance& instance : instances(problem, test_device_facts())) {
          const Plan plan = plan_of(solver, problem, instance);
          (plan.launches.size() > 1 ? some_split : some_whole) = true;
          EXPECT_TRUE(checker.check(solver, plan));
        }
      }
    }
  }
  EXPECT_TRUE(some_split) << "no sums of splits";
  EXPECT_TRUE(some_whole);
}

TEST(SharedWeightsEdges, RepeatBitForBit) {
  const SolverRow& solver = solver_of_table();
  const ConvProblem problem = gradient_of(Shape{2, 64, 30, 30, 40, 1, 1}, Layout::kNchw);
  const PlanChecker checker(problem);
  for (const Instance& instance : instances(problem, test_device_facts()))
    EXPECT_TRUE(checker.check_repeats(solver, plan_of(solver, problem, instance)));
}

struct Refusal {
  const char* line;
  const char* words;
};
class SharedWeightsRefusal : public testing::TestWithParam<Refusal> {};
INSTANTIATE_TEST_SUITE_P(
    Rows, SharedWeightsRefusal,
    testing::Values(
        Refusal{"conv -n 1 -c 64 -H 9 -W 9 -k 64 -y 1 -x 1 -F 1",
                "direction is not backward weights"},
        Refusal{"convfp16 -n 1 -c 64 -H 9 -W 9 -k 64 -y 1 -x 1 -F 4", "needs all fp32"},
        Refusal{"conv -n 1 -c 63 -H 9 -W 9 -k 64 -y 1 -x 1 -F 4", "a group has 63 channels and 64"},
        Refusal{"conv -n 1 -c 64 -H 9 -W 9 -k 31 -y 1 -x 1 -F 4", "a group has 64 channels and 31"},
        Refusal{"conv -n 64 -c 64 -H 512 -W 512 -k 64 -y 1 -x 1 -F 4",
                "the images of a group span 2 GB or more"}));
TEST_P(SharedWeightsRefusal, GivesItsReason) {
  const auto& [line, words] = GetParam();
  const auto reason = refusal(parse_driver_line(line).problem, test_device_facts());
  ASSERT_TRUE(reason) << line;
  EXPECT_NE(reason->find(words), std::string::npos) << line << ": " << *reason;
}

}  // namespace
}  // namespace rdna1conv::shared_weights
