#include "solvers/gemm_launches.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>

#include "params/gemm_tiles.h"
#include "plan/cost_model.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/split_sums.h"

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
constexpr std::uint32_t kMaxSplits = 32;

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

// `count` times.
LaunchCost gemm_cost(const Gemm& gemm, std::uint32_t row, std::uint32_t splits, double count,
                     const Machine& machine) {
  static const auto kFactors =
      cost_factors(CostFamily::kGemm, kTiles, [](const GemmTile& each) { return each.name; });
  const GemmTile& tile = kTiles[row];
  return {CostFamily::kGemm, tile.name, kFactors[row], count,
          terms_of(gemm_work(gemm, tile, splits), machine)};
}
LaunchCost sum_cost(const Gemm& gemm, std::uint32_t splits, double count, const Machine& machine) {
  return {CostFamily::kGemmSum, "", 1, count, terms_of(sum_work(gemm, splits), machine)};
}

void add_gemm(Estimate& estimate, const Gemm& gemm, std::uint32_t row, std::uint32_t splits,
              double count, const Machine& machine) {
  estimate.add(gemm_cost(gemm, row, splits, count, machine));
  if (gemm.has_sum(splits)) estimate.add(sum_cost(gemm, splits, count, machine));
}

double clocks_of(const Gemm& gemm, std::uint32_t row, std::uint32_t splits,
                 const Machine& machine) {
  double clocks = clocks_of(gemm_cost(gemm, row, splits, 1, machine));
  if (gemm.has_sum(splits)) clocks += clocks_of(sum_cost(gemm, splits, 1, machine));
  return clocks;
}

// Whether the tile can be launched.
bool fits(const Gemm& gemm, const GemmTile& tile, std::uint32_t splits) {
  return workgroups_of(gemm, tile, splits) * tile.threads() <= kMaxWorkItems;
}

// The best number above 1, or 1 if k is too short for any.
std::uint32_t splits_of(const Gemm& gemm, std::uint32_t row, const Machine& machine) {
  const GemmTile& tile = kTiles[row];
  if (gemm.c_elements >= kFastDivisionLimit) return 1;
  return best_splits(
      kMaxSplits, std::numeric_limits<double>::infinity(),
      [&](std::uint32_t candidate) {
        const std::uint32_t splits = useful_splits(gemm, tile, candidate);
        const bool is_useful = k_per_split(gemm, tile, splits) >= kMinStepsPerSplit * tile.k &&
                               fits(gemm, tile, splits);
        return is_useful ? splits : 0;
      },
      [&](std::uint32_t splits) { return clocks_of(gemm, row, splits, machine); });
}

// Bytes of partial sums.
std::uint64_t split_bytes(const Gemm& gemm, std::uint32_t splits) {
  return gemm.has_sum(splits) ? splits * gemm.c_elements * sizeof(float) : 0;
}

Instance instance_of(const GemmSequence& sequence, std::uint32_t row, std::uint32_t splits,
                     const DeviceFacts& device) {
  const GemmTile& tile = kTiles[row];
  Instance instance;
  instance.name = splits > 1 ? tile.split_k_name : tile.name;
  instance.workspace_bytes = sequence.workspace_bytes + split_bytes(sequence.full, splits);
  instance.row = row;
  instance.parameters = {splits};
  instance.estimated_clocks = gemm_estimate(sequence, instance, device).clocks();
  return instance;
}

}  // namespace

Estimate gemm_estimate(const GemmSequence& sequence, const Instance& instance,
                       const DeviceFacts& device) {
  const Machine machine = machine_of(device);
  Estimate estimate = sequence.others;
  const std::uint32_t splits = instance.parameters[0];
  add_gemm(estimate, sequence.full, instance.row, splits, static_cast<double>(sequence.count),
           machine);
  if (sequence.rest) add_gemm(estimate, *sequence.rest, instance.row, splits, 1, machine);
  return estimate;
}

std::span<const GemmTile> gemm_tiles() { return kTiles; }

