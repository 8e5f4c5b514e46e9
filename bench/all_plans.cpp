#include "bench/all_plans.h"

#include <hip/hip_runtime_api.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "bench/device_memory.h"
#include "bench/gpu_convolution.h"
#include "bench/layer_plans.h"
#include "bench/regret.h"
#include "bench/terminal.h"

namespace rdna1conv::bench {
namespace {

constexpr std::size_t kBarWidth = 10;

struct Times {
  double chosen = 0, best = 0;
};

// "forward fp32"
std::string kind_of(const ConvProblem& problem) {
  constexpr const char* kDirections[] = {"forward", "backward data", "backward weights"};
  return std::string(kDirections[static_cast<std::size_t>(problem.direction)]) + " " +
         std::string(name_of(problem.x_type));
}

std::optional<Times> time_layer(const BenchDevice& device, const Layer& layer,
                                const std::string& solver_name,
                                const std::shared_ptr<KernelModules>& modules, std::ostream& out) {
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
    return std::nullopt;
  }
  std::vector<LayerPlan> all = timed_plans_of(device, layer, solver_name, modules).plans;
  if (all.empty()) {
    out << "  the reference alone\n";
    return std::nullopt;
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const LayerPlan& a, const LayerPlan& b) { return *a.seconds < *b.seconds; });
  const double best = *all.front().seconds;
  const double peak = problem.direct_flops() / device.fma_peak();
  std::optional<Times> times;
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
    if (is_chosen) times = Times{*each.seconds, best};
  }
  out << std::flush;
  return times;
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
    Regrets all;
    std::map<std::string, Regrets> by_kind;
    for (const Layer& layer : workload.layers) {
      if (layer.problem.epilogue != Epilogue{}) continue;
      const auto regret = time_layer(device, layer, solver_name, modules, out);
      if (!regret) continue;
      all.add(regret->chosen, regret->best);
      by_kind[kind_of(layer.problem)].add(regret->chosen, regret->best);
    }
    if (by_kind.size() > 1) {
      for (const auto& [kind, regrets] : by_kind)
        out << "regret, " << kind << ": " << regrets.summary() << "\n";
    }
    out << "regret: " << all.summary() << "\n";
  }
}

}  // namespace rdna1conv::bench
