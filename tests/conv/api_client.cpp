#include "api_client.h"

#include <stdexcept>
#include <utility>

namespace rdna1conv {
namespace {

using bench::check_miopen;

// Strides as a program may leave them in dimensions of length 1.
FiveDims with_odd_strides(const FiveDims& lengths, FiveDims strides, unsigned seed) {
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 1) strides[i] = 1 + (seed + i) * 37 % 1000;
  }
  return strides;
}

bench::TensorDescriptor tensor(const ConvProblem& problem, DataType type, const FiveDims& lengths,
                               const FiveDims& strides, unsigned seed) {
  return {type, problem.spatial_dims, lengths, with_odd_strides(lengths, strides, seed)};
}

// The algorithms' numbers are those of all directions.
template <class Direction>
Direction as(Algorithm algorithm) {
  return static_cast<Direction>(algorithm);
}

}  // namespace

ApiClient::ApiClient(const ConvProblem& problem, unsigned seed)
    : direction_(problem.direction),
      transposed_(problem.transposed),
      x_(tensor(problem, problem.x_type, problem.x_lengths(), problem.x_strides, seed)),
      w_(tensor(problem, problem.w_type, problem.w_lengths(), problem.w_strides, seed)),
      y_(tensor(problem, problem.y_type, problem.y_lengths(), problem.y_strides, seed)),
      convolution_(problem) {}

Buffers ApiClient::as_asked(Buffers buffers) const {
  if (transposed_) std::swap(buffers.x, buffers.y);
  return buffers;
}

std::size_t ApiClient::workspace_bytes() {
  std::size_t bytes = 0;
  switch (direction_) {
    case Direction::kForward:
      check_miopen(
          miopenConvolutionForwardGetWorkSpaceSize(handle_, w_, x_, convolution_, y_, &bytes),
          "miopenConvolutionForwardGetWorkSpaceSize");
      break;
    case Direction::kBackwardData:
      check_miopen(
          miopenConvolutionBackwardDataGetWorkSpaceSize(handle_, y_, w_, convolution_, x_, &bytes),
          "miopenConvolutionBackwardDataGetWorkSpaceSize");
      break;
    case Direction::kBackwardWeights:
      check_miopen(miopenConvolutionBackwardWeightsGetWorkSpaceSize(handle_, y_, x_, convolution_,
                                                                    w_, &bytes),
                   "miopenConvolutionBackwardWeightsGetWorkSpaceSize");
      break;
  }
  return bytes;
}

std::vector<miopenConvAlgoPerf_t> ApiClient::find(const Buffers& buffers, std::size_t bytes) {
  const Buffers b = as_asked(buffers);
  std::vector<miopenConvAlgoPerf_t> results(5);
  const int most = static_cast<int>(results.size());
  int count = 0;
  switch (direction_) {
    case Direction::kForward:
      check_miopen(miopenFindConvolutionForwardAlgorithm(handle_, x_, b.x, w_, b.w, convolution_,
                                                         y_, b.y, most, &count, results.data(),
                                                         b.workspace, bytes, false),
                   "miopenFindConvolutionForwardAlgorithm");
      break;
    case Direction::kBackwardData:
      check_miopen(miopenFindConvolutionBackwardDataAlgorithm(
                       handle_, y_, b.y, w_, b.w, convolution_, x_, b.x, most, &count,
                       results.data(), b.workspace, bytes, false),
                   "miopenFindConvolutionBackwardDataAlgorithm");
      break;
    case Direction::kBackwardWeights:
      check_miopen(miopenFindConvolutionBackwardWeightsAlgorithm(
                       handle_, y_, b.y, x_, b.x, convolution_, w_, b.w, most, &count,
                       results.data(), b.workspace, bytes, false),
                   "miopenFindConvolutionBackwardWeightsAlgorithm");
      break;
  }
  results.resize(static_cast<std::size_t>(count));
  return results;
}

