#pragma once

#include <cstddef>
#include <vector>

#include "dispatch/handle.h"
#include "fusion/fusion_plan.h"
#include "plan/convolution_buffers.h"

namespace rdna1conv {

// Finds a kernel that does all of the plan without workspace, of the plan's algorithm if it has
// one, and loads it. Throws Error (kUnsupportedOp) with each solver's reason if there is none.
void compile(const char* function, Handle& handle, FusionPlan& plan);

// The workspace with which every solver of the plan can run.
std::size_t workspace_of(const char* function, Handle& handle, const FusionPlan& plan);

// The algorithms that can run the plan on HIP's current device, best first.
std::vector<Algorithm> algorithms_of(const char* function, const FusionPlan& plan);

// Queues the plan's kernels for an output like this. Throws Error: kBadParm if the plan is not
// compiled or the descriptors are not the plan's.
void execute(const char* function, Handle& handle, const FusionPlan& plan,
             const TensorDescriptor& input, const TensorDescriptor& output, const Buffers& buffers,
             std::size_t workspace_bytes);

}  // namespace rdna1conv
