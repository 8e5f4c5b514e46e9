#pragma once

#include "plan/convolution_buffers.h"
#include "solvers/bias.h"

namespace rdna1conv {

struct Handle;

// Queues the bias call on the handle's stream. Throws Error.
void run_bias(Handle& handle, const BiasProblem& problem, const Buffers& buffers);

}  // namespace rdna1conv
