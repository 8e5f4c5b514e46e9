#pragma once

#include "api_client.h"
#include "guarded_run.h"

namespace rdna1conv {

// Finds solutions of the client's problem by Find 2.0 and runs each, as it is and after it was
// saved and loaded. Throws with the first fault.
void check_find2(const ApiClient& client, const GuardedRun& guarded);

}  // namespace rdna1conv
