#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "device/prepared_plan.h"
#include "solvers/bias.h"

namespace rdna1conv {

struct Handle;

// The prepared plans of a handle's bias calls. Any thread may use it.
class BiasPlans {
 public:
  // Valid as long as the object. Throws Error (kNotImplemented) if there is no kernel.
  const PreparedPlan& plan_of(const BiasProblem& problem, const DeviceFacts& device,
                              const std::shared_ptr<KernelModules>& modules);

 private:
  std::mutex mutex_;
  std::map<BiasProblem, std::unique_ptr<const PreparedPlan>> plans_;
};

// Queues the bias call on the handle's stream. Throws Error.
void run_bias(Handle& handle, const BiasProblem& problem, const Buffers& buffers);

}  // namespace rdna1conv
