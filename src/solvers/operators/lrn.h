#pragma once

#include <span>

#include "core/operators/lrn.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class LrnBuffer : std::uint8_t { kX, kY, kDy, kDx, kSums };

// One launch (kernels/lrn.hip); runs bring LrnScalars. kSums are fp32, as many as elements.
std::span<const Solver<LrnProblem>> solvers_of(const LrnProblem&);

}  // namespace rdna1conv
