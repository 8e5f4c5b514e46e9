// Warm runs of Find 2.0's solutions and of fusion plans only launch: no allocation, no wait, no
// look-up of kernels.
#include <gtest/gtest.h>

#include "find2_objects.h"
#include "fusion_objects.h"
#include "watch.h"

namespace rdna1conv {
namespace {

template <class Run>
void expect_only_launches(const Run& run) {
  ASSERT_OK(run());
  Watch watch;
  const miopenStatus_t status = run();
  const Observed observed = watch.stop();
  EXPECT_OK(status);
  EXPECT_EQ(fault_of(observed), "");
}

class WatchedSolution : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(
    Lines, WatchedSolution,
    testing::Values("conv -n 2 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 1",
                    "convfp16 -n 2 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 2",
                    "convbfp16 -n 1 -c 8 -H 9 -W 7 -k 12 -y 1 -x 1 -F 4",
                    "convint8 -n 1 -c 8 -H 6 -W 6 -k 8 -p 1 -q 1 --out_type int32 -F 1",
                    "conv -n 1 -c 6 -H 5 -W 5 -k 4 -p 1 -q 1 -u 2 -v 2 -Y 1 -X 1 -m trans -F 1"));

TEST_P(WatchedSolution, AWarmRunOnlyLaunches) {
  ApiConvolution conv(GetParam());
  const CallArguments arguments = conv.bare_arguments();
  const Problem problem = make_find_problem(arguments, conv.direction());
  const Solution solution = std::move(find_solutions(conv.handle(), problem, nullptr, 1).front());
  std::size_t bytes = 0;
  ASSERT_OK(miopenGetSolutionWorkspaceSize(solution.get(), &bytes));
  void* const workspace = conv.workspace(bytes);
  const auto tensors = tensor_arguments(arguments);
  expect_only_launches([&] {
    return miopenRunSolution(conv.handle(), solution.get(), tensors.size(), tensors.data(),
                             workspace, bytes);
  });
}

TEST(WatchedPlan, AWarmExecutionOnlyLaunches) {
  FusedConvolution fused("conv -n 2 -c 8 -H 9 -W 9 -k 16 -p 1 -q 1 --epilogue bias+norm+relu -F 1");
  ASSERT_OK(fused.compile());
  fused.set_args();
  expect_only_launches([&] { return fused.execute(); });
}

}  // namespace
}  // namespace rdna1conv
