#pragma once

#include "api_client.h"
#include "guarded_run.h"

namespace rdna1conv {

// Compiles and executes a fusion plan of the client's forward convolution and the bias,
// normalization and activation of the run's problem. Throws with the first fault.
void check_fusion_plan(const ApiClient& client, const GuardedRun& guarded);

}  // namespace rdna1conv
