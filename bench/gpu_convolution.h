#pragma once

// One convolution on the GPU through the public MIOpen API, the way an inference program calls it:
// immediate mode, workspace from the caller. One with an epilogue, which immediate mode has none
// of, as a fusion plan that is given workspace runs it.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/device_memory.h"
#include "client/api_client.h"
#include "dispatch/convolution.h"
#include "dispatch/plan_cache.h"
#include "plan/device_facts.h"
#include "reference/conv_case.h"
#include "reference/guarded_tensor.h"
#include "solvers/solver.h"

namespace rdna1conv::bench {

// No solver takes the problem; what() is the reason.
class NoSolver : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class GpuConvolution {
 public:
  // Asks the library for a solution: the best one, or that of `solver_name` unless empty.
  // Throws NoSolver, or std::runtime_error with what failed.
  GpuConvolution(const ConvProblem& problem, const DeviceFacts& device,
                 const std::string& solver_name);

  const std::string& solver() const { return solver_; }
  // The kernel instance that the solver takes, such as "128x128x8".
  const std::string& instance() const { return instance_; }
  Algorithm algorithm() const { return algorithm_; }

  // Allocates and fills the buffers with inputs drawn for the problem, the output with canaries and
  // NaN, so that what is written beside it or not at all shows, and makes the library prepare its
  // kernels.
  void prepare(const ConvCase& inputs);

  // The same for times alone: the buffers hold one small number.
  void prepare_constant(const ConvProblem& problem);

  // Enqueues one run.
  void run();

  // Seconds on the device of `times` runs in a row, by HIP's events.
  double timed_runs(std::int64_t times);

  // The output's values in N, C, D, H, W order, after everything enqueued has finished. Throws
  // Error, saying what, if a run wrote outside the output or left an element of it unwritten.
  std::vector<double> result() const;

 private:
  // With an epilogue: what the library would choose for a fusion plan with workspace.
  void choose_fused(const ConvProblem& problem, const std::string& solver_name);
  void compile();

  ApiClient client_;
  std::string solver_, instance_;
  Algorithm algorithm_;
  std::uint64_t solution_id_ = 0;
  std::optional<ConvolutionCall> fused_call_;  // else immediate mode
  std::shared_ptr<const Choice> fused_;
  std::size_t workspace_bytes_ = 0;
  std::optional<GuardedTensor> x_, w_, y_, output_;  // of the untransposed problem
  std::vector<GuardedTensor> epilogue_tensors_;
  std::optional<GuardedWorkspace> workspace_;
  std::vector<DeviceMemory> constant_;
  Buffers buffers_;
};

}  // namespace rdna1conv::bench
