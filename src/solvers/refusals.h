#pragma once

// Reasons that several solvers share, each about one thing; nothing if the problem passes.

#include <optional>
#include <string>

#include "core/conv_problem.h"

namespace rdna1conv {

using Reason = std::optional<std::string>;

Reason unless_forward(const ConvProblem& problem);
Reason unless_backward_data(const ConvProblem& problem);
Reason unless_backward_weights(const ConvProblem& problem);
Reason unless_not_weights(const ConvProblem& problem);  // forward or backward data

Reason unless_2d(const ConvProblem& problem);
// A 3x3 filter, undilated, of a problem that is 2-D.
Reason unless_3x3_stride_1(const ConvProblem& problem);

// All three tensors.
Reason unless_fp32(const ConvProblem& problem);
Reason unless_packed_nchw(const ConvProblem& problem);

Reason unless_nothing_fused(const ConvProblem& problem);
// Weights know no epilogue but alpha and beta.
Reason unless_fusable(const ConvProblem& problem);

// The first of these reasons:
//   if (auto reason = first_reason(problem, unless_forward, unless_2d)) return reason;
template <class... Questions>
Reason first_reason(const ConvProblem& problem, const Questions&... questions) {
  Reason reason;
  static_cast<void>(((reason = questions(problem)) || ...));
  return reason;
}

// Kernels count positions along an axis, padding and dilation included, in 32-bit integers with
// room for a sum.
Reason unless_positions_fit(const ConvProblem& problem);

}  // namespace rdna1conv
