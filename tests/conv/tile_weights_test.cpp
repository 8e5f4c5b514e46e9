// Every row of kernels/params/tile_weights_tiles.h, with pixels shared by 1 to 16 waves, at the
// edges of its tile: in output channels, channels and pixels.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <vector>

#include "plan_check.h"
#include "shapes.h"
#include "solvers/tile_weights.h"

namespace rdna1conv::tile_weights {

// GoogleTest's hook for printing a parameter.
void PrintTo(const Tile& tile, std::ostream* out) { *out << tile.name(); }

namespace {

std::vector<ConvProblem> edges_of(const Tile& tile) {
  const int k = static_cast<int>(tile.k), c = static_cast<int>(tile.c);
  std::vector<ConvProblem> problems;
  // n, c, h, w, k, r, s, pad, stride, dilation, groups
  for (const Shape& shape : {
           Shape{1, c, 1, 64, k, 1, 1},                     // equal, one turn
           Shape{1, c - 1, 1, 65, k - 1, 1, 1},             // less, one pixel more
           Shape{1, c + 1, 1, 63, k + 1, 1, 1},             // more, one pixel less
           Shape{2, 3 * c, 33, 32, 3 * k, 1, 1},            // all slices, several tiles
           Shape{1, 1, 1, 1, 1, 1, 1},                      // a single product
           Shape{70, c, 1, 1, k, 1, 1},                     // an image a pixel
           Shape{21, c, 3, 2, 2 * k, 1, 1},                 // several images 32 pixels
           Shape{3, c + 2, 7, 7, 2 * k + 1, 3, 3, 1, 1},    // padding
           Shape{2, c, 40, 35, k, 3, 3, 1, 1},              // rows longer than a wave
           Shape{2, c, 9, 9, k, 3, 3, 1, 1, 2, 2},          // strided
           Shape{1, c, 19, 17, k, 3, 3, 2, 2, 1, 1, 2, 2},  // dilated
           Shape{1, 3, 23, 21, k, 7, 7, 3, 3, 2, 2},        // a stem
           Shape{1, c, 6, 37, k, 1, 7, 0, 3},               // along a row
           Shape{1, c, 4, 5, k, 5, 5, 6, 6},                // padding beyond the filter
           Shape{2, 3 * c, 8, 8, 3 * (k + 1), 3, 3, 1, 1, 1, 1, 1, 1, 3},  // groups
       }) {
    problems.push_back(problem_of(shape));
    problems.back().direction = Direction::kBackwardWeights;
  }
  return problems;
}

class TileWeightsEdges : public testing::TestWithParam<Tile> {};
INSTANTIATE_TEST_SUITE_P(Rows, TileWeightsEdges, testing::ValuesIn(tiles().begin(), tiles().end()),
                         [](const auto& row) { return std::string(row.param.name()); });

TEST_P(TileWeightsEdges, AreExact) {
  const Tile& tile = GetParam();
  const SolverRow* solver = find_solver(std::string_view("ImplicitGemmBwdWeights"));
  ASSERT_NE(solver, nullptr);
  std::set<std::string_view> seen;
  bool some_split = false, some_whole = false;
  for (const ConvProblem& problem : edges_of(tile)) {
    const PlanChecker checker(problem, Values::kIntegers);
    for (Instance instance : instances(problem, test_device_facts())) {
      if (std::ranges::find(tile.slice_names, instance.name) == std::end(tile.slice_names))
        continue;
      const auto check = [&] {
        const Plan plan{instance.name, instance.workspace_bytes, instance.estimated_clocks,
                        launches(problem, instance)};
        (plan.launches.size() > 1 ? some_split : some_whole) = true;
        EXPECT_TRUE(checker.check(*solver, plan));
      };
      check();
      seen.insert(instance.name);
    }
  }
  EXPECT_EQ(seen.size(), std::size(tile.slice_names));
  EXPECT_TRUE(some_split) << "no sums of splits";
  EXPECT_TRUE(some_whole);
}

}  // namespace
}  // namespace rdna1conv::tile_weights
