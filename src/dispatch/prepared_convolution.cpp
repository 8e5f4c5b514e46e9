#include "dispatch/prepared_convolution.h"

#include <utility>
#include <vector>

#include "device/device_query.h"
#include "dispatch/choices.h"
#include "dispatch/timed_launch.h"
#include "plan/weights_apart.h"

namespace rdna1conv {

PreparedConvolution::PreparedConvolution(Handle& handle, const ConvolutionCall& call,
                                         bool prepares_weights, const EpilogueScalars& scalars)
    : handle_(handle), call_(call), scalars_(scalars) {
  const ScopedDevice current(handle.device);
  const ConvProblem problem = untransposed(call.problem);
  const auto cost = [&](const Instance& instance) {
    return instance.estimated_clocks - (prepares_weights ? instance.weights_clocks : 0);
  };
  for (const SolverRow* const solver :
       select_or_throw(handle, call, Status::kNotImplemented).solvers) {
    for (const Instance& instance : solver->instances(problem, handle.facts)) {
      if (solver_ != nullptr && cost(instance) >= cost(instance_)) continue;
      solver_ = solver;
      instance_ = instance;
    }
  }
  std::vector<Launch> launches = solver_->launches(problem, instance_);
  if (prepares_weights && instance_.weights_bytes != 0) {
    weights_bytes_ = instance_.weights_bytes;
    WeightsApart parts = weights_apart(launches, instance_);
    prepare_ = std::make_unique<const PreparedPlan>(std::move(parts.prepare), handle.modules);
    launches = std::move(parts.run);
  }
  run_ = std::make_unique<const PreparedPlan>(std::move(launches), handle.modules);
}

void PreparedConvolution::prepare_weights(const Buffers& buffers) const {
  const ScopedDevice current(handle_.device);
  prepare_->launch(handle_.stream, buffers);
}

void PreparedConvolution::run(Buffers buffers) const {
  const ScopedDevice current(handle_.device);
  buffers.scalars = scalars_;
  launch_timed(handle_, *run_, plan_buffers(call_.problem, buffers));
}

}  // namespace rdna1conv
