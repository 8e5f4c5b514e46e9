// Warm runs of solutions, plans and fused calls: nothing but launches, as of the other run calls
// (tests/run_calls).
#include "fusion_objects.h"
#include "watch.h"

namespace rdna1conv {
namespace {

TEST(WatchedRun, OfASolutionOnlyLaunches) {
  for (const char* const line : {
           "conv -n 2 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 1",
           "conv -n 2 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 2",
           "conv -n 2 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 4",
           "convfp16 -n 1 -c 6 -H 9 -W 9 -k 4 -p 1 -q 1 -u 2 -v 2 -g 2 -F 1",
           "conv -n 1 -c 6 -H 5 -W 5 -k 4 -p 1 -q 1 -u 2 -v 2 -Y 1 -X 1 -m trans -F 1",
       }) {
    ApiConvolution conv(line);
    const CallArguments a = conv.bare_arguments();
    const Problem problem = make_find_problem(a, conv.direction());
    const auto tensors = tensor_arguments(a);
    for (const Solution& found : find_solutions(conv.handle(), problem, nullptr)) {
      const Solution solution = load(save(found));
      const std::size_t bytes = workspace_of(solution);
      void* const workspace = conv.workspace(bytes);
      EXPECT_EQ(fault_of_second([&] {
                  ASSERT_EQ(miopenRunSolution(conv.handle(), solution.get(), tensors.size(),
                                              tensors.data(), workspace, bytes),
                            miopenStatusSuccess);
                }),
                "")
          << line << " -S " << solver_of(solution);
    }
  }
}

TEST(WatchedRun, OfAPlanOnlyLaunches) {
  FusedConvolution f("conv -n 2 -c 4 -H 8 -W 7 -k 6 -p 1 -q 1 --epilogue bias+norm+relu -F 1");
  ASSERT_OK(f.compile());
  f.set_args();
  EXPECT_EQ(fault_of_second([&] { ASSERT_EQ(f.execute(), miopenStatusSuccess); }), "");
}

}  // namespace
}  // namespace rdna1conv
