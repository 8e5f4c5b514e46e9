#include "api_check.h"

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

#include "core/driver_line.h"
#include "core/error.h"
#include "guarded_run.h"
#include "miopen_objects.h"
#include "running_note.h"
#include "tolerance.h"

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

// The entry points of all directions with their arguments in one order.
class Client {
 public:
  Client(const ConvProblem& problem, unsigned seed)
      : direction_(problem.direction),
        x_(tensor(problem, problem.x_type, problem.x_lengths(), problem.x_strides, seed)),
        w_(tensor(problem, problem.w_type, problem.w_lengths(), problem.w_strides, seed)),
        y_(tensor(problem, problem.y_type, problem.y_lengths(), problem.y_strides, seed)),
        convolution_(problem) {}

  std::size_t workspace_bytes() {
    std::size_t bytes = 0;
    switch (direction_) {
      case Direction::kForward:
        check_miopen(
            miopenConvolutionForwardGetWorkSpaceSize(handle_, w_, x_, convolution_, y_, &bytes),
            "miopenConvolutionForwardGetWorkSpaceSize");
        break;
      case Direction::kBackwardData:
        check_miopen(miopenConvolutionBackwardDataGetWorkSpaceSize(handle_, y_, w_, convolution_,
                                                                   x_, &bytes),
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

  std::vector<miopenConvAlgoPerf_t> find(const Buffers& b, std::size_t bytes) {
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

  miopenStatus_t run(const miopenConvAlgoPerf_t& perf, const Buffers& b, std::size_t bytes) {
    const float* const alpha = &b.scalars.alpha;
    const float* const beta = &b.scalars.beta;
    switch (direction_) {
      case Direction::kForward:
        return miopenConvolutionForward(handle_, alpha, x_, b.x, w_, b.w, convolution_,
                                        perf.fwd_algo, beta, y_, b.y, b.workspace, bytes);
      case Direction::kBackwardData:
        return miopenConvolutionBackwardData(handle_, alpha, y_, b.y, w_, b.w, convolution_,
                                             perf.bwd_data_algo, beta, x_, b.x, b.workspace, bytes);
      default:
        return miopenConvolutionBackwardWeights(handle_, alpha, y_, b.y, x_, b.x, convolution_,
                                                perf.bwd_weights_algo, beta, w_, b.w, b.workspace,
                                                bytes);
    }
  }

  std::vector<miopenConvSolution_t> solutions() {
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
        fetch(miopenConvolutionBackwardDataGetSolutionCount,
              miopenConvolutionBackwardDataGetSolution, y_, w_, x_);
        break;
      case Direction::kBackwardWeights:
        fetch(miopenConvolutionBackwardWeightsGetSolutionCount,
              miopenConvolutionBackwardWeightsGetSolution, y_, x_, w_);
        break;
    }
    return found;
  }

  std::size_t workspace_bytes(std::uint64_t id) {
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

  miopenStatus_t run_immediate(std::uint64_t id, const Buffers& b, std::size_t bytes) {
    switch (direction_) {
      case Direction::kForward:
        check_miopen(miopenConvolutionForwardCompileSolution(handle_, w_, x_, convolution_, y_, id),
                     "CompileSolution");
        return miopenConvolutionForwardImmediate(handle_, w_, b.w, x_, b.x, convolution_, y_, b.y,
                                                 b.workspace, bytes, id);
      case Direction::kBackwardData:
        check_miopen(
            miopenConvolutionBackwardDataCompileSolution(handle_, y_, w_, convolution_, x_, id),
            "CompileSolution");
        return miopenConvolutionBackwardDataImmediate(handle_, y_, b.y, w_, b.w, convolution_, x_,
                                                      b.x, b.workspace, bytes, id);
      default:
        check_miopen(
            miopenConvolutionBackwardWeightsCompileSolution(handle_, y_, x_, convolution_, w_, id),
            "CompileSolution");
        return miopenConvolutionBackwardWeightsImmediate(handle_, y_, b.y, x_, b.x, convolution_,
                                                         w_, b.w, b.workspace, bytes, id);
    }
  }

 private:
  static bench::TensorDescriptor tensor(const ConvProblem& problem, DataType type,
                                        const FiveDims& lengths, const FiveDims& strides,
                                        unsigned seed) {
    return {type, problem.spatial_dims, lengths, with_odd_strides(lengths, strides, seed)};
  }

  Direction direction_;
  bench::MiopenHandle handle_;
  bench::TensorDescriptor x_, w_, y_;
  bench::ConvolutionDescriptor convolution_;
};

// Buffers of the untransposed problem as those of the problem that the client has.
Buffers as_asked(Buffers buffers, bool transposed) {
  if (transposed) std::swap(buffers.x, buffers.y);
  return buffers;
}

void require_correct(const GuardedRun& guarded, const std::vector<double>& result,
                     const EpilogueScalars& scalars, Algorithm algorithm, const std::string& how) {
  const ConvCase& conv_case = guarded.conv_case();
  const auto fault = fault_of(result, expected_output(conv_case, scalars),
                              tolerance_of(conv_case.problem, algorithm));
  if (fault) throw std::runtime_error(how + ": " + *fault);
}

void check(const ConvProblem& asked, unsigned seed) {
  ConvProblem problem = asked;
  problem.epilogue = {.scaled = asked.epilogue.scaled};
  const GuardedRun guarded(problem);
  ConvProblem unscaled = problem;
  unscaled.epilogue = {};
  const GuardedRun plain(unscaled);
  Client client(problem, seed);

  const std::size_t most_workspace = client.workspace_bytes();
  std::vector<miopenConvAlgoPerf_t> found;
  // Find's last run of a solver leaves its result in the output, whichever it was.
  static_cast<void>(plain.run(most_workspace, {}, [&](const Buffers& buffers) {
    found = client.find(as_asked(buffers, problem.transposed), most_workspace);
  }));
  if (found.empty()) throw std::runtime_error("Find found nothing");

  for (const miopenConvAlgoPerf_t& perf : found) {
    const auto algorithm = static_cast<Algorithm>(perf.fwd_algo);
    const std::string how = "run by algorithm " + std::to_string(perf.fwd_algo);
    if (perf.memory > most_workspace)
      throw std::runtime_error(how + " needs more than the workspace query said");
    for (const bool overwrites : {true, false}) {
      if (!problem.epilogue.scaled && !overwrites) continue;
      const EpilogueScalars scalars = scalars_for(problem, overwrites);
      miopenStatus_t status = miopenStatusSuccess;
      bool refused = false;
      std::vector<double> result;
      try {
        result = guarded.run(perf.memory, scalars, [&](const Buffers& buffers) {
          status = client.run(perf, as_asked(buffers, problem.transposed), perf.memory);
          refused = problem.epilogue.scaled && problem.spatial_dims == 2 &&
                    status == miopenStatusNotImplemented;
          if (!refused) check_miopen(status, how.c_str());
        });
      } catch (const Error&) {
        if (!refused) throw;  // else the output is as it was, as it has to be
      }
      if (!refused) require_correct(guarded, result, scalars, algorithm, how);
    }
  }

  for (const miopenConvSolution_t& solution : client.solutions()) {
    const std::string how = "solution " + std::to_string(solution.solution_id);
    const std::size_t bytes = client.workspace_bytes(solution.solution_id);
    if (bytes != solution.workspace_size)
      throw std::runtime_error(how + " has a workspace of " + std::to_string(bytes) +
                               " bytes by its query, " + std::to_string(solution.workspace_size) +
                               " in the list");
    const std::vector<double> result = plain.run(bytes, {}, [&](const Buffers& buffers) {
      check_miopen(
          client.run_immediate(solution.solution_id, as_asked(buffers, problem.transposed), bytes),
          how.c_str());
    });
    require_correct(plain, result, {}, static_cast<Algorithm>(solution.algorithm), how);
  }
}

}  // namespace

std::string fault_of_api(const ConvProblem& problem, unsigned seed) {
  note_running(to_driver_line(problem) + " by the API");
  try {
    check(problem, seed);
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace rdna1conv
