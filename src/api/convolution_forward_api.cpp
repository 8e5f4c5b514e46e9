#include <miopen/miopen.h>

#include <algorithm>

#include "api/guard.h"
#include "dispatch/convolution.h"

using namespace rdna1conv;

namespace {

// MIOpen's clients reserve room for this many immediate solutions (PyTorch checks it).
constexpr std::size_t kMaxSolutions = 10;

ConvolutionCall forward_call(const char* function, const Handle& handle, miopenTensorDescriptor_t x,
                             miopenTensorDescriptor_t w, miopenConvolutionDescriptor_t convolution,
                             miopenTensorDescriptor_t y) {
  const ConvolutionDescriptor& descriptor = object(convolution);
  const TensorDescriptor& x_descriptor = object(x, "xDesc");
  const TensorDescriptor& w_descriptor = object(w, "wDesc");
  const TensorDescriptor& y_descriptor = object(y, "yDesc");
  return {function, make_forward_problem(descriptor, x_descriptor, w_descriptor, y_descriptor),
          descriptor.deterministic == 1 || handle.environment.deterministic, descriptor.find_mode};
}

// Device memory that a kernel reads or writes element by element.
void* device_pointer(const void* pointer, const char* name, DataType type) {
  require(static_cast<const std::byte*>(pointer), name);
  if (reinterpret_cast<std::uintptr_t>(pointer) % bytes_of(type) != 0) {
    throw Error(Status::kBadParm, std::string(name) + " is not aligned to its " +
                                      std::string(name_of(type)) + " elements");
  }
  // Constness follows from the direction; one type of buffers serves all of them.
  return const_cast<void*>(pointer);
}

Buffers device_buffers(const ConvProblem& problem, const void* x, const void* w, const void* y,
                       void* workspace) {
  if (reinterpret_cast<std::uintptr_t>(workspace) % 16 != 0) {
    throw Error(Status::kBadParm, "workSpace is not aligned to 16 bytes");
  }
  return {device_pointer(x, "x", problem.x_type), device_pointer(w, "w", problem.w_type),
          device_pointer(y, "y", problem.y_type), workspace};
}

// alpha and beta are floats on the host for every type but double, which has no convolution.
void check_scaling(const void* alpha, const void* beta) {
  const float alpha_value = require(static_cast<const float*>(alpha), "alpha");
  const float beta_value = require(static_cast<const float*>(beta), "beta");
  if (alpha_value != 1.0f) {
    throw Error(Status::kNotImplemented,
                "alpha is " + std::to_string(alpha_value) + ", only 1 is supported");
  }
  if (beta_value != 0.0f) {
    throw Error(Status::kNotImplemented,
                "beta is " + std::to_string(beta_value) + ", only 0 is supported");
  }
}

// The algorithm, if it is one that MIOpen has; which solvers have it is not asked.
Algorithm algorithm_of(miopenConvFwdAlgorithm_t algo) {
  switch (algo) {
    case miopenConvolutionFwdAlgoGEMM:
    case miopenConvolutionFwdAlgoDirect:
    case miopenConvolutionFwdAlgoFFT:
    case miopenConvolutionFwdAlgoWinograd:
    case miopenConvolutionFwdAlgoImplicitGEMM:
      return static_cast<Algorithm>(algo);
  }
  throw Error(Status::kBadParm,
              "algo " + std::to_string(algo) + " is not a miopenConvFwdAlgorithm_t");
}

}  // namespace

extern "C" {

miopenStatus_t miopenConvolutionForwardGetWorkSpaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, size_t* workSpaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"wDesc", wDesc},
                 {"xDesc", xDesc},
                 {"convDesc", convDesc},
                 {"yDesc", yDesc},
                 {"workSpaceSize", workSpaceSize}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 const auto call = forward_call(function, owner, xDesc, wDesc, convDesc, yDesc);
                 require(workSpaceSize, "workSpaceSize") = workspace_of(owner, call);
               });
}

miopenStatus_t miopenFindConvolutionForwardAlgorithm(
    miopenHandle_t handle, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t yDesc, void* y,
    const int requestAlgoCount, int* returnedAlgoCount, miopenConvAlgoPerf_t* perfResults,
    void* workSpace, size_t workSpaceSize, bool exhaustiveSearch) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"xDesc", xDesc},
        {"x", x},
        {"wDesc", wDesc},
        {"w", w},
        {"convDesc", convDesc},
        {"yDesc", yDesc},
        {"y", y},
        {"requestAlgoCount", requestAlgoCount},
        {"returnedAlgoCount", returnedAlgoCount},
        {"perfResults", perfResults},
        {"workSpace", workSpace},
        {"workSpaceSize", workSpaceSize},
        {"exhaustiveSearch", exhaustiveSearch}}},
      [&, function = __func__] {
        Handle& owner = object(handle);
        const auto call = forward_call(function, owner, xDesc, wDesc, convDesc, yDesc);
        const Buffers buffers = device_buffers(call.problem, x, w, y, workSpace);
        require_at_least(1, {{"requestAlgoCount", requestAlgoCount}});
        require(returnedAlgoCount, "returnedAlgoCount");
        require(perfResults, "perfResults");
        const auto results = find(owner, call, buffers, workSpaceSize, exhaustiveSearch);
        const auto count = std::min(results.size(), static_cast<std::size_t>(requestAlgoCount));
        for (std::size_t i = 0; i < count; ++i) {
          perfResults[i].fwd_algo = static_cast<miopenConvFwdAlgorithm_t>(results[i].algorithm);
          perfResults[i].time = results[i].milliseconds;
          perfResults[i].memory = results[i].workspace_bytes;
        }
        *returnedAlgoCount = static_cast<int>(count);
      });
}

