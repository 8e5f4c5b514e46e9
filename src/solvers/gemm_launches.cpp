#include "solvers/gemm_launches.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <limits>

#include "params/gemm_tiles.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {
namespace {

#define RDNA1CONV_GEMM_ROW(M, N, K, TM, TN) \
  GemmTile{"gemm_f32_" #M "x" #N "x" #K,    \
           #M "x" #N "x" #K,                \
           #M "x" #N "x" #K "_split_k",     \
           M,                               \
           N,                               \
           K,                               \
           TM,                              \
           TN},
constexpr GemmTile kTiles[] = {RDNA1CONV_GEMM_TILES(RDNA1CONV_GEMM_ROW)};
#undef RDNA1CONV_GEMM_ROW

// Each range of k should be long enough that its first loads and its partial sums do not dominate.
constexpr std::uint32_t kMinStepsPerSplit = 2;
constexpr std::array<std::uint32_t, 9> kSplitCandidates = {2, 3, 4, 6, 8, 12, 16, 24, 32};

// HIP counts the work items of a launch in 32 bits.
constexpr std::uint64_t kMaxWorkItems = std::numeric_limits<std::uint32_t>::max();

std::uint64_t workgroups_of(const Gemm& gemm, const GemmTile& tile, std::uint32_t splits) {
  return std::uint64_t{gemm.batches} * splits * divide_up(gemm.params.m, tile.m) *
         divide_up(gemm.params.n, tile.n);
}

std::uint32_t k_per_split(const Gemm& gemm, const GemmTile& tile, std::uint32_t splits) {
  return divide_up(divide_up(gemm.params.k, splits), tile.k) * tile.k;
}

// `splits`, less those that would be left without any k.
std::uint32_t useful_splits(const Gemm& gemm, const GemmTile& tile, std::uint32_t splits) {
  return divide_up(gemm.params.k, k_per_split(gemm, tile, splits));
}

LaunchWork gemm_work(const Gemm& gemm, const GemmTile& tile, std::uint32_t splits) {
  const GemmParams& p = gemm.params;
  const double workgroups = static_cast<double>(workgroups_of(gemm, tile, splits));
  const double steps = divide_up(std::min(k_per_split(gemm, tile, splits), p.k), tile.k);
  const double k = steps * tile.k;
  LaunchWork work;
  work.workgroups = workgroups;
  work.waves_per_workgroup = tile.threads() / 32.0;
  work.fma_per_workgroup = k * tile.m * tile.n;
  // Read off the compiled loops: about 8 other VALU instructions in a step.
  const double fmas = static_cast<double>(tile.k * tile.thread_m * tile.thread_n);
  work.fma_share = fmas / (fmas + 8);
  work.independent_fmas = static_cast<double>(tile.thread_m * tile.thread_n);
  // Fragments read, both operands written once.
  work.lds_bytes_per_workgroup =
      4 * k * ((tile.thread_m + tile.thread_n) * tile.threads() + tile.m + tile.n);
  work.serial_steps = steps;
  work.l2_bytes = 4 * workgroups * (k * (tile.m + tile.n) + double(tile.m) * tile.n);
  work.dram_bytes = 4.0 * gemm.batches * p.m * p.k + static_cast<double>(gemm.b_unique_bytes) +
                    4.0 * splits * static_cast<double>(gemm.c_elements);
  return work;
}

LaunchWork sum_work(const Gemm& gemm, std::uint32_t splits) {
  const double elements = static_cast<double>(gemm.c_elements);
  LaunchWork work;
  work.workgroups = elements / (kGemmSumSplitsThreads * kGemmSumSplitsPerThread) + 1;
  work.waves_per_workgroup = kGemmSumSplitsThreads / 32.0;
  work.fma_per_workgroup =
      4.0 * splits * kGemmSumSplitsThreads * kGemmSumSplitsPerThread;  // adds and addresses
  work.independent_fmas = kGemmSumSplitsPerThread;
  work.l2_bytes = 4 * elements * (splits + 1);
  work.dram_bytes = work.l2_bytes;
  return work;
}

double estimate(const Gemm& gemm, const GemmTile& tile, std::uint32_t splits,
                const DeviceFacts& device) {
  double clocks = launch_clocks(gemm_work(gemm, tile, splits), device);
  if (splits > 1) clocks += launch_clocks(sum_work(gemm, splits), device);
  return clocks;
}

}  // namespace

