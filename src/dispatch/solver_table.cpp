#include "dispatch/solver_table.h"

#include <algorithm>
#include <array>

#include "core/driver_line.h"
#include "core/error.h"
#include "solvers/reference.h"

namespace rdna1conv {
namespace {

// name, id, algorithm, deterministic, functions. An id of a row that goes away is not given again.
constexpr std::array kTable{
    SolverRow{"DirectReference", 1, Algorithm::kDirect, true, reference::refusal, reference::plans},
};

}  // namespace

std::span<const SolverRow> solver_table() { return kTable; }

const SolverRow* find_solver(std::uint64_t id) {
  for (const SolverRow& row : kTable) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

const SolverRow* find_solver(std::string_view name) {
  for (const SolverRow& row : kTable) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Plan make_plan(const SolverRow& solver, const ConvProblem& problem, const DeviceFacts& device,
               std::string_view instance) {
  std::vector<Plan> plans = solver.plans(problem, device);
  if (!instance.empty()) {
    std::erase_if(plans, [instance](const Plan& plan) { return plan.instance != instance; });
  }
  if (plans.empty()) {
    throw Error(Status::kBadParm, std::string(solver.name) + " has no instance '" +
                                      std::string(instance) + "' for " + to_driver_line(problem));
  }
  return std::move(*std::min_element(plans.begin(), plans.end(), [](const Plan& a, const Plan& b) {
    return a.estimated_clocks < b.estimated_clocks;
  }));
}

}  // namespace rdna1conv
