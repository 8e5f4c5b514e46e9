#pragma once

#include <optional>
#include <string>

#include "core/conv_problem.h"

namespace rdna1conv {

// Reasons that several solvers share; nothing if the problem passes.

// The forward direction of a 2-D convolution, all three tensors fp32, nothing fused.
std::optional<std::string> unless_forward_2d_fp32(const ConvProblem& problem);

// All three tensors packed NCHW.
std::optional<std::string> unless_packed_nchw(const ConvProblem& problem);

// Kernels count positions along an axis, padding and dilation included, in 32-bit integers with
// room for a sum.
std::optional<std::string> unless_positions_fit(const ConvProblem& problem);

}  // namespace rdna1conv
