// Every row of kernels/params/grouped_strips.h at the edges of its strips, with every epilogue.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/epilogue.h"
#include "plan_check.h"
#include "shapes.h"
#include "solvers/grouped_strips.h"

namespace rdna1conv {
namespace {

constexpr std::string_view kEpilogues[] = {"", "bias+relu", "scale+z+bias+norm+relu", "bias+tanh"};

TEST(GroupedStrips, EdgesAreExact) {
  const SolverRow* solver = find_solver(std::string_view("DirectGroupedFwd"));
  ASSERT_NE(solver, nullptr);
  std::set<std::string_view> seen;
  std::size_t turn = 0;
  for (const int filter : {3, 5, 7}) {
    for (const int stride : {1, 2}) {
      for (const int height : {1, 3 * stride, 4 * stride, 4 * stride + 1, 15}) {
        for (const int groups : {1, 5}) {
          for (const int channels : {1, 4, 9}) {
            const int pad = height % 2 == 0 ? filter / 2 : filter - 1;
            // Filters of several channels have more outputs than inputs, so that blocks of 1, 4 and
            // 8 are whole and in part.
            ConvProblem problem =
                problem_of({3, channels * groups, height, 11, (channels + 1) * groups, filter,
                            filter, pad, pad, stride, stride, 1, 1, groups});
            problem.epilogue = parse_epilogue(kEpilogues[turn++ % std::size(kEpilogues)]);
            const PlanChecker checker(problem);
            for (const Instance& instance :
                 grouped_strips::instances(problem, test_device_facts())) {
              const Plan plan{instance.name, instance.workspace_bytes, instance.estimated_clocks,
                              grouped_strips::launches(problem, instance)};
              EXPECT_TRUE(checker.check(*solver, plan));
              seen.insert(instance.name);
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), 9u) << "a row of the table never ran";
}

}  // namespace
}  // namespace rdna1conv
