// The implicit GEMM in every direction, type and placement, with every epilogue, and every row of
// kernels/params/implicit_gemm_tiles.h at the edges of its tile.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/driver_line.h"
#include "core/element_types.h"
#include "plan_check.h"
#include "problem_kinds.h"
#include "solvers/implicit_gemm_launches.h"

namespace rdna1conv {

// GoogleTest's hook for printing a parameter.
void PrintTo(const ImplicitGemmTile& tile, std::ostream* out) { *out << tile.name; }

namespace {

constexpr Direction kDirections[] = {Direction::kForward, Direction::kBackwardData,
                                     Direction::kBackwardWeights};

// The implicit GEMM's plans for one problem.
struct Checked {
  explicit Checked(const ConvProblem& problem, Values values = Values::kUniform)
      : checker(problem, values) {
    constexpr std::string_view kNames[] = {"ImplicitGemmFwd", "ImplicitGemmBwdData",
                                           "ImplicitGemmBwdWeights"};
    const ConvProblem& seen = checker.problem();
    solver = find_solver(kNames[static_cast<std::size_t>(seen.direction)]);
    const auto reason = solver->refusal(seen, test_device_facts());
    EXPECT_FALSE(reason) << to_driver_line(problem) << ": " << *reason;
    if (!reason) plans = make_plans(*solver, seen, test_device_facts());
  }
  void check(const Plan& plan) const { EXPECT_TRUE(checker.check(*solver, plan)); }
  void check_all() const {
    for (const Plan& plan : plans) check(plan);
  }
  // The plan with the lowest estimate and another one that `seed` chooses.
  void check_sample(std::size_t seed) const {
    if (plans.empty()) return;
    const Plan best = make_plan(*solver, checker.problem(), test_device_facts());
    check(best);
    const Plan& other = plans[seed % plans.size()];
    if (other.instance != best.instance) check(other);
  }

