#include "bench/device.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "device/device_query.h"
#include "hsa/device_report.h"

namespace rdna1conv::bench {
namespace {

using emulator::find_in_device;

constexpr double kLanesPerWorkgroupProcessor = 128;  // 4 SIMDs of 32 lanes
constexpr const char* kSoftwareMark = "(software)";

std::optional<ModelledClock> read_clock() {
  const auto read = find_in_device<decltype(emulator_read_clock)>("emulator_read_clock");
  RdnaEmulatorClock clock{};
  if (read == nullptr || !read(&clock)) return std::nullopt;
  return ModelledClock{clock.name, clock.core_mhz, clock.workgroup_processors, clock.dram_gb_per_s};
}

}  // namespace

double BenchDevice::fma_peak() const {
  if (clock) {
    return clock->workgroup_processors * kLanesPerWorkgroupProcessor * 2 * clock->core_mhz * 1e6;
  }
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
  device.facts = query_device(index);
  device.software = device.facts.name.find(kSoftwareMark) != std::string::npos;
  if (device.software) device.clock = read_clock();
  device.dram_bytes_per_second =
      (device.clock ? device.clock->dram_gb_per_s : device.facts.dram_gb_per_s) * 1e9;
  return device;
}

InstructionCounts read_instruction_counts() {
  static const auto read =
      find_in_device<decltype(emulator_read_counters)>("emulator_read_counters");
  if (read == nullptr) return {};
  RdnaEmulatorCounters counters{};
  read(&counters);
  return {counters.wave_instructions, counters.fma};
}

std::string take_first_stall() {
  const auto take =
      find_in_device<decltype(emulator_take_first_stall)>("emulator_take_first_stall");
  char text[64] = "";
  if (take != nullptr) take(text, sizeof text);
  return text;
}

void displace_modelled_caches() {
  const auto displace =
      find_in_device<decltype(emulator_displace_caches)>("emulator_displace_caches");
  if (displace != nullptr) displace();
}

TimeSpent take_time_spent() {
  const auto take = find_in_device<decltype(emulator_take_time_spent)>("emulator_take_time_spent");
  TimeSpent spent;
  if (take == nullptr) return spent;
  std::array<RdnaEmulatorTimeSpent, 32> rows{};
  const std::size_t count =
      std::min(take(rows.data(), rows.size(), &spent.dram_bytes), rows.size());
  for (const RdnaEmulatorTimeSpent& row : std::span(rows).first(count)) {
    spent.rows.push_back({row.cause, row.us * 1e-6});
  }
  return spent;
}

void execute_modelled_only(bool on) {
  const auto set =
      find_in_device<decltype(emulator_execute_modelled_only)>("emulator_execute_modelled_only");
  if (set != nullptr) set(on);
}

void capture_range(bool on) {
  const auto capture = find_in_device<decltype(emulator_capture_range)>("emulator_capture_range");
  if (capture != nullptr) capture(on);
}

std::optional<TimeRange> take_range() {
  const auto take = find_in_device<decltype(emulator_take_range)>("emulator_take_range");
  double down_us = 0, up_us = 0;
  if (take == nullptr || !take(&down_us, &up_us)) return std::nullopt;
  return TimeRange{down_us * 1e-6, up_us * 1e-6};
}

void capture_profile(bool on) {
  const auto capture =
      find_in_device<decltype(emulator_capture_profile)>("emulator_capture_profile");
  if (capture != nullptr) capture(on);
}

std::string take_profile() {
  const auto take = find_in_device<decltype(emulator_take_profile)>("emulator_take_profile");
  return take == nullptr ? std::string() : take();
}

}  // namespace rdna1conv::bench
