// What to run for clients that bring no workspace. A solver's best instance of all, which is what a
// handle's choices have, often wants some where its next best does not.
#include <utility>

#include "dispatch/choices.h"
#include "plan/cost_model.h"

namespace rdna1conv {

std::vector<std::shared_ptr<const Choice>> estimate_without_workspace(
    const char* function, const ConvProblem& problem, bool deterministic, const DeviceFacts& device,
    const Environment& environment) {
  const auto planned = planned_problem(problem);
  std::vector<std::shared_ptr<const Choice>> choices;
  for (const SolverRow* const solver :
       select_solvers(problem, device, environment, deterministic, function).solvers) {
    std::vector<Instance> instances = solver->instances(*planned, device);
    std::erase_if(instances, [](const Instance& i) { return i.workspace_bytes != 0; });
    if (instances.empty()) continue;
    const Instance& best = best_of(instances);
    const auto milliseconds =
        static_cast<float>(clocks_to_milliseconds(best.estimated_clocks, device));
    choices.push_back(std::make_shared<const Choice>(*solver, planned, best, milliseconds));
  }
  sort_by_time(choices);
  return choices;
}

std::shared_ptr<const Choices> choices_without_workspace_of(Handle& handle,
                                                            const ConvolutionCall& call) {
  PlanKey key = key_of(call);
  key.without_workspace = true;
  if (auto known = handle.plans.find(key)) return known;
  Choices choices;
  choices.list = estimate_without_workspace(call.function, call.problem, call.deterministic,
                                            handle.facts, handle.environment);
  return handle.plans.insert(key, std::move(choices));
}

}  // namespace rdna1conv
