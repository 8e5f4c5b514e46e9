// The reference solver in every direction, type and placement, 2-D and 3-D, with every epilogue.
#include <gtest/gtest.h>

#include "core/driver_line.h"
#include "core/element_types.h"
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
  for (const Plan& plan : make_plans(*solver, checker.problem(), test_device_facts()))
    EXPECT_TRUE(checker.check(*solver, plan));
}

class Reference : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Shapes, Reference, testing::ValuesIn(kEdgeLines));

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
INSTANTIATE_TEST_SUITE_P(Words, ReferenceEpilogue, testing::ValuesIn(kEpilogueWords));

TEST_P(ReferenceEpilogue, IsApplied) {
  ConvProblem p =
      parse_driver_line("conv -n 2 -c 4 -H 5 -W 6 -k 6 -y 3 -x 3 -p 1 -q 1 -g 2").problem;
  p.epilogue = parse_epilogue(GetParam());
  for (const Direction direction : {Direction::kForward, Direction::kBackwardData}) {
    p.direction = direction;
    for (const Placement placement : kPlacements) {
      place(p, placement);
      for (const ElementTypes& types : float_types()) {
        p.x_type = p.w_type = types.in;
        p.y_type = types.out;
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
