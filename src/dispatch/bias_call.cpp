#include "dispatch/bias_call.h"

#include "device/device_query.h"
#include "dispatch/handle.h"
#include "dispatch/timed_launch.h"

namespace rdna1conv {

void run_bias(Handle& handle, const BiasProblem& problem, const Buffers& buffers) {
  const ScopedDevice current(handle.device);
  const auto& plan = handle.biases.plan_of(bias_solvers(), problem, handle.facts, handle.modules);
  launch_timed(handle, plan.prepared, buffers);
}

}  // namespace rdna1conv
