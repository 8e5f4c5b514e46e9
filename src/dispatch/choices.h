#pragma once

// From a problem to its choices, for convolution.cpp and find.cpp.

#include <memory>
#include <string>
#include <vector>

#include "dispatch/convolution.h"
#include "dispatch/selection.h"

namespace rdna1conv {

PlanKey key_of(const ConvolutionCall& call);

// The problem's name in the find-db.
std::string find_db_key(const ConvolutionCall& call);

// Whether Find makes do with these choices instead of timing solvers: by the find mode, by what
// the handle's find_enforce demands, and by how the choices came about.
bool find_makes_do(const Handle& handle, const ConvolutionCall& call, const Choices& choices,
                   bool exhaustive);

// Throws Error (if_none) with each solver's reason if no solver does the problem.
Selection select_or_throw(const Handle& handle, const ConvolutionCall& call, Status if_none);

// The problem as solvers see it, for the choices to share.
std::shared_ptr<const ConvProblem> planned_problem(const ConvProblem& problem);

// The solver's instance with the lowest estimate.
std::shared_ptr<const Choice> estimated_choice(const SolverRow& solver,
                                               const std::shared_ptr<const ConvProblem>& problem,
                                               const DeviceFacts& device);

// The best instance without workspace of each solver that may and can, by estimate.
std::vector<std::shared_ptr<const Choice>> estimate_without_workspace(
    const char* function, const ConvProblem& problem, bool deterministic, const DeviceFacts& device,
    const Environment& environment);

// Adds solvers that were not timed to those that were. Their times become comparable: the estimate,
// times what the best timed one took more than its own estimate.
void add_estimated(Choices& choices, const std::vector<std::shared_ptr<const Choice>>& estimated,
                   const DeviceFacts& device);

// By time; equals keep their order, which is the table's.
void sort_by_time(std::vector<std::shared_ptr<const Choice>>& choices);

}  // namespace rdna1conv