  PlanChecker checker;
  const SolverRow* solver;
  std::vector<Plan> plans;
};

class ImplicitGemm : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Shapes, ImplicitGemm, testing::ValuesIn(kEdgeLines));

TEST_P(ImplicitGemm, EveryKind) {
  std::size_t seed = 0;
  for (const ConvProblem& problem : every_kind_of(GetParam()))
    Checked(problem).check_sample(seed++);
}

// The rows of the GEMM of a 1x1 convolution, its columns as `images` of `pixels` each, and what it
// sums over; for backward weights columns and sum change places.
struct GemmSize {
  int m, images, pixels, r;
};

ConvProblem problem_of(const GemmSize& size, Direction direction) {
  ConvProblem p;
  p.direction = direction;
  p.n = size.images;
  p.in = p.out = {1, 1, size.pixels};
  p.k = direction == Direction::kBackwardData ? size.r : size.m;
  p.c = direction == Direction::kBackwardData ? size.m : size.r;
  if (direction == Direction::kBackwardWeights) {
    p.n = 1;
    p.in = p.out = {1, 1, size.r};
    p.c = std::int64_t{size.images} * size.pixels;
  }
  // In fp32 and fp16 the tile engine has the forward direction alone.
  if (direction == Direction::kForward) p.x_type = p.w_type = p.y_type = DataType::kBFloat16;
  set_packed(p, Layout::kNchw);
  return p;
}

std::vector<GemmSize> edges_of(const ImplicitGemmTile& tile) {
  const int m = static_cast<int>(tile.m), n = static_cast<int>(tile.n);
  const int r = static_cast<int>(tile.r), table = static_cast<int>(kImplicitGemmTableRows);
  return {
      {m, 1, n, r},                      // equal
      {m - 1, 1, n - 1, r - 1},          // one less
      {m + 1, 1, n + 1, r + 1},          // one more
      {2 * m, 1, 2 * n, table},          // multiples
      {17, 1, 37, 53},                   // primes
      {1, 1, 1, 1},                      // a single product
      {1, 1, n + 5, table - 1},          // one row, not quite a table of r
      {m + 5, 1, 1, table + 1},          // one column, a bit more than one table
      {m / 2, 3, n / 2 + 1, 3 * table},  // columns of several images in a tile
      {5, n + 3, 1, 2 * table + 3},      // an image for each column
      {3, 1, 5, 40 * table + 7},         // a long sum
  };
}

class ImplicitGemmTileEdges : public testing::TestWithParam<ImplicitGemmTile> {};
INSTANTIATE_TEST_SUITE_P(Rows, ImplicitGemmTileEdges,
                         testing::ValuesIn(implicit_gemm_tiles().begin(),
                                           implicit_gemm_tiles().end()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(ImplicitGemmTileEdges, AreExact) {
  const ImplicitGemmTile& tile = GetParam();
  for (const Direction direction : kDirections) {
    bool split = false;
    std::size_t number = 0;
    for (const GemmSize& size : edges_of(tile)) {
      ConvProblem problem = problem_of(size, direction);
      // And gradients of x.
      if (direction == Direction::kBackwardData)
        problem.x_type = problem.w_type = problem.y_type = DataType::kBFloat16;
      place(problem, kPlacements[number++ % std::size(kPlacements)]);
      const Checked checked(problem, Values::kIntegers);
      int runs = 0;
      for (const Plan& plan : checked.plans) {
        if (plan.instance != tile.name && plan.instance != tile.split_name) continue;
        checked.check(plan);
        split |= plan.instance == tile.split_name;
        ++runs;
      }
      EXPECT_GE(runs, 1) << tile.name;
    }
    EXPECT_TRUE(split) << tile.name << " never split r";
  }
}

// Every row in every type and placement, with and without splits, on sums that are long enough.
TEST(ImplicitGemmInstances, AgreeWithTheReference) {
  for (const ConvProblem& problem :
       every_kind_of("conv -n 2 -c 44 -H 11 -W 9 -k 42 -y 3 -x 3 -p 1 -q 1 -u 2 -v 1 -g 2"))
    Checked(problem).check_all();
}

class ImplicitGemmEpilogue : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Words, ImplicitGemmEpilogue, testing::ValuesIn(kEpilogueWords));

void check_epilogue(ConvProblem p, const char* words) {
  p.epilogue = parse_epilogue(words);
  std::size_t seed = 0;
  for (const Direction direction : {Direction::kForward, Direction::kBackwardData}) {
    p.direction = direction;
    for (const Placement placement : kPlacements) {
      place(p, placement);
      for (const ElementTypes& types : float_types()) {
        p.x_type = p.w_type = types.in;
        p.y_type = types.out;
        Checked(p).check_sample(seed++);
      }
    }
  }
}

TEST_P(ImplicitGemmEpilogue, IsApplied) {
  check_epilogue(
      parse_driver_line("conv -n 2 -c 6 -H 5 -W 6 -k 8 -y 3 -x 3 -p 1 -q 1 -u 2 -v 1 -g 2").problem,
      GetParam());
}

TEST(ImplicitGemmEpilogue, IsAppliedToPartialSums) {
  const ConvProblem p = parse_driver_line("conv -n 1 -c 300 -H 3 -W 4 -k 300 -y 1 -x 1").problem;
  check_epilogue(p, "scale+z+bias+norm+relu");
  check_epilogue(p, "norm_per_activation+tanh");
}

// To fp32: what rounding to integers makes of a value next to a half is not for a test to say.
TEST(ImplicitGemmEpilogue, OfInt8) {
  for (const char* words : {"scale", "bias+relu", "scale+z+bias+norm+leakyrelu"}) {
    ConvProblem p = parse_driver_line("conv -n 2 -c 40 -H 5 -W 6 -k 8 -y 3 -x 3 -g 2").problem;
    p.epilogue = parse_epilogue(words);
    p.x_type = p.w_type = DataType::kInt8;
    Checked(p).check_sample(1);
  }
}

TEST(ImplicitGemmEpilogue, BackwardWeightsScales) {
  ConvProblem p = parse_driver_line("conv -n 2 -c 4 -H 25 -W 16 -k 6 -y 3 -x 3 -F 4").problem;
  p.epilogue.scaled = true;
  Checked(p).check_all();
}

TEST(ImplicitGemmSplits, AreDeterministic) {
  for (const Direction direction : kDirections) {
    const Checked checked(problem_of({20, 2, 11, 1500}, direction));
    int splits = 0;
    for (const Plan& plan : checked.plans) {
      if (plan.workspace_bytes == 0) continue;
      EXPECT_TRUE(checked.checker.check_repeats(*checked.solver, plan));
      ++splits;
    }
    EXPECT_GE(splits, 1);
  }
}

}  // namespace
}  // namespace rdna1conv
