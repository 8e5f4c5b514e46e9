#pragma once

#include <span>

#include "core/operators/layer_norm.h"
#include "plan/solver.h"

namespace rdna1conv {

// Statistics may be missing forward, dy backward.
enum class LayerNormBuffer : std::uint8_t {
  kX,
  kOther,  // x2 or dy
  kWeight,
  kBias,
  kY,  // or dx
  kMean,
  kInverse,
  kWeightGradient
};

// One launch forward, two backward, no workspace (kernels/layer_norm.hip); runs bring
// LayerNormScalars.
std::span<const Solver<LayerNormProblem>> solvers_of(const LayerNormProblem&);

}  // namespace rdna1conv
