#include "api/convolution_calls.h"

using namespace rdna1conv;

extern "C" {

miopenStatus_t miopenConvolutionBackwardDataGetWorkSpaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t wDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dxDesc, size_t* workSpaceSize) {
  return get_workspace_size(
      {__func__, Direction::kBackwardData, handle, dxDesc, wDesc, dyDesc, convDesc}, workSpaceSize);
}

miopenStatus_t miopenFindConvolutionBackwardDataAlgorithm(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t dxDesc, void* dx,
    const int requestAlgoCount, int* returnedAlgoCount, miopenConvAlgoPerf_t* perfResults,
    void* workSpace, size_t workSpaceSize, bool exhaustiveSearch) {
  return find_algorithm(
      {__func__, Direction::kBackwardData, handle, dxDesc, wDesc, dyDesc, convDesc},
      {dx, w, dy, workSpace, workSpaceSize}, requestAlgoCount, returnedAlgoCount, perfResults,
      exhaustiveSearch);
}

miopenStatus_t miopenConvolutionBackwardData(miopenHandle_t handle, const void* alpha,
                                             const miopenTensorDescriptor_t dyDesc, const void* dy,
                                             const miopenTensorDescriptor_t wDesc, const void* w,
                                             const miopenConvolutionDescriptor_t convDesc,
                                             miopenConvBwdDataAlgorithm_t algo, const void* beta,
                                             const miopenTensorDescriptor_t dxDesc, void* dx,
                                             void* workSpace, size_t workSpaceSize) {
  return run_algorithm(
      {__func__, Direction::kBackwardData, handle, dxDesc, wDesc, dyDesc, convDesc},
      {dx, w, dy, workSpace, workSpaceSize}, alpha, algo, beta);
}

miopenStatus_t miopenConvolutionBackwardDataGetSolutionCount(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t wDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dxDesc, size_t* solutionCount) {
  return get_solution_count(
      {__func__, Direction::kBackwardData, handle, dxDesc, wDesc, dyDesc, convDesc}, solutionCount);
}

miopenStatus_t miopenConvolutionBackwardDataGetSolution(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t wDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dxDesc, const size_t maxSolutionCount, size_t* solutionCount,
    miopenConvSolution_t* solutions) {
  return get_solutions(
      {__func__, Direction::kBackwardData, handle, dxDesc, wDesc, dyDesc, convDesc},
      maxSolutionCount, solutionCount, solutions);
}

miopenStatus_t miopenConvolutionBackwardDataGetSolutionWorkspaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t wDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dxDesc, const uint64_t solution_id, size_t* workSpaceSize) {
  return get_solution_workspace_size(
      {__func__, Direction::kBackwardData, handle, dxDesc, wDesc, dyDesc, convDesc}, solution_id,
      workSpaceSize);
}

miopenStatus_t miopenConvolutionBackwardDataCompileSolution(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t wDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dxDesc, const uint64_t solution_id) {
  return compile_solution(
      {__func__, Direction::kBackwardData, handle, dxDesc, wDesc, dyDesc, convDesc}, solution_id);
}

miopenStatus_t miopenConvolutionBackwardDataImmediate(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t dxDesc, void* dx,
    void* workSpace, size_t workSpaceSize, const uint64_t solution_id) {
  return run_immediate(
      {__func__, Direction::kBackwardData, handle, dxDesc, wDesc, dyDesc, convDesc},
      {dx, w, dy, workSpace, workSpaceSize}, solution_id);
}

}  // extern "C"
