#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "device/kernel_module.h"
#include "params/epilogue.h"
#include "plan/plan.h"

namespace rdna1conv {

// The device buffers and numbers of one run call. The convolution's direction says which are only
// read.
struct Buffers {
  void* x = nullptr;
  void* w = nullptr;
  void* y = nullptr;
  void* workspace = nullptr;
  // Of the epilogue, as far as the problem has them.
  const void* bias = nullptr;
  const void* z = nullptr;
  const void* norm_scale = nullptr;
  const void* norm_shift = nullptr;
  const void* norm_mean = nullptr;
  const void* norm_variance = nullptr;
  EpilogueScalars scalars;
};

// Whether work on the stream is being captured into a graph instead of run.
bool is_capturing(hipStream_t stream);

// A plan whose kernels are loaded: what a run call launches. Immutable.
class PreparedPlan {
 public:
  // Loads the kernels. Throws Error.
  PreparedPlan(Plan plan, std::shared_ptr<KernelModules> modules);

  const Plan& plan() const { return plan_; }

  // Queues every launch on `stream` (of the modules' device, which must be current). No allocation
  // and no synchronisation. The workspace has plan().workspace_bytes.
  void launch(hipStream_t stream, const Buffers& buffers) const;

 private:
  Plan plan_;
  std::shared_ptr<KernelModules> modules_;
  std::vector<hipFunction_t> functions_;  // one per launch
};

}  // namespace rdna1conv
