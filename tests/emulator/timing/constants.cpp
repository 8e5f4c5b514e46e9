#include "timing/constants.h"

#include <algorithm>

namespace emulator::timing {
namespace {

constexpr Confidence H = Confidence::kHigh;
constexpr Confidence M = Confidence::kMedium;
constexpr Confidence L = Confidence::kLow;
constexpr bool kFitted = true;
constexpr bool kGiven = false;

// Sources, by the name they have in the table:
//   deck      AMD, "RDNA Architecture", public presentation, 2019
//   ISA       AMD, "RDNA 1.0 Instruction Set Architecture", 2020
//   LLVM      LLVM 15: SISchedule.td (GFX10SpeedModel), AMDGPU.td, SIRegisterInfo
//   ACO       Mesa, src/amd/compiler: aco_statistics.cpp, aco_ir.cpp
//   bank      LLVM 12, GCNRegBankReassign.cpp, header comment
//   mixbench  ekondis/mixbench, results/HIP/ro_RX-5700XT-dROC4.5.2.log
//   perftest  sebbbi/perftest, README, "AMD Navi (RX 5700 XT)"
//   Tensile   rocBLAS, commit 924dad272: measured SGEMM rows of navi10_Cijk_*_SB.yaml
//   C&C       Chips and Cheese, "Measuring GPU Memory Latency", 2021: RDNA2
//   launches  ROCm issue 6409, rocm-systems issue 10834
//   guess     inference; the range is what we think possible
using C = Constants;
// clang-format off
constexpr ConstantRow kRows[] = {
    {&C::workgroup_processors, "workgroup_processors", 20, "", H, 20, 20, kGiven, "deck; mixbench (20 multiprocessors)"},
    {&C::shader_arrays, "shader_arrays", 4, "", H, 4, 4, kGiven, "deck: 2 shader engines of 2 arrays"},
    {&C::processor_drift, "processor_drift", 2500, "clk", L, 1000, 5000, kGiven, "guess: how far apart WGPs get that started together; at 0 they meet in one slice of L2, from 1000 on the squares of TN run as measured"},
    {&C::core_mhz, "core_mhz", 1950, "MHz", M, 1900, 2000, kFitted, "mixbench compute-bound rows: fp32 implies 1.93, fp64 1.975 and more; perftest 1.935"},

    {&C::valu_latency, "valu_latency", 5, "clk", H, 5, 5, kGiven, "LLVM, ACO, deck: a dependent FMA every 5 clk"},
    {&C::valu_64_bit_issue, "valu_64_bit_issue", 2, "clk", M, 1, 2, kGiven, "ACO"},
    {&C::valu_64_bit_latency, "valu_64_bit_latency", 6, "clk", M, 6, 6, kGiven, "LLVM, ACO"},
    {&C::quarter_rate_issue, "quarter_rate_issue", 4, "clk", H, 4, 4, kGiven, "ACO; mixbench integer mad at 1/5 rate = v_mul_lo_u32 and v_add"},
    {&C::quarter_rate_latency, "quarter_rate_latency", 8, "clk", M, 8, 8, kGiven, "ACO, LLVM"},
    {&C::transcendental_issue, "transcendental_issue", 4, "clk", M, 4, 4, kGiven, "ACO: a unit of its own, one VALU issue slot"},
    {&C::transcendental_latency, "transcendental_latency", 10, "clk", M, 10, 10, kGiven, "LLVM, ACO"},
    {&C::fp64_issue, "fp64_issue", 16, "clk", H, 16, 16, kGiven, "ACO; mixbench 632 GFLOPS"},
    {&C::fp64_latency, "fp64_latency", 22, "clk", M, 22, 22, kGiven, "LLVM, ACO"},
    {&C::fp64_transcendental_issue, "fp64_transcendental_issue", 16, "clk", M, 16, 64, kGiven, "ACO"},
    {&C::fp64_transcendental_latency, "fp64_transcendental_latency", 24, "clk", M, 24, 24, kGiven, "LLVM, ACO"},
    {&C::bank_conflict_cost, "bank_conflict_cost", 0.1, "clk", L, 0, 0.3, kGiven, "bank: 1 clk each, gathered ahead; Tensile: at most 0.12 to 0.27 of that shows"},
    {&C::salu_latency, "salu_latency", 2, "clk", M, 2, 2, kGiven, "LLVM, ACO"},
    {&C::branch_taken, "branch_taken", 16, "clk", L, 5, 32, kGiven, "LLVM 32 and ACO 3 disagree"},
    {&C::branch_not_taken, "branch_not_taken", 4, "clk", L, 1, 8, kGiven, "guess: the wave waits until the branch is decided"},
    {&C::barrier_latency, "barrier_latency", 20, "clk", L, 5, 60, kGiven, "guess"},

    {&C::instruction_cache_bytes, "instruction_cache_bytes", 32768, "byte", M, 32768, 32768, kGiven, "deck"},
    {&C::instruction_cache_ways, "instruction_cache_ways", 4, "", L, 4, 8, kGiven, "guess"},
    {&C::instruction_cache_miss, "instruction_cache_miss", 200, "clk", L, 150, 350, kGiven, "guess: an L2 hit"},
    {&C::instruction_prefetch_lines, "instruction_prefetch_lines", 2, "", M, 1, 3, kGiven, "LLVM, SIISelLowering: by default two lines ahead are fetched"},
    {&C::scalar_cache_bytes, "scalar_cache_bytes", 16384, "byte", M, 16384, 16384, kGiven, "deck"},
    {&C::scalar_cache_ways, "scalar_cache_ways", 4, "", L, 4, 8, kGiven, "guess"},
    {&C::scalar_request_clocks, "scalar_request_clocks", 1.4, "clk", L, 1, 1.4, kFitted, "perftest: uniform loads of 1 to 4 dwords; no faster, whatever else may have held them up"},
    {&C::scalar_hit_latency, "scalar_hit_latency", 30, "clk", M, 20, 50, kGiven, "ACO 30, LLVM 20"},
    {&C::scalar_miss_latency, "scalar_miss_latency", 200, "clk", L, 150, 350, kGiven, "ACO"},

    {&C::lds_latency, "lds_latency", 20, "clk", M, 15, 30, kFitted, "LLVM, ACO 20; Tensile: kernels that read no step ahead come out right at 15 to 25, 15 % slow at 50 (RDNA2 has 19.5 ns)"},
    {&C::lds_dword_clocks, "lds_dword_clocks", 1, "clk", M, 1, 1, kGiven, "deck: 32 dwords per clk and CU; Tensile: per clk and WGP for workgroups on both CUs"},
    {&C::lds_shared_dword_clocks, "lds_shared_dword_clocks", 1.06, "clk", L, 1, 1.12, kFitted, "Tensile: kernels of 256 threads that LDS bounds were 5 to 8 % fast at 1"},
    {&C::lds_return_clocks, "lds_return_clocks", 1, "clk", L, 0, 1, kFitted, "Tensile: thread tiles lose speed by the registers that LDS reads write: 32 lanes of one take a clk of the vector ALU. perftest: those of memory loads do not"},
    {&C::lds_banks, "lds_banks", 32, "", M, 32, 32, kGiven, "LLVM LDSBankCount32"},

    {&C::l0_bytes, "l0_bytes", 16384, "byte", M, 16384, 16384, kGiven, "deck"},
    {&C::l0_ways, "l0_ways", 4, "", L, 4, 16, kGiven, "guess"},
    {&C::l0_setup_clocks, "l0_setup_clocks", 1, "clk", M, 1, 1, kFitted, "perftest: raw loads of 1, 2, 3, 4 dwords take 2, 3, 4, 5 clk; structured ones one less"},
    {&C::l0_dword_clocks, "l0_dword_clocks", 1, "clk", H, 1, 1, kGiven, "perftest: 128 B per clk and CU"},
    {&C::l0_misaligned_clocks, "l0_misaligned_clocks", 1, "clk", M, 1, 1, kFitted, "perftest: misaligned loads of 2 and 4 dwords take 4 and 6 clk"},
    {&C::l0_scattered_clocks, "l0_scattered_clocks", 8, "clk", M, 8, 8, kFitted, "perftest: 32 lanes of 3 dwords, or of 4 misaligned ones, in no order: 4 lanes a clk"},
    {&C::l0_line_clocks, "l0_line_clocks", 0.5, "clk", L, 0.5, 1, kGiven, "perftest: windows that move over 2, 3 and 5 lines take no more than their 1, 2 and 4 clk of data"},
    {&C::l0_bank_conflict_cost, "l0_bank_conflict_cost", 1, "", L, 0, 1, kGiven, "gpu-benches: lanes 2, 4, 8, 16, 32 dwords apart take 2, 4, 8, 16, 32 times as long as neighbours on RX 6900 XT, odd ones what their lines take"},
    {&C::l0_latency, "l0_latency", 71, "clk", L, 60, 120, kFitted, "gpu-benches: 73 clk from address to address on RX 6900 XT, 2 of them around the load"},
    {&C::l0_fill_bytes_per_clock, "l0_fill_bytes_per_clock", 64, "byte", L, 64, 128, kGiven, "guess"},
    {&C::l1_bytes, "l1_bytes", 131072, "byte", M, 131072, 131072, kGiven, "deck"},
    {&C::l1_ways, "l1_ways", 16, "", L, 16, 16, kGiven, "guess"},
    {&C::l1_bytes_per_clock, "l1_bytes_per_clock", 256, "byte", L, 128, 512, kGiven, "gpu-benches: 4.6 to 5.2 TB/s of RX 6900 XT from L2, 225 to 250 B/clk through each of its 8 L1s at 2.56 GHz; 490 to 530 that hit them"},
    {&C::l1_latency, "l1_latency", 120, "clk", L, 100, 170, kFitted, "gpu-benches: 123 clk from address to address on RX 6900 XT"},
    {&C::l2_bytes, "l2_bytes", 4194304, "byte", H, 4194304, 4194304, kGiven, "mixbench (4096 KB)"},
    {&C::l2_ways, "l2_ways", 16, "", M, 16, 16, kGiven, "deck"},
    {&C::l2_slices, "l2_slices", 16, "", M, 16, 16, kGiven, "deck"},
    {&C::l2_slice_bytes_per_clock, "l2_slice_bytes_per_clock", 64, "byte", L, 64, 128, kGiven, "deck"},
    {&C::l2_interleave_bytes, "l2_interleave_bytes", 256, "byte", L, 128, 4096, kGiven, "Tensile: rows 4 KB apart meet in few slices; its kernels start 256 bytes apart to avoid that (StaggerUStride)"},
    {&C::l2_latency, "l2_latency", 218, "clk", L, 200, 300, kFitted, "gpu-benches: 221 to 226 clk from address to address on RX 6900 XT; C&C: 66 ns beyond L0 on RDNA2"},
    {&C::store_bytes_per_clock, "store_bytes_per_clock", 64, "byte", L, 32, 64, kGiven, "guess"},
    {&C::atomic_clocks, "atomic_clocks", 4, "clk", L, 1, 16, kGiven, "guess: one line in a slice"},
    {&C::dram_gb_per_s, "dram_gb_per_s", 448, "GB/s", H, 448, 448, kGiven, "14 Gbit/s x 256 bit"},
    {&C::dram_efficiency, "dram_efficiency", 0.989, "", H, 0.97, 0.99, kFitted, "mixbench: 443 GB/s"},
    {&C::dram_latency, "dram_latency", 420, "clk", L, 380, 500, kGiven, "C&C: 226 ns on RDNA2"},

    {&C::wave_launch_clocks, "wave_launch_clocks", 4, "clk", L, 1, 9, kGiven, "Tensile: at least 212 waves of 64 per us"},
    {&C::workgroup_launch_latency, "workgroup_launch_latency", 100, "clk", L, 50, 400, kGiven, "guess: end of a workgroup to the next one's first instruction"},
    {&C::launch_start_us, "launch_start_us", 0.8, "us", L, 0.4, 1.5, kGiven, "guess: packet to first wave"},
    {&C::launch_end_us, "launch_end_us", 0.5, "us", L, 0.2, 1, kGiven, "guess: last wave to the signal, caches written back"},
    {&C::launch_gap_us, "launch_gap_us", 1.8, "us", M, 1.8, 3.1, kGiven, "launches: back to back 1.8 to 3.1; Tensile: shortest kernel 3.3 to 4.1 in all"},
    {&C::host_link_gb_per_s, "host_link_gb_per_s", 25, "GB/s", M, 12, 27, kGiven, "PCIe 4.0 x16 less protocol"},
    {&C::copy_start_us, "copy_start_us", 8, "us", L, 4, 15, kGiven, "guess"},
};
// clang-format on

static_assert(sizeof(Constants) == std::size(kRows) * sizeof(double), "a constant has no row");

}  // namespace

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::kHigh:
      return "high";
    case Confidence::kMedium:
      return "medium";
    case Confidence::kLow:
      return "low";
  }
  return "";
}

