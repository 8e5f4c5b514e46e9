#include "device/device_query.h"

#include <string_view>

#include "device/code_header.h"
#include "device/hip_check.h"
#include "device/posed_card.h"

namespace rdna1conv {
namespace {

constexpr const char* kNeeds =
    "this library needs an AMD RDNA1 device: gfx1010 (RX 5600/5700), gfx1011 (Pro V520), gfx1012 "
    "(RX 5500) or gfx1013";

// Where the environment makes the runtime name another architecture, the kernel driver's word
// holds; but RDNA1 cards may pass for each other, whose code is the same.
void look_behind_pose(const hipDeviceProp_t& properties, DeviceFacts& facts) {
  if (!architecture_is_overridden()) return;
  const PciAddress address{properties.pciDomainID, properties.pciBusID, properties.pciDeviceID};
  const std::string real = architecture_by_driver(driver_topology(), address);
  if (real.empty() || real == facts.architecture) return;
  if (executes_kernels(real) && executes_kernels(facts.architecture)) return;
  facts.poses_as = facts.architecture;
  facts.architecture = real;
}

// What stands in the way, or empty.
std::string refusal_of(const DeviceFacts& device) {
  if (!executes_kernels(device.architecture)) {
    if (device.poses_as.empty()) return device.architecture + " (" + device.name + ")";
    return device.architecture + " by the kernel driver, posing as " + device.poses_as + " (" +
           device.name + ")";
  }
  if (device.poses_as.empty() || can_pose_as(device.poses_as)) return {};
  return device.architecture + " posing as " + device.poses_as + " (" + device.name +
         "), which takes no code of RDNA1: unset HSA_OVERRIDE_GFX_VERSION, or make it 10.3.0";
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
  // GDDR6 moves 16 bits a pin and memory clock.
  const double gb_per_s = properties.memoryClockRate * 1e-6 * 16 * properties.memoryBusWidth / 8;
  if (gb_per_s > 0) facts.dram_gb_per_s = gb_per_s;
  look_behind_pose(properties, facts);
  return facts;
}

void require_supported(const DeviceFacts& device) {
  const std::string refusal = refusal_of(device);
  if (refusal.empty()) return;
  std::string text = "the current HIP device is " + refusal + "; " + kNeeds;
  if (device.poses_as.empty() && can_pose_as(device.architecture) && architecture_is_overridden()) {
    text += "; " + driver_topology().string() +
            " does not say that it is one in truth, and HSA_OVERRIDE_GFX_VERSION is set";
  }
  int count = 0;
  if (hipGetDeviceCount(&count) == hipSuccess) {
    for (int other = 0; other < count; ++other) {
      const DeviceFacts facts = query_device(other);
      if (!refusal_of(facts).empty()) continue;
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
