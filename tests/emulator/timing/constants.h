// The numbers of the clock model, each with where it comes from and how far it may be off.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace emulator::timing {

// Clocks are those of the shader core unless a name says otherwise.
struct Constants {
  // Chip.
  double workgroup_processors;
  double shader_arrays;
  double processor_drift;
  double core_mhz;

  // Vector and scalar units of a SIMD.
  double valu_latency;
  double valu_64_bit_issue;
  double valu_64_bit_latency;
  double quarter_rate_issue;
  double quarter_rate_latency;
  double transcendental_issue;
  double transcendental_latency;
  double fp64_issue;
  double fp64_latency;
  double fp64_transcendental_issue;
  double fp64_transcendental_latency;
  double bank_conflict_cost;
  double salu_latency;
  double branch_taken;
  double branch_not_taken;
  double barrier_latency;

  // Instruction and scalar caches of a workgroup processor.
  double instruction_cache_bytes;
  double instruction_cache_ways;
  double instruction_cache_miss;
  double instruction_prefetch_lines;
  double scalar_cache_bytes;
  double scalar_cache_ways;
  double scalar_request_clocks;
  double scalar_hit_latency;
  double scalar_miss_latency;

  // LDS, per half (CU).
  double lds_latency;
  double lds_dword_clocks;
  double lds_shared_dword_clocks;
  double lds_return_clocks;
  double lds_banks;

  // Vector memory.
  double l0_bytes;
  double l0_ways;
  double l0_setup_clocks;
  double l0_dword_clocks;
  double l0_misaligned_clocks;
  double l0_scattered_clocks;
  double l0_line_clocks;
  double l0_bank_conflict_cost;
  double l0_latency;
  double l0_fill_bytes_per_clock;
  double l1_bytes;
  double l1_ways;
  double l1_bytes_per_clock;
  double l1_latency;
  double l2_bytes;
  double l2_ways;
  double l2_slices;
  double l2_slice_bytes_per_clock;
  double l2_interleave_bytes;
  double l2_latency;
  double store_bytes_per_clock;
  double atomic_clocks;
  double dram_gb_per_s;
  double dram_efficiency;
  double dram_latency;

  // Launches.
  double wave_launch_clocks;
  double workgroup_launch_latency;
  double launch_start_us;
  double launch_end_us;
  double launch_gap_us;
  double host_link_gb_per_s;
  double copy_start_us;
};

enum class Confidence : std::uint8_t { kHigh, kMedium, kLow };
std::string_view to_string(Confidence confidence);

struct ConstantRow {
  double Constants::*member;
  std::string_view name;
  double value;
  std::string_view unit;
  Confidence confidence;
  // What the sources leave open.
  double low;
  double high;
  // Chosen so that measured rows come out right: those rows are no evidence for the model.
  bool fitted;
  std::string_view source;
};

// One row for each member of Constants, the values those of an RX 5700 XT.
std::span<const ConstantRow> constant_table();
const ConstantRow* find_constant(std::string_view name);

// A board, or a corner of what the sources leave open.
struct Preset {
  std::string_view name;
  Constants (*constants)();
  // What the driver says of the board.
  std::uint32_t most_mhz = 2100;
  std::uint32_t memory_bits = 256;
};
// The first is the default.
std::span<const Preset> presets();

Constants rx5700xt();
Constants rx5700();
Constants rx5500xt();
// The RX 5700 XT where what LDS reads, register banks and L0's banks cost, of which no measurement
// of RDNA1 tells enough, is at either end: kernels are designed for both.
Constants kind();
Constants harsh();

}  // namespace emulator::timing
