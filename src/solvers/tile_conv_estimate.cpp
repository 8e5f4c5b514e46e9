#include "solvers/tile_conv_estimate.h"

#include <algorithm>
#include <cmath>

namespace rdna1conv::tile_conv {
namespace {

// Constants of tests/emulator/timing/constants.cpp, where their sources are.
constexpr double kLaunch = 4400;  // as plan/cost_model.cpp has it
constexpr double kLoadLatency = 420, kL2Latency = 250;
constexpr double kScalarRequest = 1.4;               // 16 bytes, for a WGP
constexpr double kL0Fill = 64;                       // bytes a clock and CU
constexpr double kL1Bytes = 256;                     // a clock and shader array
constexpr double kL2Bytes = 1024, kDramBytes = 227;  // a clock, whole card
constexpr double kL2Capacity = 3.5e6;                // bytes, of 4 MB
constexpr double kLine = 128, kShaderArrays = 4;
constexpr double kVectorRegisters = 1024, kSimds = 4, kUnits = 2;
constexpr double kLdsBytes = 128 * 1024;  // of a WGP

double registers_of(const ProductWork& w) {
  // Sums, two stages of columns, their offsets and what is left: 135 of 16x4x2, 139 of 8x8x2.
  // Packed, fp16 sums beside fp32 ones: 162 of 16x4x4, 133 with neighbours.
  const double sums = w.rows * w.lane_columns * (w.packed ? 1.5 : 1);
  const double columns = w.lane_columns / (w.neighbours > 1 ? 2 : 1);
  return std::ceil((sums + 2 * w.depth * columns + 3 * columns + (w.packed ? 22 : 40)) / 8) * 8;
}

}  // namespace

double product_clocks(const ProductWork& w, const DeviceFacts& device) {
  const double processors = std::max(1, device.workgroup_processors);
  const double stage = w.rows * w.lane_columns * w.depth;  // multiply-adds of a wave
  const double a_processor = std::ceil(w.workgroups / processors);
  // A workgroup's waves go round the SIMDs.
  const double waves = std::max(1.0, std::ceil(a_processor * w.waves / kSimds));  // of a SIMD
  const double fits = std::min(20.0, std::floor(kVectorRegisters / registers_of(w)));
  const double resident = std::min(waves, fits);

  // 32 lanes of a load touch so many lines of 128 bytes, at half a clock each.
  const double lines = std::clamp(w.pixel_bytes * w.neighbours / 4, w.packed ? 0.5 : 1.0, 32.0);
  const double a_stage_loads = w.depth * w.lane_columns / w.neighbours;
  const double loads = a_stage_loads * std::max(2.0, lines / 2) * (kSimds / kUnits);
  // Waves go round the SIMDs, two a CU: those above each other share what L0 fetches.
  const double fetches = w.waves_above > 1 ? 1 : 2;  // of a CU for its two waves
  const double bytes = a_stage_loads * lines * kLine * fetches;
  const double fill = bytes / kL0Fill;
  const double l1 = bytes * kUnits * processors / kShaderArrays / kL1Bytes;
  const double requests = w.from_panels ? w.depth * w.rows / (w.packed ? 8 : 4) : w.rows;
  const double scalar = requests * kScalarRequest * kSimds;
  // Packed, two products an instruction, and a fold of each sum every 32.
  const double issue = (w.packed ? stage * (1.0 / 2 + 1.0 / 32) : stage) * 1.05 + 8;
  const double busy = std::max({issue, loads, fill, l1, scalar});
  // Few waves wait for their loads at each stage.
  const double a_stage = std::max(busy * resident, kL2Latency * 1.2 + 60);
  const double tap_clocks = w.taps > 1 ? w.taps / w.slices * (4 * w.lane_columns + 20) : 0;
  const double setup = 100 + w.lane_columns * (w.padded ? 90.0 : 30.0);
  const double store = w.rows * w.lane_columns * 2.5;
  const double slices = std::log2(w.slices) * (w.rows * w.lane_columns * 4.0 + 100);
  // Waves that start together load their first and store their last together, with nobody
  // computing.
  const double turns = std::ceil(waves / resident);
  const double loop = waves / resident * w.stages * a_stage + waves * (tap_clocks + setup + store) +
                      turns * (kLoadLatency + slices);
  const double l2 = w.workgroups * w.stages * w.depth *
                    (w.waves / w.waves_above * w.lane_columns / w.neighbours * kLine * lines +
                     w.rows * (w.packed ? 2 : 4)) /
                    kL2Bytes;
  const double dram = w.dram_bytes / kDramBytes;
  return kLaunch + 2 * kLoadLatency + std::max({loop, l2, dram});
}

double gradient_clocks(const GradientWork& w, const DeviceFacts& device) {
  const double processors = std::max(1, device.workgroup_processors);
  const double a_processor = std::ceil(w.workgroups / processors);
  const double waves = std::max(1.0, std::ceil(a_processor * w.waves / kSimds));  // of a SIMD
  // Sums, two stages of both operands and what is left: 184 of 8x16, 104 of 8x8.
  const double registers = std::ceil((w.k * w.c + 2 * (w.k + w.c) + 8) / 8) * 8;
  const double resident = std::min(waves, std::floor(kVectorRegisters / registers));

  // 32 lanes of a load of x touch so many lines of 128 bytes, at half a clock each.
  const double lines = std::clamp(w.pixel_bytes / 4, 1.0, 32.0);
  const double loads = (2 * w.k + std::max(2.0, lines / 2) * w.c) * (kSimds / kUnits);
  const double bytes = kSimds / kUnits * w.lines * kLine;  // of a CU
  const double fill = bytes / kL0Fill;
  const double l1 = bytes * kUnits * processors / kShaderArrays / kL1Bytes;
  const double issue = w.k * w.c + 30;
  const double a_step = std::max(std::max({issue, loads, fill, l1}) * resident, kL2Latency);
  const double setup = 300, reduce = 3 * w.k * w.c + 200, store = w.k * w.c / 32 * 25;
  const double turns = std::ceil(waves / resident);
  const double loop = waves / resident * w.steps * a_step + waves * (setup + reduce + store) +
                      turns * (kLoadLatency + (w.slices > 1 ? 200 + 20 * w.slices : 0));
  const double l2 = w.workgroups * w.waves * w.steps * w.lines * kLine / kL2Bytes;
  // All tiles walk over the pixels of a split; if those leave L2 meanwhile, each turn brings them
  // again.
  const double again =
      w.tensor_bytes / w.splits > kL2Capacity ? std::max(1.0, turns / w.splits) : 1.0;
  const double dram = w.tensor_bytes * again / kDramBytes;
  return kLaunch + 2 * kLoadLatency + std::max({loop, l2, dram});
}

double strip_clocks(const StripWork& w, const DeviceFacts& device) {
  const double processors = std::max(1, device.workgroup_processors);
  const double waves = std::ceil(w.workgroups / processors);  // of a SIMD
  // Nearly each load has a selection of its offset before it; L0 serves two SIMDs.
  const double valu = w.channels * (w.multiply_adds + w.loads) + 120 + 6 * w.outputs;
  const double memory = 2 * (2 * w.channels * w.loads + 2 * w.outputs);
  const double latency = w.channels * kL2Latency;
  const double dram = w.dram_bytes / (0.95 * kDramBytes);
  const double work = waves * std::max(valu, memory);
  // Work under the time that memory takes is not quite hidden.
  return kLaunch + 2 * kLoadLatency +
         std::max({work, std::ceil(waves / 12) * latency, dram + 0.15 * work});
}

// Fitted to launches of the 3x3 classes of ResNet: with transformed filters to 53 at 1 and 16
// images, with raw ones to 70 at one; 7 % off (rms).
double winograd_clocks(const WinogradWork& w, const DeviceFacts& device) {
  const double processors = std::max(1, device.workgroup_processors);
  const double frequencies = w.side * w.side, outputs = (w.side - 2) * (w.side - 2);
  const double waves = w.share * w.slices;
  const double a_simd = std::ceil(w.workgroups / processors) * waves / kSimds;
  const double most = std::min(w.side == 6 ? 4.0 : 8.0,
                               std::max(1.0, std::floor(kLdsBytes / w.lds_bytes)) * waves / kSimds);
  // Whole workgroups; one that does not fill the SIMDs alike is what it is.
  const double workgroup = waves / kSimds;
  const double resident =
      std::max(std::min(a_simd, std::floor(most / workgroup) * workgroup), std::min(1.0, a_simd));
  const double steps = std::ceil(w.slice_channels / (w.packed ? 2 * w.share : w.share));
  // A wave's transform of its raw filters, whose values LDS returns to it.
  const double raw_filters =
      (w.side + 3) * (w.side == 6 ? 9 : 5) + frequencies + 30 + w.share * frequencies * w.rows / 16;
  // Of a wave and step: the input's transform and addresses; products with the register banks that
  // their operands share, and the inputs that LDS returns.
  // Packed: two channels at once, and an octet's products, folds and inputs from LDS.
  const double octets = w.share / 4;
  const double step = 2 * w.side * (w.side == 6 ? 12 : 4) +
                      (w.packed ? 4 * frequencies + octets * frequencies * (5.2 * w.rows + 4)
                                : frequencies + w.share * frequencies * (1.045 * w.rows + 1)) +
                      (w.is_raw ? raw_filters : 0);
  const double scalar =
      w.packed ? octets * frequencies * w.rows * kScalarRequest * kSimds * resident : 0;
  const double l1 = (w.input_bytes + w.raw_filter_bytes) * resident / workgroup * processors /
                    kShaderArrays / kL1Bytes;
  // Waves wait for LDS and for the others at each barrier; for filters that come transformed at
  // each channel, which a wave alone shows most.
  const double busy = 1.05 * step * resident;
  const double alone = w.packed   ? std::max(busy, step + 600)
                       : w.is_raw ? std::pow(std::pow(busy, 1.5) + std::pow(step, 1.5), 1 / 1.5)
                                  : std::max(busy, step + 350 + 245 * w.share);
  const double a_step = std::max({l1, scalar, alone});
  const double end = w.rows * outputs * (63 + 3 * w.half_bits);
  const double slices = w.slices > 1 ? std::log2(w.slices) * (w.rows * outputs * 4 + 100) : 0;
  const double loop = a_simd / resident * steps * a_step + a_simd * end + slices;
  // Code that transforms filters is long, 40 KB for F(4x4,3x3), and comes cold from memory. Seen at
  // one image, with another kernel before and with the same: 256 channels, 14x14, F(4x4,3x3) 0.0396
  // and 0.0339 ms. Here is what it takes beyond the shortest, which is no longer than that of
  // transformed filters.
  const double fetch = !w.is_raw ? 0 : w.side == 6 ? 7500 : 625 * (w.rows - 4);
  return kLaunch + 1700 + std::max(loop + fetch, w.dram_bytes / kDramBytes);
}

double filter_clocks(double filters, double frequencies, double element,
                     const DeviceFacts& device) {
  const double processors = std::max(1, device.workgroup_processors);
  const double compute = filters / 32 * frequencies * 3 / (processors * kSimds);
  return kLaunch + 4400 + std::max(element * (9 + frequencies) * filters / kDramBytes, compute);
}

double pack_clocks(double bytes, double workgroups, const DeviceFacts& device) {
  const double processors = std::max(1, device.workgroup_processors);
  const double compute = std::ceil(workgroups / processors) * 700 / 4;
  return kLaunch + 2 * kLoadLatency + std::max(2 * bytes / kDramBytes, compute);
}

}  // namespace rdna1conv::tile_conv
