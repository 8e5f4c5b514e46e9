#pragma once

#include <cstdint>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

// A packed NCHW forward problem with inputs drawn from a fixed seed and its result in double
// precision.
struct ConvCase {
  ConvProblem problem;
  std::vector<float> x;   // (n, c, h, w), in [0, 1)
  std::vector<float> w;   // (k, c / groups, r, s), in [-1/2, 1/2)
  std::vector<double> y;  // (n, k, out h, out w)
};

// The reference is computed by loops of its own on all the host's cores.
ConvCase make_case(const ConvProblem& problem);

// MIOpenDriver's metric: root of the mean squared difference over the largest magnitude of either
// (rms_range in its test/verify.hpp).
double rms_range(const std::vector<float>& result, const std::vector<double>& reference);

// MIOpenDriver's tolerance for rms_range in fp32 (GetDefaultTolerance in its driver).
inline constexpr double kFp32Tolerance = 1.5e-6;

}  // namespace rdna1conv
