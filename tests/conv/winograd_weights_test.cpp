// The Winograd gradient of filters, in every type, at the edges of its tiles: in outputs, tiles of
// a step, channels of a wave and of a workgroup; in both layouts, with and without splits.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "core/driver_line.h"
#include "plan_check.h"
#include "shapes.h"
#include "solvers/winograd_weights.h"

namespace rdna1conv::winograd_weights {
namespace {

ConvProblem gradient_of(const Shape& shape, DataType type, Layout layout) {
  ConvProblem problem = problem_of(shape);
  problem.x_type = problem.w_type = problem.y_type = type;
  problem.direction = Direction::kBackwardWeights;
  set_packed(problem, layout);
  return problem;
}

class WinogradWeightsEdges : public testing::TestWithParam<DataType> {
 protected:
  const SolverRow& solver = *find_solver(std::string_view("WinogradF3x2BwdWeights"));
};
INSTANTIATE_TEST_SUITE_P(Types, WinogradWeightsEdges,
                         testing::Values(DataType::kFloat, DataType::kHalf, DataType::kBFloat16),
                         [](const auto& row) { return std::string(name_of(row.param)); });

TEST_P(WinogradWeightsEdges, AreExact) {
  bool some_split = false, some_whole = false;
  // n, c, h, w, k, r, s, pad, stride, dilation, groups
  for (const Shape& shape : {
           Shape{1, 1, 3, 3, 1, 3, 3},                         // a single product
           Shape{1, 32, 2, 16, 64, 3, 3, 1, 1},                // a workgroup, a step
           Shape{1, 33, 2, 17, 65, 3, 3, 1, 1},                // one more
           Shape{1, 31, 1, 13, 7, 3, 3, 1, 1},                 // one less; a wave
           Shape{19, 5, 2, 1, 9, 3, 3, 1, 1},                  // an image a tile
           Shape{3, 70, 7, 7, 66, 3, 3, 1, 1},                 // steps across images
           Shape{2, 8, 33, 40, 8, 3, 3, 1, 1},                 // splits
           Shape{2, 5, 9, 5, 7, 3, 3, 2, 0},                   // paddings that differ
           Shape{1, 4, 1, 2, 5, 3, 3, 4, 5},                   // mostly padding
           Shape{2, 12, 6, 5, 15, 3, 3, 1, 1, 1, 1, 1, 1, 3},  // groups
       }) {
    for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
      ConvProblem problem = gradient_of(shape, GetParam(), layout);
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

TEST_P(WinogradWeightsEdges, RepeatBitForBit) {
  const ConvProblem problem =
      gradient_of(Shape{2, 40, 30, 30, 40, 3, 3, 1, 1}, GetParam(), Layout::kNchw);
  const PlanChecker checker(problem);
  for (const Instance& instance : instances(problem, test_device_facts()))
    EXPECT_TRUE(checker.check_repeats(solver, plan_of(solver, problem, instance)));
}

struct Refusal {
  const char* line;
  const char* words;
};
class WinogradWeightsRefusal : public testing::TestWithParam<Refusal> {};
INSTANTIATE_TEST_SUITE_P(
    Rows, WinogradWeightsRefusal,
    testing::Values(
        Refusal{"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -F 1",
                "direction is not backward weights"},
        Refusal{"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 5 -x 3 -F 4", "filter is 5x3, needs 3x3"},
        Refusal{"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -u 2 -v 1 -F 4", "stride is 2x1"},
        Refusal{"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -l 1 -j 2 -F 4", "dilation is 1x2"},
        Refusal{"conv -n 64 -c 64 -H 512 -W 512 -k 8 -y 3 -x 3 -F 4",
                "the images of a group span 2 GB or more"}));
TEST_P(WinogradWeightsRefusal, GivesItsReason) {
  const auto& [line, words] = GetParam();
  const auto reason = refusal(parse_driver_line(line).problem, test_device_facts());
  ASSERT_TRUE(reason) << line;
  EXPECT_NE(reason->find(words), std::string::npos) << line << ": " << *reason;
}

}  // namespace
}  // namespace rdna1conv::winograd_weights
