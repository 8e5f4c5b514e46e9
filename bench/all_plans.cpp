#include "bench/all_plans.h"

#include <hip/hip_runtime_api.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "bench/device_memory.h"
#include "bench/gpu_convolution.h"
#include "bench/layer_plans.h"
#include "bench/terminal.h"

namespace rdna1conv::bench {
namespace {

constexpr std::size_t kBarWidth = 10;

struct Regrets {
  double sum = 0, largest = 0;
  int count = 0;
};

void time_layer(const BenchDevice& device, const Layer& layer, const std::string& solver_name,
                const std::shared_ptr<KernelModules>& modules, std::ostream& out,
                Regrets& regrets) {
  const ConvProblem problem = untransposed(layer.problem);
  char line[200];
  const Terminal terminal = terminal_of(STDOUT_FILENO);
  std::snprintf(line, sizeof line, "%s, %.4f GFLOP", layer.name.c_str(),
                problem.direct_flops() * 1e-9);
  out << styled(line, Style::kHeading, terminal) << "\n";
  std::string chosen;
  try {
    const GpuConvolution convolution(layer.problem, device.facts, solver_name);
    chosen = convolution.solver() + " " + convolution.instance();
  } catch (const NoSolver& reason) {
    out << "  " << reason.what() << "\n";
    return;
  }
  std::vector<LayerPlan> all = timed_plans_of(device, layer, solver_name, modules).plans;
  if (all.empty()) {
    out << "  the reference alone\n";
    return;
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const LayerPlan& a, const LayerPlan& b) { return *a.seconds < *b.seconds; });
  const double best = *all.front().seconds;
  const double peak = problem.direct_flops() / device.fma_peak();
  for (const LayerPlan& each : all) {
    const bool is_chosen = each.solver + " " + each.instance == chosen;
    std::snprintf(line, sizeof line, "%c %-20s %-28s %10.4f ms %7.1f %%  estimate %10.4f %6.2f",
                  is_chosen ? '*' : ' ', each.solver.c_str(), each.instance.c_str(),
                  *each.seconds * 1e3, 100 * peak / *each.seconds, each.estimate_seconds * 1e3,
                  each.estimate_seconds / *each.seconds);
    out << styled(line, is_chosen ? Style::kGood : Style::kPlain, terminal);
    const std::size_t bar_width = kBarWidth + 2;
    if (terminal.bars &&
        (terminal.width == 0 || std::string_view(line).size() + bar_width <= terminal.width)) {
      out << "  " << styled(bar_of(peak / *each.seconds, kBarWidth), Style::kBar, terminal);
    }
    out << "\n";
    if (!is_chosen) continue;
    const double regret = *each.seconds / best - 1;
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
