// How long kernels take, by HIP's events.
#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <optional>

namespace rdna1conv::calibration {

// Seconds that a launch runs, without what precedes it: events attached to the kernel itself. On a
// card the median of several launches after one to warm up; the software device's clock has no
// noise, so one launch does there, after one to warm up if `warm`.
double kernel_seconds(const void* function, dim3 grid, dim3 block, void** arguments, bool warm);

bool on_software_device();

// A modelled time lies between (1 - down) and (1 + up) times its value, as far as the model's
// constants are unsure.
struct RelativeRange {
  double down = 0;
  double up = 0;
};

// From now on kernel_seconds() keeps what take_range() needs.
void keep_ranges();
// Of the last kernel_seconds(), which it is some seconds of work to find out; nothing on a card.
std::optional<RelativeRange> take_range();

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
