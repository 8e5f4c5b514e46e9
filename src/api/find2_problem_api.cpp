// Find 2.0: problems, options and the search.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "api/device_arguments.h"
#include "api/objects.h"
#include "find2/find_solutions.h"
#include "find2/softmax_find.h"

using namespace rdna1conv;

namespace {

// The preallocated memory was set without a handle, which only now says what it must be.
void check_memory(const Handle& handle, const ProblemDescription& description,
                  const FindOptions& options) {
  const ConvProblem& problem = description.problem;
  const DataType types[kTensorRoles] = {problem.x_type, problem.w_type, problem.y_type,
                                        problem.y_type};
  for (const auto& [id, address] : options.tensors) {
    const TensorRole role = role_of(id, description.output, problem.epilogue.adds_bias);
    const std::string name = "the preallocated " + std::string(name_of_tensor(id));
    device_argument(handle, address, name.c_str(), types[static_cast<std::size_t>(role)]);
  }
  if (options.workspace) {
    workspace_argument(handle, options.workspace->address, "the preallocated workspace");
  }
}

// What follows a convolution is fused to its forward direction only.
void require_forward(miopenProblemDirection_t direction) {
  switch (direction) {
    case miopenProblemDirectionForward:
    case miopenProblemDirectionInference:
      return;
    case miopenProblemDirectionBackward:
    case miopenProblemDirectionBackwardWeights:
      throw Error(Status::kNotImplemented,
                  "direction is " + std::to_string(direction) + ", only forward is supported");
  }
  throw Error(Status::kBadParm,
              "direction " + std::to_string(direction) + " is not a miopenProblemDirection_t");
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateConvProblem(miopenProblem_t* problem,
                                       miopenConvolutionDescriptor_t operatorDesc,
                                       miopenProblemDirection_t direction) {
  return guard(
      {__func__, {{"problem", problem}, {"operatorDesc", operatorDesc}, {"direction", direction}}},
      [&] {
        miopenProblem_t& result = require(problem, "problem");
        const ConvolutionDescriptor& convolution = object(operatorDesc, "operatorDesc");
        const Direction meant = direction_of(direction);
        result = reinterpret_cast<miopenProblem_t>(new FindProblem{
            .ops = {ProblemOp::kConvolution}, .convolution = convolution, .direction = meant});
      });
}

miopenStatus_t miopenCreateBiasProblem(miopenProblem_t* problem,
                                       miopenProblemDirection_t direction) {
  return guard({__func__, {{"problem", problem}, {"direction", direction}}}, [&] {
    miopenProblem_t& result = require(problem, "problem");
    require_forward(direction);
    result = reinterpret_cast<miopenProblem_t>(new FindProblem{.ops = {ProblemOp::kBias}});
  });
}

miopenStatus_t miopenCreateActivationProblem(miopenProblem_t* problem,
                                             miopenActivationDescriptor_t operatorDesc,
                                             miopenProblemDirection_t direction) {
  return guard(
      {__func__, {{"problem", problem}, {"operatorDesc", operatorDesc}, {"direction", direction}}},
      [&] {
        miopenProblem_t& result = require(problem, "problem");
        const ActivationDescriptor& activation = object(operatorDesc, "operatorDesc");
        require_forward(direction);
        result = reinterpret_cast<miopenProblem_t>(
            new FindProblem{.ops = {ProblemOp::kActivation}, .activation = activation});
      });
}

miopenStatus_t miopenCreateBatchnormProblem(miopenProblem_t* problem, miopenBatchNormMode_t mode,
                                            bool runningMeanVariance,
                                            miopenProblemDirection_t direction) {
  return guard(
      {__func__,
       {{"problem", problem},
        {"mode", mode},
        {"runningMeanVariance", runningMeanVariance},
        {"direction", direction}}},
      [&] {
        miopenProblem_t& result = require(problem, "problem");
        require_enumerator(mode, {miopenBNPerActivation, miopenBNSpatial}, "mode",
                           "miopenBatchNormMode_t");
        // All passes: none of them has a solution.
        if (direction != miopenProblemDirectionBackward) require_forward(direction);
        result = reinterpret_cast<miopenProblem_t>(new FindProblem{.ops = {ProblemOp::kBatchNorm}});
      });
}

miopenStatus_t miopenCreateSoftmaxProblem(miopenProblem_t* problem,
                                          miopenSoftmaxDescriptor_t operatorDesc,
                                          miopenProblemDirection_t direction) {
  return guard(
      {__func__, {{"problem", problem}, {"operatorDesc", operatorDesc}, {"direction", direction}}},
      [&] {
        miopenProblem_t& result = require(problem, "problem");
        const SoftmaxDescriptor& softmax = object(operatorDesc, "operatorDesc");
        const bool backward = direction == miopenProblemDirectionBackward;
        if (!backward) require_forward(direction);
        result = reinterpret_cast<miopenProblem_t>(new FindProblem{
            .ops = {ProblemOp::kSoftmax}, .softmax = softmax, .softmax_backward = backward});
      });
}

miopenStatus_t miopenFuseProblems(miopenProblem_t problem1, miopenProblem_t problem2) {
  return guard({__func__, {{"problem1", problem1}, {"problem2", problem2}}}, [&] {
    FindProblem& first = object(problem1, "problem1");
    const FindProblem next = object(problem2, "problem2");  // a copy: they may be one
    first.fuse(next);
  });
}

miopenStatus_t miopenDestroyProblem(miopenProblem_t problem) {
  return guard({__func__, {{"problem", problem}}}, [&] { delete &object(problem); });
}

miopenStatus_t miopenSetProblemTensorDescriptor(miopenProblem_t problem,
                                                miopenTensorArgumentId_t id,
                                                const miopenTensorDescriptor_t descriptor) {
  return guard({__func__, {{"problem", problem}, {"id", id}, {"descriptor", descriptor}}}, [&] {
    FindProblem& target = object(problem);
    target.describe(id, object(descriptor, "descriptor"));
  });
}

miopenStatus_t miopenCreateFindOptions(miopenFindOptions_t* options) {
  return guard({__func__, {{"options", options}}}, [&] {
    miopenFindOptions_t& result = require(options, "options");
    result = reinterpret_cast<miopenFindOptions_t>(new FindOptions);
  });
}

miopenStatus_t miopenDestroyFindOptions(miopenFindOptions_t options) {
  return guard({__func__, {{"options", options}}}, [&] { delete &object(options); });
}

miopenStatus_t miopenSetFindOptionTuning(miopenFindOptions_t options, int value) {
  return guard({__func__, {{"options", options}, {"value", value}}},
               [&] { object(options).tuning = value != 0; });
}

miopenStatus_t miopenSetFindOptionResultsOrder(miopenFindOptions_t options,
                                               miopenFindResultsOrder_t value) {
  return guard({__func__, {{"options", options}, {"value", value}}}, [&] {
    FindOptions& target = object(options);
    require_enumerator(value, {miopenFindResultsOrderByTime, miopenFindResultsOrderByWorkspaceSize},
                       "value", "miopenFindResultsOrder_t");
    target.order = static_cast<ResultsOrder>(value);
  });
}

miopenStatus_t miopenSetFindOptionWorkspaceLimit(miopenFindOptions_t options, size_t value) {
  return guard({__func__, {{"options", options}, {"value", value}}},
               [&] { object(options).workspace_limit = value; });
}

miopenStatus_t miopenSetFindOptionPreallocatedWorkspace(miopenFindOptions_t options, void* buffer,
                                                        size_t size) {
  return guard({__func__, {{"options", options}, {"buffer", buffer}, {"size", size}}}, [&] {
    FindOptions& target = object(options);
    if (buffer == nullptr && size != 0) {
      throw Error(Status::kBadParm, "buffer is null, size is " + std::to_string(size));
    }
    target.workspace = FindOptions::Memory{buffer, size};
  });
}

miopenStatus_t miopenSetFindOptionPreallocatedTensor(miopenFindOptions_t options,
                                                     miopenTensorArgumentId_t id, void* buffer) {
  return guard({__func__, {{"options", options}, {"id", id}, {"buffer", buffer}}}, [&] {
    FindOptions& target = object(options);
    static_cast<void>(name_of_tensor(id));  // refuses what is none
    target.tensors[id] = &require(static_cast<char*>(buffer), "buffer");
  });
}

miopenStatus_t miopenSetFindOptionAttachBinaries(miopenFindOptions_t options, unsigned attach) {
  return guard({__func__, {{"options", options}, {"attach", attach}}}, [&] {
    object(options);
    if (attach > 1) {
      throw Error(Status::kBadParm, "attach is " + std::to_string(attach) + ", must be 0 or 1");
    }
  });
}

miopenStatus_t miopenFindSolutions(miopenHandle_t handle, miopenProblem_t problem,
                                   miopenFindOptions_t options, miopenSolution_t* solutions,
                                   size_t* numSolutions, size_t maxSolutions) {
  return guard({__func__,
                {{"handle", handle},
                 {"problem", problem},
                 {"options", options},
                 {"solutions", solutions},
                 {"numSolutions", numSolutions},
                 {"maxSolutions", maxSolutions}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 const FindProblem& wanted = object(problem);
                 require(solutions, "solutions");
                 if (maxSolutions == 0) {
                   throw Error(Status::kBadParm, "maxSolutions is 0, must be at least 1");
                 }
                 if (numSolutions != nullptr) *numSolutions = 0;
                 if (is_softmax(wanted)) {
                   solutions[0] = reinterpret_cast<miopenSolution_t>(
                       softmax_solution(owner, wanted).release());
                   if (numSolutions != nullptr) *numSolutions = 1;
                   return;
                 }
                 const ProblemDescription description = description_of(wanted);
                 const FindOptions chosen = options == nullptr ? FindOptions{} : object(options);
                 check_memory(owner, description, chosen);
                 auto found = find_solutions(
                     owner, make_call(function, owner, wanted.convolution, description.problem),
                     description, wanted.activation, chosen, maxSolutions);
                 for (std::size_t i = 0; i < found.size(); ++i) {
                   solutions[i] = reinterpret_cast<miopenSolution_t>(found[i].release());
                 }
                 if (numSolutions != nullptr) *numSolutions = found.size();
               });
}

}  // extern "C"
