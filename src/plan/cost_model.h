#pragma once

// Terms of the estimate (plan/estimate.h) of kernels that are described by the work that they do.

#include "plan/device_facts.h"
#include "plan/estimate.h"
#include "plan/machine.h"

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

// What could hold the launch up: compute (with the rounding of the number of workgroups up to a
// multiple of the workgroup processors), LDS, L2, DRAM, and the latency that one workgroup cannot
// hide.
CostTerms terms_of(const LaunchWork& work, const Machine& machine);

// Clocks of one launch of an operator whose kernels have no coefficients of their own.
double launch_clocks(const LaunchWork& work, const DeviceFacts& device);

// An estimate as milliseconds on the device.
double clocks_to_milliseconds(double clocks, const DeviceFacts& device);

}  // namespace rdna1conv
