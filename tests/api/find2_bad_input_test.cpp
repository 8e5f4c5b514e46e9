// Wrong arguments of Find 2.0's functions: the status, and a text that names the argument.
#include <string>

#include "api_convolution.h"
#include "expect_failure.h"
#include "find2/solution_record.h"
#include "find2_objects.h"

namespace rdna1conv {
namespace {

class Find2BadInput : public testing::Test {
 protected:
  ApiConvolution conv{"conv -n 2 -c 16 -H 12 -W 12 -k 18 -p 1 -q 1 -F 1"};
  CallArguments a = conv.bare_arguments();
  Problem problem = make_find_problem(a, conv.direction());
  std::vector<Solution> solutions = find_solutions(a.handle, problem, nullptr, 1);
  Options options = make_options();
};

TEST_F(Find2BadInput, Problems) {
  miopenProblem_t made = nullptr;
  expect_failure("null problem", miopenStatusBadParm, "problem is null", [&] {
    return miopenCreateConvProblem(nullptr, a.conv_desc, miopenProblemDirectionForward);
  });
  expect_failure("null convolution", miopenStatusBadParm, "operatorDesc is null", [&] {
    return miopenCreateConvProblem(&made, nullptr, miopenProblemDirectionForward);
  });
  for (const unsigned direction : {3u, 4u, 99u}) {
    expect_failure("direction", miopenStatusBadParm,
                   "direction " + std::to_string(direction) + " is none of a convolution", [&] {
                     return miopenCreateConvProblem(
                         &made, a.conv_desc, static_cast<miopenProblemDirection_t>(direction));
                   });
  }
  EXPECT_EQ(made, nullptr);
  for (const unsigned id : {0u, 4u, 0x80000000u}) {
    expect_failure("tensor id", miopenStatusBadParm, "id " + std::to_string(id), [&] {
      return miopenSetProblemTensorDescriptor(problem.get(),
                                              static_cast<miopenTensorArgumentId_t>(id), a.x_desc);
    });
  }
  expect_failure("null descriptor", miopenStatusBadParm, "descriptor is null", [&] {
    return miopenSetProblemTensorDescriptor(problem.get(), miopenTensorConvolutionX, nullptr);
  });
  expect_failure("destroy null", miopenStatusBadParm, "problem is null",
                 [] { return miopenDestroyProblem(nullptr); });
}

TEST_F(Find2BadInput, OptionsAreChecked) {
  expect_failure("null", miopenStatusBadParm, "options is null",
                 [] { return miopenCreateFindOptions(nullptr); });
  expect_failure("order", miopenStatusBadParm, "value 2 is not a miopenFindResultsOrder_t", [&] {
    return miopenSetFindOptionResultsOrder(options.get(), static_cast<miopenFindResultsOrder_t>(2));
  });
  expect_failure("workspace", miopenStatusBadParm, "buffer is null, size is 5", [&] {
    return miopenSetFindOptionPreallocatedWorkspace(options.get(), nullptr, 5);
  });
  expect_failure("tensor", miopenStatusBadParm, "buffer is null", [&] {
    return miopenSetFindOptionPreallocatedTensor(options.get(), miopenTensorConvolutionX, nullptr);
  });
  expect_failure("tensor id", miopenStatusBadParm, "id 9", [&] {
    return miopenSetFindOptionPreallocatedTensor(options.get(), miopenTensorMhaDescaleV, a.x);
  });
  expect_failure("attach", miopenStatusBadParm, "attach is 2",
                 [&] { return miopenSetFindOptionAttachBinaries(options.get(), 2); });
}

TEST_F(Find2BadInput, Search) {
  miopenSolution_t found[1] = {};
  std::size_t count = 0;
  const auto search = [&](miopenHandle_t handle, miopenProblem_t wanted, miopenSolution_t* results,
                          std::size_t most) {
    return miopenFindSolutions(handle, wanted, options.get(), results, &count, most);
  };
  expect_failure("handle", miopenStatusBadParm, "handle is null",
                 [&] { return search(nullptr, problem.get(), found, 1); });
  expect_failure("problem", miopenStatusBadParm, "problem is null",
                 [&] { return search(a.handle, nullptr, found, 1); });
  expect_failure("solutions", miopenStatusBadParm, "solutions is null",
                 [&] { return search(a.handle, problem.get(), nullptr, 1); });
  expect_failure("maxSolutions", miopenStatusBadParm, "maxSolutions is 0",
                 [&] { return search(a.handle, problem.get(), found, 0); });

  miopenProblem_t bare = nullptr;
  ASSERT_OK(miopenCreateConvProblem(&bare, a.conv_desc, miopenProblemDirectionForward));
  const Problem incomplete(bare);
  ASSERT_OK(miopenSetProblemTensorDescriptor(bare, miopenTensorConvolutionX, a.x_desc));
  expect_failure("no W", miopenStatusBadParm, "no descriptor of miopenTensorConvolutionW",
                 [&] { return search(a.handle, bare, found, 1); });
  ASSERT_OK(miopenSetProblemTensorDescriptor(bare, miopenTensorConvolutionW, a.x_desc));
  ASSERT_OK(miopenSetProblemTensorDescriptor(bare, miopenTensorConvolutionY, a.y_desc));
  expect_failure("W is no filter", miopenStatusBadParm, "wDesc",
                 [&] { return search(a.handle, bare, found, 1); });

  float host[64] = {};
  ASSERT_OK(miopenSetFindOptionPreallocatedTensor(options.get(), miopenTensorConvolutionY, host));
  expect_failure("host memory", miopenStatusBadParm, "the preallocated miopenTensorConvolutionY",
                 [&] { return search(a.handle, problem.get(), found, 1); });
  EXPECT_EQ(found[0], nullptr);
  EXPECT_EQ(count, 0u);
}

TEST_F(Find2BadInput, Run) {
  ASSERT_EQ(solutions.size(), 1u);
  miopenSolution_t const solution = solutions[0].get();
  const auto good = tensor_arguments(a);
  void* const workspace = conv.workspace(workspace_of(solutions[0]));
  const auto run = [&](const std::vector<miopenTensorArgument_t>& tensors) {
    return miopenRunSolution(a.handle, solution, tensors.size(), tensors.data(), workspace,
                             workspace_of(solutions[0]));
  };
  expect_failure("handle", miopenStatusBadParm, "handle is null",
                 [&] { return miopenRunSolution(nullptr, solution, 3, good.data(), nullptr, 0); });
  expect_failure("solution", miopenStatusBadParm, "solution is null",
                 [&] { return miopenRunSolution(a.handle, nullptr, 3, good.data(), nullptr, 0); });
  expect_failure("tensors", miopenStatusBadParm, "tensors is null",
                 [&] { return miopenRunSolution(a.handle, solution, 3, nullptr, nullptr, 0); });
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto tensors = good;
    tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(i));
    expect_failure("missing", miopenStatusBadParm, "tensors has no miopenTensorConvolution",
                   [&] { return run(tensors); });
    tensors = good;
    tensors[i].buffer = nullptr;
    expect_failure("null buffer", miopenStatusBadParm, "is null", [&] { return run(tensors); });
    tensors = good;
    tensors[i].buffer = static_cast<char*>(tensors[i].buffer) + 1;
    expect_failure("misaligned", miopenStatusBadParm, "is not aligned",
                   [&] { return run(tensors); });
    tensors = good;
    tensors[i].id = miopenTensorMhaK;
    expect_failure("id", miopenStatusBadParm, "id 4", [&] { return run(tensors); });
    tensors = good;
    miopenTensorDescriptor_t other = i == 0 ? a.w_desc : a.x_desc;
    tensors[i].descriptor = &other;
    expect_failure("descriptor", miopenStatusBadParm, "is not that of the problem",
                   [&] { return run(tensors); });
  }
  EXPECT_TRUE(conv.is_untouched());
}

