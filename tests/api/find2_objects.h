#pragma once

// Find 2.0's objects, owned.

#include <gtest/gtest.h>
#include <rdna1conv/error.h>

#include <memory>
#include <type_traits>
#include <vector>

#include "entry_points.h"

namespace rdna1conv {

template <class Handle, miopenStatus_t (*Destroy)(Handle)>
struct ApiDestroyer {
  void operator()(std::remove_pointer_t<Handle>* object) const {
    EXPECT_EQ(Destroy(object), miopenStatusSuccess);
  }
};
template <class Handle, miopenStatus_t (*Destroy)(Handle)>
using ApiObject = std::unique_ptr<std::remove_pointer_t<Handle>, ApiDestroyer<Handle, Destroy>>;

using Problem = ApiObject<miopenProblem_t, miopenDestroyProblem>;
using Options = ApiObject<miopenFindOptions_t, miopenDestroyFindOptions>;
using Solution = ApiObject<miopenSolution_t, miopenDestroySolution>;

// What a call gave, of which nothing is expected to fail.
#define ASSERT_OK(call) ASSERT_EQ(call, miopenStatusSuccess) << rdna1convLastErrorText()
#define EXPECT_OK(call) EXPECT_EQ(call, miopenStatusSuccess) << rdna1convLastErrorText()

inline Problem make_find_problem(const CallArguments& a, Direction direction) {
  miopenProblem_t problem = nullptr;
  EXPECT_OK(miopenCreateConvProblem(&problem, a.conv_desc,
                                    static_cast<miopenProblemDirection_t>(direction)));
  EXPECT_OK(miopenSetProblemTensorDescriptor(problem, miopenTensorConvolutionX, a.x_desc));
  EXPECT_OK(miopenSetProblemTensorDescriptor(problem, miopenTensorConvolutionW, a.w_desc));
  EXPECT_OK(miopenSetProblemTensorDescriptor(problem, miopenTensorConvolutionY, a.y_desc));
  return Problem(problem);
}

inline std::vector<miopenTensorArgument_t> tensor_arguments(const CallArguments& a) {
  return {{miopenTensorConvolutionX, nullptr, a.x},
          {miopenTensorConvolutionW, nullptr, a.w},
          {miopenTensorConvolutionY, nullptr, a.y}};
}

inline Options make_options() {
  miopenFindOptions_t options = nullptr;
  EXPECT_OK(miopenCreateFindOptions(&options));
  return Options(options);
}

inline std::vector<Solution> find_solutions(miopenHandle_t handle, const Problem& problem,
                                            const Options& options, std::size_t most = 10) {
  std::vector<miopenSolution_t> found(most);
  std::size_t count = most + 1;
  EXPECT_OK(miopenFindSolutions(handle, problem.get(), options.get(), found.data(), &count, most));
  std::vector<Solution> solutions;
  for (std::size_t i = 0; i < count && i < most; ++i) solutions.emplace_back(found[i]);
  return solutions;
}

inline std::vector<char> save(const Solution& solution) {
  std::size_t size = 0;
  EXPECT_OK(miopenGetSolutionSize(solution.get(), &size));
  std::vector<char> data(size);
  EXPECT_OK(miopenSaveSolution(solution.get(), data.data()));
  return data;
}

inline Solution load(const std::vector<char>& data) {
  miopenSolution_t solution = nullptr;
  EXPECT_OK(miopenLoadSolution(&solution, data.data(), data.size()));
  return Solution(solution);
}

inline std::size_t workspace_of(const Solution& solution) {
  std::size_t bytes = 0;
  EXPECT_OK(miopenGetSolutionWorkspaceSize(solution.get(), &bytes));
  return bytes;
}

inline std::uint64_t solver_of(const Solution& solution) {
  std::uint64_t id = 0;
  EXPECT_OK(miopenGetSolutionSolverId(solution.get(), &id));
  return id;
}

inline float time_of(const Solution& solution) {
  float time = -1;
  EXPECT_OK(miopenGetSolutionTime(solution.get(), &time));
  return time;
}

}  // namespace rdna1conv
