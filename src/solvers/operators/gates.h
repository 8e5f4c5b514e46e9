#pragma once

#include <span>

#include "core/operators/gates.h"
#include "plan/solver.h"

namespace rdna1conv {

// y: of GLU's backward dx. Of RoPE x and y are dy and dx backward.
enum class GateBuffer : std::uint8_t { kX, kY, kDy, kCos, kSin };

// One launch, no workspace (kernels/gates.hip).
std::span<const Solver<GluProblem>> solvers_of(const GluProblem&);
std::span<const Solver<RopeProblem>> solvers_of(const RopeProblem&);

}  // namespace rdna1conv
