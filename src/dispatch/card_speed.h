#pragma once

// What a card was found to do (conv-bench --tune), as the find-db has it: a record by the name of
// "card", whose entries are no times but
//
//   card = measured clock/MHz 1949.6 memory/GB/s 443.2
//
// Estimates go by it instead of what HIP reports.

#include <optional>

#include "dispatch/find_db.h"
#include "plan/device_facts.h"

namespace rdna1conv {

struct CardSpeed {
  double core_mhz = 0;       // of the shader core, under load
  double dram_gb_per_s = 0;  // that kernels read from memory
};

inline constexpr const char* kCardRecord = "card";

FindRecord record_of(const CardSpeed& speed);

// What a record says; nothing if it says something else, or nothing that a card can be.
std::optional<CardSpeed> speed_of(const FindRecord& record);

// The card with this speed.
DeviceFacts with_speed(DeviceFacts device, const CardSpeed& speed);

}  // namespace rdna1conv
