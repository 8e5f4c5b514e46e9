#include "dispatch/timed_launch.h"

#include "device/stream_timer.h"

namespace rdna1conv {

void launch_timed(Handle& handle, const PreparedPlan& plan, const RunArguments& arguments) {
  if (!handle.profiling || is_capturing(handle.stream)) {
    plan.launch(handle.stream, arguments);
    return;
  }
  StreamTimer timer;
  timer.start(handle.stream);
  plan.launch(handle.stream, arguments);
  handle.kernel_milliseconds = timer.stop(handle.stream);
}

}  // namespace rdna1conv
