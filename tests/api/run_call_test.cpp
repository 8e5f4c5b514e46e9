// A run call after the first: nothing but launches, in order, on the handle's stream, from any
// number of threads, in graphs too.
#include <hip/hip_runtime_api.h>

#include <thread>

#include "api_convolution.h"
#include "expect_failure.h"
#include "hip_calls.h"

namespace rdna1conv {
namespace {

const char* const kLines[] = {
    "conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 1",
    "conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 2",
    "conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 4",
    "convfp16 -n 2 -c 8 -H 9 -W 9 -k 8 -p 1 -q 1 -u 2 -v 2 -F 1",
    "conv -n 1 -c 6 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -Y 1 -X 1 -m trans -F 1",
    "conv -n 1 -c 3 -! 4 -H 6 -W 5 -k 4 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -_ 3 --epilogue scale -F 1",
};

class RunCall : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Lines, RunCall, testing::ValuesIn(kLines));

// The watch itself sees what it must.
TEST(HostWork, IsSeen) {
  watch_host_work();
  ::operator delete(::operator new(1));  // unlike an expression with new, never elided
  static_cast<void>(hipDeviceSynchronize());
  const HostWork work = end_of_host_work();
  EXPECT_EQ(work.heap_allocations, 1u);
  EXPECT_EQ(work.hip_calls, "hipDeviceSynchronize ");
}

TEST_P(RunCall, NeitherAllocatesNorWaits) {
  ApiConvolution conv(GetParam());
  const bool is_scaled = conv.problem().epilogue.scaled;
  std::vector<std::uint64_t> ids{1};
  for (const auto& solution : conv.solutions(conv.arguments())) ids.push_back(solution.solution_id);
  for (const std::uint64_t id : ids) {
    for (const EntryPoint entry : {kRun, kImmediate}) {
      if (entry == kImmediate && is_scaled) continue;
      CallArguments a = conv.arguments();
      a.solution_id = id;
      a.algo = static_cast<unsigned>(id % 4);
      if (a.algo == 2) a.algo = 5;
      ASSERT_EQ(conv.call(entry, a), miopenStatusSuccess) << rdna1convLastErrorText();
      watch_host_work();
      const miopenStatus_t status = conv.call(entry, a);
      const HostWork work = end_of_host_work();
      EXPECT_EQ(status, miopenStatusSuccess);
      EXPECT_EQ(work.hip_calls, "") << name_of(conv.direction(), entry) << " " << id;
      EXPECT_EQ(work.heap_allocations, 0u) << name_of(conv.direction(), entry) << " " << id;
    }
  }
}

// Launches in a captured stream become graph nodes, in order: nothing runs until the graph does,
// and then as often as it does.
TEST_P(RunCall, IsCapturedIntoGraphs) {
  ApiConvolution conv(GetParam());
  hipStream_t stream = nullptr;
  ASSERT_EQ(hipStreamCreate(&stream), hipSuccess);
  ASSERT_EQ(miopenSetStream(conv.handle(), stream), miopenStatusSuccess);
  const bool is_scaled = conv.problem().epilogue.scaled;
  for (const auto& solution : conv.solutions(conv.arguments())) {
    const EntryPoint entry = is_scaled ? kRun : kImmediate;
    const auto run = [&] {
      CallArguments a = conv.arguments();
      a.solution_id = solution.solution_id;
      return conv.call(entry, a);
    };
    ASSERT_EQ(run(), miopenStatusSuccess) << rdna1convLastErrorText();
    conv.reset_output();
    hipGraph_t graph = nullptr;
    hipGraphExec_t executable = nullptr;
    ASSERT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal), hipSuccess);
    EXPECT_EQ(run(), miopenStatusSuccess) << rdna1convLastErrorText();
    ASSERT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess);
    ASSERT_EQ(hipGraphInstantiate(&executable, graph, nullptr, nullptr, 0), hipSuccess);
    EXPECT_TRUE(conv.is_untouched()) << "before the graph's launch";
    ASSERT_EQ(hipGraphLaunch(executable, stream), hipSuccess);
    ASSERT_EQ(hipStreamSynchronize(stream), hipSuccess);
    EXPECT_TRUE(conv.is_correct()) << "solution " << solution.solution_id;
    EXPECT_EQ(hipGraphExecDestroy(executable), hipSuccess);
    EXPECT_EQ(hipGraphDestroy(graph), hipSuccess);
  }
  ASSERT_EQ(miopenSetStream(conv.handle(), nullptr), miopenStatusSuccess);
  EXPECT_EQ(hipStreamDestroy(stream), hipSuccess);
}

// Find has to wait for what it times.
TEST(RunCalls, FindIsRefusedInACapture) {
  ApiConvolution conv(kLines[0]);
  hipStream_t stream = nullptr;
  ASSERT_EQ(hipStreamCreate(&stream), hipSuccess);
  ASSERT_EQ(miopenSetStream(conv.handle(), stream), miopenStatusSuccess);
  const CallArguments a = conv.arguments();
  hipGraph_t graph = nullptr;
  ASSERT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal), hipSuccess);
  expect_failure("Find", miopenStatusUnsupportedOp, "is being captured",
                 [&] { return conv.call(kFind, a); });
  EXPECT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess) << "the capture goes on";
  EXPECT_EQ(hipGraphDestroy(graph), hipSuccess);
  ASSERT_EQ(miopenSetStream(conv.handle(), nullptr), miopenStatusSuccess);
  EXPECT_EQ(hipStreamDestroy(stream), hipSuccess);
}

TEST(RunCalls, OfThreadsWithTheirOwnHandlesAndStreams) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 6; ++i) {
    threads.emplace_back([i] {
      ApiConvolution conv(kLines[i % std::size(kLines)]);
      hipStream_t stream = nullptr;
      EXPECT_EQ(hipStreamCreate(&stream), hipSuccess);
      EXPECT_EQ(miopenSetStream(conv.handle(), stream), miopenStatusSuccess);
      for (int repetition = 0; repetition < 3; ++repetition) {
        conv.reset_output();
        if (repetition == 1 && !conv.problem().epilogue.scaled) conv.find(conv.arguments(), 1);
        EXPECT_EQ(conv.call(kRun, conv.arguments()), miopenStatusSuccess)
            << rdna1convLastErrorText();
        EXPECT_TRUE(conv.is_correct()) << "thread " << i;
      }
      EXPECT_EQ(miopenSetStream(conv.handle(), nullptr), miopenStatusSuccess);
      EXPECT_EQ(hipStreamDestroy(stream), hipSuccess);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace rdna1conv
