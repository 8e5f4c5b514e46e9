#pragma once

// Every way to compute a layer: the instances of every solver with the dispatcher's estimates, and
// what other solvers refuse it for.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/device.h"
#include "bench/workload.h"
#include "device/kernel_module.h"
#include "plan/plan.h"

namespace rdna1conv::bench {

struct LayerPlan {
  std::string solver, instance;
  double estimate_seconds = 0;    // what the dispatcher orders by
  std::optional<double> seconds;  // of one run, if it was timed
  std::string parameters = {};    // what the solver decided besides, "4,0,0,0"
};

// Whether both are the same launches, as two solvers may have for a problem: once is enough to
// time.
bool run_the_same(const LayerPlan& a, const LayerPlan& b);

struct Refusal {
  std::string solver, reason;
};

struct LayerPlans {
  std::vector<LayerPlan> plans;
  std::vector<Refusal> refusals;
};

// What an instance decides in numbers, for LayerPlan::parameters.
std::string parameters_of(const Instance& instance);

// Of one solver if `solver_name` is not empty; else of all but the reference, which is no choice
// where there is another.
LayerPlans plans_of(const BenchDevice& device, const Layer& layer, const std::string& solver_name);

// Picks those of plans_of() that are to be timed: their numbers in the list.
using WhichPlans = std::function<std::vector<std::size_t>(const std::vector<LayerPlan>&)>;

// Runs each of plans_of(), or those that `which` picks, and notes its time: on a card the shortest
// of some runs, on the software device one with cold caches, of which it executes no more than the
// time takes. Nothing is verified. Throws std::runtime_error.
LayerPlans timed_plans_of(const BenchDevice& device, const Layer& layer,
                          const std::string& solver_name,
                          const std::shared_ptr<KernelModules>& modules,
                          const WhichPlans& which = {});

}  // namespace rdna1conv::bench
