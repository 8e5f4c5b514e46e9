#pragma once

#include <span>

#include "core/operators/adam.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class AdamBuffer : std::uint8_t {
  kValues,
  kGradient,
  kMean,
  kSquare,
  kLargest,
  kNewValues,
  kNewMean,
  kNewSquare,
  kNewLargest,
  kNewHalf,
  kFoundInfinity,
  kSteps,
  kNewSteps
};

// One launch, two where the card counts the steps, no workspace (kernels/adam.hip); runs bring
// AdamScalars.
std::span<const Solver<AdamProblem>> solvers_of(const AdamProblem&);

}  // namespace rdna1conv
