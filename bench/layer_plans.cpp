#include "bench/layer_plans.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <functional>

#include "bench/device_memory.h"
#include "device/prepared_plan.h"
#include "dispatch/solver_table.h"
#include "plan/cost_model.h"

namespace rdna1conv::bench {
namespace {

std::size_t bytes_of_tensor(const FiveDims& lengths, const FiveDims& strides, DataType type) {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) last += (lengths[i] - 1) * strides[i];
  return static_cast<std::size_t>(last + 1) * bytes_of(type);
}

// The tensors of a problem; what they hold does not matter to the time.
struct Tensors {
  explicit Tensors(const ConvProblem& p)
      : x(bytes_of_tensor(p.x_lengths(), p.x_strides, p.x_type)),
        w(bytes_of_tensor(p.w_lengths(), p.w_strides, p.w_type)),
        y(bytes_of_tensor(p.y_lengths(), p.y_strides, p.y_type)) {}
  DeviceMemory x, w, y;
};

// So that no plan finds in L2 what the one before left there.
void cool_caches() {
  constexpr std::size_t kTwiceL2 = std::size_t{8} << 20;
  static const DeviceMemory memory(kTwiceL2);
  check_hip(hipMemset(memory.data(), 0, kTwiceL2), "hipMemset");
}

double seconds_of(const Plan& plan, const Tensors& tensors,
                  const std::shared_ptr<KernelModules>& modules, bool software) {
  const DeviceMemory workspace(std::max<std::size_t>(plan.workspace_bytes, 1));
  const PreparedPlan prepared(plan.launches, modules);
  Buffers buffers;
  buffers.x = tensors.x.data();
  buffers.w = tensors.w.data();
  buffers.y = tensors.y.data();
  buffers.workspace = workspace.data();
  if (software) {
    cool_caches();
  } else {
    prepared.launch(nullptr, buffers);
  }
  DeviceEvent start, stop;
  start.record();
  prepared.launch(nullptr, buffers);
  stop.record();
  return DeviceEvent::seconds_between(start, stop);
}

using Timer = std::function<double(const Plan&)>;

LayerPlans collect(const BenchDevice& device, const ConvProblem& problem,
                   const std::string& solver_name, const Timer& timer) {
  LayerPlans found;
  for (const SolverRow& solver : solver_table()) {
    if (!solver_name.empty() ? solver.name != solver_name : solver.id == solver_table().back().id)
      continue;
    if (const auto reason = solver.refusal(problem, device.facts)) {
      found.refusals.push_back({std::string(solver.name), *reason});
      continue;
    }
    for (const Plan& plan : make_plans(solver, problem, device.facts)) {
      LayerPlan& row = found.plans.emplace_back();
      row.solver = solver.name;
      row.instance = plan.instance;
      row.estimate_seconds = clocks_to_milliseconds(plan.estimated_clocks) * 1e-3;
      if (timer) row.seconds = timer(plan);
    }
  }
  return found;
}

}  // namespace

LayerPlans plans_of(const BenchDevice& device, const Layer& layer, const std::string& solver_name) {
  return collect(device, untransposed(layer.problem), solver_name, {});
}

LayerPlans timed_plans_of(const BenchDevice& device, const Layer& layer,
                          const std::string& solver_name,
                          const std::shared_ptr<KernelModules>& modules) {
  const ConvProblem problem = untransposed(layer.problem);
  const Tensors tensors(problem);
  return collect(device, problem, solver_name, [&](const Plan& plan) {
    return seconds_of(plan, tensors, modules, device.software);
  });
}

}  // namespace rdna1conv::bench
