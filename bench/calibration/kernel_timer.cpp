#include "bench/calibration/kernel_timer.h"

#include <hip/hip_ext.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "hsa/device_report.h"

namespace rdna1conv::calibration {
namespace {

using emulator::find_in_device;

constexpr int kLaunchesOnCard = 5;

bool keeps_ranges = false;
double last_seconds = 0;

void capture_range(bool on) {
  const auto capture = find_in_device<decltype(emulator_capture_range)>("emulator_capture_range");
  if (capture != nullptr) capture(on);
}

void check(hipError_t status, const char* call) {
  if (status == hipSuccess) return;
  throw std::runtime_error(std::string(call) + ": " + hipGetErrorString(status));
}

class Event {
 public:
  Event() { check(hipEventCreate(&event_), "hipEventCreate"); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { static_cast<void>(hipEventDestroy(event_)); }
  hipEvent_t get() const { return event_; }

 private:
  hipEvent_t event_ = nullptr;
};

double launch_seconds(const void* function, dim3 grid, dim3 block, void** arguments) {
  const Event start;
  const Event stop;
  check(
      hipExtLaunchKernel(function, grid, block, arguments, 0, nullptr, start.get(), stop.get(), 0),
      "hipExtLaunchKernel");
  check(hipEventSynchronize(stop.get()), "hipEventSynchronize");
  float milliseconds = 0;
  check(hipEventElapsedTime(&milliseconds, start.get(), stop.get()), "hipEventElapsedTime");
  return milliseconds * 1e-3;
}

}  // namespace

bool on_software_device() {
  static const bool software = [] {
    hipDeviceProp_t properties{};
    check(hipGetDeviceProperties(&properties, 0), "hipGetDeviceProperties");
    return std::string(properties.name).find("(software)") != std::string::npos;
  }();
  return software;
}

double kernel_seconds(const void* function, dim3 grid, dim3 block, void** arguments, bool warm) {
  if (warm || !on_software_device()) launch_seconds(function, grid, block, arguments);
  if (keeps_ranges) {
    capture_range(false);  // forgets the launches before
    capture_range(true);
  }
  std::vector<double> seconds(on_software_device() ? 1 : kLaunchesOnCard);
  for (double& each : seconds) each = launch_seconds(function, grid, block, arguments);
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  last_seconds = *middle;
  return last_seconds;
}

void keep_ranges() { keeps_ranges = true; }

std::optional<RelativeRange> take_range() {
  const auto take = find_in_device<decltype(emulator_take_range)>("emulator_take_range");
  double down_us = 0, up_us = 0;
  if (take == nullptr || !take(&down_us, &up_us)) return std::nullopt;
  return RelativeRange{down_us * 1e-6 / last_seconds, up_us * 1e-6 / last_seconds};
}

DeviceBuffer::DeviceBuffer(std::size_t bytes) { check(hipMalloc(&data_, bytes), "hipMalloc"); }

DeviceBuffer::~DeviceBuffer() { static_cast<void>(hipFree(data_)); }

}  // namespace rdna1conv::calibration
