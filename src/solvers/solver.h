#pragma once

// What a solver of convolutions is made of. The problem that it sees is never transposed
// (core/conv_problem.h, untransposed()).

#include <cstdint>

#include "core/conv_problem.h"
#include "plan/convolution_buffers.h"
#include "plan/solver.h"

namespace rdna1conv {

// The values are those of miopenConvAlgorithm_t, so a cast converts.
enum class Algorithm : std::uint32_t {
  kGemm = 0,
  kDirect = 1,
  kFft = 2,
  kWinograd = 3,
  kImplicitGemm = 5
};

// One row of the solver table.
struct SolverRow : Solver<ConvProblem> {
  Algorithm algorithm;
};

}  // namespace rdna1conv
