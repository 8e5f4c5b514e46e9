#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "dispatch/convolution.h"
#include "find2/find_problem.h"
#include "find2/solution.h"

namespace rdna1conv {

// Times the solvers of the call's problem, which is that of the description, and gives the best
// `most` of their solutions, in the order asked for. Waits for the stream. Throws Error;
// kUnknownError if there is no solution.
std::vector<std::unique_ptr<Solution>> find_solutions(Handle& handle, const ConvolutionCall& call,
                                                      const ProblemDescription& description,
                                                      const ActivationDescriptor& activation,
                                                      const FindOptions& options, std::size_t most);

}  // namespace rdna1conv
