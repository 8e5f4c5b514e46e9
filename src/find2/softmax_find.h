#pragma once

// Softmax as a problem of Find 2.0. It has one solver, so that there is nothing to search.

#include <memory>

#include "dispatch/handle.h"
#include "find2/find_problem.h"
#include "find2/solution.h"

namespace rdna1conv {

// Whether the problem is a softmax and nothing else.
bool is_softmax(const FindProblem& problem);

// Throws Error: kBadParm if a tensor is missing or they differ, kNotImplemented with the solver's
// reason if it does not do the problem.
std::unique_ptr<Solution> softmax_solution(const Handle& handle, const FindProblem& problem);

// A record's solver, which is no convolution's: those have ids below.
inline constexpr std::uint64_t kSoftmaxSolver = std::uint64_t{1} << 32 | 1;

}  // namespace rdna1conv
