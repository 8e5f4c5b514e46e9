#pragma once

#include <span>

#include "core/operators/loss.h"
#include "plan/solver.h"

namespace rdna1conv {

// As far as the problem has them; the workspace is that of partial sums.
enum class LossBuffer : std::uint8_t { kX, kTarget, kWeight, kY, kDy, kDx, kDw, kWorkspace };

// kernels/loss.hip: one launch, two where a sum is wanted or both gradients.
std::span<const Solver<SoftMarginProblem>> solvers_of(const SoftMarginProblem&);
// Runs bring MultiMarginScalars.
std::span<const Solver<MultiMarginProblem>> solvers_of(const MultiMarginProblem&);
std::span<const Solver<PreluProblem>> solvers_of(const PreluProblem&);

// Bytes of workspace.
std::size_t loss_workspace(const SoftMarginProblem& problem);
std::size_t loss_workspace(const MultiMarginProblem& problem);

}  // namespace rdna1conv
