// Find 2.0 as its clients use it.
#include <cmath>
#include <map>

#include "device_fixture.h"
#include "find2_objects.h"

namespace {

Problem forward_problem(const Convolution& conv) {
  return make_problem(conv.conv_desc, miopenProblemDirectionForward, conv.x_desc, conv.w_desc,
                      conv.y_desc);
}

std::vector<miopenTensorArgument_t> arguments_of(const Convolution& conv) {
  return {{miopenTensorConvolutionX, nullptr, conv.x_buffer.get()},
          {miopenTensorConvolutionW, nullptr, conv.w_buffer.get()},
          {miopenTensorConvolutionY, nullptr, conv.y_buffer.get()}};
}

void expect_runs(Convolution& conv, const Solution& solution, const std::string& what) {
  conv.poison_y();
  const auto arguments = arguments_of(conv);
  EXPECT_OK(miopenRunSolution(conv.handle, solution.get(), arguments.size(), arguments.data(),
                              conv.workspace_buffer.get(), workspace_of(solution)));
  conv.expect_correct(what + " with solver " + std::to_string(solver_of(solution)));
}

// Few solvers take each; between them they cover those with and without workspace.
const Shape kShapes[] = {
    {},
    {.n = 2, .c = 16, .h = 12, .w = 12, .k = 16},
    {.c = 8, .h = 9, .w = 7, .k = 12, .r = 1, .s = 1, .pad_h = 0, .pad_w = 0},
    {.c = 6, .h = 9, .w = 9, .k = 4, .stride_h = 2, .stride_w = 2, .groups = 2},
};

// MIGraphX: preallocated memory, the best solution only, saved, loaded and run later.
TEST(Find2, ASolutionIsFoundSavedLoadedAndRun) {
  for (const Shape& shape : kShapes) {
    Convolution conv(shape);
    const Problem problem = forward_problem(conv);
    const Options options = make_options();
    ASSERT_OK(miopenSetFindOptionTuning(options.get(), 1));
    for (const miopenTensorArgument_t& argument : arguments_of(conv)) {
      ASSERT_OK(miopenSetFindOptionPreallocatedTensor(options.get(), argument.id, argument.buffer));
    }
    ASSERT_OK(miopenSetFindOptionPreallocatedWorkspace(options.get(), conv.workspace_buffer.get(),
                                                       conv.workspace_bytes()));
    const auto solutions = find_solutions(conv.handle, problem, options, 1);
    ASSERT_EQ(solutions.size(), 1u);
    const Solution loaded = load(save(solutions[0]));
    EXPECT_EQ(solver_of(loaded), solver_of(solutions[0]));
    EXPECT_EQ(workspace_of(loaded), workspace_of(solutions[0]));
    EXPECT_EQ(time_of(loaded), time_of(solutions[0]));
    expect_runs(conv, solutions[0], "found");
    expect_runs(conv, loaded, "loaded");
  }
}

TEST(Find2, EverySolutionIsRightAndTheyAreSortedByTime) {
  for (const Shape& shape : kShapes) {
    Convolution conv(shape);
    const auto solutions = find_solutions(conv.handle, forward_problem(conv), nullptr);
    ASSERT_FALSE(solutions.empty());
    for (std::size_t i = 0; i < solutions.size(); ++i) {
      if (i > 0) {
        EXPECT_GE(time_of(solutions[i]), time_of(solutions[i - 1]));
      }
      expect_runs(conv, solutions[i], "solution " + std::to_string(i));
      miopenConvAlgorithm_t algorithm;
      EXPECT_OK(miopenGetSolverIdConvAlgorithm(solver_of(solutions[i]), &algorithm));
    }
  }
}

TEST(Find2, OptionsOrderAndLimitByWorkspace) {
  Convolution conv{Shape{.n = 2, .c = 16, .h = 12, .w = 12, .k = 16}};
  const Problem problem = forward_problem(conv);
  const Options options = make_options();
  ASSERT_OK(miopenSetFindOptionResultsOrder(options.get(), miopenFindResultsOrderByWorkspaceSize));
  const auto by_workspace = find_solutions(conv.handle, problem, options);
  for (std::size_t i = 1; i < by_workspace.size(); ++i) {
    EXPECT_GE(workspace_of(by_workspace[i]), workspace_of(by_workspace[i - 1]));
  }
  const std::size_t most = workspace_of(by_workspace.back());
  ASSERT_GT(most, 0u) << "a solver with workspace should take this shape";

  ASSERT_OK(miopenSetFindOptionWorkspaceLimit(options.get(), most - 1));
  for (const Solution& solution : find_solutions(conv.handle, problem, options)) {
    EXPECT_LT(workspace_of(solution), most);
  }
  ASSERT_OK(miopenSetFindOptionPreallocatedWorkspace(options.get(), nullptr, 0));
  for (const Solution& solution : find_solutions(conv.handle, problem, options)) {
    EXPECT_EQ(workspace_of(solution), 0u);
  }
  // The number of results may be of no interest.
  miopenSolution_t only = nullptr;
  ASSERT_OK(miopenFindSolutions(conv.handle, problem.get(), options.get(), &only, nullptr, 1));
  const Solution owned(only);
}

// Memory that the search needs comes from the client's allocator and goes back to it.
TEST(Find2, TheSearchUsesTheHandlesAllocator) {
  struct Bookkeeper {
    std::map<void*, std::size_t> live;
    int allocations = 0;
  } books;
  Convolution conv{Shape{.n = 2, .c = 16, .h = 12, .w = 12, .k = 16}};
  ASSERT_OK(miopenSetAllocator(
      conv.handle,
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
  const auto solutions = find_solutions(conv.handle, forward_problem(conv), nullptr);
  EXPECT_FALSE(solutions.empty());
  EXPECT_GE(books.allocations, 3);
  EXPECT_TRUE(books.live.empty());
  expect_runs(conv, solutions[0], "best");
  EXPECT_TRUE(books.live.empty());
}

TEST(Find2, DescriptorsOfArgumentsMayBeGiven) {
  Convolution conv{Shape{}};
  const auto solutions = find_solutions(conv.handle, forward_problem(conv), nullptr, 1);
  ASSERT_EQ(solutions.size(), 1u);
  auto arguments = arguments_of(conv);
  arguments[0].descriptor = &conv.x_desc;
  arguments[1].descriptor = &conv.w_desc;
  arguments[2].descriptor = &conv.y_desc;
  EXPECT_OK(miopenRunSolution(conv.handle, solutions[0].get(), 3, arguments.data(),
                              conv.workspace_buffer.get(), conv.workspace_bytes()));
  conv.expect_correct("with descriptors");
}

// A solution is not bound to the handle or the problem that it comes from, or to one thread.
TEST(Find2, ASolutionOutlivesItsOrigin) {
  Convolution conv{Shape{}};
  std::vector<Solution> solutions;
  {
    Convolution other{Shape{}};
    solutions = find_solutions(other.handle, forward_problem(other), nullptr);
  }
  for (const Solution& solution : solutions) expect_runs(conv, solution, "after its handle");
}

// The gradients, against the same by the reference solver through the immediate mode. Small
// integers make every sum exact.
TEST(Find2, BackwardDirections) {
  Convolution conv{Shape{.n = 2, .c = 4, .h = 6, .w = 5, .k = 3}};
  const auto integers = [](std::size_t count, int modulus) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] =
          static_cast<float>(static_cast<int>(i * 7 % static_cast<std::size_t>(modulus)) - 3);
    }
    return values;
  };
  constexpr std::uint64_t kReference = 1;
  const std::size_t x_count = 2 * 4 * 6 * 5, w_count = 3 * 4 * 3 * 3, y_count = 2 * 3 * 6 * 5;
  struct Row {
    miopenProblemDirection_t direction;
    const char* name;
    DeviceBuffer* output;
  };
  for (const Row& row :
       {Row{miopenProblemDirectionBackward, "backward data", &conv.x_buffer},
        Row{miopenProblemDirectionBackwardWeights, "backward weights", &conv.w_buffer}}) {
    conv.x_buffer.upload(integers(x_count, 5));
    conv.w_buffer.upload(integers(w_count, 6));
    conv.y_buffer.upload(integers(y_count, 7));
    const Problem problem =
        make_problem(conv.conv_desc, row.direction, conv.x_desc, conv.w_desc, conv.y_desc);
    if (row.direction == miopenProblemDirectionBackward) {
      ASSERT_OK(miopenConvolutionBackwardDataImmediate(
          conv.handle, conv.y_desc, conv.y_buffer.get(), conv.w_desc, conv.w_buffer.get(),
          conv.conv_desc, conv.x_desc, conv.x_buffer.get(), nullptr, 0, kReference));
    } else {
      ASSERT_OK(miopenConvolutionBackwardWeightsImmediate(
          conv.handle, conv.y_desc, conv.y_buffer.get(), conv.x_desc, conv.x_buffer.get(),
          conv.conv_desc, conv.w_desc, conv.w_buffer.get(), nullptr, 0, kReference));
    }
    const std::vector<float> expected = row.output->download();
    for (const Solution& solution : find_solutions(conv.handle, problem, nullptr)) {
      row.output->upload(std::vector<float>(expected.size(), NAN));
      const auto arguments = arguments_of(conv);
      ASSERT_OK(miopenRunSolution(conv.handle, load(save(solution)).get(), 3, arguments.data(),
                                  conv.workspace_buffer.get(), conv.workspace_bytes()));
      const std::vector<float> got = row.output->download();
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(got[i], expected[i], 1e-4)
            << row.name << ", solver " << solver_of(solution) << ", element " << i;
      }
    }
  }
}

}  // namespace
