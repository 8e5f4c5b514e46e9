// Find 2.0: what to do with a solution.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <array>

#include "api/device_arguments.h"
#include "api/objects.h"
#include "core/tensor_match.h"
#include "dispatch/convolution.h"
#include "dispatch/operators.h"
#include "dispatch/solver_table.h"

using namespace rdna1conv;

namespace {

// How an argument of a role is described.
bool is_described(const ConvProblem& problem, TensorRole role, const TensorDescriptor& tensor) {
  switch (role) {
    case TensorRole::kX:
      return is_described_by(tensor, problem.x_type, problem.x_lengths(), problem.x_strides);
    case TensorRole::kW:
      return is_described_by(tensor, problem.w_type, problem.w_lengths(), problem.w_strides);
    case TensorRole::kY:
      return is_described_by(tensor, problem.y_type, problem.y_lengths(), problem.y_strides);
    case TensorRole::kBias: {
      const FiveDims lengths{1, problem.k, 1, 1, 1};
      return is_described_by(tensor, problem.y_type, lengths,
                             packed_strides(lengths, Layout::kNchw));
    }
  }
  return false;
}

// The buffers of the problem's tensors among the arguments. Throws Error (kBadParm) if one is
// missing, or has a descriptor that is not the problem's.
Buffers buffers_of(const Handle& handle, const SolutionRecord& record,
                   const miopenTensorArgument_t* arguments, std::size_t count) {
  const ConvProblem& problem = record.problem;
  const DataType types[kTensorRoles] = {problem.x_type, problem.w_type, problem.y_type,
                                        problem.y_type};
  std::array<void*, kTensorRoles> tensors{};
  for (std::size_t i = 0; i < count; ++i) {
    const miopenTensorArgument_t& argument = arguments[i];
    const TensorRole role = role_of(argument.id, record.output, problem.epilogue.adds_bias);
    const char* const name = name_of_tensor(argument.id);
    if (argument.descriptor != nullptr &&
        !is_described(problem, role, object(*argument.descriptor, name))) {
      throw Error(Status::kBadParm,
                  "the descriptor of " + std::string(name) + " is not that of the problem");
    }
    const auto at = static_cast<std::size_t>(role);
    tensors[at] = device_argument(handle, argument.buffer, name, types[at]);
  }
  const TensorId ids[kTensorRoles] = {miopenTensorConvolutionX, miopenTensorConvolutionW,
                                      record.output, miopenTensorBias};
  for (std::size_t at = 0; at < kTensorRoles; ++at) {
    const bool is_needed =
        static_cast<TensorRole>(at) != TensorRole::kBias || problem.epilogue.adds_bias;
    if (tensors[at] == nullptr && is_needed) {
      throw Error(Status::kBadParm, "tensors has no " + std::string(name_of_tensor(ids[at])));
    }
  }
  Buffers buffers = buffers_of_roles(tensors);
  buffers.scalars = scalars_of(record);
  return buffers;
}

// Queues a softmax on the arguments.
void run_softmax(Handle& handle, const char* function, const SolutionRecord& record,
                 const miopenTensorArgument_t* arguments, std::size_t count) {
  const auto& [p, scalars] = *record.softmax;
  struct Row {
    TensorId id;
    SoftmaxBuffer slot;
    const FiveDims& strides;
    bool is_needed;
  };
  const Row rows[] = {{kSoftmaxX, SoftmaxBuffer::kX, p.x_strides, !p.backward},
                      {kSoftmaxY, SoftmaxBuffer::kY, p.y_strides, true},
                      {kSoftmaxDy, SoftmaxBuffer::kDy, p.dy_strides, p.backward},
                      {kSoftmaxDx, SoftmaxBuffer::kDx, p.dx_strides, p.backward}};
  OperatorRun run(handle);
  for (const Row& row : rows) {
    if (!row.is_needed) continue;
    const auto* const argument =
        std::find_if(arguments, arguments + count, [&](const miopenTensorArgument_t& candidate) {
          return static_cast<TensorId>(candidate.id) == row.id;
        });
    const char* const name = name_of_tensor(row.id);
    if (argument == arguments + count)
      throw Error(Status::kBadParm, "tensors has no " + std::string(name));
    if (argument->descriptor != nullptr &&
        !is_described_by(object(*argument->descriptor, name), p.type, p.lengths, row.strides)) {
      throw Error(Status::kBadParm,
                  "the descriptor of " + std::string(name) + " is not that of the problem");
    }
    run.add(row.slot, argument->buffer, name, p.type);
  }
  run_operator(handle, function, p, run.with(scalars), [&softmax = *record.softmax] {
    return to_driver_line(softmax.problem, softmax.scalars);
  });
}

}  // namespace

