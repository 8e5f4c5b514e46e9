#pragma once

#include <span>

#include "core/operators/activation.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class ActivationBuffer : std::uint8_t { kX, kY, kDy, kDx };

// One launch (kernels/activation.hip); runs bring ActivationScalars.
std::span<const Solver<ActivationProblem>> solvers_of(const ActivationProblem&);

}  // namespace rdna1conv
