#pragma once

// A forward convolution that is chosen once and run many times, with its weights prepared or not:
// what include/rdna1conv/convolution.h is about.

#include <cstddef>
#include <memory>

#include "device/prepared_plan.h"
#include "dispatch/convolution.h"

namespace rdna1conv {

class PreparedConvolution {
 public:
  // The instance of all solvers with the lowest estimate; if `prepares_weights`, without what it
  // does to the weights. Loads the kernels. Throws Error (kNotImplemented) with each solver's
  // reason if there is none. The handle must stay.
  PreparedConvolution(Handle& handle, const ConvolutionCall& call, bool prepares_weights,
                      const EpilogueScalars& scalars);

  const ConvProblem& problem() const { return call_.problem; }
  Handle& handle() const { return handle_; }
  const SolverRow& solver() const { return *solver_; }
  const Instance& instance() const { return instance_; }
  std::size_t workspace_bytes() const { return instance_.workspace_bytes - weights_bytes_; }
  // 0 if runs take the weights as they are.
  std::size_t weights_bytes() const { return weights_bytes_; }

  // Queues the preparation of buffers.w into buffers.prepared_weights.
  void prepare_weights(const Buffers& buffers) const;
  // Queues the convolution of buffers.x with buffers.w, or with buffers.prepared_weights.
  void run(Buffers buffers) const;

 private:
  Handle& handle_;
  ConvolutionCall call_;
  EpilogueScalars scalars_;
  const SolverRow* solver_ = nullptr;
  Instance instance_;
  std::size_t weights_bytes_ = 0;
  std::unique_ptr<const PreparedPlan> prepare_, run_;
};

}  // namespace rdna1conv
