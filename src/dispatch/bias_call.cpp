#include "dispatch/bias_call.h"

#include <string>

#include "core/error.h"
#include "device/device_query.h"
#include "dispatch/handle.h"
#include "dispatch/timed_launch.h"

namespace rdna1conv {

const PreparedPlan& BiasPlans::plan_of(const BiasProblem& problem, const DeviceFacts& device,
                                       const std::shared_ptr<KernelModules>& modules) {
  const std::lock_guard lock(mutex_);
  if (const auto known = plans_.find(problem); known != plans_.end()) return *known->second;
  if (const auto reason = bias_refusal(problem))
    throw Error(Status::kNotImplemented, "bias: " + *reason);
  auto plan = std::make_unique<const PreparedPlan>(bias_plan(problem, device), modules);
  return *plans_.emplace(problem, std::move(plan)).first->second;
}

void run_bias(Handle& handle, const BiasProblem& problem, const Buffers& buffers) {
  const ScopedDevice current(handle.device);
  launch_timed(handle, handle.biases.plan_of(problem, handle.facts, handle.modules), buffers);
}

}  // namespace rdna1conv
