#include "api_client.h"

#include <stdexcept>
#include <utility>

namespace rdna1conv {
namespace {

using client::check_miopen;

FiveDims with_odd_strides(const FiveDims& lengths, FiveDims strides, unsigned seed) {
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 1) strides[i] = static_cast<std::int64_t>(1 + (seed + i) * 37 % 1000);
  }
  return strides;
}

client::TensorDescriptor tensor(const ConvProblem& problem, DataType type, const FiveDims& lengths,
                                const FiveDims& strides, std::optional<unsigned> seed) {
  return {type, problem.spatial_dims, lengths,
          seed ? with_odd_strides(lengths, strides, *seed) : strides};
}

}  // namespace

ApiClient::ApiClient(const ConvProblem& problem, std::optional<unsigned> seed)
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

void ApiClient::call(EntryPoint entry, const CallArguments& arguments) const {
  check_miopen(rdna1conv::call(direction_, entry, arguments), name_of(direction_, entry).c_str());
}

CallArguments ApiClient::arguments() const {
  CallArguments a;
  a.handle = handle_;
  a.x_desc = x_;
  a.w_desc = w_;
  a.y_desc = y_;
  a.conv_desc = convolution_;
  return a;
}

CallArguments ApiClient::arguments(const Buffers& buffers, std::size_t bytes) const {
  const Buffers b = as_asked(buffers);
  CallArguments a = arguments();
  a.x = b.x;
  a.w = b.w;
  a.y = b.y;
  a.workspace = b.workspace;
  a.workspace_bytes = bytes;
  return a;
}

std::size_t ApiClient::workspace_bytes() const {
  std::size_t bytes = 0;
  CallArguments a = arguments();
  a.size = &bytes;
  call(kGetWorkSpaceSize, a);
  return bytes;
}

std::vector<miopenConvAlgoPerf_t> ApiClient::find(const Buffers& buffers, std::size_t bytes) const {
  std::vector<miopenConvAlgoPerf_t> results(5);
  int count = 0;
  CallArguments a = arguments(buffers, bytes);
  a.request = static_cast<int>(results.size());
  a.returned = &count;
  a.perf = results.data();
  call(kFind, a);
  results.resize(static_cast<std::size_t>(count));
  return results;
}

miopenStatus_t ApiClient::run(Algorithm algorithm, const Buffers& buffers,
                              std::size_t bytes) const {
  CallArguments a = arguments(buffers, bytes);
  a.alpha = &buffers.scalars.alpha;
  a.beta = &buffers.scalars.beta;
  a.algo = static_cast<unsigned>(algorithm);  // the same numbers in all directions
  return rdna1conv::call(direction_, kRun, a);
}

std::vector<miopenConvSolution_t> ApiClient::solutions() const {
  std::size_t count = 0;
  CallArguments a = arguments();
  a.size = &count;
  call(kGetSolutionCount, a);
  if (count == 0) throw std::runtime_error("immediate mode has no solution");
  std::vector<miopenConvSolution_t> found(count);
  a.max_solutions = found.size();
  a.solutions = found.data();
  call(kGetSolution, a);
  found.resize(count);
  return found;
}

std::size_t ApiClient::workspace_bytes(std::uint64_t id) const {
  std::size_t bytes = 0;
  CallArguments a = arguments();
  a.size = &bytes;
  a.solution_id = id;
  call(kGetSolutionWorkspaceSize, a);
  return bytes;
}

void ApiClient::compile(std::uint64_t id) const {
  CallArguments a = arguments();
  a.solution_id = id;
  call(kCompileSolution, a);
}

miopenStatus_t ApiClient::run_immediate(std::uint64_t id, const Buffers& buffers,
                                        std::size_t bytes) const {
  CallArguments a = arguments(buffers, bytes);
  a.solution_id = id;
  return rdna1conv::call(direction_, kImmediate, a);
}

}  // namespace rdna1conv
