#pragma once

#include <string>

#include "core/conv_problem.h"

namespace rdna1conv {

// Runs a problem as a client of MIOpen's API does and checks every result: the workspace query,
// Find with exactly that workspace, each algorithm that it returned with the memory that it asked;
// then every solution of immediate mode with its own workspace query. Strides of dimensions of
// length 1 get values that no tensor has. A scaled problem is run with its alpha and beta, which
// 2-D problems are refused. What is fused has calls of its own and is left out.
//
// The first fault in words, or nothing.
std::string fault_of_api(const ConvProblem& problem, unsigned seed);

}  // namespace rdna1conv
