#include "dispatch/timed_launch.h"

#include "device/stream_timer.h"

namespace rdna1conv {

void launch_timed(Handle& handle, const PreparedPlan& plan, const Buffers& buffers) {
  if (!handle.profiling || is_capturing(handle.stream)) {
    plan.launch(handle.stream, buffers);
    return;
  }
  StreamTimer timer;
  timer.start(handle.stream);
  plan.launch(handle.stream, buffers);
  handle.kernel_milliseconds = timer.stop(handle.stream);
}

}  // namespace rdna1conv
