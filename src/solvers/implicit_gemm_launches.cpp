#include "solvers/implicit_gemm_launches.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "params/implicit_gemm_tiles.h"
#include "plan/cost_model.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/split_sums.h"

namespace rdna1conv {
namespace {

// In the order of kInputTypes. Integers are for the role gather only.
using Kernels = std::array<const char*, kInputTypes.size()>;
struct RoleKernels {
  Kernels gather, weights;
};
constexpr Kernels kFamilies = RDNA1CONV_INPUT_KERNELS("implicit_gemm_", "");
constexpr RoleKernels kSums{RDNA1CONV_INPUT_KERNELS("implicit_gemm_", "_gather_sum"),
                            RDNA1CONV_INPUT_KERNELS("implicit_gemm_", "_weights_sum")};

#define RDNA1CONV_TILE_KERNELS(TILE)                                      \
  RoleKernels{RDNA1CONV_INPUT_KERNELS("implicit_gemm_", "_gather_" TILE), \
              RDNA1CONV_INPUT_KERNELS("implicit_gemm_", "_weights_" TILE)},
#define RDNA1CONV_NARROW_ROW(M, N, R, TM, TN) \
  ImplicitGemmTile{#M "x" #N "x" #R, #M "x" #N "x" #R "_split", M, N, R, TM, TN, false},
#define RDNA1CONV_WIDE_ROW(M, N, R, TM, TN) \
  ImplicitGemmTile{                         \
      "wide_" #M "x" #N "x" #R, "wide_" #M "x" #N "x" #R "_split", M, N, R, TM, TN, true},
#define RDNA1CONV_NARROW_KERNELS(M, N, R, ...) RDNA1CONV_TILE_KERNELS(#M "x" #N "x" #R)
#define RDNA1CONV_WIDE_KERNELS(M, N, R, ...) RDNA1CONV_TILE_KERNELS("wide_" #M "x" #N "x" #R)
constexpr ImplicitGemmTile kTiles[] = {RDNA1CONV_IMPLICIT_GEMM_TILES(RDNA1CONV_NARROW_ROW)
                                           RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(RDNA1CONV_WIDE_ROW)};
constexpr RoleKernels kTileKernels[] = {RDNA1CONV_IMPLICIT_GEMM_TILES(
    RDNA1CONV_NARROW_KERNELS) RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(RDNA1CONV_WIDE_KERNELS)};

constexpr double kPartialBytes = 4;  // fp32 or int32
// Ranges of r shorter than this are not worth their partial sums.
constexpr std::uint32_t kMinRPerSplit = 2 * kImplicitGemmTableRows;
std::uint64_t workgroups_of(const ImplicitGemm& gemm, const ImplicitGemmTile& tile,
                            std::uint32_t splits) {
  return gemm.batches() * splits * divide_up(gemm.params.m.divisor, tile.m) *
         divide_up(gemm.params.columns.divisor, tile.n);
}

std::uint32_t r_per_split(const ImplicitGemm& gemm, std::uint32_t splits) {
  return divide_up(divide_up(gemm.params.r, splits), kImplicitGemmTableRows) *
         kImplicitGemmTableRows;
}

bool fits(const ImplicitGemm& gemm, const ImplicitGemmTile& tile, std::uint32_t splits) {
  if (!tile.is_wide && !gemm.fits_narrow) return false;
  // A partial sum of a narrow kernel has 32-bit offsets, and the sum kernel counts its elements.
  if (splits > 1 && (gemm.out_elements() >= kFastDivisionLimit / 4 ||
                     gemm.out_elements() * gemm.batches() >= kMaxWorkItems / 2)) {
    return false;
  }
  return workgroups_of(gemm, tile, splits) * tile.threads() <= kMaxWorkItems;
}

LaunchWork gemm_work(const ImplicitGemm& gemm, const ImplicitGemmTile& tile, std::uint32_t splits) {
  // Classes differ in r; what counts is the average.
  const double r =
      std::ceil(std::min<double>(r_per_split(gemm, splits), gemm.average_r / splits) / tile.r) *
      tile.r;
  const double steps = r / tile.r;
  const double workgroups = static_cast<double>(workgroups_of(gemm, tile, splits));
  const double staged_a = double(tile.m) * tile.r / tile.threads();
  const double staged_b = double(tile.n) * tile.r / tile.threads();
  LaunchWork work;
  work.workgroups = workgroups;
  work.waves_per_workgroup = tile.threads() / 32.0;
  work.fma_per_workgroup = r * tile.m * tile.n;
  // Read off the compiled loops: other VALU instructions of a step, by element that a work item
  // stages and beyond.
  const double fmas = static_cast<double>(tile.r * tile.thread_m * tile.thread_n);
  const bool is_padded = (gemm.params.flags & kImplicitGemmPadded) != 0;
  const double others =
      12 + 1.2 * staged_a + ((is_padded ? 9 : 1.3) + (tile.is_wide ? 5 : 0)) * staged_b;
  work.fma_share = fmas / (fmas + others);
  // Indices of the columns and of the first r, and the store of the tile, by element.
  const bool is_plain = gemm.params.epilogue.operations == 0 &&
                        gemm.params.epilogue.activation == Activation::kPassThrough;
  work.fma_per_workgroup += tile.threads() * 300.0 + (is_plain ? 10.0 : 30.0) * tile.m * tile.n;
  work.independent_fmas = static_cast<double>(tile.thread_m * tile.thread_n);
  // Fragments read, both operands written once; places of r; the tile on its way out.
  work.lds_bytes_per_workgroup =
      4 * (r * ((tile.thread_m + tile.thread_n) * tile.threads() + tile.m + tile.n) +
           steps * (staged_a + 4 * staged_b) * tile.threads() + 2.0 * tile.m * tile.n);
  work.serial_steps = 1.5 * steps;  // the places of r are read from LDS before anything is loaded
  work.l2_bytes =
      workgroups * (gemm.element_bytes * r * (tile.m + tile.n) + kPartialBytes * tile.m * tile.n);
  work.dram_bytes =
      gemm.unique_bytes + (splits > 1 ? kPartialBytes * double(gemm.batches()) * splits *
                                            static_cast<double>(gemm.out_elements())
                                      : 0);
  return work;
}

LaunchWork sum_work(const ImplicitGemm& gemm, std::uint32_t splits) {
  const double elements = static_cast<double>(gemm.out_elements() * gemm.batches());
  LaunchWork work;
  work.workgroups = elements / kImplicitGemmSumThreads + 1;
  work.waves_per_workgroup = kImplicitGemmSumThreads / 32.0;
  work.fma_per_workgroup = (60.0 + 4.0 * splits) * kImplicitGemmSumThreads;
  work.independent_fmas = 1;
  work.l2_bytes = kPartialBytes * elements * (splits + 1);
  work.dram_bytes = work.l2_bytes;
  return work;
}

// `count` times.
LaunchCost gemm_cost(const ImplicitGemm& gemm, std::uint32_t row, std::uint32_t splits,
                     double count, const Machine& machine) {
  static const auto kFactors = cost_factors(CostFamily::kImplicitGemm, kTiles,
                                            [](const ImplicitGemmTile& each) { return each.name; });
  const ImplicitGemmTile& tile = kTiles[row];
  return {CostFamily::kImplicitGemm, tile.name, kFactors[row], count,
          terms_of(gemm_work(gemm, tile, splits), machine)};
}
LaunchCost sum_cost(const ImplicitGemm& gemm, std::uint32_t splits, double count,
                    const Machine& machine) {
  return {CostFamily::kImplicitGemmSum, "", 1, count, terms_of(sum_work(gemm, splits), machine)};
}

void add_gemm(Estimate& estimate, const ImplicitGemm& gemm, std::uint32_t row, std::uint32_t splits,
              double count, const Machine& machine) {
  estimate.add(gemm_cost(gemm, row, splits, count, machine));
  if (splits > 1) estimate.add(sum_cost(gemm, splits, count, machine));
}

double clocks_of(const ImplicitGemm& gemm, std::uint32_t row, std::uint32_t splits,
                 const Machine& machine) {
  double clocks = clocks_of(gemm_cost(gemm, row, splits, 1, machine));
  if (splits > 1) clocks += clocks_of(sum_cost(gemm, splits, 1, machine));
  return clocks;
}

// The number of splits that the estimate likes best, 1 included.
std::uint32_t splits_of(const ImplicitGemm& gemm, std::uint32_t row, const Machine& machine) {
  const ImplicitGemmTile& tile = kTiles[row];
  return best_splits(
      gemm.params.r / kMinRPerSplit, clocks_of(gemm, row, 1, machine),
      [&](std::uint32_t candidate) {
        const std::uint32_t splits = divide_up(gemm.params.r, r_per_split(gemm, candidate));
        return fits(gemm, tile, splits) ? splits : 0;
      },
      [&](std::uint32_t splits) { return clocks_of(gemm, row, splits, machine); });
}

std::uint64_t split_bytes(const ImplicitGemm& gemm, std::uint32_t splits) {
  return splits > 1 ? std::uint64_t{4} * splits * gemm.batches() * gemm.out_elements() : 0;
}

// `splits` of each full GEMM, `rest_splits` of the rest.
Instance instance_of(const ImplicitGemmSequence& sequence, std::uint32_t row, std::uint32_t splits,
                     std::uint32_t rest_splits, const DeviceFacts& device) {
  const ImplicitGemmTile& tile = kTiles[row];
  Instance instance;
  instance.name = splits > 1 || rest_splits > 1 ? tile.split_name : tile.name;
  instance.workspace_bytes = split_bytes(sequence.full, splits);
  if (sequence.rest) {
    instance.workspace_bytes =
        std::max(instance.workspace_bytes, split_bytes(*sequence.rest, rest_splits));
  }
  instance.row = row;
  instance.parameters = {splits, rest_splits};
  instance.estimated_clocks = implicit_gemm_estimate(sequence, instance, device).clocks();
  return instance;
}

bool fits(const ImplicitGemmSequence& sequence, const ImplicitGemmTile& tile) {
  return fits(sequence.full, tile, 1) && (!sequence.rest || fits(*sequence.rest, tile, 1));
}

// The lower half of a stride is all that a narrow kernel reads.
Launch launch_of(const ImplicitGemm& gemm, const ConvProblem& problem, KernelRef kernel,
                 Extent3 grid, std::uint32_t threads, const ImplicitGemmParams& params) {
  PointerPatch a = gemm.a, x = gemm.x, out = gemm.out;
  a.params_offset = offsetof(ImplicitGemmParams, a);
  x.params_offset = offsetof(ImplicitGemmParams, x);
  out.params_offset = offsetof(ImplicitGemmParams, out);
  Launch launch = make_launch(kernel, grid, {threads, 1, 1}, params, {a, x, out});
  if (params.splits.divisor > 1) {
    launch.pointers[launch.pointer_count++] = {Buffer::kWorkspace,
                                               offsetof(ImplicitGemmParams, partial), 0};
  }
  patch_epilogue(launch, problem, offsetof(ImplicitGemmParams, epilogue), out.buffer_offset);
  return launch;
}

}  // namespace

std::span<const ImplicitGemmTile> implicit_gemm_tiles() { return kTiles; }

Estimate implicit_gemm_estimate(const ImplicitGemmSequence& sequence, const Instance& instance,
                                const DeviceFacts& device) {
  const Machine machine = machine_of(device);
  Estimate estimate;
  add_gemm(estimate, sequence.full, instance.row, instance.parameters[0],
           static_cast<double>(sequence.count), machine);
  if (sequence.rest)
    add_gemm(estimate, *sequence.rest, instance.row, instance.parameters[1], 1, machine);
  return estimate;
}

bool implicit_gemm_fits(const ImplicitGemmSequence& sequence) {
  return std::any_of(std::begin(kTiles), std::end(kTiles),
                     [&](const ImplicitGemmTile& tile) { return fits(sequence, tile); });
}

std::vector<Instance> implicit_gemm_instances(const ImplicitGemmSequence& sequence,
                                              const DeviceFacts& device) {
  const Machine machine = machine_of(device);
  std::vector<Instance> instances;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    const ImplicitGemmTile& tile = kTiles[row];
    if (!fits(sequence, tile)) continue;
    instances.push_back(instance_of(sequence, row, 1, 1, device));
    const std::uint32_t splits = splits_of(sequence.full, row, machine);
    const std::uint32_t rest_splits = sequence.rest ? splits_of(*sequence.rest, row, machine) : 1;
    if (splits > 1 || rest_splits > 1)
      instances.push_back(instance_of(sequence, row, splits, rest_splits, device));
  }
  return instances;
}

void append_implicit_gemm(std::vector<Launch>& launches, const ImplicitGemm& gemm, bool is_rest,
                          const ConvProblem& problem, const Instance& instance) {
  const ImplicitGemmTile& tile = kTiles[instance.row];
  const std::uint32_t splits = instance.parameters[is_rest ? 1 : 0];
  ImplicitGemmParams params = gemm.params;
  params.tiles_m = make_fast_division(divide_up(params.m.divisor, tile.m));
  params.tiles_j = make_fast_division(divide_up(params.columns.divisor, tile.n));
  params.splits = make_fast_division(splits);
  params.groups = make_fast_division(gemm.groups);
  params.r_per_split = r_per_split(gemm, splits);
  const std::size_t type = input_row(gemm.type).value();
  const auto of_role = [&](const RoleKernels& kernels) {
    return (gemm.is_weights ? kernels.weights : kernels.gather)[type];
  };
  const auto workgroups = static_cast<std::uint32_t>(workgroups_of(gemm, tile, splits));
  launches.push_back(launch_of(gemm, problem,
                               {kFamilies[type], of_role(kTileKernels[instance.row])},
                               {workgroups, 1, 1}, tile.threads(), params));
  if (splits == 1) return;
  const auto elements = static_cast<std::uint32_t>(gemm.out_elements());
  const std::uint32_t sum_workgroups = divide_up(elements, kImplicitGemmSumThreads);
  params.tiles_m = make_fast_division(sum_workgroups);
  launches.push_back(launch_of(gemm, problem, {kFamilies[type], of_role(kSums)},
                               {static_cast<std::uint32_t>(sum_workgroups * gemm.batches()), 1, 1},
                               kImplicitGemmSumThreads, params));
}

}  // namespace rdna1conv
