// Plans of the implicit GEMM that no device is needed for, or no device could run in a test.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "core/driver_line.h"
#include "dispatch/solver_table.h"
#include "params/implicit_gemm.h"

namespace rdna1conv {
namespace {

const SolverRow& solver_of(const ConvProblem& problem) {
  constexpr std::string_view kNames[] = {"ImplicitGemmFwd", "ImplicitGemmBwdData",
                                         "ImplicitGemmBwdWeights"};
  return *find_solver(kNames[static_cast<std::size_t>(problem.direction)]);
}

ConvProblem problem_of(const char* line) { return untransposed(parse_driver_line(line).problem); }

// Tensors of gigabytes: how many launches, and whether 32-bit offsets do.
struct LargeCase {
  const char* line;
  std::size_t launches;
  bool is_narrow;
};
std::ostream& operator<<(std::ostream& out, const LargeCase& row) { return out << row.line; }
constexpr LargeCase kLarge[] = {
    {"conv -n 1 -c 64 -H 2880 -W 2900 -k 64 -y 3 -x 3 -p 1 -q 1", 1, true},   // just below 2 GB
    {"conv -n 1 -c 64 -H 2900 -W 2900 -k 64 -y 3 -x 3 -p 1 -q 1", 1, false},  // just above
    {"conv -n 2 -c 64 -H 2880 -W 2900 -k 64 -y 3 -x 3 -p 1 -q 1", 2, true},
    {"conv -n 2 -c 64 -H 2880 -W 2900 -k 64 -y 3 -x 3 -p 1 -q 1 -F 2", 2, true},
    {"conv -n 2 -c 64 -H 2880 -W 2900 -k 64 -y 3 -x 3 -p 1 -q 1 -F 4", 1, false},
    {"conv -n 2 -c 64 -H 2900 -W 2900 -k 64 -y 3 -x 3 -p 1 -q 1", 1, false},
    {"convfp16 -n 2 -c 64 -H 2880 -W 2900 -k 64 -y 3 -x 3 -p 1 -q 1", 1, true},
    {"convint8 -n 7 -c 1 -H 30000 -W 30000 -k 1 -y 3 -x 3 -p 1 -q 1 --out_type int8", 4, true},
    {"conv -n 1 -c 64 -H 2900 -W 2900 -k 64 -y 3 -x 3 -p 1 -q 1 -g 2", 1, true},  // by group
};

class ImplicitGemmLarge : public testing::TestWithParam<LargeCase> {};
INSTANTIATE_TEST_SUITE_P(Rows, ImplicitGemmLarge, testing::ValuesIn(kLarge));

TEST_P(ImplicitGemmLarge, TakesTheOffsetsItNeeds) {
  const ConvProblem problem = problem_of(GetParam().line);
  const SolverRow& solver = solver_of(problem);
  const auto reason = solver.refusal(problem, rx_5700_xt());
  ASSERT_FALSE(reason) << GetParam().line << ": " << *reason;
  int narrow = 0, wide = 0;
  for (const Plan& plan : make_plans(solver, problem, rx_5700_xt())) {
    (plan.instance.starts_with("wide_") ? wide : narrow) += 1;
    if (plan.workspace_bytes != 0) continue;  // has launches that add up
    EXPECT_EQ(plan.launches.size(), GetParam().launches) << GetParam().line << plan.instance;
    // Later launches begin at later images.
    for (std::size_t i = 1; i < plan.launches.size(); ++i) {
      const auto offset = [&](std::size_t launch, Buffer buffer) {
        const auto& pointers = plan.launches[launch].pointers;
        return std::find_if(pointers.begin(), pointers.end(),
                            [buffer](const PointerPatch& p) { return p.buffer == buffer; })
            ->buffer_offset;
      };
      EXPECT_GT(offset(i, Buffer::kX), offset(i - 1, Buffer::kX));
      EXPECT_GT(offset(i, Buffer::kY), offset(i - 1, Buffer::kY));
      EXPECT_EQ(offset(i, Buffer::kW), 0u);
    }
  }
  EXPECT_EQ(narrow > 0, GetParam().is_narrow) << GetParam().line;
  EXPECT_GT(narrow + wide, 0) << GetParam().line;
}

// Strided gradients: one launch whatever the stride, and work for taps that reach only. In bf16,
// where the tile engine is not alone.
struct StridedCase {
  const char* line;
  std::uint32_t classes;
  std::uint32_t r;  // products of an element in the class that has most
};
std::ostream& operator<<(std::ostream& out, const StridedCase& row) { return out << row.line; }
constexpr StridedCase kStrided[] = {
    {"convbfp16 -n 1 -c 8 -H 16 -W 16 -k 4 -y 3 -x 3 -p 1 -q 1 -F 2", 1, 4 * 9},
    {"convbfp16 -n 1 -c 8 -H 16 -W 16 -k 4 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -F 2", 4, 4 * 4},
    {"convbfp16 -n 1 -c 8 -H 16 -W 16 -k 4 -y 1 -x 1 -u 2 -v 2 -F 2", 4, 4},
    {"convbfp16 -n 1 -c 3 -H 224 -W 224 -k 4 -y 16 -x 16 -u 16 -v 16 -F 2", 256, 4},
    {"convbfp16 -n 1 -c 4 -H 8 -W 8 -k 8 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans", 4, 4 * 4},
    {"convbfp16 -n 1 -c 8 -H 1 -W 16 -k 4 -y 1 -x 5 -u 3 -v 4 -F 2", 4, 4 * 2},
    {"convbfp16 -n 1 -c 8 -H 16 -W 16 -k 4 -y 3 -x 3 -u 4 -v 4 -l 2 -j 2 -F 2", 16, 4 * 4},
};

class ImplicitGemmStrided : public testing::TestWithParam<StridedCase> {};
INSTANTIATE_TEST_SUITE_P(Rows, ImplicitGemmStrided, testing::ValuesIn(kStrided));

TEST_P(ImplicitGemmStrided, RunsItsClassesInOneLaunch) {
  const ConvProblem problem = problem_of(GetParam().line);
  const Plan plan = make_plan(solver_of(problem), problem, rx_5700_xt(), "32x32x8");
  ASSERT_EQ(plan.launches.size(), 1u);
  ImplicitGemmParams params;
  std::memcpy(&params, plan.launches[0].params.data(), sizeof params);
  EXPECT_EQ(plan.launches[0].grid.x,
            GetParam().classes * params.tiles_m.divisor * params.tiles_j.divisor);
  EXPECT_EQ(params.r, GetParam().r);
}

struct RefusalCase {
  const char* line;
  const char* words;
};
std::ostream& operator<<(std::ostream& out, const RefusalCase& row) { return out << row.line; }
constexpr RefusalCase kRefusals[] = {
    {"convint8 -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -F 4", "tensors are"},
    {"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -F 4 --epilogue bias", "no epilogue for bias"},
    {"conv -n 1 -c 1 -H 65536 -W 65536 -k 1 -y 1 -x 1", "2^31 pixels or more"},
    {"conv -n 1 -c 1 -H 1 -W 600000000 -k 1 -y 1 -x 1", "positions along an axis"},
    {"convfp16 -n 3 -c 1 -H 30000 -W 30000 -k 1 -y 1 -x 1 -F 4", "sums 2^31 products"},
};

class ImplicitGemmRefusal : public testing::TestWithParam<RefusalCase> {};
INSTANTIATE_TEST_SUITE_P(Rows, ImplicitGemmRefusal, testing::ValuesIn(kRefusals));

TEST_P(ImplicitGemmRefusal, GivesItsReason) {
  const ConvProblem problem = problem_of(GetParam().line);
  const auto reason = solver_of(problem).refusal(problem, rx_5700_xt());
  ASSERT_TRUE(reason) << GetParam().line;
  EXPECT_NE(reason->find(GetParam().words), std::string::npos)
      << GetParam().line << ": " << *reason;
}

}  // namespace
}  // namespace rdna1conv
