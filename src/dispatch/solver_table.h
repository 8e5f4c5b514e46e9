#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "solvers/solver.h"

namespace rdna1conv {

// Every solver there is, best class first and the reference last. The order breaks ties of the
// estimate; there is no other list of solvers.
std::span<const SolverRow> solver_table();

// The row with this id or name, or nullptr.
const SolverRow* find_solver(std::uint64_t id);
const SolverRow* find_solver(std::string_view name);

// The plan of `solver` for a problem it does not refuse: of `instance`, or of the instance with the
// lowest estimate if `instance` is empty. Throws Error (kBadParm) if there is no such instance.
Plan make_plan(const SolverRow& solver, const ConvProblem& problem, const DeviceFacts& device,
               std::string_view instance = {});

// The plans of all instances, with their launches.
std::vector<Plan> make_plans(const SolverRow& solver, const ConvProblem& problem,
                             const DeviceFacts& device);

}  // namespace rdna1conv
