#include "api_find2_check.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

namespace rdna1conv {
namespace {

using client::check_miopen;

struct DestroyProblem {
  using pointer = miopenProblem_t;
  void operator()(pointer problem) const { static_cast<void>(miopenDestroyProblem(problem)); }
};
struct DestroySolution {
  using pointer = miopenSolution_t;
  void operator()(pointer solution) const { static_cast<void>(miopenDestroySolution(solution)); }
};
using Problem = std::unique_ptr<miopenProblem_t, DestroyProblem>;
using Solution = std::unique_ptr<miopenSolution_t, DestroySolution>;

Problem problem_of(const ApiClient& client) {
  // In the order of Direction.
  constexpr miopenProblemDirection_t kDirections[] = {miopenProblemDirectionForward,
                                                      miopenProblemDirectionBackward,
                                                      miopenProblemDirectionBackwardWeights};
  miopenProblem_t created = nullptr;
  check_miopen(miopenCreateConvProblem(&created, client.convolution(),
                                       kDirections[static_cast<std::size_t>(client.direction())]),
               "miopenCreateConvProblem");
  Problem problem(created);
  const std::pair<miopenTensorArgumentId_t, miopenTensorDescriptor_t> tensors[] = {
      {miopenTensorConvolutionX, client.x()},
      {miopenTensorConvolutionW, client.w()},
      {miopenTensorConvolutionY, client.y()}};
  for (const auto& [id, tensor] : tensors) {
    check_miopen(miopenSetProblemTensorDescriptor(created, id, tensor),
                 "miopenSetProblemTensorDescriptor");
  }
  return problem;
}

Solution saved_and_loaded(const Solution& solution) {
  std::size_t size = 0;
  check_miopen(miopenGetSolutionSize(solution.get(), &size), "miopenGetSolutionSize");
  std::vector<char> blob(size);
  check_miopen(miopenSaveSolution(solution.get(), blob.data()), "miopenSaveSolution");
  miopenSolution_t loaded = nullptr;
  check_miopen(miopenLoadSolution(&loaded, blob.data(), blob.size()), "miopenLoadSolution");
  return Solution(loaded);
}

void check_solution(const ApiClient& client, const GuardedRun& guarded, const Solution& solution,
                    const std::string& what) {
  std::size_t bytes = 0;
  check_miopen(miopenGetSolutionWorkspaceSize(solution.get(), &bytes),
               "miopenGetSolutionWorkspaceSize");
  std::uint64_t id = 0;
  check_miopen(miopenGetSolutionSolverId(solution.get(), &id), "miopenGetSolutionSolverId");
  miopenConvAlgorithm_t algorithm{};
  check_miopen(miopenGetSolverIdConvAlgorithm(id, &algorithm), "miopenGetSolverIdConvAlgorithm");
  const std::string how = what + " of Find 2.0 by solver " + std::to_string(id);
  const std::vector<double> result = guarded.run(bytes, {}, [&](const Buffers& buffers) {
    const Buffers asked = client.as_asked(buffers);
    const std::array<miopenTensorArgument_t, 3> arguments{{
        {miopenTensorConvolutionX, nullptr, asked.x},
        {miopenTensorConvolutionW, nullptr, asked.w},
        {miopenTensorConvolutionY, nullptr, asked.y},
    }};
    check_miopen(miopenRunSolution(client.handle(), solution.get(), arguments.size(),
                                   arguments.data(), asked.workspace, bytes),
                 how.c_str());
  });
  require_correct(guarded, result, {}, static_cast<Algorithm>(algorithm), how);
}

}  // namespace

void check_find2(const ApiClient& client, const GuardedRun& guarded) {
  const Problem problem = problem_of(client);
  std::array<miopenSolution_t, 10> found{};
  std::size_t count = 0;
  check_miopen(miopenFindSolutions(client.handle(), problem.get(), nullptr, found.data(), &count,
                                   found.size()),
               "miopenFindSolutions");
  std::vector<Solution> solutions;
  for (std::size_t i = 0; i < count; ++i) solutions.emplace_back(found[i]);
  if (solutions.empty()) throw std::runtime_error("Find 2.0 found nothing");
  for (const Solution& solution : solutions) {
    check_solution(client, guarded, solution, "a solution");
    check_solution(client, guarded, saved_and_loaded(solution), "a loaded solution");
  }
}

}  // namespace rdna1conv
