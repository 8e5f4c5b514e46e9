#include "bench/layer_plans.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

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

// The tensors of a problem. What they hold matters to the time only where sums of fp16 leave its
// range or are next to nothing: these bytes are 0.1 in fp16. They are copied, for of a kernel that
// fills them the software device may execute a part.
constexpr std::byte kFill{0x2e};
DeviceMemory filled(const FiveDims& lengths, const FiveDims& strides, DataType type) {
  const std::size_t bytes = bytes_of_tensor(lengths, strides, type);
  DeviceMemory memory(bytes);
  const std::vector<std::byte> values(bytes, kFill);
  check_hip(hipMemcpy(memory.data(), values.data(), bytes, hipMemcpyHostToDevice), "a copy");
  return memory;
}
struct Tensors {
  explicit Tensors(const ConvProblem& p)
      : x(filled(p.x_lengths(), p.x_strides, p.x_type)),
        w(filled(p.w_lengths(), p.w_strides, p.w_type)),
        y(filled(p.y_lengths(), p.y_strides, p.y_type)) {}
  DeviceMemory x, w, y;
};

// A launched plan's begin and end. What a clock model makes of a launch is worked out while others
// are executed, so nobody asks before all are.
struct Events {
  std::unique_ptr<DeviceEvent> start = std::make_unique<DeviceEvent>();
  std::unique_ptr<DeviceEvent> stop = std::make_unique<DeviceEvent>();
};

Events launched(const Plan& plan, const Tensors& tensors,
                const std::shared_ptr<KernelModules>& modules, bool software) {
  const DeviceMemory workspace(std::max<std::size_t>(plan.workspace_bytes, 1));
  const PreparedPlan prepared(plan.launches, modules);
  Buffers buffers;
  buffers.x = tensors.x.data();
  buffers.w = tensors.w.data();
  buffers.y = tensors.y.data();
  buffers.workspace = workspace.data();
  // No plan finds in L2 what the one before left there.
  if (software) {
    displace_modelled_l2();
  } else {
    prepared.launch(nullptr, buffers);
  }
  Events events;
  events.start->record();
  prepared.launch(nullptr, buffers);
  events.stop->record();
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  return events;
}

using Launcher = std::function<Events(const Plan&)>;

LayerPlans collect(const BenchDevice& device, const ConvProblem& problem,
                   const std::string& solver_name, const Launcher& launch) {
  LayerPlans found;
  std::vector<Events> events;
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
      if (launch) events.push_back(launch(plan));
    }
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    found.plans[i].seconds = DeviceEvent::seconds_between(*events[i].start, *events[i].stop);
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
    return launched(plan, tensors, modules, device.software);
  });
}

}  // namespace rdna1conv::bench
