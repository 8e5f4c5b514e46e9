// The implicit GEMM in every direction, type and placement, and every row of
// kernels/params/implicit_gemm_tiles.h at the edges of its tile.
#include <gtest/gtest.h>

#include <vector>

#include "core/driver_line.h"
#include "plan_check.h"
#include "problem_kinds.h"
#include "solvers/implicit_gemm_launches.h"

namespace rdna1conv {

// GoogleTest's hook for printing a parameter.
void PrintTo(const ImplicitGemmTile& tile, std::ostream* out) { *out << tile.name; }

namespace {

const SolverRow& solver_of(Direction direction) {
  constexpr std::string_view kNames[] = {"ImplicitGemmFwd", "ImplicitGemmBwdData",
                                         "ImplicitGemmBwdWeights"};
  return *find_solver(kNames[static_cast<std::size_t>(direction)]);
}

// The plan with the lowest estimate and another one that `seed` chooses.
void check_sample(const ConvProblem& problem, std::size_t seed) {
  const PlanChecker checker(problem);
  const SolverRow& solver = solver_of(checker.problem().direction);
  const auto reason = solver.refusal(checker.problem(), test_device_facts());
  ASSERT_FALSE(reason) << to_driver_line(problem) << ": " << *reason;
  const std::vector<Plan> plans = solver.plans(checker.problem(), test_device_facts());
  const Plan best = make_plan(solver, checker.problem(), test_device_facts());
  EXPECT_TRUE(checker.check(solver, best));
  const Plan& other = plans[seed % plans.size()];
  if (other.instance != best.instance) EXPECT_TRUE(checker.check(solver, other));
}

class ImplicitGemm : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(
    Shapes, ImplicitGemm,
    testing::Values(
        "conv -n 2 -c 6 -H 7 -W 9 -k 4 -y 3 -x 3 -p 1 -q 1 -g 2",
        "conv -n 2 -c 3 -H 8 -W 5 -k 5 -y 2 -x 4 -p 1 -q 3 -u 2 -v 3 -l 1 -j 1",
        "conv -n 1 -c 4 -H 9 -W 8 -k 6 -y 3 -x 2 -p 2 -q 0 -u 3 -v 2 -l 2 -j 4",
        "conv -n 3 -c 5 -H 1 -W 13 -k 5 -y 1 -x 3 -p 0 -q 1 -g 5",
        "conv -n 1 -c 2 -H 4 -W 4 -k 3 -y 1 -x 1 -p 2 -q 1 -u 2 -v 2",  // outputs of padding only
        "conv -n 1 -c 2 -H 3 -W 3 -k 2 -y 5 -x 5 -p 1 -q 1",            // filter beyond the input
        "conv -n 1 -c 2 -H 9 -W 7 -k 3 -y 2 -x 1 -u 4 -v 3",            // inputs that nothing sees
        "conv -n 1 -c 2 -H 11 -W 13 -k 3 -y 3 -x 3 -u 4 -v 6 -l 2 -j 4",  // common divisors
        "conv -n 1 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1", "conv -n 1 -c 70 -H 5 -W 5 -k 67 -y 1 -x 1",
        "conv -n 2 -c 13 -H 6 -W 6 -k 7 -y 3 -x 3 -p 1 -q 1",
        "conv -n 2 -c 2 -! 4 -H 5 -W 3 -k 4 -@ 3 -y 2 -x 3 -$ 1 -p 0 -q 1 -# 2 -u 1 -v 2 -^ 1 -l 2 "
        "-j 1 -_ 3 -g 2"));

TEST_P(ImplicitGemm, EveryKind) {
  std::size_t seed = 0;
  for (const ConvProblem& problem : every_kind_of(GetParam())) check_sample(problem, seed++);
}

}  // namespace
}  // namespace rdna1conv
