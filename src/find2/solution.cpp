#include "find2/solution.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "core/driver_line.h"
#include "core/error.h"
#include "dispatch/solver_table.h"

namespace rdna1conv {
namespace {

// The plan that the record means. Another version of the library may know the tile no more, or need
// more workspace for it; then the solver's best plan within the workspace serves.
Plan plan_of(const SolutionRecord& record, const DeviceFacts& device) {
  const SolverRow& solver = *find_solver(record.solver_id);
  const ConvProblem problem = untransposed(record.problem);
  if (const auto reason = solver.refusal(problem, device)) {
    throw Error(Status::kUnsupportedOp, "solution is by " + std::string(solver.name) +
                                            ", which cannot do " + to_driver_line(record.problem) +
                                            " on this device: " + *reason);
  }
  std::vector<Plan> plans = solver.plans(problem, device);
  std::erase_if(plans,
                [&](const Plan& plan) { return plan.workspace_bytes > record.workspace_bytes; });
  if (plans.empty()) {
    throw Error(Status::kUnsupportedOp, "solution is by " + std::string(solver.name) +
                                            " within a workspace of " +
                                            std::to_string(record.workspace_bytes) +
                                            " bytes, which is too little on this device");
  }
  const auto meant = std::find_if(plans.begin(), plans.end(), [&](const Plan& plan) {
    return plan.instance == record.instance;
  });
  if (meant != plans.end()) return std::move(*meant);
  return std::move(*std::min_element(plans.begin(), plans.end(), [](const Plan& a, const Plan& b) {
    return a.estimated_clocks < b.estimated_clocks;
  }));
}

}  // namespace

Buffers buffers_of_roles(const std::array<void*, kTensorRoles>& tensors) {
  const auto address = [&](TensorRole role) { return tensors[static_cast<std::size_t>(role)]; };
  Buffers buffers;
  buffers.x = address(TensorRole::kX);
  buffers.w = address(TensorRole::kW);
  buffers.y = address(TensorRole::kY);
  buffers.bias = address(TensorRole::kBias);
  return buffers;
}

EpilogueScalars scalars_of(const SolutionRecord& record) {
  EpilogueScalars scalars;
  scalars.activation_alpha = record.activation_alpha;
  scalars.activation_beta = record.activation_beta;
  scalars.activation_gamma = record.activation_gamma;
  return scalars;
}

std::shared_ptr<const Choice> Solution::choice_for(const Handle& handle) {
  {
    const std::shared_lock lock(mutex_);
    for (const OfDevice& known : choices_) {
      if (known.modules == handle.modules) return known.choice;
    }
  }
  keep(handle,
       std::make_shared<const Choice>(*find_solver(record_.solver_id),
                                      plan_of(record_, handle.facts), record_.milliseconds));
  return choice_for(handle);
}

void Solution::keep(const Handle& handle, std::shared_ptr<const Choice> choice) {
  const std::unique_lock lock(mutex_);
  choices_.push_back({handle.modules, std::move(choice)});
}

}  // namespace rdna1conv
