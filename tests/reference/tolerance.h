#pragma once

#include <optional>
#include <span>
#include <string>

#include "solvers/solver.h"

namespace rdna1conv {

// How far a result may be from the reference. Both are relative to the largest magnitude of either.
struct Tolerance {
  double rms;      // root of the mean squared difference
  double element;  // largest difference of one element
};

Tolerance tolerance_of(const ConvProblem& problem, Algorithm algorithm);
// Of operators other than convolution, by what they write.
Tolerance tolerance_of(DataType type);

// MIOpen's metric: root of the mean squared difference over the largest magnitude of either
// (rms_range in its test/verify.hpp). 0 if both are all zero.
double rms_range(std::span<const double> result, std::span<const double> reference);

// What is wrong with a result, in words, or nothing: too far from the reference, not finite where
// the reference is, or all zero where the reference is not.
std::optional<std::string> fault_of(std::span<const double> result,
                                    std::span<const double> reference, Tolerance tolerance);

}  // namespace rdna1conv
