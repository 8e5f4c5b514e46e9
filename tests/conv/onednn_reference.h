#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

// What oneDNN computes for a problem, transposed ones included, on memory with the problem's
// strides: a second oracle that shares nothing with the first but the problem. Values are in
// N, C, D, H, W order; of x, w and y the one that the direction computes is not read. Nothing if
// oneDNN has no implementation for the problem on this machine. The epilogue is left out.
std::optional<std::vector<double>> convolve_by_onednn(const ConvProblem& problem,
                                                      std::span<const float> x,
                                                      std::span<const float> w,
                                                      std::span<const float> y);

}  // namespace rdna1conv
