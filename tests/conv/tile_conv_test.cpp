// Every row of kernels/params/tile_conv_tiles.h, packed_conv_tiles.h and integer_conv_tiles.h, with
// k shared by 1 to 16 waves, at the edges of its tile: in rows, columns, channels of a stage and of
// a tap.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <vector>

#include "plan_check.h"
#include "shapes.h"
#include "solvers/tile_conv.h"

namespace rdna1conv::tile_conv {

// GoogleTest's hook for printing a parameter.
void PrintTo(const Tile& tile, std::ostream* out) { *out << tile.name; }

namespace {

std::vector<ConvProblem> edges_of(const Tile& tile) {
  const int m = static_cast<int>(tile.rows), n = static_cast<int>(tile.columns());
  const int d = static_cast<int>(tile.stage_channels());
  const int deep = 64 * d;  // enough stages for 16 slices
  std::vector<ConvProblem> problems;
  // n, c, h, w, k, r, s, pad, stride, dilation, groups
  for (const Shape& shape : {
           Shape{1, d, 1, n, m, 1, 1},                         // equal
           Shape{1, 2 * d, 1, n - 1, m - 1, 1, 1},             // one less
           Shape{1, deep, 1, n + 1, m + 1, 1, 1},              // one more, all slices
           Shape{1, deep + d, 4, n / 2, 2 * m, 1, 1},          // multiples
           Shape{1, 1, 1, 1, 1, 1, 1},                         // a single product
           Shape{3, deep, 7, 7, 4 * m + 3, 1, 1},              // several images a tile
           Shape{2 * n + 3, 4 * d, 1, 1, 5, 1, 1},             // an image for each column
           Shape{2, d + 1, 5, 9, m + 5, 3, 3, 1, 1},           // a stage that is not filled
           Shape{1, 4 * d, 9, 9, 17, 3, 3, 1, 1, 2, 2},        // strided
           Shape{1, 2 * d, 11, 9, 9, 3, 3, 2, 2, 1, 1, 2, 2},  // dilated
           Shape{1, 3, 23, 21, 19, 7, 7, 3, 3, 2, 2},          // a stem
           Shape{1, 1, 25, 25, 8, 11, 11, 2, 2, 4, 4},         // all bits of the masks but ten
           Shape{1, 6 * d, 6, 7, 10, 1, 7, 0, 3},              // along a row
           Shape{2, 9 * d, 6, 7, 3 * (m + 1), 3, 3, 1, 1, 1, 1, 1, 1, 3},  // groups
       }) {
    problems.push_back(problem_of(shape));
    // With channels last the rows of w are those of a matrix.
    problems.push_back(problem_of(shape));
    set_packed(problems.back(), Layout::kNhwc);
  }
  return problems;
}

// Backward data where the same numbers are the gradient's, and where strides make phases.
std::vector<ConvProblem> gradients_of(const Tile& tile) {
  std::vector<ConvProblem> problems = edges_of(tile);
  const int m = static_cast<int>(tile.rows), d = static_cast<int>(tile.stage_channels());
  for (const Shape& shape : {
           Shape{2, 2 * m, 9, 8, 64 * d, 1, 1, 0, 0, 2, 2},          // 3 of 4 phases are zero
           Shape{1, m, 8, 8, 4 * d, 3, 3, 1, 1, 2, 2},               // 1, 2, 2 and 4 taps
           Shape{1, m + 1, 11, 13, 4 * d, 3, 4, 0, 2, 3, 2},         // phases differ in size
           Shape{1, m, 13, 13, 4 * d, 3, 3, 2, 2, 2, 2, 2, 2},       // all taps meet one phase
           Shape{1, m, 15, 12, 4 * d, 4, 3, 3, 3, 2, 3, 3, 2},       // strides beside dilations
           Shape{1, m, 5, 5, 4 * d, 1, 1, 3, 3, 2, 2},               // padding beyond the filter
           Shape{1, m, 9, 3, 4 * d, 2, 2, 0, 0, 4, 4},               // rows that no tap reaches
           Shape{2, 2 * m, 7, 7, 8 * d, 3, 3, 1, 1, 2, 2, 1, 1, 2},  // groups
       }) {
    problems.push_back(problem_of(shape));
    problems.push_back(problem_of(shape));
    set_packed(problems.back(), Layout::kNhwc);
  }
  for (ConvProblem& problem : problems) {
    problem.direction = Direction::kBackwardData;
    // Rows and columns, that is c and k, as in forward.
    if (problem.stride == Spatial{}) {
      std::swap(problem.c, problem.k);
      const bool channels_last = layout_of(problem.x_lengths(), problem.x_strides) == Layout::kNhwc;
      set_packed(problem, channels_last ? Layout::kNhwc : Layout::kNchw);
    }
  }
  return problems;
}

class TileConvEdges : public testing::TestWithParam<Tile> {};
INSTANTIATE_TEST_SUITE_P(Rows, TileConvEdges, testing::ValuesIn(tiles().begin(), tiles().end()),
                         [](const auto& row) { return std::string(row.param.kernel); });

TEST_P(TileConvEdges, AreExact) {
  const Tile& tile = GetParam();
  std::set<std::string_view> seen;
  std::vector<ConvProblem> problems = edges_of(tile);
  for (const ConvProblem& problem : gradients_of(tile)) problems.push_back(problem);
  for (ConvProblem& problem : problems) {
    problem.x_type = problem.w_type = problem.y_type = tile.type;
    const bool backward = problem.direction == Direction::kBackwardData;
    if (tile.type == DataType::kInt8)
      (backward ? problem.x_type : problem.y_type) = DataType::kInt32;
    const bool is_1x1 = problem.filter.volume() == 1;
    const SolverRow* solver = find_solver(
        std::string_view(problem.direction == Direction::kBackwardData ? "ImplicitGemmBwdData"
                         : is_1x1                                      ? "Gemm1x1Fwd"
                                                                       : "ImplicitGemmFwd"));
    ASSERT_NE(solver, nullptr);
    const PlanChecker checker(problem, Values::kIntegers);
    for (const Instance& instance : instances(problem, test_device_facts())) {
      if (std::ranges::find(tile.slice_names, instance.name) == std::end(tile.slice_names))
        continue;
      const Plan plan{instance.name, instance.workspace_bytes, instance.estimated_clocks,
                      launches(problem, instance)};
      EXPECT_TRUE(checker.check(*solver, plan));
      seen.insert(instance.name);
    }
  }
  EXPECT_GE(seen.size(), 2u) << "no waves shared k";
  EXPECT_TRUE(seen.contains(tile.name));
}

}  // namespace
}  // namespace rdna1conv::tile_conv
