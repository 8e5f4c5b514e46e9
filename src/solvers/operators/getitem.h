#pragma once

#include <span>

#include "core/operators/getitem.h"
#include "plan/solver.h"

namespace rdna1conv {

// From kIndex on the tensors of indices.
enum class GetitemBuffer : std::uint8_t { kDy, kDx, kError, kIndex };

// One launch, no workspace (kernels/getitem.hip).
std::span<const Solver<GetitemProblem>> solvers_of(const GetitemProblem&);

}  // namespace rdna1conv
