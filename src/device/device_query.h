#pragma once

#include "plan/device_facts.h"

namespace rdna1conv {

// HIP's current device. Throws Error (kNotInitialized) with what to do if there is none.
int current_device();

DeviceFacts query_device(int device);

// Throws Error (kUnsupportedOp), saying what was found and what is needed, unless the kernels in
// this library run on the device.
void require_supported(const DeviceFacts& device);

// Makes a device current for a scope. Kernels on the null stream go to the current device.
class ScopedDevice {
 public:
  explicit ScopedDevice(int device);
  ~ScopedDevice();
  ScopedDevice(const ScopedDevice&) = delete;
  ScopedDevice& operator=(const ScopedDevice&) = delete;

 private:
  int before_ = 0;
  bool changed_ = false;
};

}  // namespace rdna1conv
