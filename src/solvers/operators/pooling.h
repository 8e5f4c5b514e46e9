#pragma once

#include <span>

#include "core/operators/pooling.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class PoolingBuffer : std::uint8_t { kX, kY, kDx, kDy, kIndices };

// One launch (kernels/pooling.hip); positions of maxima go to the caller's workspace.
std::span<const Solver<PoolingProblem>> solvers_of(const PoolingProblem&);

}  // namespace rdna1conv
