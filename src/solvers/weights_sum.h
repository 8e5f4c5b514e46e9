#pragma once

// The launch that ends a backward weights plan whose pixels are split, and what it asks for.

#include <cstdint>

#include "core/conv_problem.h"
#include "plan/estimate.h"
#include "plan/launch.h"
#include "plan/machine.h"

namespace rdna1conv {

// Elements of w, fewer than 2^31 of which a sum takes.
std::int64_t weights_of(const ConvProblem& problem);

// Adds `splits` partial gradients, fp32 and packed one behind the other at the start of the
// workspace, with the problem's epilogue.
Launch weights_sum_launch(const ConvProblem& problem, std::uint32_t splits);

// Workspace for the partial gradients: none for one split, which is the gradient itself.
std::uint64_t partial_bytes(const ConvProblem& problem, std::uint32_t splits);

// Whether a grid has a row for each split and the workspace stays within 256 MB.
bool partial_sums_fit(const ConvProblem& problem, std::uint32_t splits);

// What the launch costs, if there is one.
void add_weights_sum(Estimate& estimate, const ConvProblem& problem, std::uint32_t splits,
                     const Machine& machine);

}  // namespace rdna1conv
