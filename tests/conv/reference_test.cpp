// The reference solver in every direction, type and placement, 2-D and 3-D, with every epilogue.
#include <gtest/gtest.h>

#include "core/driver_line.h"
#include "plan_check.h"
#include "problem_kinds.h"

namespace rdna1conv {
namespace {

void check_reference(const ConvProblem& problem) {
  const PlanChecker checker(problem);
  const SolverRow* solver = find_solver(std::string_view("DirectReference"));
  ASSERT_NE(solver, nullptr);
  const auto reason = solver->refusal(checker.problem(), test_device_facts());
  ASSERT_FALSE(reason) << to_driver_line(problem) << ": " << *reason;
  for (const Plan& plan : solver->plans(checker.problem(), test_device_facts()))
    EXPECT_TRUE(checker.check(*solver, plan));
}

class Reference : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(
    Shapes, Reference,
    testing::Values(
        "conv -n 2 -c 6 -H 7 -W 9 -k 4 -y 3 -x 3 -p 1 -q 1 -g 2",
        "conv -n 2 -c 3 -H 8 -W 5 -k 5 -y 2 -x 4 -p 1 -q 3 -u 2 -v 3 -l 1 -j 1",
        "conv -n 1 -c 4 -H 9 -W 8 -k 6 -y 3 -x 2 -p 2 -q 0 -u 3 -v 2 -l 2 -j 4",
        "conv -n 3 -c 5 -H 1 -W 13 -k 5 -y 1 -x 3 -p 0 -q 1 -g 5",
        "conv -n 1 -c 2 -H 4 -W 4 -k 3 -y 1 -x 1 -p 2 -q 1 -u 2 -v 2",  // outputs of padding only
        "conv -n 1 -c 2 -H 3 -W 3 -k 2 -y 5 -x 5 -p 1 -q 1",            // filter beyond the input
        "conv -n 1 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1",
        "conv -n 2 -c 2 -! 4 -H 5 -W 3 -k 4 -@ 3 -y 2 -x 3 -$ 1 -p 0 -q 1 -# 2 -u 1 -v 2 -^ 1 -l 2 "
        "-j 1 -_ 3 -g 2"));

TEST_P(Reference, EveryKind) {
  for (const ConvProblem& problem : every_kind_of(GetParam())) check_reference(problem);
}

// More products than a wave has lanes, none of the digits a power of two.
TEST(Reference, BackwardWeightsSumsManyImages) {
  check_reference(
      parse_driver_line("conv -n 5 -c 3 -H 13 -W 11 -k 2 -y 3 -x 3 -u 2 -v 1 -p 1 -q 1 -F 4")
          .problem);
}

class ReferenceEpilogue : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Words, ReferenceEpilogue,
                         testing::Values("scale", "z", "bias", "norm", "norm_per_activation",
                                         "scale+z+bias+norm+relu",
                                         "scale+bias+norm_per_activation+clamp", "logistic", "tanh",
                                         "relu", "softrelu", "abs", "power", "clippedrelu",
                                         "leakyrelu", "elu", "clamp"));

TEST_P(ReferenceEpilogue, IsApplied) {
  ConvProblem p =
      parse_driver_line("conv -n 2 -c 4 -H 5 -W 6 -k 6 -y 3 -x 3 -p 1 -q 1 -g 2").problem;
  p.epilogue = parse_epilogue(GetParam());
  for (const Direction direction : {Direction::kForward, Direction::kBackwardData}) {
    p.direction = direction;
    for (const Placement placement : kPlacements) {
      place(p, placement);
      for (const Types& types : kFloatTypeRows) {
        p.x_type = p.w_type = types.x;
        p.y_type = types.y;
        check_reference(p);
      }
    }
  }
}

TEST(Reference, BackwardWeightsScales) {
  ConvProblem p = parse_driver_line("conv -n 2 -c 4 -H 5 -W 6 -k 6 -y 3 -x 3 -F 4").problem;
  p.epilogue.scaled = true;
  check_reference(p);
}

}  // namespace
}  // namespace rdna1conv
