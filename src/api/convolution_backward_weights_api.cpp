#include "api/convolution_calls.h"
#include "api/hidden_functions.h"
#include "api/named_tensor.h"
#include "api/objects.h"

using namespace rdna1conv;

extern "C" {

miopenStatus_t miopenConvolutionBackwardWeightsGetWorkSpaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dwDesc, size_t* workSpaceSize) {
  return get_workspace_size(
      {__func__, Direction::kBackwardWeights, handle, xDesc, dwDesc, dyDesc, convDesc},
      workSpaceSize);
}

miopenStatus_t miopenConvolutionABBackwardWeightsGetWorkSpaceSize(
    const miopenAlphaBetaCase_t alpha_beta_case, miopenHandle_t handle,
    const miopenTensorDescriptor_t outputTensorDesc, const miopenTensorDescriptor_t inputTensorDesc,
    const miopenConvolutionDescriptor_t convDesc, size_t* buffer_size) {
  return guard(
      {__func__,
       {{"alpha_beta_case", alpha_beta_case},
        {"handle", handle},
        {"outputTensorDesc", outputTensorDesc},
        {"inputTensorDesc", inputTensorDesc},
        {"convDesc", convDesc},
        {"buffer_size", buffer_size}}},
      [&] {
        static_cast<void>(object(handle));
        const TensorDescriptor& y = object(outputTensorDesc, "outputTensorDesc");
        const TensorDescriptor& x = object(inputTensorDesc, "inputTensorDesc");
        const ConvolutionDescriptor& convolution = object(convDesc, "convDesc");
        std::size_t& bytes = require(buffer_size, "buffer_size");
        if (alpha_beta_case > miopenAlphaBetaBilinear) {
          throw Error(Status::kBadParm, "alpha_beta_case " + std::to_string(alpha_beta_case) +
                                            " is none of 0, 1 and 2");
        }
        if (x.rank() < 2 || x.rank() != y.rank()) {
          throw Error(Status::kBadParm, text_of({x, "inputTensorDesc"}) + ", " +
                                            text_of({y, "outputTensorDesc"}) +
                                            ", must have as many dimensions, and channels");
        }
        const auto is_odd = [&](const TensorDescriptor& tensor) {
          return tensor.lengths()[1] / convolution.groups % 2 != 0;
        };
        const bool is_needed = alpha_beta_case != miopenAlphaBetaDefault ||
                               (y.type() == DataType::kHalf && (is_odd(x) || is_odd(y)));
        const std::size_t element = y.type() == DataType::kDouble ? 8 : 4;
        bytes = is_needed ? element * static_cast<std::size_t>(x.elements()) : 0;
      });
}

miopenStatus_t miopenFindConvolutionBackwardWeightsAlgorithm(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t dwDesc, void* dw,
    const int requestAlgoCount, int* returnedAlgoCount, miopenConvAlgoPerf_t* perfResults,
    void* workSpace, size_t workSpaceSize, bool exhaustiveSearch) {
  return find_algorithm(
      {__func__, Direction::kBackwardWeights, handle, xDesc, dwDesc, dyDesc, convDesc},
      {x, dw, dy, workSpace, workSpaceSize}, requestAlgoCount, returnedAlgoCount, perfResults,
      exhaustiveSearch);
}

miopenStatus_t miopenConvolutionBackwardWeights(
    miopenHandle_t handle, const void* alpha, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenConvolutionDescriptor_t convDesc, miopenConvBwdWeightsAlgorithm_t algo,
    const void* beta, const miopenTensorDescriptor_t dwDesc, void* dw, void* workSpace,
    size_t workSpaceSize) {
  return run_algorithm(
      {__func__, Direction::kBackwardWeights, handle, xDesc, dwDesc, dyDesc, convDesc},
      {x, dw, dy, workSpace, workSpaceSize}, alpha, algo, beta);
}

miopenStatus_t miopenConvolutionBackwardWeightsGetSolutionCount(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dwDesc, size_t* solutionCount) {
  return get_solution_count(
      {__func__, Direction::kBackwardWeights, handle, xDesc, dwDesc, dyDesc, convDesc},
      solutionCount);
}

miopenStatus_t miopenConvolutionBackwardWeightsGetSolution(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dwDesc, const size_t maxSolutionCount, size_t* solutionCount,
    miopenConvSolution_t* solutions) {
  return get_solutions(
      {__func__, Direction::kBackwardWeights, handle, xDesc, dwDesc, dyDesc, convDesc},
      maxSolutionCount, solutionCount, solutions);
}

miopenStatus_t miopenConvolutionBackwardWeightsGetSolutionWorkspaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dwDesc, const uint64_t solution_id, size_t* workSpaceSize) {
  return get_solution_workspace_size(
      {__func__, Direction::kBackwardWeights, handle, xDesc, dwDesc, dyDesc, convDesc}, solution_id,
      workSpaceSize);
}

miopenStatus_t miopenConvolutionBackwardWeightsCompileSolution(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dwDesc, const uint64_t solution_id) {
  return compile_solution(
      {__func__, Direction::kBackwardWeights, handle, xDesc, dwDesc, dyDesc, convDesc},
      solution_id);
}

miopenStatus_t miopenConvolutionBackwardWeightsImmediate(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t dwDesc, void* dw,
    void* workSpace, size_t workSpaceSize, const uint64_t solution_id) {
  return run_immediate(
      {__func__, Direction::kBackwardWeights, handle, xDesc, dwDesc, dyDesc, convDesc},
      {x, dw, dy, workSpace, workSpaceSize}, solution_id);
}

}  // extern "C"
