#include "bench/all_plans.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "bench/device_memory.h"
#include "bench/gpu_convolution.h"
#include "device/prepared_plan.h"
#include "dispatch/solver_table.h"
#include "plan/cost_model.h"

namespace rdna1conv::bench {
namespace {

struct Timed {
  std::string solver, instance;
  double milliseconds = 0, estimate = 0;
};

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

double milliseconds_of(const Plan& plan, const Tensors& tensors,
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
  return DeviceEvent::seconds_between(start, stop) * 1e3;
}

struct Regrets {
  double sum = 0, largest = 0;
  int count = 0;
};

void time_layer(const BenchDevice& device, const Layer& layer, const std::string& solver_name,
                const std::shared_ptr<KernelModules>& modules, std::ostream& out,
                Regrets& regrets) {
  const ConvProblem problem = untransposed(layer.problem);
  char line[200];
  std::snprintf(line, sizeof line, "%s, %.4f GFLOP\n", layer.name.c_str(),
                problem.direct_flops() * 1e-9);
  out << line;
  std::string chosen;
  try {
    const GpuConvolution convolution(layer.problem, device.facts, solver_name);
    chosen = convolution.solver() + " " + convolution.instance();
  } catch (const NoSolver& reason) {
    out << "  " << reason.what() << "\n";
    return;
  }
  const Tensors tensors(problem);
  std::vector<Timed> all;
  for (const SolverRow& solver : solver_table()) {
    // The reference is no choice where there is another.
    if (!solver_name.empty() ? solver.name != solver_name : solver.id == solver_table().back().id)
      continue;
    if (solver.refusal(problem, device.facts)) continue;
    for (const Plan& plan : make_plans(solver, problem, device.facts)) {
      all.push_back({std::string(solver.name), std::string(plan.instance),
                     milliseconds_of(plan, tensors, modules, device.software),
                     clocks_to_milliseconds(plan.estimated_clocks)});
    }
  }
  if (all.empty()) {
    out << "  the reference alone\n";
    return;
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Timed& a, const Timed& b) { return a.milliseconds < b.milliseconds; });
  const double best = all.front().milliseconds;
  const double peak = problem.direct_flops() / device.fma_peak() * 1e3;
  for (const Timed& each : all) {
    const bool is_chosen = each.solver + " " + each.instance == chosen;
    std::snprintf(line, sizeof line, "%c %-20s %-28s %10.4f ms %7.1f %%  estimate %10.4f %6.2f\n",
                  is_chosen ? '*' : ' ', each.solver.c_str(), each.instance.c_str(),
                  each.milliseconds, 100 * peak / each.milliseconds, each.estimate,
                  each.estimate / each.milliseconds);
    out << line;
    if (!is_chosen) continue;
    const double regret = each.milliseconds / best - 1;
    regrets.sum += regret;
    regrets.largest = std::max(regrets.largest, regret);
    ++regrets.count;
  }
  out << std::flush;
}

}  // namespace

void time_all_plans(const BenchDevice& device, const std::vector<Workload>& workloads,
                    const std::string& solver_name, std::ostream& out) {
  int current = 0;
  check_hip(hipGetDevice(&current), "hipGetDevice");
  const auto modules = KernelModules::of_device(current);
  for (const Workload& workload : workloads) {
    out << workload.name << ": "
        << (device.software ? "modelled times, caches cold" : "measured times")
        << ", share of the FMA peak, the dispatcher's estimate and its ratio; * is chosen\n";
    Regrets regrets;
    for (const Layer& layer : workload.layers) {
      if (layer.problem.epilogue == Epilogue{})
        time_layer(device, layer, solver_name, modules, out, regrets);
    }
    char line[200];
    std::snprintf(line, sizeof line, "regret over %d layers: mean %.1f %%, largest %.1f %%\n",
                  regrets.count, 100 * regrets.sum / std::max(1, regrets.count),
                  100 * regrets.largest);
    out << line;
  }
}

}  // namespace rdna1conv::bench
