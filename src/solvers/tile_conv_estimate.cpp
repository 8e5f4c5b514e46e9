#include "solvers/tile_conv_estimate.h"

#include <algorithm>
#include <cmath>

namespace rdna1conv::tile_conv {
namespace {

// What of L2 can be counted on.
constexpr double kL2Part = 0.83;

double registers_of(const ProductWork& w) {
  // Sums, two stages of columns, their offsets and what is left: 135 of 16x4x2, 139 of 8x8x2.
  // Packed, fp16 sums beside fp32 ones: 162 of 16x4x4, 133 with neighbours.
  const double sums = w.rows * w.lane_columns * (w.packed ? 1.5 : 1);
  const double columns = w.lane_columns / (w.neighbours > 1 ? 2 : 1);
  return std::ceil((sums + 2 * w.depth * columns + 3 * columns + (w.packed ? 22 : 40)) / 8) * 8;
}

// What L1 takes for the bytes that each CU of all WGPs fetches.
double l1_clocks(double bytes_of_a_unit, const Machine& m) {
  return bytes_of_a_unit * Machine::kUnits * m.processors / m.shader_arrays /
         Machine::kL1BytesPerClock;
}

}  // namespace

// Of x what comes from DRAM again: all channels lie between a tap and the next, and lines that L2
// has lost by then are fetched anew. `in_flight` are the part of all columns that run at a time.
double bytes_again(const ProductWork& w, double in_flight, const Machine& m) {
  // Workgroups drift apart, so that L2 begins to lose lines long before they fill it.
  constexpr double kBegins = 0.35, kEnds = 0.8;
  const auto lost = [&](double distance) {
    return std::clamp((distance / m.l2_bytes - kBegins) / (kEnds - kBegins), 0.0, 1.0);
  };
  const double distance = w.tap_bytes * in_flight;
  return w.tap_bytes *
         (w.taps_along * lost(distance) + w.taps_across * lost(distance * w.row_stride));
}

CostTerms product_terms(const ProductWork& w, const Machine& m) {
  const double stage = w.rows * w.lane_columns * w.depth;  // multiply-adds of a wave
  const double a_processor = std::ceil(w.workgroups / m.processors);
  // A workgroup's waves go round the SIMDs.
  const double waves = std::max(1.0, std::ceil(a_processor * w.waves / Machine::kSimds));
  const double fits =
      std::min(Machine::kWavesPerSimd, std::floor(Machine::kVectorRegisters / registers_of(w)));
  const double resident = std::min(waves, fits);

  const double lines = w.lines;
  const double a_stage_loads = w.depth * w.lane_columns / w.neighbours;
  const double loads = a_stage_loads * std::max(2 * w.passes, lines * Machine::kL0LineClocks) *
                       (Machine::kSimds / Machine::kUnits);
  // Waves go round the SIMDs, two a CU: those above each other share what L0 fetches.
  const double fetches = w.waves_above > 1 ? 1 : 2;  // of a CU for its two waves
  const double bytes = a_stage_loads * lines * w.filled * Machine::kLine * fetches;
  const double fill = bytes / Machine::kL0FillBytesPerClock;
  const double requests = w.from_panels ? w.depth * w.rows / (w.packed ? 8 : 4) : w.rows;
  const double scalar = requests * Machine::kScalarRequestClocks * Machine::kSimds;
  // Packed, two products an instruction, and a fold of each sum every 32.
  const double issue = (w.packed ? stage * (1.0 / 2 + 1.0 / 32) : stage) * 1.05 + 8;
  const double taps = w.taps > 1 ? w.taps / w.slices * (4 * w.lane_columns + 20) : 0;
  const double setup = 100 + w.lane_columns * (w.padded ? 90.0 : 30.0);
  const double store = w.rows * w.lane_columns * 2.5;
  const double slices = std::log2(w.slices) * (w.rows * w.lane_columns * 4.0 + 100);
  // Waves that start together load their first and store their last together, with nobody
  // computing.
  const double turns = std::ceil(waves / resident);
  const double chip_bytes =
      w.workgroups * w.stages * w.depth *
      (w.waves / w.waves_above * w.lane_columns / w.neighbours * Machine::kLine * lines * w.filled +
       w.rows * (w.packed ? 2 : 4));

  CostTerms terms;
  terms.compute = waves * (w.stages * issue + taps);
  terms.lds = waves * w.stages * std::max({loads, fill, scalar});
  terms.l2 = std::max(waves * w.stages * l1_clocks(bytes, m), chip_bytes / m.l2_bytes_per_clock);
  const double slots = m.processors * std::max(1.0, std::floor(fits * Machine::kSimds / w.waves));
  const double again = bytes_again(w, std::min(1.0, slots / w.workgroups), m);
  terms.dram = (w.dram_bytes + again) / m.dram_bytes_per_clock;
  // Few waves wait for their loads at each stage.
  terms.latency = waves / resident * w.stages * (1.2 * Machine::kL2Latency + 60);
  terms.tail = waves * (setup + store) + turns * (Machine::kDramLatency + slices) +
               2 * Machine::kDramLatency;
  terms.launch = m.launch_clocks;
  return terms;
}

CostTerms gradient_terms(const GradientWork& w, const Machine& m) {
  const double a_processor = std::ceil(w.workgroups / m.processors);
  const double waves = std::max(1.0, std::ceil(a_processor * w.waves / Machine::kSimds));
  // Sums, two stages of both operands and what is left: 184 of 8x16, 104 of 8x8.
  const double registers = std::ceil((w.k * w.c + 2 * (w.k + w.c) + 8) / 8) * 8;
  const double resident = std::min(waves, std::floor(Machine::kVectorRegisters / registers));

  // 32 lanes of a load of x touch so many lines, at half a clock each.
  const double lines = std::clamp(w.pixel_bytes / 4, 1.0, 32.0);
  const double loads = (2 * w.k + std::max(2.0, lines * Machine::kL0LineClocks) * w.c) *
                       (Machine::kSimds / Machine::kUnits);
  const double bytes = Machine::kSimds / Machine::kUnits * w.lines * Machine::kLine;  // of a CU
  const double setup = 300, reduce = 3 * w.k * w.c + 200, store = w.k * w.c / 32 * 25;
  const double turns = std::ceil(waves / resident);
  // All tiles walk over the pixels of a split; if those leave L2 meanwhile, each turn brings them
  // again.
  const double again =
      w.tensor_bytes / w.splits > kL2Part * m.l2_bytes ? std::max(1.0, turns / w.splits) : 1.0;

  CostTerms terms;
  terms.compute = waves * w.steps * (w.k * w.c + 30);
  terms.lds = waves * w.steps * std::max(loads, bytes / Machine::kL0FillBytesPerClock);
  terms.l2 =
      std::max(waves * w.steps * l1_clocks(bytes, m),
               w.workgroups * w.waves * w.steps * w.lines * Machine::kLine / m.l2_bytes_per_clock);
  terms.dram = w.tensor_bytes * again / m.dram_bytes_per_clock;
  terms.latency = waves / resident * w.steps * Machine::kL2Latency;
  terms.tail = waves * (setup + reduce + store) +
               turns * (Machine::kDramLatency + (w.slices > 1 ? 200 + 20 * w.slices : 0)) +
               2 * Machine::kDramLatency;
  terms.launch = m.launch_clocks;
  return terms;
}

CostTerms strip_terms(const StripWork& w, const Machine& m) {
  const double waves = std::ceil(w.workgroups / m.processors);  // of a SIMD
  CostTerms terms;
  // Nearly each load has a selection of its offset before it; L0 serves two SIMDs.
  terms.compute = waves * (w.channels * (w.multiply_adds + w.loads) + 120 + 6 * w.outputs);
  terms.lds = waves * 2 * (2 * w.channels * w.loads + 2 * w.outputs);
  terms.dram = w.dram_bytes / m.dram_bytes_per_clock;
  terms.latency = std::ceil(waves / 12) * w.channels * Machine::kL2Latency;
  terms.tail = 2 * Machine::kDramLatency;
  terms.launch = m.launch_clocks;
  return terms;
}

CostTerms winograd_terms(const WinogradWork& w, const Machine& m) {
  const double frequencies = w.side * w.side, outputs = (w.side - 2) * (w.side - 2);
  const double waves = w.share * w.slices;
  const double a_simd = std::ceil(w.workgroups / m.processors) * waves / Machine::kSimds;
  const double most = std::min(
      w.side == 6 ? 4.0 : 8.0,
      std::max(1.0, std::floor(Machine::kLdsBytes / w.lds_bytes)) * waves / Machine::kSimds);
  // Whole workgroups; one that does not fill the SIMDs alike is what it is.
  const double workgroup = waves / Machine::kSimds;
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
  const double end = w.rows * outputs * (63 + 3 * w.half_bits);
  const double slices = w.slices > 1 ? std::log2(w.slices) * (w.rows * outputs * 4 + 100) : 0;
  // Code that transforms filters is long, 40 KB for F(4x4,3x3), and comes cold from memory: what it
  // takes beyond the shortest.
  const double fetch = !w.is_raw ? 0 : w.side == 6 ? 7500 : 625 * (w.rows - 4);

  CostTerms terms;
  terms.compute = std::max(1.0, a_simd) * steps * step;
  // L0 serves the SIMDs of a CU, the scalar cache, which packed filters come from, all of them.
  const double scalar =
      w.packed ? octets * frequencies * w.rows * Machine::kScalarRequestClocks : 0;
  terms.lds =
      a_simd * steps *
      std::max(Machine::kSimds / Machine::kUnits * w.input_clocks, Machine::kSimds * scalar);
  terms.l2 = a_simd / workgroup * steps *
             l1_clocks((w.input_bytes + w.raw_filter_bytes) / Machine::kUnits, m);
  terms.dram = w.dram_bytes / m.dram_bytes_per_clock;
  // Waves wait for LDS and for the others at each barrier; for filters that come transformed in
  // vector registers at each channel, which a wave alone shows most.
  const double waits = w.packed ? 600 : w.is_raw ? 150 : 350 + 245 * w.share;
  terms.latency = std::max(1.0, a_simd / resident) * steps * (step + waits);
  terms.tail = std::max(1.0, a_simd) * end + slices + fetch + 1700;
  terms.launch = m.launch_clocks;
  return terms;
}

CostTerms winograd_gradient_terms(const WinogradGradientWork& w, const Machine& m) {
  constexpr double kFrequencies = 16, kTiles = 8, kMostWaves = 4;
  const double a_processor = std::ceil(w.workgroups / m.processors);
  const double waves = std::max(1.0, a_processor * w.waves / Machine::kSimds);
  const double resident = std::min(waves, kMostWaves);
  // Of a wave: products with what LDS returns for them; addresses, transforms and LDS.
  const double products =
      kTiles * (w.rows * kFrequencies * 1.045 + kFrequencies + w.rows * kFrequencies / 16);
  const double transforms = 60 + 40 * w.items_k + 100 * w.items_c;
  const double lines = 4 * (4 * w.items_k + kFrequencies * w.items_c);  // of a step's loads
  const double turns = std::ceil(waves / resident);

  CostTerms terms;
  terms.compute = waves * w.steps * (products + transforms);
  terms.lds = waves * Machine::kSimds / Machine::kUnits * w.steps * lines;
  terms.l2 = w.read_bytes / m.l2_bytes_per_clock;
  terms.dram = w.tensor_bytes / m.dram_bytes_per_clock;
  terms.latency = turns * w.steps * (products + transforms + 300);
  terms.tail = waves * (200 + w.rows * 100) + 3 * Machine::kDramLatency;
  terms.launch = m.launch_clocks;
  return terms;
}

CostTerms shared_gradient_terms(const SharedGradientWork& w, const Machine& m) {
  constexpr double kWaves = 8, kSums = 64, kPixels = 32, kMostWaves = 6;
  const double a_processor = std::ceil(w.workgroups / m.processors);
  const double waves = std::max(1.0, a_processor * kWaves / Machine::kSimds);
  const double loads = w.channels / kWaves;  // of a wave and step
  // Products, what LDS returns for them, loads with their addresses, and stores to LDS.
  const double step = kPixels * (kSums * 1.045 + 5) + loads * 4 + 60;
  const double fill = loads * w.lines * Machine::kLine;
  const double turns = std::ceil(waves / std::min(waves, kMostWaves));

  CostTerms terms;
  terms.compute = waves * w.steps * step;
  terms.lds =
      waves * w.steps * Machine::kSimds / Machine::kUnits * fill / Machine::kL0FillBytesPerClock;
  terms.l2 = std::max(waves * w.steps * l1_clocks(Machine::kSimds / Machine::kUnits * fill, m),
                      w.workgroups * kWaves * w.steps * fill / m.l2_bytes_per_clock);
  terms.dram = w.tensor_bytes / m.dram_bytes_per_clock;
  terms.latency = turns * w.steps * (step + 400);
  terms.tail = waves * (300 + kSums * 20) + 3 * Machine::kDramLatency;
  terms.launch = m.launch_clocks;
  return terms;
}

CostTerms filter_terms(double filters, double frequencies, double element, const Machine& m) {
  CostTerms terms;
  terms.compute = filters / 32 * frequencies * 3 / (m.processors * Machine::kSimds);
  terms.dram = element * (9 + frequencies) * filters / m.dram_bytes_per_clock;
  terms.tail = 4400;
  terms.launch = m.launch_clocks;
  return terms;
}

CostTerms pack_terms(double bytes, double workgroups, const Machine& m) {
  CostTerms terms;
  terms.compute = std::ceil(workgroups / m.processors) * 700 / Machine::kSimds;
  terms.dram = 2 * bytes / m.dram_bytes_per_clock;
  terms.tail = 2 * Machine::kDramLatency;
  terms.launch = m.launch_clocks;
  return terms;
}

}  // namespace rdna1conv::tile_conv
