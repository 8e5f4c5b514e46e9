#include "plan/cost_model.h"

#include <algorithm>
#include <cmath>

namespace rdna1conv {
namespace {

// One barrier with the skew of the waves, and the LDS read after it.  [estimate]
constexpr double kStepClocks = 100;

}  // namespace

CostTerms terms_of(const LaunchWork& work, const Machine& m) {
  // A workgroup's waves stay on one workgroup processor, so with few workgroups the last round
  // leaves processors idle: throughput follows T / (processors * ceil(T / processors)), 0.4 % mean
  // error over 1371 rocBLAS kernel timings on Navi 10.
  const double per_processor = std::ceil(work.workgroups / m.processors);

  // Fewer waves than SIMDs leave SIMDs idle; too few independent FMAs leave issue slots empty.
  const double waves_per_simd = per_processor * work.waves_per_workgroup / Machine::kSimds;
  const double in_flight = std::max(1.0, waves_per_simd) * work.independent_fmas;
  const double issue =
      std::min(1.0, waves_per_simd) * std::min(1.0, in_flight / Machine::kValuLatency);
  const double returns =
      work.lds_bytes_per_workgroup / (Machine::kLdsReturnBytesPerClock * Machine::kSimds);
  CostTerms terms;
  terms.compute = per_processor *
                  (work.fma_per_workgroup / (Machine::kFmaPerClock * work.fma_share) + returns) /
                  issue;
  terms.lds = per_processor * work.lds_bytes_per_workgroup / Machine::kLdsBytesPerClock;
  terms.l2 = work.l2_bytes / m.l2_bytes_per_clock;
  terms.dram = work.dram_bytes / m.dram_bytes_per_clock;
  // The chain of steps of one workgroup; those of several on a processor overlap.
  terms.latency = work.serial_steps * kStepClocks;
  terms.tail = 2 * Machine::kDramLatency;  // the first loads and the last stores
  terms.launch = m.launch_clocks;
  return terms;
}

double launch_clocks(const LaunchWork& work, const DeviceFacts& device) {
  return clocks_of(terms_of(work, machine_of(device)), coefficients_of(CostFamily::kOther), 1);
}

double clocks_to_milliseconds(double clocks, const DeviceFacts& device) {
  return clocks / (machine_of(device).core_mhz * 1000.0);
}

}  // namespace rdna1conv
