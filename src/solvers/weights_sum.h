#pragma once

// The launch that ends a backward weights plan whose pixels are split.

#include <cstdint>

#include "core/conv_problem.h"
#include "plan/launch.h"

namespace rdna1conv {

// Elements of w, fewer than 2^31 of which a sum takes.
std::int64_t weights_of(const ConvProblem& problem);

// Adds `splits` partial gradients, fp32 and packed one behind the other at the start of the
// workspace, with the problem's epilogue.
Launch weights_sum_launch(const ConvProblem& problem, std::uint32_t splits);

}  // namespace rdna1conv