miopenStatus_t miopenConvolutionForward(miopenHandle_t handle, const void* alpha,
                                        const miopenTensorDescriptor_t xDesc, const void* x,
                                        const miopenTensorDescriptor_t wDesc, const void* w,
                                        const miopenConvolutionDescriptor_t convDesc,
                                        miopenConvFwdAlgorithm_t algo, const void* beta,
                                        const miopenTensorDescriptor_t yDesc, void* y,
                                        void* workSpace, size_t workSpaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"alpha", alpha},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"wDesc", wDesc},
                 {"w", w},
                 {"convDesc", convDesc},
                 {"algo", algo},
                 {"beta", beta},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"workSpace", workSpace},
                 {"workSpaceSize", workSpaceSize}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 const auto call = forward_call(function, owner, xDesc, wDesc, convDesc, yDesc);
                 const Buffers buffers = device_buffers(call.problem, x, w, y, workSpace);
                 check_scaling(alpha, beta);
                 run(owner, call, algorithm_of(algo), buffers, workSpaceSize);
               });
}

miopenStatus_t miopenConvolutionForwardGetSolutionCount(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, size_t* solutionCount) {
  return guard({__func__,
                {{"handle", handle},
                 {"wDesc", wDesc},
                 {"xDesc", xDesc},
                 {"convDesc", convDesc},
                 {"yDesc", yDesc},
                 {"solutionCount", solutionCount}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 const auto call = forward_call(function, owner, xDesc, wDesc, convDesc, yDesc);
                 require(solutionCount, "solutionCount");
                 *solutionCount = std::min(
                     kMaxSolutions, choices_of(owner, call, Status::kNotImplemented)->size());
               });
}

miopenStatus_t miopenConvolutionForwardGetSolution(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, const size_t maxSolutionCount, size_t* solutionCount,
    miopenConvSolution_t* solutions) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"wDesc", wDesc},
        {"xDesc", xDesc},
        {"convDesc", convDesc},
        {"yDesc", yDesc},
        {"maxSolutionCount", maxSolutionCount},
        {"solutionCount", solutionCount},
        {"solutions", solutions}}},
      [&, function = __func__] {
        Handle& owner = object(handle);
        const auto call = forward_call(function, owner, xDesc, wDesc, convDesc, yDesc);
        if (maxSolutionCount == 0) {
          throw Error(Status::kBadParm, "maxSolutionCount is 0, must be at least 1");
        }
        require(solutionCount, "solutionCount");
        require(solutions, "solutions");
        const auto choices = choices_of(owner, call, Status::kNotImplemented);
        const std::size_t count = std::min({kMaxSolutions, maxSolutionCount, choices->size()});
        for (std::size_t i = 0; i < count; ++i) {
          const Choice& choice = *(*choices)[i];
          solutions[i].time = choice.milliseconds();
          solutions[i].workspace_size = choice.plan().workspace_bytes;
          solutions[i].solution_id = choice.solver().id;
          solutions[i].algorithm = static_cast<miopenConvAlgorithm_t>(choice.solver().algorithm);
        }
        *solutionCount = count;
      });
}

miopenStatus_t miopenConvolutionForwardGetSolutionWorkspaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, const uint64_t solution_id, size_t* workSpaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"wDesc", wDesc},
                 {"xDesc", xDesc},
                 {"convDesc", convDesc},
                 {"yDesc", yDesc},
                 {"solution_id", solution_id},
                 {"workSpaceSize", workSpaceSize}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 const auto call = forward_call(function, owner, xDesc, wDesc, convDesc, yDesc);
                 require(workSpaceSize, "workSpaceSize");
                 *workSpaceSize = solution_of(owner, call, solution_id)->plan().workspace_bytes;
               });
}

miopenStatus_t miopenConvolutionForwardCompileSolution(miopenHandle_t handle,
                                                       const miopenTensorDescriptor_t wDesc,
                                                       const miopenTensorDescriptor_t xDesc,
                                                       const miopenConvolutionDescriptor_t convDesc,
                                                       const miopenTensorDescriptor_t yDesc,
                                                       const uint64_t solution_id) {
  return guard({__func__,
                {{"handle", handle},
                 {"wDesc", wDesc},
                 {"xDesc", xDesc},
                 {"convDesc", convDesc},
                 {"yDesc", yDesc},
                 {"solution_id", solution_id}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 const auto call = forward_call(function, owner, xDesc, wDesc, convDesc, yDesc);
                 solution_of(owner, call, solution_id)->prepared(owner.modules);
               });
}

miopenStatus_t miopenConvolutionForwardImmediate(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t yDesc, void* y,
    void* workSpace, size_t workSpaceSize, const uint64_t solution_id) {
  return guard({__func__,
                {{"handle", handle},
                 {"wDesc", wDesc},
                 {"w", w},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"convDesc", convDesc},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"workSpace", workSpace},
                 {"workSpaceSize", workSpaceSize},
                 {"solution_id", solution_id}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 const auto call = forward_call(function, owner, xDesc, wDesc, convDesc, yDesc);
                 const Buffers buffers = device_buffers(call.problem, x, w, y, workSpace);
                 run_solution(owner, call, solution_id, buffers, workSpaceSize);
               });
}

}  // extern "C"
