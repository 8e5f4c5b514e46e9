#include "solvers/winograd.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>

#include "params/winograd.h"
#include "solvers/gemm_launches.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"

namespace rdna1conv::winograd {
namespace {

// One row of kernels/params/winograd.h.
struct Variant {
  std::int64_t m;
  const char* filter_kernel;
  const char* input_kernel;
  const char* output_kernel;

  std::int64_t frequencies() const { return (m + kWinogradFilter - 1) * (m + kWinogradFilter - 1); }
};
#define RDNA1CONV_WINOGRAD_ROW(NAME, M) \
  Variant{M, "winograd_" #NAME "_filter", "winograd_" #NAME "_input", "winograd_" #NAME "_output"},
constexpr Variant kVariants[] = {RDNA1CONV_WINOGRAD_VARIANTS(RDNA1CONV_WINOGRAD_ROW)};
#undef RDNA1CONV_WINOGRAD_ROW

constexpr const Variant& variant_of(std::int64_t m) {
  return *std::find_if(std::begin(kVariants), std::end(kVariants),
                       [m](const Variant& variant) { return variant.m == m; });
}

// Tiles are transformed and multiplied in chunks so that V and M together stay near this size.
constexpr std::int64_t kChunkBytes = 64 << 20;
constexpr std::int64_t kChunkGranule = 128;  // the widest GEMM tile

struct Tiling {
  std::int64_t tiles_h, tiles_w;
  std::int64_t tiles;  // of all images
  std::int64_t chunk;  // tiles at a time
};

Tiling tiling_of(const Variant& variant, const ConvProblem& p) {
  Tiling tiling{};
  tiling.tiles_h = divide_up(p.out.h, variant.m);
  tiling.tiles_w = divide_up(p.out.w, variant.m);
  tiling.tiles = p.n * tiling.tiles_h * tiling.tiles_w;
  const std::int64_t by_bytes = kChunkBytes / (variant.frequencies() * (p.c + p.k) * 4);
  const std::int64_t by_threads = (kFastDivisionLimit - kWinogradThreads) / std::max(p.c, p.k);
  const std::int64_t granules = std::min(by_bytes, by_threads) / kChunkGranule;
  tiling.chunk = std::min(std::max<std::int64_t>(granules, 1) * kChunkGranule, tiling.tiles);
  return tiling;
}

// Offsets of the workspace's parts in bytes.
struct Workspace {
  std::uint64_t v, m, partial;  // U is at 0
};

Workspace workspace_of(const Variant& variant, const ConvProblem& p, const Tiling& tiling) {
  const auto bytes = [&](std::int64_t elements) {
    return align_up(static_cast<std::uint64_t>(variant.frequencies() * elements * 4));
  };
  Workspace workspace{};
  workspace.v = bytes(p.k * (p.c / p.groups));
  workspace.m = workspace.v + bytes(p.c * tiling.chunk);
  workspace.partial = workspace.m + bytes(p.k * tiling.chunk);
  return workspace;
}

// M[k, tile] = U[k, c] V[c, tile] for each frequency and group.
Gemm gemm_of(const Variant& variant, const ConvProblem& p, const Workspace& workspace,
             std::int64_t tiles) {
  const std::int64_t c = p.c / p.groups, k = p.k / p.groups;
  Gemm gemm;
  gemm.batches = to_u32(variant.frequencies() * p.groups);
  gemm.a.buffer = Buffer::kWorkspace;
  gemm.b = {Buffer::kWorkspace, 0, workspace.v};
  gemm.c = {Buffer::kWorkspace, 0, workspace.m};
  gemm.c_elements = static_cast<std::uint64_t>(variant.frequencies() * p.k * tiles);
  gemm.b_unique_bytes = static_cast<std::uint64_t>(variant.frequencies() * p.c * tiles * 4);
  GemmParams& params = gemm.params;
  params.m = to_u32(k);
  params.n = to_u32(tiles);
  params.k = to_u32(c);
  params.lda = to_u32(c);
  params.ldb = static_cast<std::uint64_t>(tiles);
  params.ldc = to_u32(tiles);
  params.a_batch_stride = static_cast<std::uint64_t>(k * c);
  params.b_batch_stride = static_cast<std::uint64_t>(c * tiles);
  params.c_batch_stride = static_cast<std::uint64_t>(k * tiles);
  params.b_column_step = 1;
  params.columns_per_image = make_fast_division(to_u32(tiles));
  params.out_width = params.columns_per_image;
  return gemm;
}

// A transform of `threads` work items that read and write `in` and `out` floats each. Instructions
// as read off the compiled kernels: 6 to 10 for each float moved.
LaunchWork transform_work(double threads, double in, double out, double unique_in,
                          double unique_out) {
  LaunchWork work;
  work.workgroups = threads / kWinogradThreads + 1;
  work.waves_per_workgroup = kWinogradThreads / 32.0;
  work.fma_per_workgroup = 8 * (in + out) * kWinogradThreads;
  work.l2_bytes = 4 * (in + out) * threads;
  work.dram_bytes = 4 * (unique_in + unique_out);
  return work;
}

Extent3 workgroups_of(std::uint32_t threads) {
  return {divide_up(threads, kWinogradThreads), 1, 1};
}
constexpr Extent3 kBlock{kWinogradThreads, 1, 1};

double append_filter(Plan& plan, const Variant& variant, const ConvProblem& p,
                     const DeviceFacts& device) {
  WinogradFilterParams params{};
  params.filters = to_u32(p.k * (p.c / p.groups));
  plan.launches.push_back(make_launch({"winograd", variant.filter_kernel},
                                      workgroups_of(params.filters), kBlock, params,
                                      {{Buffer::kW, offsetof(WinogradFilterParams, w)},
                                       {Buffer::kWorkspace, offsetof(WinogradFilterParams, u)}}));
  const double filters = params.filters, f = static_cast<double>(variant.frequencies());
  return launch_clocks(transform_work(filters, 9, f, 9 * filters, f * filters), device);
}

double append_input(Plan& plan, const Variant& variant, const ConvProblem& p, const Tiling& tiling,
                    std::int64_t first_tile, std::int64_t tiles, const Workspace& workspace,
                    const DeviceFacts& device) {
  WinogradInputParams params{};
  params.elements = to_u32(p.c * tiles);
  params.first_tile = to_u32(first_tile);
  params.channels = to_u32(p.c);
  params.h = to_i32(p.in.h);
  params.w = to_i32(p.in.w);
  params.pad_h = to_i32(p.pad.h);
  params.pad_w = to_i32(p.pad.w);
  params.tiles = make_fast_division(to_u32(tiles));
  params.image_tiles = make_fast_division(to_u32(tiling.tiles_h * tiling.tiles_w));
  params.tiles_w = make_fast_division(to_u32(tiling.tiles_w));
  plan.launches.push_back(make_launch(
      {"winograd", variant.input_kernel}, workgroups_of(params.elements), kBlock, params,
      {{Buffer::kX, offsetof(WinogradInputParams, x)},
       {Buffer::kWorkspace, offsetof(WinogradInputParams, v), workspace.v}}));
  const double threads = params.elements, f = static_cast<double>(variant.frequencies());
  const double unique = threads * static_cast<double>(variant.m * variant.m);
  return launch_clocks(transform_work(threads, f, f, unique, f * threads), device);
}

double append_output(Plan& plan, const Variant& variant, const ConvProblem& p, const Tiling& tiling,
                     std::int64_t first_tile, std::int64_t tiles, const Workspace& workspace,
                     const DeviceFacts& device) {
  WinogradOutputParams params{};
  params.elements = to_u32(p.k * tiles);
  params.first_tile = to_u32(first_tile);
  params.channels = to_u32(p.k);
  params.out_h = to_u32(p.out.h);
  params.out_w = to_u32(p.out.w);
  params.tiles = make_fast_division(to_u32(tiles));
  params.image_tiles = make_fast_division(to_u32(tiling.tiles_h * tiling.tiles_w));
  params.tiles_w = make_fast_division(to_u32(tiling.tiles_w));
  plan.launches.push_back(make_launch(
      {"winograd", variant.output_kernel}, workgroups_of(params.elements), kBlock, params,
      {{Buffer::kWorkspace, offsetof(WinogradOutputParams, m), workspace.m},
       {Buffer::kY, offsetof(WinogradOutputParams, y)}}));
  const double threads = params.elements, f = static_cast<double>(variant.frequencies());
  const double outputs = static_cast<double>(variant.m * variant.m);
  return launch_clocks(transform_work(threads, f, outputs, f * threads, outputs * threads), device);
}

Plan plan_of(const Variant& variant, const ConvProblem& p, const GemmTile& tile,
             std::uint32_t splits, const DeviceFacts& device) {
  const Tiling tiling = tiling_of(variant, p);
  const Workspace workspace = workspace_of(variant, p, tiling);
  Plan plan;
  plan.instance = splits > 1 ? tile.split_k_name : tile.name;
  plan.workspace_bytes =
      workspace.partial + split_bytes(gemm_of(variant, p, workspace, tiling.chunk), splits);
  double& clocks = plan.estimated_clocks;
  clocks += append_filter(plan, variant, p, device);
  for (std::int64_t first = 0; first < tiling.tiles; first += tiling.chunk) {
    const std::int64_t tiles = std::min(tiling.chunk, tiling.tiles - first);
    clocks += append_input(plan, variant, p, tiling, first, tiles, workspace, device);
    clocks += append_gemm(plan, gemm_of(variant, p, workspace, tiles), tile, splits,
                          workspace.partial, device);
    clocks += append_output(plan, variant, p, tiling, first, tiles, workspace, device);
  }
  return plan;
}

std::optional<std::string> refusal(const Variant& variant, const ConvProblem& p,
                                   const DeviceFacts& device) {
  const auto by = [](std::int64_t h, std::int64_t w) {
    return std::to_string(h) + "x" + std::to_string(w);
  };
  if (auto reason = unless_forward_2d_fp32(p)) return reason;
  if (auto reason = unless_packed_nchw(p)) return reason;
  if (p.filter.h != kWinogradFilter || p.filter.w != kWinogradFilter)
    return "filter is " + by(p.filter.h, p.filter.w) + ", needs 3x3";
  if (p.stride.h != 1 || p.stride.w != 1)
    return "stride is " + by(p.stride.h, p.stride.w) + ", needs 1x1";
  if (p.dilation.h != 1 || p.dilation.w != 1)
    return "dilation is " + by(p.dilation.h, p.dilation.w) + ", needs 1x1";
  if (p.in.volume() >= std::int64_t{1} << 30 || p.out.volume() >= std::int64_t{1} << 30)
    return "an image has 2^30 pixels or more";
  const Tiling tiling = tiling_of(variant, p);
  if (tiling.tiles >= kFastDivisionLimit) return "there are 2^31 tiles or more";
  constexpr std::int64_t kMaxThreads = kFastDivisionLimit - kWinogradThreads;
  if (std::max(p.c, p.k) * tiling.chunk > kMaxThreads || p.k * (p.c / p.groups) > kMaxThreads ||
      variant.frequencies() * p.groups >= kFastDivisionLimit)
    return "there are too many channels for 32-bit indices";
  const Workspace workspace = workspace_of(variant, p, tiling);
  if (device.memory_bytes != 0 && workspace.partial > device.memory_bytes) {
    return "workspace takes " + std::to_string(workspace.partial) + " bytes, the device has " +
           std::to_string(device.memory_bytes);
  }
  return gemm_refusal(gemm_of(variant, p, workspace, tiling.chunk));
}

std::vector<Plan> plans(const Variant& variant, const ConvProblem& p, const DeviceFacts& device) {
  const Tiling tiling = tiling_of(variant, p);
  const Gemm gemm = gemm_of(variant, p, workspace_of(variant, p, tiling), tiling.chunk);
  std::vector<Plan> plans;
  for (const GemmTile& tile : gemm_tiles()) {
    if (!gemm_fits(gemm, tile, 1)) continue;
    plans.push_back(plan_of(variant, p, tile, 1, device));
    const std::uint32_t splits = best_splits(gemm, tile, device);
    if (splits > 1) plans.push_back(plan_of(variant, p, tile, splits, device));
  }
  return plans;
}

}  // namespace

std::optional<std::string> refusal_f2x3(const ConvProblem& problem, const DeviceFacts& device) {
  return refusal(variant_of(2), problem, device);
}
std::optional<std::string> refusal_f4x3(const ConvProblem& problem, const DeviceFacts& device) {
  return refusal(variant_of(4), problem, device);
}
std::vector<Plan> plans_f2x3(const ConvProblem& problem, const DeviceFacts& device) {
  return plans(variant_of(2), problem, device);
}
std::vector<Plan> plans_f4x3(const ConvProblem& problem, const DeviceFacts& device) {
  return plans(variant_of(4), problem, device);
}

}  // namespace rdna1conv::winograd
