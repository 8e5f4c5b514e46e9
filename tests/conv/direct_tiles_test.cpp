// Every row of kernels/params/direct_tiles.h at the edges of its tile.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "params/direct_tiles.h"
#include "plan_check.h"
#include "shapes.h"

namespace rdna1conv {
namespace {

struct DirectRow {
  const char* name;
  int k, h, r, stride;
};
std::ostream& operator<<(std::ostream& out, const DirectRow& row) { return out << row.name; }

#define RDNA1CONV_DIRECT_TEST_ROW(K, H, R, STRIDE) \
  DirectRow{"k" #K "h" #H "r" #R "s" #STRIDE, K, H, R, STRIDE},
constexpr DirectRow kRows[] = {RDNA1CONV_DIRECT_TILES(RDNA1CONV_DIRECT_TEST_ROW)};

// A problem of `out_h` x `out_w` outputs that the row serves.
Shape shape_of(const DirectRow& row, int n, int c, int k, int out_h, int out_w, int s, int groups) {
  const bool any = row.r == 0;
  const int r = any ? 4 : row.r;
  const int stride = any ? 3 : row.stride;
  const int dilation = any ? 2 : 1;
  const int pad = std::min((r - 1) * dilation / 2, stride * (out_h - 1));
  const int h = stride * (out_h - 1) + (r - 1) * dilation + 1 - 2 * pad;
  const int w = 2 * (out_w - 1) + (s - 1) * 2 + 1;  // stride 2, dilation 2 along the width
  if (h < 1) return shape_of(row, n, c, k, out_h + 1, out_w, s, groups);
  return {n, c * groups, h, w, k * groups, r, s, pad, 0, stride, 2, dilation, 2, groups};
}

std::vector<Shape> edges_of(const DirectRow& row) {
  const int k = row.k, h = row.h;
  // A row of k channels needs more than half of them used.
  const int fewer = std::max(1, k - 1);
  return {
      shape_of(row, 1, 3, k, h, 8, 3, 1),           // equal
      shape_of(row, 1, 3, fewer, h - 1, 7, 3, 1),   // one less
      shape_of(row, 1, 3, k + 1, h + 1, 9, 3, 1),   // one more
      shape_of(row, 2, 5, 4 * k, 4 * h, 32, 3, 1),  // multiples
      shape_of(row, 2, 7, 37, 29, 41, 1, 1),        // primes, filter of one column
      shape_of(row, 1, 37, 2 * k + 1, 5, 5, 7, 1),  // more channels than one step stages
      shape_of(row, 2, 1, k, h + 3, 11, 2, 13),     // groups of one channel
      shape_of(row, 1, 4, k, 2 * h, 13, 3, 7),      // groups of four
      shape_of(row, 1, 200, fewer, 3, 2, 3, 2),     // groups of many
      shape_of(row, 1, 1, k, 1, 1, 1, 1),           // one output
      shape_of(row, 1, 2, k, 1, 70, 2, 1),          // one row of outputs
      shape_of(row, 1, 2, k, 70, 1, 2, 1),          // one column of outputs
  };
}

class DirectTileEdges : public testing::TestWithParam<DirectRow> {};
INSTANTIATE_TEST_SUITE_P(Rows, DirectTileEdges, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(DirectTileEdges, AreExact) {
  const DirectRow& row = GetParam();
  const SolverRow* solver = find_solver(std::string_view("DirectTiledFwd"));
  ASSERT_NE(solver, nullptr);
  for (const Shape& shape : edges_of(row)) {
    const ConvProblem problem = problem_of(shape);
    const std::vector<Plan> plans = make_plans(*solver, problem, test_device_facts());
    const auto plan = std::find_if(plans.begin(), plans.end(),
                                   [&](const Plan& p) { return p.instance == row.name; });
    ASSERT_NE(plan, plans.end()) << row.name << " has no plan for " << shape;
    EXPECT_TRUE(PlanChecker(problem, Values::kIntegers).check(*solver, *plan));
  }
}

}  // namespace
}  // namespace rdna1conv
