// Every row of kernels/params/gemm_tiles.h, with and without split-K, at the edges of its tile.
#include <gtest/gtest.h>

#include <vector>

#include "plan_check.h"
#include "shapes.h"
#include "solvers/gemm_launches.h"

namespace rdna1conv {

// GoogleTest's hook for printing a parameter.
void PrintTo(const GemmTile& tile, std::ostream* out) { *out << tile.name; }

namespace {

// m output channels, `images` images of `pixels` output pixels each, k input channels: im2col of a
// 1x1 convolution with padded rows is this GEMM.
struct GemmSize {
  int m, images, pixels, k;
};

std::vector<GemmSize> edges_of(const GemmTile& tile) {
  const int m = static_cast<int>(tile.m), n = static_cast<int>(tile.n);
  const int k = static_cast<int>(tile.k);
  return {
      {m, 1, n, k},                   // equal
      {m - 1, 1, n - 1, k - 1},       // one less
      {m + 1, 1, n + 1, k + 1},       // one more
      {2 * m, 1, 2 * n, 6 * k},       // multiples
      {17, 1, 37, 53},                // primes
      {m + 3, 1, n - 2, 2 * k - 1},   // a remainder of k with a second step
      {1, 1, 3, 1},                   // a product for each of three columns
      {1, 1, n + 5, 4 * k + 3},       // one row
      {m + 5, 1, 3, 4 * k + 3},       // three columns
      {m / 2, 3, n / 2 + 1, 5 * k},   // columns of several images in a tile
      {m / 2 + 1, 5, 49, 3 * k + 2},  // images that end within four columns
      {5, n / 2 + 3, 3, 2 * k},       // an image for every three columns
      {9, n / 2, 3, k + 2},
  };
}

class GemmTileEdges : public testing::TestWithParam<GemmTile> {};
INSTANTIATE_TEST_SUITE_P(Rows, GemmTileEdges,
                         testing::ValuesIn(gemm_tiles().begin(), gemm_tiles().end()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(GemmTileEdges, AreExact) {
  const GemmTile& tile = GetParam();
  const SolverRow* solver = find_solver(std::string_view("Im2colGemmFwd"));
  ASSERT_NE(solver, nullptr);
  bool split = false;
  for (const GemmSize& size : edges_of(tile)) {
    const ConvProblem problem =
        problem_of({size.images, size.k, 1, size.pixels - 2, size.m, 1, 1, 0, 1});
    const PlanChecker checker(problem, Values::kIntegers);
    int runs = 0;
    for (const Plan& plan : make_plans(*solver, problem, test_device_facts())) {
      if (plan.instance != tile.name && plan.instance != tile.split_k_name) continue;
      EXPECT_TRUE(checker.check(*solver, plan));
      split |= plan.instance == tile.split_k_name;
      ++runs;
    }
    EXPECT_GE(runs, 1) << tile.name;
  }
  EXPECT_TRUE(split) << tile.name << " never split k";
}

}  // namespace
}  // namespace rdna1conv
