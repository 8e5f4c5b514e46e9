#include "device/device_query.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "device/hip_check.h"

namespace rdna1conv {
namespace {

// RDNA1; the kernels are compiled for exactly these.
constexpr std::array<std::string_view, 4> kArchitectures{"gfx1010", "gfx1011", "gfx1012",
                                                         "gfx1013"};
constexpr const char* kNeeds =
    "this library needs an AMD RDNA1 device: gfx1010 (RX 5600/5700), gfx1011 (Pro V520), gfx1012 "
    "(RX 5500) or gfx1013";

bool is_supported(std::string_view architecture) {
  return std::find(kArchitectures.begin(), kArchitectures.end(), architecture) !=
         kArchitectures.end();
}

}  // namespace

int current_device() {
  int count = 0;
  const hipError_t result = hipGetDeviceCount(&count);
  if (result != hipSuccess || count == 0) {
    throw Error(Status::kNotInitialized,
                std::string("HIP found no device (") + hipGetErrorString(result) + "); " + kNeeds);
  }
  int device = 0;
  check_hip(hipGetDevice(&device), "hipGetDevice");
  return device;
}

DeviceFacts query_device(int device) {
  hipDeviceProp_t properties{};
  check_hip(hipGetDeviceProperties(&properties, device), "hipGetDeviceProperties");
  const std::string_view target = properties.gcnArchName;
  DeviceFacts facts;
  facts.architecture = target.substr(0, target.find(':'));
  facts.name = properties.name;
  facts.workgroup_processors = properties.multiProcessorCount;
  facts.memory_bytes = properties.totalGlobalMem;
  facts.lds_bytes_per_workgroup = properties.sharedMemPerBlock;
  facts.clock_khz = properties.clockRate;
  return facts;
}

void require_supported(const DeviceFacts& device) {
  if (is_supported(device.architecture)) return;
  std::string text =
      "the current HIP device is " + device.architecture + " (" + device.name + "); " + kNeeds;
  int count = 0;
  if (hipGetDeviceCount(&count) == hipSuccess) {
    for (int other = 0; other < count; ++other) {
      const DeviceFacts facts = query_device(other);
      if (!is_supported(facts.architecture)) continue;
      text += "; device " + std::to_string(other) + " is " + facts.architecture +
              ": select it with hipSetDevice or HIP_VISIBLE_DEVICES";
      break;
    }
  }
  throw Error(Status::kUnsupportedOp, text);
}

ScopedDevice::ScopedDevice(int device) {
  check_hip(hipGetDevice(&before_), "hipGetDevice");
  if (before_ == device) return;
  check_hip(hipSetDevice(device), "hipSetDevice");
  changed_ = true;
}

ScopedDevice::~ScopedDevice() {
  if (changed_) static_cast<void>(hipSetDevice(before_));
}

}  // namespace rdna1conv
