#pragma once

#include <cstddef>
#include <span>

#include "core/operators/ctc.h"
#include "params/ctc.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class CtcBuffer : std::uint8_t { kProbabilities, kLosses, kGradients, kWorkspace, kTable };

// Three launches (kernels/ctc.hip), or one of the table with CtcWords from the run.
std::span<const Solver<CtcProblem>> solvers_of(const CtcProblem&);

// Bytes of kWorkspace in front of the table.
std::size_t ctc_workspace_bytes(const CtcProblem& problem);

}  // namespace rdna1conv
