#include "bench/card/speed.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <vector>

#include "bench/card/speed_kernels.h"
#include "bench/device_memory.h"
#include "device/code_header.h"

namespace rdna1conv::bench {
namespace {

// Waves for each SIMD of a workgroup processor, so that none ever waits for an operand: 8.
constexpr unsigned kWorkgroupsAProcessor = 4;

// A card's clock takes some time under load to settle; the software device's does not move, and
// what it executes takes the host's time.
struct Length {
  double seconds;          // that a run of multiply-adds takes at least
  std::size_t read_bytes;  // by the shorter reading
  int runs;                // of which the fastest counts
};
constexpr Length kOnCard{0.02, std::size_t{256} << 20, 5};
constexpr Length kOnSoftwareDevice{20e-6, std::size_t{16} << 20, 1};

class SpeedModule {
 public:
  explicit SpeedModule(const DeviceFacts& device) {
    const std::string& shown = device.poses_as.empty() ? device.architecture : device.poses_as;
    code_ = code_object_with_header(speed_kernels(), shown);
    check_hip(hipModuleLoadData(&module_, code_.data()), "hipModuleLoadData");
  }
  ~SpeedModule() { static_cast<void>(hipModuleUnload(module_)); }
  SpeedModule(const SpeedModule&) = delete;
  SpeedModule& operator=(const SpeedModule&) = delete;

  hipFunction_t function(const char* name) const {
    hipFunction_t found = nullptr;
    check_hip(hipModuleGetFunction(&found, module_, name), "hipModuleGetFunction");
    return found;
  }

 private:
  std::vector<std::byte> code_;
  hipModule_t module_ = nullptr;
};

void launch(hipFunction_t function, unsigned workgroups, std::vector<void*> arguments) {
  check_hip(hipModuleLaunchKernel(function, workgroups, 1, 1, kSpeedThreads, 1, 1, 0, nullptr,
                                  arguments.data(), nullptr),
            "hipModuleLaunchKernel");
}

// The fastest of `runs`.
double seconds_of(int runs, const std::function<void()>& run) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < runs; ++i) {
    DeviceEvent start, stop;
    start.record();
    run();
    stop.record();
    best = std::min(best, DeviceEvent::seconds_between(start, stop));
  }
  return best;
}

// What the second half of a run takes that is twice as long as another: begin and end of a launch
// are not in it.
double difference(double once, double twice) {
  if (!(twice > once)) throw std::runtime_error("the card's times make no sense");
  return twice - once;
}

double core_mhz(const BenchDevice& device, const SpeedModule& module, const Length& length) {
  const hipFunction_t function = module.function("speed_multiply_adds");
  const auto processors = static_cast<unsigned>(device.facts.workgroup_processors);
  const unsigned workgroups = kWorkgroupsAProcessor * processors;
  const DeviceMemory result(sizeof(float) * kSpeedThreads * workgroups);
  float* pointer = static_cast<float*>(result.data());
  float factor = 0.999f, addend = 0.5f;
  std::uint32_t rounds = 32;
  const auto run = [&] { launch(function, workgroups, {&pointer, &rounds, &factor, &addend}); };
  while (seconds_of(1, run) < length.seconds && rounds < 1u << 30) rounds *= 2;
  const double once = seconds_of(length.runs, run);
  const std::uint32_t more = rounds;
  rounds *= 2;
  const double seconds = difference(once, seconds_of(length.runs, run));
  constexpr double kLanes = 128;  // of a workgroup processor
  const double clocks = double{kSpeedChains} * kSpeedStepsARound * more * kSpeedThreads *
                        kWorkgroupsAProcessor / kLanes;
  return clocks / seconds * 1e-6;
}

double dram_gb_per_s(const BenchDevice& device, const SpeedModule& module, const Length& length) {
  const hipFunction_t function = module.function("speed_read");
  const std::size_t bytes = length.read_bytes;
  const DeviceMemory memory(3 * bytes), result(sizeof(std::uint32_t));
  check_hip(hipMemset(memory.data(), 0, 3 * bytes), "hipMemset");
  void* sink = result.data();
  // Of a part that no other run has left in a cache; what fills L2 on the software device is the
  // same for both.
  const auto read = [&](std::size_t first, std::size_t count) {
    void* source = static_cast<std::byte*>(memory.data()) + first;
    check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
    if (device.software) displace_modelled_caches();
    return seconds_of(length.runs, [&] {
      launch(function, static_cast<unsigned>(count / kSpeedReadBytes), {&source, &sink});
    });
  };
  const double once = read(0, bytes);
  const double seconds = difference(once, read(bytes, 2 * bytes));
  return static_cast<double>(bytes) / seconds * 1e-9;
}

}  // namespace

CardSpeed find_card_speed(const BenchDevice& device) {
  const SpeedModule module(device.facts);
  const Length& length = device.software ? kOnSoftwareDevice : kOnCard;
  const double mhz = core_mhz(device, module, length);
  return {mhz, dram_gb_per_s(device, module, length)};
}

}  // namespace rdna1conv::bench
