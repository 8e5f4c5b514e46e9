#pragma once

#include "device/prepared_plan.h"
#include "dispatch/handle.h"

namespace rdna1conv {

// Queues the plan on the handle's stream. With profiling on, waits for it and keeps its time in the
// handle, unless the stream is being captured: events would become part of the graph.
void launch_timed(Handle& handle, const PreparedPlan& plan, const RunArguments& arguments);

}  // namespace rdna1conv
