#pragma once

// What holds of every solver of filters' gradients, asked at the edges of its own tiles.

#include <span>

#include "core/conv_problem.h"
#include "dispatch/solver_table.h"
#include "shapes.h"

namespace rdna1conv {

// A shape's gradient of w, all tensors of this type and packed in this layout.
ConvProblem gradient_of(const Shape& shape, DataType type, Layout layout);

// Every instance computes these shapes exactly, in both layouts, scaled and not; some instances
// split the sum and some do not.
void expect_exact_gradients(const SolverRow& solver, DataType type, std::span<const Shape> shapes);

// Every instance stores the same bits again.
void expect_repeated_gradients(const SolverRow& solver, const ConvProblem& problem);

// A driver line that the solver refuses, and words of its reason.
struct GradientRefusal {
  const char* line;
  const char* words;
};
void expect_refusal(const SolverRow& solver, const GradientRefusal& refusal);

}  // namespace rdna1conv
