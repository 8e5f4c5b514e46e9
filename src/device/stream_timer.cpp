#include "device/stream_timer.h"

#include "device/hip_check.h"

namespace rdna1conv {

StreamTimer::StreamTimer() {
  check_hip(hipEventCreate(&begin_), "hipEventCreate");
  if (const hipError_t result = hipEventCreate(&end_); result != hipSuccess) {
    static_cast<void>(hipEventDestroy(begin_));
    check_hip(result, "hipEventCreate");
  }
}

StreamTimer::~StreamTimer() {
  static_cast<void>(hipEventDestroy(begin_));
  static_cast<void>(hipEventDestroy(end_));
}

void StreamTimer::start(hipStream_t stream) {
  check_hip(hipEventRecord(begin_, stream), "hipEventRecord");
}

float StreamTimer::stop(hipStream_t stream) {
  check_hip(hipEventRecord(end_, stream), "hipEventRecord");
  check_hip(hipEventSynchronize(end_), "hipEventSynchronize");
  float milliseconds = 0;
  check_hip(hipEventElapsedTime(&milliseconds, begin_, end_), "hipEventElapsedTime");
  return milliseconds;
}

}  // namespace rdna1conv
