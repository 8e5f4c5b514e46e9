// How long kernels take, by HIP's events.
#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>

namespace rdna1conv::calibration {

// Seconds that a launch runs, without what precedes it: events attached to the kernel itself. On a
// card the median of several launches after one to warm up; the software device's clock has no
// noise, so one launch does there, after one to warm up if `warm`.
double kernel_seconds(const void* function, dim3 grid, dim3 block, void** arguments, bool warm);

bool on_software_device();

// Device memory that is never written: what it holds does not matter to the time. Throws
// std::runtime_error.
class DeviceBuffer {
 public:
  explicit DeviceBuffer(std::size_t bytes);
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;
  ~DeviceBuffer();

  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }

 private:
  void* data_ = nullptr;
};

}  // namespace rdna1conv::calibration
