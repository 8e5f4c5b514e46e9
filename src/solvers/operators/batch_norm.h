#pragma once

#include <span>

#include "core/operators/batch_norm.h"
#include "params/batch_norm.h"
#include "plan/solver.h"

namespace rdna1conv {

// What a run of a batch normalization brings, as far as the problem has it. Of backward y is dy.
enum class BatchNormBuffer : std::uint8_t {
  kX,
  kY,
  kDx,
  kScale,
  kBias,
  kMean,      // inference: given; training: running, before; backward: saved
  kVariance,  // the same; backward: the saved inverse of the standard deviation
  kNewMean,
  kNewVariance,
  kSavedMean,
  kSavedInverse,
  kScaleGradient,
  kBiasGradient
};

// One launch, no workspace (kernels/batch_norm.hip); runs bring BatchNormScalars.
std::span<const Solver<BatchNormProblem>> solvers_of(const BatchNormProblem&);

}  // namespace rdna1conv
