#pragma once

#include <hip/hip_runtime_api.h>

namespace rdna1conv {

// A pair of HIP events around work on a stream.
class StreamTimer {
 public:
  StreamTimer();
  ~StreamTimer();
  StreamTimer(const StreamTimer&) = delete;
  StreamTimer& operator=(const StreamTimer&) = delete;

  void start(hipStream_t stream);
  // Waits for the work since start(); the milliseconds between the two events.
  float stop(hipStream_t stream);

 private:
  hipEvent_t begin_ = nullptr, end_ = nullptr;
};

}  // namespace rdna1conv
