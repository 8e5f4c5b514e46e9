#pragma once

// Owners of HIP's device memory and events.

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <utility>

namespace rdna1conv::bench {

// Throws std::runtime_error "<call>: <HIP's text>" unless `status` is success.
void check_hip(hipError_t status, const char* call);

class DeviceMemory {
 public:
  DeviceMemory() = default;
  explicit DeviceMemory(std::size_t bytes);
  DeviceMemory(DeviceMemory&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  DeviceMemory& operator=(DeviceMemory&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  ~DeviceMemory();

  void* data() const { return data_; }

 private:
  void* data_ = nullptr;
};

class DeviceEvent {
 public:
  DeviceEvent();
  DeviceEvent(const DeviceEvent&) = delete;
  DeviceEvent& operator=(const DeviceEvent&) = delete;
  ~DeviceEvent();

  // On the default stream.
  void record();
  // After both were reached.
  static double seconds_between(const DeviceEvent& start, const DeviceEvent& stop);

 private:
  hipEvent_t event_ = nullptr;
};

}  // namespace rdna1conv::bench
