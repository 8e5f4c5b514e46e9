#pragma once

// From a problem to its choices, for convolution.cpp and find.cpp.

#include "dispatch/convolution.h"
#include "dispatch/selection.h"

namespace rdna1conv {

PlanKey key_of(const ConvolutionCall& call);

// Throws Error (if_none) with each solver's reason if no solver does the problem.
Selection select_or_throw(const Handle& handle, const ConvolutionCall& call, Status if_none);

// The solver's plan with the lowest estimate.
std::shared_ptr<const Choice> estimated_choice(const Handle& handle, const ConvolutionCall& call,
                                               const SolverRow& solver);

// By time; equals keep their order, which is the table's.
void sort_by_time(std::vector<std::shared_ptr<const Choice>>& choices);

}  // namespace rdna1conv
