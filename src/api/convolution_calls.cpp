#include "api/convolution_calls.h"

#include <algorithm>
#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "dispatch/convolution.h"

namespace rdna1conv {
namespace {

// MIOpen's clients reserve room for this many immediate solutions (PyTorch checks it).
constexpr std::size_t kMaxSolutions = 10;

// What the entry points of a direction call their data, and which values of miopenConvAlgorithm_t
// their enumeration has.
struct DirectionRow {
  const char* x;
  const char* w;
  const char* y;
  const char* algorithm_type;
  unsigned algorithms;  // bit mask
};
constexpr DirectionRow kDirections[] = {
    {"x", "w", "y", "miopenConvFwdAlgorithm_t", 0b101111},
    {"dx", "w", "dy", "miopenConvBwdDataAlgorithm_t", 0b111111},
    {"x", "dw", "dy", "miopenConvBwdWeightsAlgorithm_t", 0b101011},
};
const DirectionRow& row_of(Direction direction) {
  return kDirections[static_cast<std::size_t>(direction)];
}

ConvolutionCall call_of(const ConvolutionArguments& a, const Handle& handle) {
  const TensorNames names = descriptor_names(a.direction);
  const ConvolutionDescriptor& descriptor = object(a.convolution);
  const TensorDescriptor& x = object(a.x, names.x);
  const TensorDescriptor& w = object(a.w, names.w);
  const TensorDescriptor& y = object(a.y, names.y);
  return make_call(a.function, handle, descriptor, make_problem(descriptor, a.direction, x, w, y));
}

Buffers buffers_of(const ConvolutionArguments& a, const Handle& handle, const ConvProblem& problem,
                   const DataArguments& data) {
  const DirectionRow& row = row_of(a.direction);
  return {device_argument(handle, data.x, row.x, problem.x_type),
          device_argument(handle, data.w, row.w, problem.w_type),
          device_argument(handle, data.y, row.y, problem.y_type),
          // Of no bytes it is not used, whatever it points to.
          data.workspace_bytes == 0 ? nullptr : workspace_argument(handle, data.workspace)};
}

// Takes alpha and beta, which are floats on the host for every type but double (of which there is
// no convolution), into the problem and the run.
void scale(ConvProblem& problem, Buffers& buffers, const void* alpha, const void* beta) {
  const float alpha_value = require(static_cast<const float*>(alpha), "alpha");
  const float beta_value = require(static_cast<const float*>(beta), "beta");
  if (alpha_value == 1.0f && beta_value == 0.0f) return;
  if (problem.spatial_dims == 3) {
    problem.epilogue.scaled = true;
    buffers.scalars.alpha = alpha_value;
    buffers.scalars.beta = beta_value;
    return;
  }
  const bool is_alpha = alpha_value != 1.0f;
  throw Error(Status::kNotImplemented, (is_alpha ? "alpha is " + std::to_string(alpha_value)
                                                 : "beta is " + std::to_string(beta_value)) +
                                           ", a 2-D convolution supports only " +
                                           (is_alpha ? "1" : "0"));
}

// The algorithm, if the direction's enumeration has it; which solvers have it is not asked.
Algorithm algorithm_of(Direction direction, unsigned value) {
  const DirectionRow& row = row_of(direction);
  if (value < 32 && (row.algorithms >> value & 1u) != 0) {
    return value == miopenTransposeBwdDataAlgoGEMM ? Algorithm::kGemm
                                                   : static_cast<Algorithm>(value);
  }
  throw Error(Status::kBadParm,
              "algo " + std::to_string(value) + " is not a " + std::string(row.algorithm_type));
}

void set_algorithm(miopenConvAlgoPerf_t& result, Direction direction, Algorithm algorithm) {
  switch (direction) {
    case Direction::kForward:
      result.fwd_algo = static_cast<miopenConvFwdAlgorithm_t>(algorithm);
      break;
    case Direction::kBackwardData:
      result.bwd_data_algo = static_cast<miopenConvBwdDataAlgorithm_t>(algorithm);
      break;
    case Direction::kBackwardWeights:
      result.bwd_weights_algo = static_cast<miopenConvBwdWeightsAlgorithm_t>(algorithm);
      break;
  }
}

// guard() of an entry point that takes these and `more` arguments.
template <class Body>
miopenStatus_t guarded(const ConvolutionArguments& a, std::initializer_list<Argument> more,
                       Body&& body) {
  const TensorNames names = descriptor_names(a.direction);
  return guard({a.function,
                {{"handle", a.handle},
                 {names.x, a.x},
                 {names.w, a.w},
                 {names.y, a.y},
                 {"convDesc", a.convolution}},
                more},
               [&] {
                 Handle& handle = object(a.handle);
                 ConvolutionCall call = call_of(a, handle);
                 body(handle, call);
               });
}

}  // namespace

miopenStatus_t get_workspace_size(const ConvolutionArguments& a, std::size_t* bytes) {
  return guarded(a, {{"workSpaceSize", bytes}}, [&](Handle& handle, const ConvolutionCall& call) {
    require(bytes, "workSpaceSize") = workspace_of(handle, call);
  });
}

miopenStatus_t find_algorithm(const ConvolutionArguments& a, const DataArguments& data, int request,
                              int* returned, miopenConvAlgoPerf_t* results, bool exhaustive) {
  const DirectionRow& row = row_of(a.direction);
  return guarded(a,
                 {{row.x, data.x},
                  {row.w, data.w},
                  {row.y, data.y},
                  {"requestAlgoCount", request},
                  {"returnedAlgoCount", returned},
                  {"perfResults", results},
                  {"workSpace", data.workspace},
                  {"workSpaceSize", data.workspace_bytes},
                  {"exhaustiveSearch", exhaustive}},
                 [&](Handle& handle, const ConvolutionCall& call) {
                   const Buffers buffers = buffers_of(a, handle, call.problem, data);
                   require_at_least(1, {{"requestAlgoCount", request}});
                   require(returned, "returnedAlgoCount");
                   require(results, "perfResults");
                   const auto found = best_of_each_algorithm(
                       *find(handle, call, buffers, data.workspace_bytes, exhaustive), buffers,
                       data.workspace_bytes);
                   const auto count = std::min(found.size(), static_cast<std::size_t>(request));
                   for (std::size_t i = 0; i < count; ++i) {
                     set_algorithm(results[i], a.direction, found[i]->solver().algorithm);
                     results[i].time = found[i]->milliseconds();
                     results[i].memory = found[i]->instance().workspace_bytes;
                   }
                   *returned = static_cast<int>(count);
                 });
}

miopenStatus_t run_algorithm(const ConvolutionArguments& a, const DataArguments& data,
                             const void* alpha, unsigned algorithm, const void* beta) {
  const DirectionRow& row = row_of(a.direction);
  return guarded(a,
                 {{row.x, data.x},
                  {row.w, data.w},
                  {row.y, data.y},
                  {"alpha", alpha},
                  {"algo", algorithm},
                  {"beta", beta},
                  {"workSpace", data.workspace},
                  {"workSpaceSize", data.workspace_bytes}},
                 [&](Handle& handle, ConvolutionCall& call) {
                   Buffers buffers = buffers_of(a, handle, call.problem, data);
                   scale(call.problem, buffers, alpha, beta);
                   run(handle, call, algorithm_of(a.direction, algorithm), buffers,
                       data.workspace_bytes);
                 });
}

miopenStatus_t get_solution_count(const ConvolutionArguments& a, std::size_t* count) {
  return guarded(a, {{"solutionCount", count}}, [&](Handle& handle, const ConvolutionCall& call) {
    require(count, "solutionCount");
    *count = std::min(kMaxSolutions, solutions_of(handle, call)->list.size());
  });
}

miopenStatus_t get_solutions(const ConvolutionArguments& a, std::size_t most, std::size_t* count,
                             miopenConvSolution_t* solutions) {
  return guarded(
      a, {{"maxSolutionCount", most}, {"solutionCount", count}, {"solutions", solutions}},
      [&](Handle& handle, const ConvolutionCall& call) {
        if (most == 0) {
          throw Error(Status::kBadParm, "maxSolutionCount is 0, must be at least 1");
        }
        require(count, "solutionCount");
        require(solutions, "solutions");
        const auto choices = solutions_of(handle, call);
        *count = std::min({kMaxSolutions, most, choices->list.size()});
        for (std::size_t i = 0; i < *count; ++i) {
          const Choice& choice = *choices->list[i];
          solutions[i].time = choice.milliseconds();
          solutions[i].workspace_size = choice.instance().workspace_bytes;
          solutions[i].solution_id = choice.solver().id;
          solutions[i].algorithm = static_cast<miopenConvAlgorithm_t>(choice.solver().algorithm);
        }
      });
}

miopenStatus_t get_solution_workspace_size(const ConvolutionArguments& a, std::uint64_t id,
                                           std::size_t* bytes) {
  return guarded(a, {{"solution_id", id}, {"workSpaceSize", bytes}},
                 [&](Handle& handle, const ConvolutionCall& call) {
                   require(bytes, "workSpaceSize");
                   *bytes = solution_of(handle, call, id)->instance().workspace_bytes;
                 });
}

miopenStatus_t compile_solution(const ConvolutionArguments& a, std::uint64_t id) {
  return guarded(a, {{"solution_id", id}}, [&](Handle& handle, const ConvolutionCall& call) {
    solution_of(handle, call, id)->prepared(handle.modules);
  });
}

miopenStatus_t run_immediate(const ConvolutionArguments& a, const DataArguments& data,
                             std::uint64_t id) {
  const DirectionRow& row = row_of(a.direction);
  return guarded(a,
                 {{row.x, data.x},
                  {row.w, data.w},
                  {row.y, data.y},
                  {"workSpace", data.workspace},
                  {"workSpaceSize", data.workspace_bytes},
                  {"solution_id", id}},
                 [&](Handle& handle, const ConvolutionCall& call) {
                   const Buffers buffers = buffers_of(a, handle, call.problem, data);
                   run_solution(handle, call, id, buffers, data.workspace_bytes);
                 });
}

}  // namespace rdna1conv
