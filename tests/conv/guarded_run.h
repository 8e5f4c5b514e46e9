#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "conv_case.h"
#include "guarded_tensor.h"
#include "plan/convolution_buffers.h"
#include "solvers/solver.h"

namespace rdna1conv {

// A problem's inputs on the device, ready for any number of runs, each with an output and a
// workspace of its own.
class GuardedRun {
 public:
  explicit GuardedRun(const ConvProblem& problem, Values values = Values::kUniform);

  const ConvCase& conv_case() const { return conv_case_; }

  // What `launch` stores, in N, C, D, H, W order; waits for the device. The buffers are those of
  // the untransposed problem. Throws Error (kInternalError), saying what was wrong, if the run
  // changes an input, touches a canary or leaves an element of the output as it was.
  std::vector<double> run(std::size_t workspace_bytes, const EpilogueScalars& scalars,
                          const std::function<void(const Buffers&)>& launch) const;

 private:
  ConvCase conv_case_;
  std::int64_t misalignment_;  // in elements
  std::optional<GuardedTensor> x_, w_, y_, z_, bias_;
  std::optional<GuardedTensor> norm_scale_, norm_shift_, norm_mean_, norm_variance_;
};

// Throws Error (kInternalError) with `how` and what is wrong with what a run stored.
void require_correct(const GuardedRun& guarded, const std::vector<double>& result,
                     const EpilogueScalars& scalars, Algorithm algorithm, const std::string& how);

}  // namespace rdna1conv