std::span<const GemmTile> gemm_tiles() { return kTiles; }

std::optional<std::string> gemm_refusal(const Gemm& gemm) {
  const GemmParams& p = gemm.params;
  constexpr std::uint32_t kMaxK = 1u << 22;  // byte offsets of a tile of A stay within 32 bits
  constexpr std::uint32_t kMaxColumns = 1u << 30;  // and those of B, and what FastDivision takes
  if (p.k >= kMaxK) return "an output sums " + std::to_string(p.k) + " products, at most 4194303";
  if (p.n >= kMaxColumns)
    return "an image has " + std::to_string(p.n) + " pixels, at most 2^30 - 1";
  if (std::none_of(std::begin(kTiles), std::end(kTiles),
                   [&](const GemmTile& tile) { return gemm_fits(gemm, tile, 1); }))
    return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

bool gemm_fits(const Gemm& gemm, const GemmTile& tile, std::uint32_t splits) {
  return workgroups_of(gemm, tile, splits) * tile.threads() <= kMaxWorkItems;
}

std::uint32_t best_splits(const Gemm& gemm, const GemmTile& tile, const DeviceFacts& device) {
  std::uint32_t best = 1;
  double best_clocks = std::numeric_limits<double>::infinity();
  for (const std::uint32_t candidate : kSplitCandidates) {
    const std::uint32_t splits = useful_splits(gemm, tile, candidate);
    if (splits < 2 || k_per_split(gemm, tile, splits) < kMinStepsPerSplit * tile.k) break;
    if (!gemm_fits(gemm, tile, splits) || gemm.c_elements >= kFastDivisionLimit) break;
    const double clocks = estimate(gemm, tile, splits, device);
    if (clocks < best_clocks) {
      best = splits;
      best_clocks = clocks;
    }
  }
  return best;
}

std::uint64_t split_bytes(const Gemm& gemm, std::uint32_t splits) {
  return splits > 1 ? splits * gemm.c_elements * sizeof(float) : 0;
}

double append_gemm(Plan& plan, const Gemm& gemm, const GemmTile& tile, std::uint32_t splits,
                   std::uint64_t partial_offset, const DeviceFacts& device) {
  GemmParams params = gemm.params;
  params.tiles_m = make_fast_division(divide_up(params.m, tile.m));
  params.tiles_n = make_fast_division(divide_up(params.n, tile.n));
  params.splits = make_fast_division(splits);
  params.k_per_split = k_per_split(gemm, tile, splits);
  params.c_split_stride = gemm.c_elements;

  PointerPatch a = gemm.a, b = gemm.b;
  PointerPatch c = splits > 1 ? PointerPatch{Buffer::kWorkspace, 0, partial_offset} : gemm.c;
  a.params_offset = offsetof(GemmParams, a);
  b.params_offset = offsetof(GemmParams, b);
  c.params_offset = offsetof(GemmParams, c);
  plan.launches.push_back(make_launch(
      {"gemm", tile.kernel}, {static_cast<std::uint32_t>(workgroups_of(gemm, tile, splits)), 1, 1},
      {tile.threads(), 1, 1}, params, {a, b, c}));
  if (splits > 1) {
    GemmSumSplitsParams sum{};
    sum.split_stride = gemm.c_elements;
    sum.count = static_cast<std::uint32_t>(gemm.c_elements);
    sum.splits = splits;
    PointerPatch y = gemm.c;
    c.params_offset = offsetof(GemmSumSplitsParams, partial);
    y.params_offset = offsetof(GemmSumSplitsParams, y);
    constexpr std::uint32_t kPerWorkgroup = kGemmSumSplitsThreads * kGemmSumSplitsPerThread;
    plan.launches.push_back(make_launch({"gemm", "gemm_sum_splits"},
                                        {divide_up(sum.count, kPerWorkgroup), 1, 1},
                                        {kGemmSumSplitsThreads, 1, 1}, sum, {c, y}));
  }
  return estimate(gemm, tile, splits, device);
}

}  // namespace rdna1conv