extern "C" {

miopenStatus_t miopenRunSolution(miopenHandle_t handle, miopenSolution_t solution, size_t nInputs,
                                 const miopenTensorArgument_t* tensors, void* workspace,
                                 size_t workspaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"solution", solution},
                 {"nInputs", nInputs},
                 {"tensors", tensors},
                 {"workspace", workspace},
                 {"workspaceSize", workspaceSize}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 Solution& chosen = object(solution);
                 const SolutionRecord& record = chosen.record();
                 require(tensors, "tensors");
                 if (record.softmax) return run_softmax(owner, function, record, tensors, nInputs);
                 Buffers buffers = buffers_of(owner, record, tensors, nInputs);
                 buffers.workspace = workspace_argument(owner, workspace, "workspace");
                 run_choice(owner, {function, record.problem, record.deterministic},
                            *chosen.choice_for(owner), buffers, workspaceSize);
               });
}

miopenStatus_t miopenDestroySolution(miopenSolution_t solution) {
  return guard({__func__, {{"solution", solution}}}, [&] { delete &object(solution); });
}

miopenStatus_t miopenLoadSolution(miopenSolution_t* solution, const char* data, size_t size) {
  return guard({__func__, {{"solution", solution}, {"data", data}, {"size", size}}}, [&] {
    miopenSolution_t& result = require(solution, "solution");
    auto loaded = std::make_unique<Solution>(solution_from_bytes({&require(data, "data"), size}));
    result = reinterpret_cast<miopenSolution_t>(loaded.release());
  });
}

miopenStatus_t miopenSaveSolution(miopenSolution_t solution, char* data) {
  return guard({__func__, {{"solution", solution}, {"data", data}}}, [&] {
    const auto bytes = to_bytes(object(solution).record());
    std::copy(bytes.begin(), bytes.end(), &require(data, "data"));
  });
}

miopenStatus_t miopenGetSolutionSize(miopenSolution_t solution, size_t* size) {
  return guard({__func__, {{"solution", solution}, {"size", size}}}, [&] {
    const SolutionRecord& record = object(solution).record();
    require(size, "size") = to_bytes(record).size();
  });
}

miopenStatus_t miopenGetSolutionWorkspaceSize(miopenSolution_t solution, size_t* workspaceSize) {
  return guard({__func__, {{"solution", solution}, {"workspaceSize", workspaceSize}}}, [&] {
    const SolutionRecord& record = object(solution).record();
    require(workspaceSize, "workspaceSize") = record.workspace_bytes;
  });
}

miopenStatus_t miopenGetSolutionTime(miopenSolution_t solution, float* time) {
  return guard({__func__, {{"solution", solution}, {"time", time}}}, [&] {
    const SolutionRecord& record = object(solution).record();
    require(time, "time") = record.milliseconds;
  });
}

miopenStatus_t miopenGetSolutionSolverId(miopenSolution_t solution, uint64_t* solverId) {
  return guard({__func__, {{"solution", solution}, {"solverId", solverId}}}, [&] {
    const SolutionRecord& record = object(solution).record();
    require(solverId, "solverId") = record.solver_id;
  });
}

miopenStatus_t miopenGetSolverIdConvAlgorithm(uint64_t solverId, miopenConvAlgorithm_t* result) {
  return guard({__func__, {{"solverId", solverId}, {"result", result}}}, [&] {
    miopenConvAlgorithm_t& target = require(result, "result");
    const SolverRow* const solver = find_solver(solverId);
    if (solver == nullptr) {
      throw Error(Status::kUnknownError,
                  "solverId " + std::to_string(solverId) + " is not the id of a solver");
    }
    target = static_cast<miopenConvAlgorithm_t>(solver->algorithm);
  });
}

}  // extern "C"