miopenStatus_t ApiClient::run(Algorithm algorithm, const Buffers& buffers, std::size_t bytes) {
  const Buffers b = as_asked(buffers);
  const float* const alpha = &b.scalars.alpha;
  const float* const beta = &b.scalars.beta;
  switch (direction_) {
    case Direction::kForward:
      return miopenConvolutionForward(handle_, alpha, x_, b.x, w_, b.w, convolution_,
                                      as<miopenConvFwdAlgorithm_t>(algorithm), beta, y_, b.y,
                                      b.workspace, bytes);
    case Direction::kBackwardData:
      return miopenConvolutionBackwardData(handle_, alpha, y_, b.y, w_, b.w, convolution_,
                                           as<miopenConvBwdDataAlgorithm_t>(algorithm), beta, x_,
                                           b.x, b.workspace, bytes);
    default:
      return miopenConvolutionBackwardWeights(handle_, alpha, y_, b.y, x_, b.x, convolution_,
                                              as<miopenConvBwdWeightsAlgorithm_t>(algorithm), beta,
                                              w_, b.w, b.workspace, bytes);
  }
}

std::vector<miopenConvSolution_t> ApiClient::solutions() {
  std::size_t count = 0;
  std::vector<miopenConvSolution_t> found;
  // Count, then fetch; the three directions differ in name and order.
  const auto fetch = [&](auto get_count, auto get, miopenTensorDescriptor_t first,
                         miopenTensorDescriptor_t second, miopenTensorDescriptor_t third) {
    check_miopen(get_count(handle_, first, second, convolution_, third, &count),
                 "GetSolutionCount");
    found.resize(count);
    if (count == 0) throw std::runtime_error("immediate mode has no solution");
    std::size_t filled = 0;
    check_miopen(get(handle_, first, second, convolution_, third, count, &filled, found.data()),
                 "GetSolution");
    found.resize(filled);
  };
  switch (direction_) {
    case Direction::kForward:
      fetch(miopenConvolutionForwardGetSolutionCount, miopenConvolutionForwardGetSolution, w_, x_,
            y_);
      break;
    case Direction::kBackwardData:
      fetch(miopenConvolutionBackwardDataGetSolutionCount, miopenConvolutionBackwardDataGetSolution,
            y_, w_, x_);
      break;
    case Direction::kBackwardWeights:
      fetch(miopenConvolutionBackwardWeightsGetSolutionCount,
            miopenConvolutionBackwardWeightsGetSolution, y_, x_, w_);
      break;
  }
  return found;
}

std::size_t ApiClient::workspace_bytes(std::uint64_t id) {
  std::size_t bytes = 0;
  switch (direction_) {
    case Direction::kForward:
      check_miopen(miopenConvolutionForwardGetSolutionWorkspaceSize(handle_, w_, x_, convolution_,
                                                                    y_, id, &bytes),
                   "GetSolutionWorkspaceSize");
      break;
    case Direction::kBackwardData:
      check_miopen(miopenConvolutionBackwardDataGetSolutionWorkspaceSize(
                       handle_, y_, w_, convolution_, x_, id, &bytes),
                   "GetSolutionWorkspaceSize");
      break;
    case Direction::kBackwardWeights:
      check_miopen(miopenConvolutionBackwardWeightsGetSolutionWorkspaceSize(
                       handle_, y_, x_, convolution_, w_, id, &bytes),
                   "GetSolutionWorkspaceSize");
      break;
  }
  return bytes;
}

void ApiClient::compile(std::uint64_t id) {
  const miopenStatus_t status =
      direction_ == Direction::kForward
          ? miopenConvolutionForwardCompileSolution(handle_, w_, x_, convolution_, y_, id)
      : direction_ == Direction::kBackwardData
          ? miopenConvolutionBackwardDataCompileSolution(handle_, y_, w_, convolution_, x_, id)
          : miopenConvolutionBackwardWeightsCompileSolution(handle_, y_, x_, convolution_, w_, id);
  check_miopen(status, "CompileSolution");
}

miopenStatus_t ApiClient::run_immediate(std::uint64_t id, const Buffers& buffers,
                                        std::size_t bytes) {
  const Buffers b = as_asked(buffers);
  switch (direction_) {
    case Direction::kForward:
      return miopenConvolutionForwardImmediate(handle_, w_, b.w, x_, b.x, convolution_, y_, b.y,
                                               b.workspace, bytes, id);
    case Direction::kBackwardData:
      return miopenConvolutionBackwardDataImmediate(handle_, y_, b.y, w_, b.w, convolution_, x_,
                                                    b.x, b.workspace, bytes, id);
    default:
      return miopenConvolutionBackwardWeightsImmediate(handle_, y_, b.y, x_, b.x, convolution_, w_,
                                                       b.w, b.workspace, bytes, id);
  }
}

}  // namespace rdna1conv
