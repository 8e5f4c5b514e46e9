#pragma once

#include <cstdint>

#include "params/epilogue.h"
#include "solvers/solver.h"

namespace rdna1conv {

// The epilogue of the problem as a kernel takes it, but for what comes with the run call.
EpilogueParams epilogue_params(const ConvProblem& problem);

// Has the run call's epilogue buffers and numbers put into the EpilogueParams at `params_offset` of
// the launch's Params struct. Does nothing for a problem without an epilogue. `output_offset`:
// where the launch's output starts, in bytes from the start of the output's buffer; z starts there
// too.
void patch_epilogue(Launch& launch, const ConvProblem& problem, std::uint32_t params_offset,
                    std::uint64_t output_offset = 0);

}  // namespace rdna1conv
