// What fp16 and bf16 sum in. Long sums of integers that cancel: in fp32 every partial sum is exact
// in whatever order, so that a result is right to the last bit or was summed in something narrower.
// MIOpen's tolerances alone let sums in the type itself pass. Sums of 32 products at most, as
// packed fp16 may have, stay exact in fp16 too and may be made.
#include <gtest/gtest.h>

#include "conv_reference.h"
#include "core/driver_line.h"
#include "core/element_types.h"
#include "element_type.h"
#include "plan_check.h"
#include "problem_kinds.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

// Between them every solver of these types takes some, with and without splits of the sum. Half of
// a sum's channels alone are more than fp16 counts, as kernels sum by channels or by taps first.
constexpr const char* kLines[] = {
    "conv -n 1 -c 512 -H 5 -W 5 -k 8 -y 1 -x 1 -F 1",
    "conv -n 1 -c 256 -H 4 -W 4 -k 20 -y 3 -x 3 -p 1 -q 1 -F 1",
    "conv -n 1 -c 4 -H 31 -W 31 -k 4 -y 31 -x 31 -g 4 -F 1",  // 961 taps of one channel
    "conv -n 1 -c 8 -H 5 -W 5 -k 512 -y 1 -x 1 -F 2",
    "conv -n 1 -c 20 -H 4 -W 4 -k 256 -y 3 -x 3 -p 1 -q 1 -F 2",
    "conv -n 1 -c 20 -H 20 -W 36 -k 18 -y 1 -x 1 -F 4",
    "conv -n 1 -c 4 -H 28 -W 28 -k 4 -y 3 -x 3 -p 1 -q 1 -F 4",
};

class Accumulation : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Lines, Accumulation, testing::ValuesIn(kLines));

std::vector<ConvProblem> narrow_problems(const char* line) {
  std::vector<ConvProblem> problems;
  for (const ElementTypes& types : float_types()) {
    if (bytes_of(types.in) >= bytes_of(DataType::kFloat)) continue;
    ConvProblem problem = parse_driver_line(line).problem;
    problem.x_type = problem.w_type = problem.y_type = types.in;
    for (const Placement placement : {Placement::kNchw, Placement::kNhwc}) {
      place(problem, placement);
      problems.push_back(problem);
    }
  }
  return problems;
}

TEST_P(Accumulation, IsExact) {
  for (const ConvProblem& problem : narrow_problems(GetParam()))
    EXPECT_GE(PlanChecker(problem, Values::kCancelling).check_all(), 2);
}

// Products beyond 65504, and such as fp16 would round to nothing.
TEST_P(Accumulation, IsExactAtTheEdgesOfFp16) {
  for (const Values values : {Values::kLarge, Values::kSmall}) {
    for (const ConvProblem& problem : narrow_problems(GetParam())) {
      if (problem.x_type == DataType::kHalf) EXPECT_GE(PlanChecker(problem, values).check_all(), 2);
    }
  }
}

// That the first of these can fail: sums in the type are wrong, by more than the tolerance.
TEST_P(Accumulation, IsNotOfTheTypeItself) {
  for (const ConvProblem& problem : narrow_problems(GetParam())) {
    const ConvCase c = make_case(problem, Values::kCancelling);
    std::vector<double> narrow(c.sums.size());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < narrow.size(); ++i) {
      narrow[i] =
          narrow_sum_at(c.problem, problem.x_type, c.x, c.w, c.y, static_cast<std::int64_t>(i));
      wrong += narrow[i] != rounded(problem.x_type, c.sums[i]);
    }
    EXPECT_GT(2 * wrong, narrow.size()) << to_driver_line(problem);
    EXPECT_TRUE(fault_of(narrow, c.sums, tolerance_of(c.problem, Algorithm::kDirect)))
        << to_driver_line(problem);
  }
}

}  // namespace
}  // namespace rdna1conv
