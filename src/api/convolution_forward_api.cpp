#include "api/convolution_calls.h"

using namespace rdna1conv;

extern "C" {

miopenStatus_t miopenConvolutionForwardGetWorkSpaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, size_t* workSpaceSize) {
  return get_workspace_size({__func__, Direction::kForward, handle, xDesc, wDesc, yDesc, convDesc},
                            workSpaceSize);
}

miopenStatus_t miopenFindConvolutionForwardAlgorithm(
    miopenHandle_t handle, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t yDesc, void* y,
    const int requestAlgoCount, int* returnedAlgoCount, miopenConvAlgoPerf_t* perfResults,
    void* workSpace, size_t workSpaceSize, bool exhaustiveSearch) {
  return find_algorithm({__func__, Direction::kForward, handle, xDesc, wDesc, yDesc, convDesc},
                        {x, w, y, workSpace, workSpaceSize}, requestAlgoCount, returnedAlgoCount,
                        perfResults, exhaustiveSearch);
}

miopenStatus_t miopenConvolutionForward(miopenHandle_t handle, const void* alpha,
                                        const miopenTensorDescriptor_t xDesc, const void* x,
                                        const miopenTensorDescriptor_t wDesc, const void* w,
                                        const miopenConvolutionDescriptor_t convDesc,
                                        miopenConvFwdAlgorithm_t algo, const void* beta,
                                        const miopenTensorDescriptor_t yDesc, void* y,
                                        void* workSpace, size_t workSpaceSize) {
  return run_algorithm({__func__, Direction::kForward, handle, xDesc, wDesc, yDesc, convDesc},
                       {x, w, y, workSpace, workSpaceSize}, alpha, algo, beta);
}

miopenStatus_t miopenConvolutionForwardGetSolutionCount(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, size_t* solutionCount) {
  return get_solution_count({__func__, Direction::kForward, handle, xDesc, wDesc, yDesc, convDesc},
                            solutionCount);
}

miopenStatus_t miopenConvolutionForwardGetSolution(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, const size_t maxSolutionCount, size_t* solutionCount,
    miopenConvSolution_t* solutions) {
  return get_solutions({__func__, Direction::kForward, handle, xDesc, wDesc, yDesc, convDesc},
                       maxSolutionCount, solutionCount, solutions);
}

miopenStatus_t miopenConvolutionForwardGetSolutionWorkspaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, const uint64_t solution_id, size_t* workSpaceSize) {
  return get_solution_workspace_size(
      {__func__, Direction::kForward, handle, xDesc, wDesc, yDesc, convDesc}, solution_id,
      workSpaceSize);
}

miopenStatus_t miopenConvolutionForwardCompileSolution(miopenHandle_t handle,
                                                       const miopenTensorDescriptor_t wDesc,
                                                       const miopenTensorDescriptor_t xDesc,
                                                       const miopenConvolutionDescriptor_t convDesc,
                                                       const miopenTensorDescriptor_t yDesc,
                                                       const uint64_t solution_id) {
  return compile_solution({__func__, Direction::kForward, handle, xDesc, wDesc, yDesc, convDesc},
                          solution_id);
}

miopenStatus_t miopenConvolutionForwardImmediate(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t yDesc, void* y,
    void* workSpace, size_t workSpaceSize, const uint64_t solution_id) {
  return run_immediate({__func__, Direction::kForward, handle, xDesc, wDesc, yDesc, convDesc},
                       {x, w, y, workSpace, workSpaceSize}, solution_id);
}

}  // extern "C"
