#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/environment.h"
#include "solvers/solver.h"

namespace rdna1conv {

// Why this solver is not to be used at all: the environment or the wish for determinism forbids it.
std::optional<std::string> exclusion(const SolverRow& solver, const Environment& environment,
                                     bool deterministic);

struct Selection {
  std::vector<const SolverRow*> solvers;  // in the table's order
  std::string refusals;                   // "<name>: <reason>; ..." of all others
};

// The solvers that may and can do the problem. Logs each refusal at level Info2 for `function`.
Selection select_solvers(const ConvProblem& problem, const DeviceFacts& device,
                         const Environment& environment, bool deterministic, const char* function);

// Entries of MIOPEN_DEBUG_FIND_ONLY_SOLVER that name no solver.
std::vector<std::string> unknown_solvers(const Environment& environment);

}  // namespace rdna1conv