TEST_F(Find2BadInput, RunWithTooLittleWorkspace) {
  const auto tensors = tensor_arguments(a);
  int refused = 0;
  for (const Solution& solution : find_solutions(a.handle, problem, nullptr)) {
    const std::size_t needed = workspace_of(solution);
    if (needed == 0) continue;
    void* const workspace = conv.workspace(needed);
    expect_failure("too small", miopenStatusBadParm, "needs " + std::to_string(needed), [&] {
      return miopenRunSolution(a.handle, solution.get(), 3, tensors.data(), workspace, needed - 1);
    });
    expect_failure("null", miopenStatusBadParm, "needs " + std::to_string(needed), [&] {
      return miopenRunSolution(a.handle, solution.get(), 3, tensors.data(), nullptr, needed);
    });
    ++refused;
  }
  EXPECT_TRUE(conv.is_untouched());
  EXPECT_GT(refused, 0);
}

TEST_F(Find2BadInput, SavedForms) {
  ASSERT_EQ(solutions.size(), 1u);
  std::vector<char> data = save(solutions[0]);
  miopenSolution_t loaded = nullptr;
  expect_failure("no data", miopenStatusBadParm, "data is null",
                 [&] { return miopenLoadSolution(&loaded, nullptr, 10); });
  expect_failure("no solution", miopenStatusBadParm, "solution is null",
                 [&] { return miopenLoadSolution(nullptr, data.data(), data.size()); });
  expect_failure("truncated", miopenStatusUnknownError, "data is no saved solution",
                 [&] { return miopenLoadSolution(&loaded, data.data(), data.size() - 1); });
  expect_failure("empty", miopenStatusUnknownError, "data is no saved solution",
                 [&] { return miopenLoadSolution(&loaded, data.data(), 0); });
  expect_failure("foreign", miopenStatusUnknownError, "data is no saved solution",
                 [&] { return miopenLoadSolution(&loaded, std::string(200, '{').data(), 200); });
  data.back() = static_cast<char>(data.back() ^ 1);
  expect_failure("damaged", miopenStatusUnknownError, "its checksum is wrong",
                 [&] { return miopenLoadSolution(&loaded, data.data(), data.size()); });
  // Whole, but its kernel would read a z that no call gives it, or write elements twice.
  const std::vector<char> saved = save(solutions[0]);
  SolutionRecord wants_z = solution_from_bytes(saved), overlaps = wants_z;
  wants_z.problem.epilogue.adds_z = true;
  overlaps.problem.y_strides[1] = 1;
  for (const SolutionRecord& record : {wants_z, overlaps}) {
    const std::vector<char> forged = to_bytes(record);
    expect_failure("forged", miopenStatusUnknownError, "data is no saved solution: its problem",
                   [&] { return miopenLoadSolution(&loaded, forged.data(), forged.size()); });
  }
  data[8] = 2;
  expect_failure("format 2", miopenStatusVersionMismatch, "format 2",
                 [&] { return miopenLoadSolution(&loaded, data.data(), data.size()); });
  EXPECT_EQ(loaded, nullptr);

  std::size_t size = 0;
  expect_failure("size", miopenStatusBadParm, "size is null",
                 [&] { return miopenGetSolutionSize(solutions[0].get(), nullptr); });
  expect_failure("size of nothing", miopenStatusBadParm, "solution is null",
                 [&] { return miopenGetSolutionSize(nullptr, &size); });
  expect_failure("save", miopenStatusBadParm, "data is null",
                 [&] { return miopenSaveSolution(solutions[0].get(), nullptr); });
  miopenConvAlgorithm_t algorithm;
  expect_failure("solver", miopenStatusUnknownError, "solverId 424242",
                 [&] { return miopenGetSolverIdConvAlgorithm(424242, &algorithm); });
}

}  // namespace
}  // namespace rdna1conv
