#include "bench/device_memory.h"

#include <stdexcept>
#include <string>

namespace rdna1conv::bench {

void check_hip(hipError_t status, const char* call) {
  if (status == hipSuccess) return;
  throw std::runtime_error(std::string(call) + ": " + hipGetErrorString(status));
}

DeviceMemory::DeviceMemory(std::size_t bytes) {
  if (bytes > 0) check_hip(hipMalloc(&data_, bytes), "hipMalloc");
}

DeviceMemory::~DeviceMemory() {
  if (data_ != nullptr) static_cast<void>(hipFree(data_));
}

DeviceEvent::DeviceEvent() { check_hip(hipEventCreate(&event_), "hipEventCreate"); }

DeviceEvent::~DeviceEvent() { static_cast<void>(hipEventDestroy(event_)); }

void DeviceEvent::record() { check_hip(hipEventRecord(event_, nullptr), "hipEventRecord"); }

double DeviceEvent::seconds_between(const DeviceEvent& start, const DeviceEvent& stop) {
  check_hip(hipEventSynchronize(stop.event_), "hipEventSynchronize");
  float milliseconds = 0;
  check_hip(hipEventElapsedTime(&milliseconds, start.event_, stop.event_), "hipEventElapsedTime");
  return milliseconds * 1e-3;
}

}  // namespace rdna1conv::bench
