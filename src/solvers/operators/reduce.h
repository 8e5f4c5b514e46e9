#pragma once

#include <cstddef>
#include <span>

#include "core/operators/reduce.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class ReduceBuffer : std::uint8_t { kA, kC, kIndices, kWorkspace };

// One launch, or two where few groups are cut (kernels/reduce.hip); runs bring ReduceScalars.
std::span<const Solver<ReduceProblem>> solvers_of(const ReduceProblem&);

// Bytes of kWorkspace, the same on every device.
std::size_t reduce_workspace_bytes(const ReduceProblem& problem);

}  // namespace rdna1conv
