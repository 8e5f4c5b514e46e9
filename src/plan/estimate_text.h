#pragma once

#include <string>

#include "plan/device_facts.h"
#include "plan/estimate.h"

namespace rdna1conv {

// What an estimate is made of, for people, in microseconds by the family's coefficients:
// "41.2 us: launch 10.4, tail 3.1, compute 25.0, lds 9.8, l2 4.1, dram 2.2, latency 6.0", summed
// over the plan's launches. Terms overlap, so they add up to more than the estimate.
std::string to_text(const Estimate& estimate, const DeviceFacts& device);

}  // namespace rdna1conv
