// Find 2.0 as its clients use it, in every direction.
#include <hip/hip_runtime_api.h>

#include <map>
#include <memory>
#include <thread>

#include "api_convolution.h"
#include "find2_objects.h"

namespace rdna1conv {
namespace {

const char* const kLines[] = {
    "conv -n 2 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 1",
    "conv -n 2 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 2",
    "conv -n 2 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 4",
    "conv -n 1 -c 8 -H 9 -W 7 -k 12 -y 1 -x 1 -F 1",
    "convfp16 -n 1 -c 6 -H 9 -W 9 -k 4 -p 1 -q 1 -u 2 -v 2 -g 2 -F 1",
    "convbfp16 -n 2 -c 8 -H 6 -W 6 -k 8 -p 1 -q 1 -I NHWC -f NHWC -O NHWC -F 2",
    "convint8 -n 1 -c 8 -H 6 -W 6 -k 8 -p 1 -q 1 --out_type int32 -F 1",
    "conv -n 1 -c 6 -H 5 -W 5 -k 4 -p 1 -q 1 -u 2 -v 2 -Y 1 -X 1 -m trans -F 1",
    "conv -n 1 -c 3 -! 4 -H 6 -W 5 -k 4 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -_ 3 -F 1",
};

class Find2 : public testing::TestWithParam<const char*> {
 protected:
  Problem problem() { return make_find_problem(arguments, conv.direction()); }
  void expect_runs(const Solution& solution, const std::string& what) {
    SCOPED_TRACE(what + ", solver " + std::to_string(solver_of(solution)));
    conv.reset_output();
    const std::size_t bytes = workspace_of(solution);
    arguments = conv.bare_arguments();
    const auto tensors = tensor_arguments(arguments);
    EXPECT_OK(miopenRunSolution(conv.handle(), solution.get(), tensors.size(), tensors.data(),
                                conv.workspace(bytes), bytes));
    EXPECT_TRUE(conv.is_correct());
  }

