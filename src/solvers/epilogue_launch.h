#pragma once

#include <cstdint>

#include "params/epilogue.h"
#include "solvers/solver.h"

namespace rdna1conv {

// The epilogue of the problem as a kernel takes it, but for what comes with the run call.
EpilogueParams epilogue_params(const ConvProblem& problem);

// Has the run call's epilogue buffers and numbers put into the EpilogueParams at `params_offset` of
// the launch's Params struct. Does nothing for a problem without an epilogue.
void patch_epilogue(Launch& launch, const ConvProblem& problem, std::uint32_t params_offset);

}  // namespace rdna1conv
