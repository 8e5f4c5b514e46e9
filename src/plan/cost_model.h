#pragma once

// The estimate that orders solvers and tile rows: engine clocks of an RDNA1 card, from the work
// that a kernel does and the constants in cost_model.cpp. It ranks; it is not a measurement and is
// never printed as one.

#include <cstdint>
#include <span>

#include "plan/device_facts.h"

namespace rdna1conv {

// What one launch does. "Per workgroup" figures count the padding of its tile, since a partly
// filled tile takes as long as a full one.
struct LaunchWork {
  double workgroups = 1;
  double waves_per_workgroup = 1;
  double fma_per_workgroup = 0;        // lane multiply-adds (or other VALU lane operations)
  double fma_share = 1;                // FMAs among all VALU instructions of the inner loop
  double lds_bytes_per_workgroup = 0;  // read and written by all lanes
  double independent_fmas = 8;         // that one work item can have in flight
  double serial_steps = 0;             // tile steps with a barrier that one workgroup does in turn
  double l2_bytes = 0;                 // whole launch: requested from L2 by all workgroups
  double dram_bytes = 0;               // whole launch: compulsory traffic, each tensor once
};

// Clocks of one launch: launch cost plus the longest of compute (with the rounding of the number of
// workgroups up to a multiple of the workgroup processors), LDS, L2 and DRAM time, plus the latency
// that one workgroup cannot hide.
double launch_clocks(const LaunchWork& work, const DeviceFacts& device);

// The sum over the launches of a plan.
double launch_clocks(std::span<const LaunchWork> launches, const DeviceFacts& device);

// An estimate as milliseconds at the clock in the constants.
double clocks_to_milliseconds(double clocks);

}  // namespace rdna1conv
