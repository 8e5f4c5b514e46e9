#pragma once

#include <span>

#include "core/operators/tensor_functions.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class TensorBuffer : std::uint8_t { kA, kB, kY };

// The bits of SetTensor's value, which a run of kSet brings.
struct SetValue {
  std::uint32_t word[2] = {0, 0};
};

// One launch (kernels/tensor_functions.hip); runs bring TensorScalars, or SetValue, or of kCopy
// nothing.
std::span<const Solver<TensorProblem>> solvers_of(const TensorProblem&);

}  // namespace rdna1conv
