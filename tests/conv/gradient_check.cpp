#include "gradient_check.h"

#include <gtest/gtest.h>

#include <string>

#include "core/driver_line.h"
#include "plan_check.h"

namespace rdna1conv {

ConvProblem gradient_of(const Shape& shape, DataType type, Layout layout) {
  ConvProblem problem = problem_of(shape);
  problem.x_type = problem.w_type = problem.y_type = type;
  problem.direction = Direction::kBackwardWeights;
  set_packed(problem, layout);
  return problem;
}

void expect_exact_gradients(const SolverRow& solver, DataType type, std::span<const Shape> shapes) {
  bool some_split = false, some_whole = false;
  for (const Shape& shape : shapes) {
    for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
      ConvProblem problem = gradient_of(shape, type, layout);
      for (const bool scaled : {false, true}) {
        problem.epilogue.scaled = scaled;
        ASSERT_FALSE(solver.refusal(problem, test_device_facts())) << shape;
        const PlanChecker checker(problem, Values::kIntegers);
        for (const Plan& plan : make_plans(solver, problem, test_device_facts())) {
          (plan.launches.size() > 1 ? some_split : some_whole) = true;
          EXPECT_TRUE(checker.check(solver, plan));
        }
      }
    }
  }
  EXPECT_TRUE(some_split) << "no sums of splits";
  EXPECT_TRUE(some_whole);
}

void expect_repeated_gradients(const SolverRow& solver, const ConvProblem& problem) {
  const PlanChecker checker(problem);
  for (const Plan& plan : make_plans(solver, problem, test_device_facts()))
    EXPECT_TRUE(checker.check_repeats(solver, plan));
}

void expect_refusal(const SolverRow& solver, const GradientRefusal& refusal) {
  const auto reason = solver.refusal(parse_driver_line(refusal.line).problem, test_device_facts());
  ASSERT_TRUE(reason) << refusal.line;
  EXPECT_NE(reason->find(refusal.words), std::string::npos) << refusal.line << ": " << *reason;
}

}  // namespace rdna1conv
