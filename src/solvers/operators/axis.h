#pragma once

#include <span>

#include "core/operators/axis.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class AxisBuffer : std::uint8_t { kX, kY, kIndices };

// One launch, no workspace (kernels/axis.hip); runs of the k-th value bring KthValueScalars.
std::span<const Solver<AxisProblem>> solvers_of(const AxisProblem&);

}  // namespace rdna1conv
