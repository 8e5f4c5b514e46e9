#pragma once

#include <span>

#include "core/operators/softmax.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class SoftmaxBuffer : std::uint8_t { kX, kY, kDy, kDx };

// One launch (kernels/softmax.hip); runs bring SoftmaxScalars.
std::span<const Solver<SoftmaxProblem>> solvers_of(const SoftmaxProblem&);

}  // namespace rdna1conv
