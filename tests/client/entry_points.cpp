#include "entry_points.h"

namespace rdna1conv {
namespace {

miopenStatus_t call_forward(EntryPoint entry, const CallArguments& a) {
  switch (entry) {
    case kGetWorkSpaceSize:
      return miopenConvolutionForwardGetWorkSpaceSize(a.handle, a.w_desc, a.x_desc, a.conv_desc,
                                                      a.y_desc, a.size);
    case kFind:
      return miopenFindConvolutionForwardAlgorithm(
          a.handle, a.x_desc, a.x, a.w_desc, a.w, a.conv_desc, a.y_desc, a.y, a.request, a.returned,
          a.perf, a.workspace, a.workspace_bytes, a.exhaustive);
    case kRun:
      return miopenConvolutionForward(a.handle, a.alpha, a.x_desc, a.x, a.w_desc, a.w, a.conv_desc,
                                      static_cast<miopenConvFwdAlgorithm_t>(a.algo), a.beta,
                                      a.y_desc, a.y, a.workspace, a.workspace_bytes);
    case kGetSolutionCount:
      return miopenConvolutionForwardGetSolutionCount(a.handle, a.w_desc, a.x_desc, a.conv_desc,
                                                      a.y_desc, a.size);
    case kGetSolution:
      return miopenConvolutionForwardGetSolution(a.handle, a.w_desc, a.x_desc, a.conv_desc,
                                                 a.y_desc, a.max_solutions, a.size, a.solutions);
    case kGetSolutionWorkspaceSize:
      return miopenConvolutionForwardGetSolutionWorkspaceSize(
          a.handle, a.w_desc, a.x_desc, a.conv_desc, a.y_desc, a.solution_id, a.size);
    case kCompileSolution:
      return miopenConvolutionForwardCompileSolution(a.handle, a.w_desc, a.x_desc, a.conv_desc,
                                                     a.y_desc, a.solution_id);
    case kImmediate:
      return miopenConvolutionForwardImmediate(a.handle, a.w_desc, a.w, a.x_desc, a.x, a.conv_desc,
                                               a.y_desc, a.y, a.workspace, a.workspace_bytes,
                                               a.solution_id);
    default:
      return miopenStatusInternalError;
  }
}

miopenStatus_t call_backward_data(EntryPoint entry, const CallArguments& a) {
  switch (entry) {
    case kGetWorkSpaceSize:
      return miopenConvolutionBackwardDataGetWorkSpaceSize(a.handle, a.y_desc, a.w_desc,
                                                           a.conv_desc, a.x_desc, a.size);
    case kFind:
      return miopenFindConvolutionBackwardDataAlgorithm(
          a.handle, a.y_desc, a.y, a.w_desc, a.w, a.conv_desc, a.x_desc, a.x, a.request, a.returned,
          a.perf, a.workspace, a.workspace_bytes, a.exhaustive);
    case kRun:
      return miopenConvolutionBackwardData(a.handle, a.alpha, a.y_desc, a.y, a.w_desc, a.w,
                                           a.conv_desc,
                                           static_cast<miopenConvBwdDataAlgorithm_t>(a.algo),
                                           a.beta, a.x_desc, a.x, a.workspace, a.workspace_bytes);
    case kGetSolutionCount:
      return miopenConvolutionBackwardDataGetSolutionCount(a.handle, a.y_desc, a.w_desc,
                                                           a.conv_desc, a.x_desc, a.size);
    case kGetSolution:
      return miopenConvolutionBackwardDataGetSolution(a.handle, a.y_desc, a.w_desc, a.conv_desc,
                                                      a.x_desc, a.max_solutions, a.size,
                                                      a.solutions);
    case kGetSolutionWorkspaceSize:
      return miopenConvolutionBackwardDataGetSolutionWorkspaceSize(
          a.handle, a.y_desc, a.w_desc, a.conv_desc, a.x_desc, a.solution_id, a.size);
    case kCompileSolution:
      return miopenConvolutionBackwardDataCompileSolution(a.handle, a.y_desc, a.w_desc, a.conv_desc,
                                                          a.x_desc, a.solution_id);
    case kImmediate:
      return miopenConvolutionBackwardDataImmediate(a.handle, a.y_desc, a.y, a.w_desc, a.w,
                                                    a.conv_desc, a.x_desc, a.x, a.workspace,
                                                    a.workspace_bytes, a.solution_id);
    default:
      return miopenStatusInternalError;
  }
}

miopenStatus_t call_backward_weights(EntryPoint entry, const CallArguments& a) {
  switch (entry) {
    case kGetWorkSpaceSize:
      return miopenConvolutionBackwardWeightsGetWorkSpaceSize(a.handle, a.y_desc, a.x_desc,
                                                              a.conv_desc, a.w_desc, a.size);
    case kFind:
      return miopenFindConvolutionBackwardWeightsAlgorithm(
          a.handle, a.y_desc, a.y, a.x_desc, a.x, a.conv_desc, a.w_desc, a.w, a.request, a.returned,
          a.perf, a.workspace, a.workspace_bytes, a.exhaustive);
    case kRun:
      return miopenConvolutionBackwardWeights(
          a.handle, a.alpha, a.y_desc, a.y, a.x_desc, a.x, a.conv_desc,
          static_cast<miopenConvBwdWeightsAlgorithm_t>(a.algo), a.beta, a.w_desc, a.w, a.workspace,
          a.workspace_bytes);
    case kGetSolutionCount:
      return miopenConvolutionBackwardWeightsGetSolutionCount(a.handle, a.y_desc, a.x_desc,
                                                              a.conv_desc, a.w_desc, a.size);
    case kGetSolution:
      return miopenConvolutionBackwardWeightsGetSolution(a.handle, a.y_desc, a.x_desc, a.conv_desc,
                                                         a.w_desc, a.max_solutions, a.size,
                                                         a.solutions);
    case kGetSolutionWorkspaceSize:
      return miopenConvolutionBackwardWeightsGetSolutionWorkspaceSize(
          a.handle, a.y_desc, a.x_desc, a.conv_desc, a.w_desc, a.solution_id, a.size);
    case kCompileSolution:
      return miopenConvolutionBackwardWeightsCompileSolution(a.handle, a.y_desc, a.x_desc,
                                                             a.conv_desc, a.w_desc, a.solution_id);
    case kImmediate:
      return miopenConvolutionBackwardWeightsImmediate(a.handle, a.y_desc, a.y, a.x_desc, a.x,
                                                       a.conv_desc, a.w_desc, a.w, a.workspace,
                                                       a.workspace_bytes, a.solution_id);
    default:
      return miopenStatusInternalError;
  }
}

}  // namespace

miopenStatus_t call(Direction direction, EntryPoint entry, const CallArguments& arguments) {
  switch (direction) {
    case Direction::kForward:
      return call_forward(entry, arguments);
    case Direction::kBackwardData:
      return call_backward_data(entry, arguments);
    case Direction::kBackwardWeights:
      return call_backward_weights(entry, arguments);
  }
  return miopenStatusInternalError;
}

std::string name_of(Direction direction, EntryPoint entry) {
  const char* const words[] = {"Forward", "BackwardData", "BackwardWeights"};
  const std::string word = words[static_cast<int>(direction)];
  switch (entry) {
    case kGetWorkSpaceSize:
      return "miopenConvolution" + word + "GetWorkSpaceSize";
    case kFind:
      return "miopenFindConvolution" + word + "Algorithm";
    case kRun:
      return "miopenConvolution" + word;
    case kGetSolutionCount:
      return "miopenConvolution" + word + "GetSolutionCount";
    case kGetSolution:
      return "miopenConvolution" + word + "GetSolution";
    case kGetSolutionWorkspaceSize:
      return "miopenConvolution" + word + "GetSolutionWorkspaceSize";
    case kCompileSolution:
      return "miopenConvolution" + word + "CompileSolution";
    case kImmediate:
      return "miopenConvolution" + word + "Immediate";
    default:
      return "?";
  }
}

ArgumentNames names_of(Direction direction) {
  switch (direction) {
    case Direction::kForward:
      return {"xDesc", "wDesc", "yDesc", "x", "w", "y"};
    case Direction::kBackwardData:
      return {"dxDesc", "wDesc", "dyDesc", "dx", "w", "dy"};
    case Direction::kBackwardWeights:
      return {"xDesc", "dwDesc", "dyDesc", "x", "dw", "dy"};
  }
  return {};
}

unsigned algorithm_in(Direction direction, const miopenConvAlgoPerf_t& result) {
  switch (direction) {
    case Direction::kForward:
      return result.fwd_algo;
    case Direction::kBackwardData:
      return result.bwd_data_algo;
    case Direction::kBackwardWeights:
      return result.bwd_weights_algo;
  }
  return ~0u;
}

}  // namespace rdna1conv
