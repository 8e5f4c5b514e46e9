#include "plan/cost_model.h"

#include <algorithm>
#include <cmath>

namespace rdna1conv {
namespace {

struct CostConstants {
  double fma_per_clock_per_wgp;  // lane multiply-adds, fp32
  double simds_per_wgp;
  double lds_bytes_per_clock_per_wgp;
  double lds_return_bytes_per_simd_clock;  // that LDS reads write to registers
  double l2_bytes_per_clock;               // whole card
  double dram_bytes_per_clock;             // whole card
  double l2_capacity_bytes;
  double launch_clocks;               // start and drain of one kernel between its neighbours
  double global_load_latency_clocks;  // a load that misses to DRAM
  double step_clocks;                 // one barrier and the LDS latency after it
  double valu_latency_clocks;
  double clocks_per_microsecond;  // converts an estimate to a time
};

// Confidence of each value: [measured on RDNA1], [one primary source], [estimate].
constexpr CostConstants kCost{
    // 4 SIMD32 per workgroup processor, one wave32 instruction per clock each. Measured issue rate
    // 98.5-99 %: mixbench's log of an RX 5700 XT (github.com/ekondis/mixbench).  [measured]
    .fma_per_clock_per_wgp = 128,
    .simds_per_wgp = 4,
    // 32 dwords per clock for each half of a WGP's LDS: AMD's "RDNA Architecture" deck.
    // [one primary source]
    .lds_bytes_per_clock_per_wgp = 256,
    // Each row of 32 lanes that an LDS read writes to a register takes a clock of the vector ALU:
    // fitted to rocBLAS's tile shapes (docs/clock-model.md, lds_return_clocks).  [estimate]
    .lds_return_bytes_per_simd_clock = 128,
    // 16 slices of 64 bytes: AMD's RDNA white paper.  [one primary source]
    .l2_bytes_per_clock = 1024,
    // 443 GB/s read by mixbench at 1.93 GHz, of 448 GB/s nominal.  [measured]
    .dram_bytes_per_clock = 230,
    // The L2 cache as HIP reports it: mixbench's log.  [measured]
    .l2_capacity_bytes = 4.0 * 1024 * 1024,
    // 1.8-3.1 us between dependent launches on ROCm (github.com/ROCm/ROCm issue 6409), 2.3 us at
    // 1.93 GHz.  [measured on other AMD cards]
    .launch_clocks = 4400,
    // 200-220 ns, from RDNA2's 226 ns with Infinity Cache (Chips and Cheese, 2021-04-16).
    // [estimate]
    .global_load_latency_clocks = 420,
    // Barrier about 20 clocks plus the waves' skew, then an LDS read of about 50 (19.5 ns measured
    // on RDNA2); no public measurement on RDNA1.  [estimate]
    .step_clocks = 100,
    // Result latency of a VALU instruction: LLVM SISchedule.td, GFX10SpeedModel.  [two sources]
    .valu_latency_clocks = 5,
    // 1.93 GHz under fp32 FMA load: from mixbench's 9754 GFLOP/s at 98.5 % issue.  [measured]
    .clocks_per_microsecond = 1930,
};

}  // namespace

double launch_clocks(const LaunchWork& work, const DeviceFacts& device) {
  const double processors = std::max(1, device.workgroup_processors);

  // A workgroup's waves stay on one workgroup processor, so with few workgroups the last round
  // leaves processors idle: throughput follows T / (processors * ceil(T / processors)), 0.4 % mean
  // error over 1371 rocBLAS kernel timings on Navi 10.
  const double per_processor = std::ceil(work.workgroups / processors);

  // Fewer waves than SIMDs leave SIMDs idle; too few independent FMAs leave issue slots empty.
  const double waves_per_simd = per_processor * work.waves_per_workgroup / kCost.simds_per_wgp;
  const double in_flight = std::max(1.0, waves_per_simd) * work.independent_fmas;
  const double issue =
      std::min(1.0, waves_per_simd) * std::min(1.0, in_flight / kCost.valu_latency_clocks);
  const double returns =
      work.lds_bytes_per_workgroup / (kCost.lds_return_bytes_per_simd_clock * kCost.simds_per_wgp);
  const double compute =
      per_processor *
      (work.fma_per_workgroup / (kCost.fma_per_clock_per_wgp * work.fma_share) + returns) / issue;
  const double lds =
      per_processor * work.lds_bytes_per_workgroup / kCost.lds_bytes_per_clock_per_wgp;
  const double l2 = work.l2_bytes / kCost.l2_bytes_per_clock;
  const double dram = work.dram_bytes / kCost.dram_bytes_per_clock;

  // Latency that nothing hides: the first loads and the last stores, and the chain of steps of one
  // workgroup (those of several workgroups on a processor overlap).
  const double latency =
      2 * kCost.global_load_latency_clocks + work.serial_steps * kCost.step_clocks;
  return kCost.launch_clocks + latency + std::max({compute, lds, l2, dram});
}

double launch_clocks(std::span<const LaunchWork> launches, const DeviceFacts& device) {
  double clocks = 0;
  for (const LaunchWork& work : launches) clocks += launch_clocks(work, device);
  return clocks;
}

double clocks_to_milliseconds(double clocks) {
  return clocks / (kCost.clocks_per_microsecond * 1000.0);
}

}  // namespace rdna1conv
