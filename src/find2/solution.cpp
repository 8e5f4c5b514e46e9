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

// The instance that the record means. Another version of the library may know the tile no more, or
// need more workspace for it; then the solver's best instance within the workspace serves.
Instance instance_of(const SolutionRecord& record, const SolverRow& solver,
                     const ConvProblem& problem, const DeviceFacts& device) {
  if (const auto reason = solver.refusal(problem, device)) {
    throw Error(Status::kUnsupportedOp, "solution is by " + std::string(solver.name) +
                                            ", which cannot do " + to_driver_line(record.problem) +
                                            " on this device: " + *reason);
  }
  std::vector<Instance> instances = solver.instances(problem, device);
  std::erase_if(instances,
                [&](const Instance& i) { return i.workspace_bytes > record.workspace_bytes; });
  if (instances.empty()) {
    throw Error(Status::kUnsupportedOp, "solution is by " + std::string(solver.name) +
                                            " within a workspace of " +
                                            std::to_string(record.workspace_bytes) +
                                            " bytes, which is too little on this device");
  }
  const auto meant = std::find_if(instances.begin(), instances.end(),
                                  [&](const Instance& i) { return i.name == record.instance; });
  return meant != instances.end() ? *meant : best_of(instances);
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
  const SolverRow& solver = *find_solver(record_.solver_id);
  const auto problem = std::make_shared<const ConvProblem>(untransposed(record_.problem));
  const Instance instance = instance_of(record_, solver, *problem, handle.facts);
  keep(handle, std::make_shared<const Choice>(solver, problem, instance, record_.milliseconds));
  return choice_for(handle);
}

void Solution::keep(const Handle& handle, std::shared_ptr<const Choice> choice) {
  const std::unique_lock lock(mutex_);
  choices_.push_back({handle.modules, std::move(choice)});
}

}  // namespace rdna1conv