std::optional<std::string> gemm_refusal(const Gemm& gemm) {
  const GemmParams& p = gemm.params;
  constexpr std::uint32_t kMaxK = 1u << 22;  // byte offsets of a tile of A stay within 32 bits
  constexpr std::uint32_t kMaxColumns = 1u << 30;  // and those of B, and what FastDivision takes
  if (p.k >= kMaxK) return "an output sums " + std::to_string(p.k) + " products, at most 4194303";
  if (p.n >= kMaxColumns)
    return "an image has " + std::to_string(p.n) + " pixels, at most 2^30 - 1";
  if (gemm.has_sum(1) && gemm.c_elements >= kFastDivisionLimit)
    return "the output of a launch, " + std::to_string(gemm.c_elements) +
           " elements, is too large for the one that applies the epilogue";
  if (std::none_of(std::begin(kTiles), std::end(kTiles),
                   [&](const GemmTile& tile) { return fits(gemm, tile, 1); }))
    return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

std::vector<Instance> gemm_instances(const GemmSequence& sequence, const DeviceFacts& device) {
  const Machine machine = machine_of(device);
  std::vector<Instance> instances;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    const GemmTile& tile = kTiles[row];
    if (!fits(sequence.full, tile, 1)) continue;
    instances.push_back(instance_of(sequence, row, 1, device));
    const std::uint32_t splits = splits_of(sequence.full, row, machine);
    if (splits > 1) instances.push_back(instance_of(sequence, row, splits, device));
  }
  return instances;
}

void append_gemm(std::vector<Launch>& launches, const Gemm& gemm, const Instance& instance,
                 std::uint64_t partial_offset) {
  const GemmTile& tile = kTiles[instance.row];
  const std::uint32_t splits = instance.parameters[0];
  GemmParams params = gemm.params;
  params.tiles_m = make_fast_division(divide_up(params.m, tile.m));
  params.tiles_n = make_fast_division(divide_up(params.n, tile.n));
  params.splits = make_fast_division(splits);
  params.k_per_split = k_per_split(gemm, tile, splits);
  params.c_split_stride = gemm.c_elements;

  PointerPatch a = gemm.a, b = gemm.b;
  PointerPatch c =
      gemm.has_sum(splits) ? PointerPatch{Buffer::kWorkspace, 0, partial_offset} : gemm.c;
  a.params_offset = offsetof(GemmParams, a);
  b.params_offset = offsetof(GemmParams, b);
  c.params_offset = offsetof(GemmParams, c);
  launches.push_back(make_launch(
      {"gemm", tile.kernel}, {static_cast<std::uint32_t>(workgroups_of(gemm, tile, splits)), 1, 1},
      {tile.threads(), 1, 1}, params, {a, b, c}));
  if (!gemm.has_sum(splits)) return;
  GemmSumSplitsParams sum{};
  sum.split_stride = gemm.c_elements;
  sum.count = static_cast<std::uint32_t>(gemm.c_elements);
  sum.splits = splits;
  PointerPatch y = gemm.c;
  c.params_offset = offsetof(GemmSumSplitsParams, partial);
  y.params_offset = offsetof(GemmSumSplitsParams, y);
  if (gemm.problem != nullptr) {
    sum.pixels = make_fast_division(to_u32(gemm.problem->out.volume()));
    sum.channels = make_fast_division(to_u32(gemm.problem->k));
    sum.epilogue = epilogue_params(*gemm.problem);
  }
  constexpr std::uint32_t kPerWorkgroup = kGemmSumSplitsThreads * kGemmSumSplitsPerThread;
  Launch launch =
      make_launch({"gemm", "gemm_sum_splits"}, {divide_up(sum.count, kPerWorkgroup), 1, 1},
                  {kGemmSumSplitsThreads, 1, 1}, sum, {c, y});
  if (gemm.problem != nullptr)
    patch_epilogue(launch, *gemm.problem, offsetof(GemmSumSplitsParams, epilogue),
                   gemm.c.buffer_offset);
  launches.push_back(launch);
}

}  // namespace rdna1conv