  ApiConvolution conv{GetParam()};
  CallArguments arguments = conv.bare_arguments();
};
INSTANTIATE_TEST_SUITE_P(Lines, Find2, testing::ValuesIn(kLines));

// MIGraphX: preallocated memory, the best solution only, saved, loaded and run later.
TEST_P(Find2, ASolutionIsFoundSavedLoadedAndRun) {
  arguments = conv.arguments();
  const Options options = make_options();
  ASSERT_OK(miopenSetFindOptionTuning(options.get(), 1));
  for (const miopenTensorArgument_t& tensor : tensor_arguments(arguments)) {
    ASSERT_OK(miopenSetFindOptionPreallocatedTensor(options.get(), tensor.id, tensor.buffer));
  }
  ASSERT_OK(miopenSetFindOptionPreallocatedWorkspace(options.get(), arguments.workspace,
                                                     arguments.workspace_bytes));
  const auto solutions = find_solutions(conv.handle(), problem(), options, 1);
  ASSERT_EQ(solutions.size(), 1u);
  const Solution loaded = load(save(solutions[0]));
  EXPECT_EQ(solver_of(loaded), solver_of(solutions[0]));
  EXPECT_EQ(workspace_of(loaded), workspace_of(solutions[0]));
  EXPECT_EQ(time_of(loaded), time_of(solutions[0]));
  expect_runs(solutions[0], "found");
  expect_runs(loaded, "loaded");
}

// Without preallocated memory the search has its own. Solutions are sorted, and each is right, also
// after its handle is gone.
TEST_P(Find2, EverySolutionIsRight) {
  std::vector<Solution> solutions;
  {
    ScopedHandle other;
    solutions = find_solutions(other, problem(), nullptr);
  }
  ASSERT_FALSE(solutions.empty());
  EXPECT_TRUE(conv.is_untouched());
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    if (i > 0) {
      EXPECT_GE(time_of(solutions[i]), time_of(solutions[i - 1]));
    }
    expect_runs(solutions[i], "solution " + std::to_string(i));
    miopenConvAlgorithm_t algorithm;
    EXPECT_OK(miopenGetSolverIdConvAlgorithm(solver_of(solutions[i]), &algorithm));
  }
}

TEST_P(Find2, DescriptorsOfArgumentsMayBeGiven) {
  const auto solutions = find_solutions(conv.handle(), problem(), nullptr, 1);
  ASSERT_EQ(solutions.size(), 1u);
  auto tensors = tensor_arguments(arguments);
  tensors[0].descriptor = &arguments.x_desc;
  tensors[1].descriptor = &arguments.w_desc;
  tensors[2].descriptor = &arguments.y_desc;
  const std::size_t bytes = workspace_of(solutions[0]);
  EXPECT_OK(miopenRunSolution(conv.handle(), solutions[0].get(), 3, tensors.data(),
                              conv.workspace(bytes), bytes));
  EXPECT_TRUE(conv.is_correct());
}

// Threads with handles of their own may share a solution, also while it is new.
TEST(Find2Threads, ShareASolution) {
  constexpr int kThreads = 4;
  std::vector<std::unique_ptr<ApiConvolution>> convolutions;
  for (int i = 0; i < kThreads; ++i) {
    convolutions.push_back(std::make_unique<ApiConvolution>(kLines[0]));
  }
  ApiConvolution& first = *convolutions[0];
  const Solution solution = load(save(
      find_solutions(first.handle(), make_find_problem(first.bare_arguments(), first.direction()),
                     nullptr, 1)[0]));
  const std::size_t bytes = workspace_of(solution);
  std::vector<std::thread> threads;
  for (const auto& conv : convolutions) {
    void* const workspace = conv->workspace(bytes);
    threads.emplace_back([&solution, bytes, workspace, a = conv->bare_arguments()] {
      const auto tensors = tensor_arguments(a);
      for (int run = 0; run < 5; ++run) {
        EXPECT_OK(miopenRunSolution(a.handle, solution.get(), tensors.size(), tensors.data(),
                                    workspace, bytes));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& conv : convolutions) EXPECT_TRUE(conv->is_correct());
}

class Find2Options : public testing::Test {
 protected:
  ApiConvolution conv{kLines[0]};
  CallArguments arguments = conv.bare_arguments();
  Problem problem = make_find_problem(arguments, conv.direction());
  Options options = make_options();
};

TEST_F(Find2Options, OrderAndLimitByWorkspace) {
  ASSERT_OK(miopenSetFindOptionResultsOrder(options.get(), miopenFindResultsOrderByWorkspaceSize));
  const auto by_workspace = find_solutions(conv.handle(), problem, options);
  for (std::size_t i = 1; i < by_workspace.size(); ++i) {
    EXPECT_GE(workspace_of(by_workspace[i]), workspace_of(by_workspace[i - 1]));
  }
  const std::size_t most = workspace_of(by_workspace.back());
  ASSERT_GT(most, 0u) << "a solver with workspace should take this shape";

  ASSERT_OK(miopenSetFindOptionWorkspaceLimit(options.get(), most - 1));
  for (const Solution& solution : find_solutions(conv.handle(), problem, options)) {
    EXPECT_LT(workspace_of(solution), most);
  }
  ASSERT_OK(miopenSetFindOptionPreallocatedWorkspace(options.get(), nullptr, 0));
  for (const Solution& solution : find_solutions(conv.handle(), problem, options)) {
    EXPECT_EQ(workspace_of(solution), 0u);
  }
  // The number of results may be of no interest.
  miopenSolution_t only = nullptr;
  ASSERT_OK(miopenFindSolutions(conv.handle(), problem.get(), options.get(), &only, nullptr, 1));
  const Solution owned(only);
}

// Memory that the search needs comes from the client's allocator and goes back to it.
TEST_F(Find2Options, TheSearchUsesTheHandlesAllocator) {
  struct Bookkeeper {
    std::map<void*, std::size_t> live;
    int allocations = 0;
  } books;
  ASSERT_OK(miopenSetAllocator(
      conv.handle(),
      [](void* context, std::size_t bytes) -> void* {
        auto& mine = *static_cast<Bookkeeper*>(context);
        void* memory = nullptr;
        if (hipMalloc(&memory, bytes) != hipSuccess) return nullptr;
        mine.live[memory] = bytes;
        ++mine.allocations;
        return memory;
      },
      [](void* context, void* memory) {
        EXPECT_EQ(static_cast<Bookkeeper*>(context)->live.erase(memory), 1u);
        EXPECT_EQ(hipFree(memory), hipSuccess);
      },
      &books));
  EXPECT_FALSE(find_solutions(conv.handle(), problem, nullptr).empty());
  EXPECT_GE(books.allocations, 3);
  EXPECT_TRUE(books.live.empty());
}

TEST_F(Find2Options, ACapturedStreamIsRefusedAndUnharmed) {
  hipStream_t stream = nullptr;
  hipGraph_t graph = nullptr;
  std::size_t nodes = 1;
  ASSERT_EQ(hipStreamCreate(&stream), hipSuccess);
  ASSERT_OK(miopenSetStream(conv.handle(), stream));
  ASSERT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal), hipSuccess);
  miopenSolution_t found = nullptr;
  EXPECT_EQ(miopenFindSolutions(conv.handle(), problem.get(), nullptr, &found, nullptr, 1),
            miopenStatusUnsupportedOp);
  ASSERT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess);
  ASSERT_EQ(hipGraphGetNodes(graph, nullptr, &nodes), hipSuccess);
  EXPECT_EQ(nodes, 0u);
  ASSERT_EQ(hipGraphDestroy(graph), hipSuccess);
  ASSERT_OK(miopenSetStream(conv.handle(), nullptr));
  ASSERT_EQ(hipStreamDestroy(stream), hipSuccess);
}

// A client whose memory is full: no tensor, no search; no workspace, a search without.
TEST_F(Find2Options, TheAllocatorMayFail) {
  static std::size_t limit;  // the allocator's context is the tensor that it fails at
  const auto allocate = [](void*, std::size_t bytes) -> void* {
    void* memory = nullptr;
    if (bytes > limit || hipMalloc(&memory, bytes) != hipSuccess) return nullptr;
    return memory;
  };
  const auto release = [](void*, void* memory) { EXPECT_EQ(hipFree(memory), hipSuccess); };
  ASSERT_OK(miopenSetAllocator(conv.handle(), allocate, release, nullptr));
  limit = 0;
  miopenSolution_t found = nullptr;
  EXPECT_EQ(miopenFindSolutions(conv.handle(), problem.get(), nullptr, &found, nullptr, 1),
            miopenStatusAllocFailed);
  EXPECT_EQ(found, nullptr);
  limit = 2 * 16 * 12 * 12 * sizeof(float);  // x, and y too
  for (const Solution& solution : find_solutions(conv.handle(), problem, nullptr)) {
    EXPECT_LE(workspace_of(solution), limit);
  }
}

}  // namespace
}  // namespace rdna1conv