std::span<const ConstantRow> constant_table() { return kRows; }

const ConstantRow* find_constant(std::string_view name) {
  const auto found = std::find_if(std::begin(kRows), std::end(kRows),
                                  [&](const ConstantRow& row) { return row.name == name; });
  return found == std::end(kRows) ? nullptr : found;
}

std::span<const Preset> presets() {
  static constexpr Preset kPresets[] = {{"rx5700xt", rx5700xt},
                                        {"rx5700", rx5700, 1902},
                                        {"rx5500xt", rx5500xt, 2034, 128},
                                        {"kind", kind},
                                        {"harsh", harsh}};
  return kPresets;
}

Constants rx5700xt() {
  Constants constants{};
  for (const ConstantRow& row : kRows) constants.*row.member = row.value;
  return constants;
}

// 18 workgroup processors; the clock is lower by the ratio of the boost clocks (1725 to 1905 MHz).
Constants rx5700() {
  Constants constants = rx5700xt();
  constants.workgroup_processors = 18;
  constants.core_mhz *= 1725.0 / 1905.0;
  return constants;
}

// Half the chip: one shader engine of 11 workgroup processors (an array has 6 and one 5), half of
// L2 and of the memory's width; the boost clock is 1845 MHz.
Constants rx5500xt() {
  Constants constants = rx5700xt();
  constants.workgroup_processors = 11;
  constants.shader_arrays = 2;
  constants.core_mhz *= 1845.0 / 1905.0;
  constants.l2_bytes /= 2;
  constants.l2_slices /= 2;
  constants.dram_gb_per_s /= 2;
  return constants;
}

Constants kind() {
  Constants constants = rx5700xt();
  constants.lds_return_clocks = 0;
  constants.bank_conflict_cost = 0;
  constants.l0_bank_conflict_cost = 0;
  return constants;
}

Constants harsh() {
  Constants constants = rx5700xt();
  constants.lds_return_clocks = 1;
  constants.bank_conflict_cost = 0.3;
  constants.l1_bytes_per_clock = 128;
  return constants;
}

}  // namespace emulator::timing
