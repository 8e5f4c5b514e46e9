#include "bench/calibration/groups.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace rdna1conv::calibration {
namespace {

bool any(const Measurement&) { return true; }

// Rows that multiply-adds limit and not memory: they move less than 60 % of what the memory could.
bool compute_bound(const Measurement& row) { return std::stod(row.text("GBs")) < 0.6 * 448; }

bool from_512(const Measurement& row) { return row.number("M") >= 512; }

bool is_nn(const Measurement& row) { return row.text("trans") == "NN"; }
bool is_nt(const Measurement& row) { return row.text("trans") == "NT"; }
bool is_tn(const Measurement& row) { return row.text("trans") == "TN"; }

}  // namespace

std::span<const Board> boards() {
  // The board that rocBLAS was tuned on is not named. Its rates repeat every 18 workgroups, so it
  // has 18 WGPs, and it reads more than 465 GB/s, which no board with 256 bits of GDDR6 does: the
  // clock and bandwidth assumed are those of a Radeon Pro V520. Rows are percent of its best row,
  // so that the clock matters only against the memory's. The measured kernels read 1.25 operands a
  // multiply-add from banks in use, all alike; what ours read is up to LLVM. In percent of the best
  // row the former cancels, so here banks cost nothing.
  static const std::vector<Board> table = {
      {"rx5700xt", "RX 5700 XT", "rx5700xt"},
      {"tensile", "board of rocBLAS's gfx1010 tuning",
       "workgroup_processors=18,core_mhz=1600,dram_gb_per_s=512,bank_conflict_cost=0"},
      {"bc250", "BC-250 at its fixed clock", "core_mhz=1500"},
      {"navi21", "Navi 21, without its Infinity Cache",
       "workgroup_processors=40,shader_arrays=8,core_mhz=2200,dram_gb_per_s=512"},
      // It reads 5.2 TB/s from its L2, twice what 16 slices of 64 bytes a clock would give.
      {"rx6900xt", "RX 6900 XT at the clock of gpu-benches, without its Infinity Cache",
       "workgroup_processors=40,shader_arrays=8,core_mhz=2560,dram_gb_per_s=512,"
       "l2_slice_bytes_per_clock=128"}};
  return table;
}

std::span<const Group> groups() {
  static constexpr std::array table = {
      Group{"mixbench", "mixbench: roofline of the RX 5700 XT", "rx5700xt", run_mixbench, "GFLOP/s",
            "", ""},
      Group{"l0", "perftest: loads that hit the L0", "rx5700xt", run_loads, "B/clk/CU", "", ""},
      Group{"bc250", "clpeak: peak rates at a fixed clock", "bc250", run_peak, "GFLOP/s", "", ""},
      Group{"bc250_gemm", "BC-250: SGEMM by rocBLAS's fallback kernel", "bc250", run_gemm,
            "GFLOP/s", "", ""},
      Group{"gemm_peak", "SGEMM: the best launch, reference of the rows below", "tensile", run_gemm,
            "GFLOP/s", "", ""},
      Group{"gemm_tiles", "SGEMM: tile shapes", "tensile", run_gemm, "% of best", "gemm_peak",
            "gemm_peak"},
      Group{"gemm_tiles_other", "SGEMM: tile shapes with long strides (NN, TN) or short sums",
            "tensile", run_gemm, "% of best", "gemm_peak", "gemm_peak"},
      Group{"gemm_workgroups", "SGEMM: number of workgroups", "tensile", run_gemm, "% of best",
            "gemm_peak", "gemm_peak"},
      Group{"gemm_squares", "SGEMM: square matrices", "tensile", run_gemm, "% of best", "gemm_peak",
            "gemm_peak"},
      Group{"gemm_stride", "SGEMM: rows at multiples of 4 KB", "tensile", run_gemm, "% of best",
            "gemm_peak", "gemm_peak"},
      Group{"gemm_short", "SGEMM: short sums, one wave of workgroups", "tensile", run_gemm,
            "% of best", "gemm_peak", "gemm_peak"},
      Group{"gemm_layers", "SGEMM: 1x1 convolutions of ResNet-50", "tensile", run_gemm, "% of best",
            "gemm_peak", "gemm_peak"},
      Group{"gemm_second", "SGEMM: second sample, drawn at random per kernel", "tensile", run_gemm,
            "% of best", "gemm_peak", "gemm_peak"},
      Group{"gemm_third", "SGEMM: third sample, compared after the model was settled", "tensile",
            run_gemm, "% of best", "gemm_peak", "gemm_peak"},
      Group{"smallest", "shortest kernels", "tensile", run_smallest, "us", "", ""},
      Group{"navi21_peak", "Navi 21: multiply-adds, reference of the rows below", "navi21",
            run_peak, "GFLOP/s", "", ""},
      Group{"navi21_caches", "Navi 21: all WGPs read the same data, of that size", "rx6900xt",
            run_cache_reads, "GB/s", "", ""},
      Group{"navi21_l2", "Navi 21: each workgroup reads a part of data of that size", "rx6900xt",
            run_l2_reads, "GB/s", "", ""},
      Group{"navi21_chain", "Navi 21: one address after the other, by size of the data", "rx6900xt",
            run_chain, "ns", "", ""},
      Group{"navi21_strides", "Navi 21: a WGP's loads of dwords at a stride, from L0", "rx6900xt",
            run_strides, "GB/s", "", ""},
      Group{"navi21_gemm", "Navi 21 SGEMM, wave32", "navi21", run_gemm, "% of peak", "navi21_peak",
            ""},
  };
  return table;
}

std::span<const Criterion> criteria() {
  static constexpr std::array table = {
      Criterion{"mixbench", "mixbench, bound by multiply-adds", compute_bound, Judgement::kEach, 3},
      Criterion{"mixbench", "mixbench, whole roofline", any, Judgement::kEach, 8},
      Criterion{"l0", "L0 loads", any, Judgement::kEach, 12},
      Criterion{"gemm_tiles", "SGEMM tile shapes", any, Judgement::kEachInPoints, 6},
      Criterion{"gemm_workgroups", "SGEMM number of workgroups", any, Judgement::kEach, 2},
      Criterion{"gemm_squares", "SGEMM squares from 512", from_512, Judgement::kEach, 12},
      Criterion{"gemm_second", "SGEMM second sample, median", any, Judgement::kMedian, 7},
      Criterion{"gemm_second", "SGEMM second sample, bias NN", is_nn, Judgement::kBias, 3},
      Criterion{"gemm_second", "SGEMM second sample, bias NT", is_nt, Judgement::kBias, 3},
      Criterion{"gemm_second", "SGEMM second sample, bias TN", is_tn, Judgement::kBias, 3},
      Criterion{"gemm_third", "SGEMM third sample, median", any, Judgement::kMedian, 7},
      Criterion{"gemm_third", "SGEMM third sample, bias NN", is_nn, Judgement::kBias, 3},
      Criterion{"gemm_third", "SGEMM third sample, bias NT", is_nt, Judgement::kBias, 3},
      Criterion{"gemm_third", "SGEMM third sample, bias TN", is_tn, Judgement::kBias, 3},
  };
  return table;
}

const Group& group_of(const Measurement& row) {
  const auto table = groups();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Group& each) { return row.group == each.name; });
  if (found == table.end()) {
    throw std::runtime_error("measurement '" + row.group + " " + row.parameters +
                             "': there is no such group");
  }
  return *found;
}

}  // namespace rdna1conv::calibration
