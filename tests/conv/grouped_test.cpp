// The solvers for few channels a group: every row of kernels/params/grouped_tiles.h at the edges of
// its tile, in every type and placement, and whole solvers on shapes of every kind.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/driver_line.h"
#include "core/element_types.h"
#include "params/grouped_tiles.h"
#include "params/grouped_weights_tiles.h"
#include "plan_check.h"
#include "problem_kinds.h"
#include "shapes.h"

namespace rdna1conv {
namespace {

const SolverRow& solver_for(Direction direction) {
  const SolverRow* solver =
      find_solver(direction == Direction::kForward        ? "DirectGroupedFwd"
                  : direction == Direction::kBackwardData ? "DirectGroupedBwdData"
                                                          : "DirectGroupedBwdWeights");
  if (solver == nullptr) throw std::logic_error("solver is not in the table");
  return *solver;
}

// Runs all plans, or those of one instance.
void check(const ConvProblem& problem, std::string_view instance = {},
           Values values = Values::kUniform) {
  const PlanChecker checker(problem, values);
  const SolverRow& solver = solver_for(checker.problem().direction);
  const auto reason = solver.refusal(checker.problem(), test_device_facts());
  ASSERT_FALSE(reason) << to_driver_line(problem) << ": " << *reason;
  int checked = 0;
  for (const Plan& plan : make_plans(solver, checker.problem(), test_device_facts())) {
    if (!instance.empty() && plan.instance != instance) continue;
    EXPECT_TRUE(checker.check(solver, plan));
    ++checked;
  }
  EXPECT_GT(checked, 0) << to_driver_line(problem) << " has no instance " << instance;
}

// Every type, each in another placement; which one differs from shape to shape. EveryKind crosses
// them all.
void check_types_in_turn(const ConvProblem& problem, std::string_view instance,
                         Values values = Values::kUniform) {
  std::size_t turn = static_cast<std::size_t>(problem.in.h + problem.c);
  for (ConvProblem typed : every_type_of(problem)) {
    place(typed, kPlacements[turn++ % std::size(kPlacements)]);
    check(typed, instance, values);
  }
}

struct GroupedRow {
  const char* name;
  int k, p, r, stride;
};
std::ostream& operator<<(std::ostream& out, const GroupedRow& row) { return out << row.name; }

#define RDNA1CONV_GROUPED_TEST_ROW(K, P, R, STRIDE) \
  GroupedRow{"k" #K "p" #P "r" #R "s" #STRIDE, K, P, R, STRIDE},
constexpr GroupedRow kRows[] = {RDNA1CONV_GROUPED_TILES(RDNA1CONV_GROUPED_TEST_ROW)};

// A problem of the row's filter and stride with about `out_h` x `out_w` outputs, `c` and `k`
// channels in each group.
Shape shape_of(const GroupedRow& row, int n, int c, int k, int out_h, int out_w, int s,
               int groups) {
  const int r = row.r == 0 ? 2 : row.r;
  const int stride = row.r == 0 ? 2 : row.stride;
  const int dilation = row.r == 0 ? 3 : 1;
  const int pad = std::min((r - 1) * dilation / 2, stride * (out_h - 1));
  const int h = stride * (out_h - 1) + (r - 1) * dilation + 1 - 2 * pad;
  if (h < 1) return shape_of(row, n, c, k, out_h + 1, out_w, s, groups);
  const int w = 2 * (out_w - 1) + (s - 1) * 2 + 1;  // stride 2, dilation 2 along the width
  return {n, c * groups, h, w, k * groups, r, s, pad, 0, stride, 2, dilation, 2, groups};
}

std::vector<Shape> edges_of(const GroupedRow& row) {
  const int k = row.k, p = row.p;
  // A row of k channels or p rows needs more than half of them used.
  const int fewer_k = std::max(1, k - 1), fewer_p = std::max(1, p - 1);
  return {
      shape_of(row, 1, 1, k, p, 8, 3, 3),              // equal
      shape_of(row, 2, 2, fewer_k, fewer_p, 7, 3, 2),  // one less, several images
      shape_of(row, 1, 3, k + 1, p + 1, 9, 2, 1),      // one more, one group
      shape_of(row, 1, 1, k, 2 * p, 32, 1, 5),         // multiples, filter of one column
      shape_of(row, 1, 2, 2 * k + 1, 7, 5, 3, 2),      // primes
  };
}

class GroupedTileEdges : public testing::TestWithParam<GroupedRow> {};
INSTANTIATE_TEST_SUITE_P(Rows, GroupedTileEdges, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(GroupedTileEdges, Forward) {
  const GroupedRow& row = GetParam();
  for (const Shape& shape : edges_of(row)) {
    ConvProblem p = problem_of(shape);
    check_types_in_turn(p, row.name);
  }
}

// Backward data is the same kernel with input and output channels swapped.
TEST_P(GroupedTileEdges, BackwardData) {
  const GroupedRow& row = GetParam();
  if (row.r > 0 && row.stride != 1) GTEST_SKIP() << "forward only";
  for (const Shape& shape : edges_of(row)) {
    ConvProblem p = problem_of(shape);
    if (row.r == 0) {
      // As many rows in each of the two classes as the forward problem has outputs.
      p.in.h *= 2;
      p.out = implied_output(p);
    }
    std::swap(p.c, p.k);
    p.direction = Direction::kBackwardData;
    check_types_in_turn(p, row.name);
  }
}

struct WeightsRow {
  const char* name;
  int k, r, s;
};
std::ostream& operator<<(std::ostream& out, const WeightsRow& row) { return out << row.name; }

#define RDNA1CONV_WEIGHTS_TEST_ROW(K, R, S) WeightsRow{"k" #K "r" #R "s" #S, K, R, S},
constexpr WeightsRow kWeightsRows[] = {RDNA1CONV_GROUPED_WEIGHTS_TILES(RDNA1CONV_WEIGHTS_TEST_ROW)};

class GroupedWeightsEdges : public testing::TestWithParam<WeightsRow> {};
INSTANTIATE_TEST_SUITE_P(Rows, GroupedWeightsEdges, testing::ValuesIn(kWeightsRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(GroupedWeightsEdges, AreExact) {
  const auto& [name, k, r, s] = GetParam();
  const int fewer_k = std::max(1, k - 1), fewer_s = std::max(1, s - 1);
  const Shape shapes[] = {
      {1, 3, 9, 8, k * 3, r, s, r / 2, s / 2, 1, 1, 1, 1, 3},          // equal
      {2, 4, 8, 9, fewer_k * 2, r, fewer_s, 0, 1, 1, 1, 1, 1, 2},      // one less
      {1, 2, 13, 15, (k + 1) * 2, 2 * r, 2 * s, 1, 0, 2, 3, 1, 1, 2},  // one more, multiples
      {3, 1, 11, 17, 2 * k, r, s, r, s, 2, 1, 2, 3},                   // dilated, one group
      {1, 35, 7, 7, 35 * k, r, s, r / 2, s / 2, 1, 1, 1, 1, 35},       // more groups than lanes
      {2, 2, 70, 70, 2 * k, r, s, r / 2, s / 2, 1, 1, 1, 1, 2},        // split pixels
  };
  for (const Shape& shape : shapes) {
    ConvProblem p = problem_of(shape);
    p.direction = Direction::kBackwardWeights;
    check_types_in_turn(p, name, Values::kIntegers);
  }
}

TEST(GroupedWeights, ScalesWithAndWithoutSplits) {
  for (const char* line : {"conv -n 1 -c 4 -H 7 -W 9 -k 8 -y 3 -x 3 -p 1 -q 1 -g 4 -F 4",
                           "conv -n 2 -c 2 -H 70 -W 70 -k 2 -y 3 -x 3 -p 1 -q 1 -g 2 -F 4"}) {
    ConvProblem p = parse_driver_line(line).problem;
    p.epilogue.scaled = true;
    for (const ConvProblem& typed : every_type_of(p)) check(typed);
  }
}

// The claim of determinism, where sums of several workgroups meet.
TEST(GroupedWeights, RepeatsBitForBit) {
  const ConvProblem p =
      parse_driver_line("conv -n 2 -c 2 -H 90 -W 90 -k 2 -y 3 -x 3 -p 1 -q 1 -g 2 -F 4").problem;
  const PlanChecker checker(p);
  const SolverRow& solver = solver_for(p.direction);
  const std::vector<Plan> plans = make_plans(solver, p, test_device_facts());
  EXPECT_TRUE(std::any_of(plans.begin(), plans.end(), [](const Plan& plan) {
    return plan.workspace_bytes > 0;
  })) << "no plan splits its pixels";
  for (const Plan& plan : plans) EXPECT_TRUE(checker.check_repeats(solver, plan));
}

class Grouped : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(
    Shapes, Grouped,
    testing::Values(
        "conv -n 2 -c 6 -H 9 -W 11 -k 6 -y 3 -x 3 -p 1 -q 1 -g 6",             // depthwise
        "conv -n 1 -c 5 -H 10 -W 7 -k 10 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -g 5",  // multiplier 2
        "conv -n 1 -c 7 -H 9 -W 9 -k 7 -y 5 -x 5 -p 2 -q 2 -g 7",
        "conv -n 1 -c 40 -H 6 -W 6 -k 40 -y 3 -x 3 -p 1 -q 1 -g 40",
        "conv -n 1 -c 3 -H 9 -W 10 -k 8 -y 4 -x 3 -p 5 -q 1 -u 3 -v 2 -l 2 -j 4",
        "conv -n 1 -c 24 -H 5 -W 5 -k 3 -y 3 -x 3 -p 1 -q 1",       // channels in several steps
        "conv -n 3 -c 4 -H 1 -W 17 -k 4 -y 1 -x 5 -q 2 -v 2 -g 4",  // one-dimensional
        "conv -n 1 -c 2 -H 4 -W 4 -k 3 -y 1 -x 1 -p 2 -q 1 -u 2 -v 2",
        "conv -n 1 -c 2 -H 3 -W 3 -k 2 -y 5 -x 5 -p 1 -q 1 -g 2",  // filter beyond the input
        "conv -n 1 -c 2 -H 9 -W 9 -k 2 -y 2 -x 2 -u 4 -v 5 -g 2",  // stride beyond the filter
        "conv -n 1 -c 2 -H 5 -W 4 -k 2 -y 3 -x 3 -p 1 -q 1 -u 7 -v 300 -g 2",  // and the image
        "conv -n 1 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1",
        "conv -n 2 -c 4 -! 5 -H 5 -W 4 -k 4 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -# 1 -u 1 -v 1 -^ 1 -l 1 "
        "-j 1 -_ 3 -g 4",
        "conv -n 1 -c 4 -! 6 -H 5 -W 3 -k 6 -@ 2 -y 3 -x 2 -$ 1 -p 0 -q 1 -# 2 -u 1 -v 3 -^ 3 -l 2 "
        "-j 1 -_ 3 -g 2"));

TEST_P(Grouped, EveryKind) {
  for (const ConvProblem& problem : every_kind_of(GetParam())) check(problem);
}

TEST(Grouped, AppliesTheEpilogue) {
  ConvProblem p =
      parse_driver_line("conv -n 2 -c 6 -H 9 -W 6 -k 9 -y 3 -x 3 -p 1 -q 1 -g 3").problem;
  for (const char* words : {"scale+z+bias+norm+relu", "scale+bias+norm_per_activation+clamp",
                            "bias", "tanh", "power", "elu", "softrelu"}) {
    p.epilogue = parse_epilogue(words);
    for (const Direction direction : {Direction::kForward, Direction::kBackwardData}) {
      p.direction = direction;
      for (const Placement placement : {Placement::kNchw, Placement::kPadded}) {
        place(p, placement);
        for (const ElementTypes& types : float_types()) {
          p.x_type = p.w_type = types.in;
          p.y_type = types.out;
          check(p);
        }
      }
    }
  }
}

class GroupedRandom : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, GroupedRandom, testing::Range(0u, 40u));

// Random problems in a random direction, type and placement.
TEST_P(GroupedRandom, AgreesWithTheReference) {
  const std::uint32_t seed = GetParam();
  ConvProblem p = problem_of(random_shape(seed + 1000));
  p.direction = static_cast<Direction>(seed % 3);
  place(p, kPlacements[seed / 3 % std::size(kPlacements)]);
  const std::vector<ConvProblem> typed = every_type_of(p);
  p = typed[seed / 2 % typed.size()];
  if (solver_for(p.direction).refusal(p, test_device_facts()))
    GTEST_SKIP() << "too many channels a group: " << to_driver_line(p);
  check(p);
}

}  // namespace
}  // namespace rdna1conv
