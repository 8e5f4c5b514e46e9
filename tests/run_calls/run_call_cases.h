#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/conv_problem.h"
#include "dispatch/solver_table.h"

namespace rdna1conv {

// Small problems of every direction, type and layout, chosen so that each solver takes one.
std::vector<ConvProblem> run_call_problems();

// A solver, and the first of the problems that it takes.
struct SolverCase {
  const SolverRow* solver;
  ConvProblem problem;
};
// One case for each solver in the table that takes any of the problems.
std::vector<SolverCase> case_of_each_solver();

std::string name_of(const SolverCase& row);

}  // namespace rdna1conv
