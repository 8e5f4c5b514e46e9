#pragma once

#include <span>

#include "core/operators/dropout.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class DropoutBuffer : std::uint8_t { kX, kY, kMask, kStates };

// One launch (kernels/dropout.hip). Runs of kApply bring DropoutScalars, those of kSeed
// DropoutStates.
std::span<const Solver<DropoutProblem>> solvers_of(const DropoutProblem&);

}  // namespace rdna1conv
