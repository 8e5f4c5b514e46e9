#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "device/kernel_module.h"
#include "plan/launch.h"

namespace rdna1conv {

// Whether work on the stream is being captured into a graph instead of run.
bool is_capturing(hipStream_t stream);

// A plan whose kernels are loaded: what a run call launches. Immutable.
class PreparedPlan {
 public:
  // Loads the kernels. Throws Error.
  PreparedPlan(std::vector<Launch> launches, std::shared_ptr<KernelModules> modules);

  // Queues every launch on `stream` (of the modules' device, which must be current). No allocation
  // and no synchronisation. The workspace has as many bytes as the plan asked for.
  void launch(hipStream_t stream, const RunArguments& arguments) const;

 private:
  std::vector<Launch> launches_;
  std::shared_ptr<KernelModules> modules_;
  std::vector<hipFunction_t> functions_;  // one per launch
};

}  // namespace rdna1conv
