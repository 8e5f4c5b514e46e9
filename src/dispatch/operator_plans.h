#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "device/prepared_plan.h"
#include "plan/solver.h"

namespace rdna1conv {

struct OperatorPlan {
  Instance instance;
  PreparedPlan prepared;
};

// A handle's plans for the problems of one operator that has no Find: the estimate decides once.
// Problem is ordered (<=>). Any thread may use it.
template <class Problem>
class OperatorPlans {
 public:
  // The instance of `solvers` with the lowest estimate; valid as long as this object. Throws Error
  // (kNotImplemented) with each solver's reason if none does the problem.
  const OperatorPlan& plan_of(std::span<const Solver<Problem>> solvers, const Problem& problem,
                              const DeviceFacts& device,
                              const std::shared_ptr<KernelModules>& modules) {
    const std::lock_guard lock(mutex_);
    if (const auto known = plans_.find(problem); known != plans_.end()) return *known->second;
    return *plans_.emplace(problem, make(solvers, problem, device, modules)).first->second;
  }

 private:
  static std::unique_ptr<const OperatorPlan> make(std::span<const Solver<Problem>> solvers,
                                                  const Problem& problem, const DeviceFacts& device,
                                                  const std::shared_ptr<KernelModules>& modules) {
    const Solver<Problem>* best_solver = nullptr;
    Instance best;
    std::string refusals;
    for (const Solver<Problem>& solver : solvers) {
      if (const auto reason = solver.refusal(problem, device)) {
        refusals += (refusals.empty() ? "" : "; ") + std::string(solver.name) + ": " + *reason;
        continue;
      }
      const std::vector<Instance> instances = solver.instances(problem, device);
      const Instance& candidate = best_of(instances);
      if (best_solver != nullptr && candidate.estimated_clocks >= best.estimated_clocks) continue;
      best_solver = &solver;
      best = candidate;
    }
    if (best_solver == nullptr) throw Error(Status::kNotImplemented, refusals);
    return std::make_unique<const OperatorPlan>(
        OperatorPlan{best, PreparedPlan(best_solver->launches(problem, best), modules)});
  }

  std::mutex mutex_;
  std::map<Problem, std::unique_ptr<const OperatorPlan>> plans_;
};

}  // namespace rdna1conv
