#include "dispatch/card_speed.h"

#include <cmath>
#include <string_view>

#include "plan/machine.h"

namespace rdna1conv {
namespace {

constexpr std::string_view kClock = "clock", kMemory = "memory";
constexpr const char *kMegahertz = "MHz", *kGigabytes = "GB/s";

// Of an RDNA1 card, overclocked or throttled as it may be.
bool can_be(const CardSpeed& speed) {
  return speed.core_mhz >= 300 && speed.core_mhz <= 4000 && speed.dram_gb_per_s >= 30 &&
         speed.dram_gb_per_s <= 2000;
}

}  // namespace

FindRecord record_of(const CardSpeed& speed) {
  return {false,
          {{std::string(kClock), kMegahertz, static_cast<float>(speed.core_mhz)},
           {std::string(kMemory), kGigabytes, static_cast<float>(speed.dram_gb_per_s)}}};
}

std::optional<CardSpeed> speed_of(const FindRecord& record) {
  CardSpeed speed;
  for (const FindRecord::Entry& entry : record.entries) {
    if (entry.solver == kClock && entry.instance == kMegahertz) speed.core_mhz = entry.milliseconds;
    if (entry.solver == kMemory && entry.instance == kGigabytes)
      speed.dram_gb_per_s = entry.milliseconds;
  }
  if (!can_be(speed)) return std::nullopt;
  return speed;
}

DeviceFacts with_speed(DeviceFacts device, const CardSpeed& speed) {
  device.clock_khz = static_cast<int>(std::lround(speed.core_mhz * 1e3 / Machine::kSustainedClock));
  device.dram_gb_per_s = speed.dram_gb_per_s / Machine::kDramEfficiency;
  return device;
}

}  // namespace rdna1conv
