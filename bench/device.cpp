#include "device.h"

#include <dlfcn.h>
#include <hip/hip_runtime_api.h>

#include <stdexcept>

namespace rdna1conv::bench {
namespace {

constexpr double kLanesPerWorkgroupProcessor = 128;  // 4 SIMDs of 32 lanes
constexpr const char* kSoftwareMark = "(software)";

// As tests/emulator/hsa/counters.h declares it; repeated here because conv-bench must run without
// the software device, and finds it at run time if it is there.
struct EmulatorCounters {
  std::uint64_t wave_instructions, valu, fma, salu, vmem, lds, smem, branch, dispatches;
};
using ReadCounters = void (*)(EmulatorCounters*);

ReadCounters find_emulator_counters() {
  return reinterpret_cast<ReadCounters>(dlsym(RTLD_DEFAULT, "emulator_read_counters"));
}

}  // namespace

double BenchDevice::fma_peak() const {
  return facts.workgroup_processors * kLanesPerWorkgroupProcessor * 2 * facts.clock_khz * 1e3;
}

BenchDevice open_device() {
  int count = 0;
  const hipError_t status = hipGetDeviceCount(&count);
  if (status != hipSuccess || count == 0) {
    throw std::runtime_error(
        std::string("HIP finds no AMD GPU (") + hipGetErrorString(status) +
        "). conv-bench needs an RDNA1 card, or the software RX 5700 XT: './run bench' uses that "
        "where there is no card; or put build/software-rx5700xt first in LD_LIBRARY_PATH");
  }
  int index = 0;
  hipDeviceProp_t properties{};
  if (hipGetDevice(&index) != hipSuccess ||
      hipGetDeviceProperties(&properties, index) != hipSuccess) {
    throw std::runtime_error("HIP cannot read the properties of its current device");
  }
  BenchDevice device;
  const std::string architecture = properties.gcnArchName;
  device.facts.architecture = architecture.substr(0, architecture.find(':'));
  device.facts.name = properties.name;
  device.facts.workgroup_processors = properties.multiProcessorCount;
  device.facts.memory_bytes = properties.totalGlobalMem;
  device.facts.lds_bytes_per_workgroup = properties.sharedMemPerBlock;
  device.facts.clock_khz = properties.clockRate;
  device.software = device.facts.name.find(kSoftwareMark) != std::string::npos;
  return device;
}

InstructionCounts read_instruction_counts() {
  static const ReadCounters read = find_emulator_counters();
  if (read == nullptr) return {};
  EmulatorCounters counters{};
  read(&counters);
  return {counters.wave_instructions, counters.fma};
}

}  // namespace rdna1conv::bench
