// Find 2.0: problems, options and the search.
#include <miopen/miopen.h>

#include "api/device_arguments.h"
#include "api/objects.h"
#include "find2/find_solutions.h"

using namespace rdna1conv;

namespace {

// The preallocated memory was set without a handle, which only now says what it must be.
void check_memory(const Handle& handle, const ConvProblem& problem, const FindOptions& options) {
  const DataType types[kProblemTensors] = {problem.x_type, problem.w_type, problem.y_type};
  for (std::size_t i = 0; i < kProblemTensors; ++i) {
    if (options.tensors[i] == nullptr) continue;
    const std::string name = "the preallocated " + std::string(kProblemTensorNames[i]);
    device_argument(handle, options.tensors[i], name.c_str(), types[i]);
  }
  if (options.workspace) {
    workspace_argument(handle, options.workspace->address, "the preallocated workspace");
  }
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
        result = reinterpret_cast<miopenProblem_t>(new FindProblem{convolution, meant, {}});
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
    const std::size_t tensor = problem_tensor(id);
    target.tensors[tensor] = object(descriptor, "descriptor");
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
    switch (value) {
      case miopenFindResultsOrderByTime:
      case miopenFindResultsOrderByWorkspaceSize:
        target.order = static_cast<ResultsOrder>(value);
        return;
    }
    throw Error(Status::kBadParm,
                "value " + std::to_string(value) + " is not a miopenFindResultsOrder_t");
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
    const std::size_t tensor = problem_tensor(id);
    target.tensors[tensor] = &require(static_cast<char*>(buffer), "buffer");
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
                 const ConvProblem convolution = conv_problem_of(wanted);
                 const FindOptions chosen = options == nullptr ? FindOptions{} : object(options);
                 check_memory(owner, convolution, chosen);
                 const auto& [x, w, y] = wanted.tensors;
                 auto found = find_solutions(
                     owner, make_call(function, owner, wanted.convolution, convolution), chosen,
                     {x->bytes(), w->bytes(), y->bytes()}, maxSolutions);
                 for (std::size_t i = 0; i < found.size(); ++i) {
                   solutions[i] = reinterpret_cast<miopenSolution_t>(found[i].release());
                 }
                 if (numSolutions != nullptr) *numSolutions = found.size();
               });
}

}  // extern "C"
