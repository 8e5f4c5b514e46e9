#include "solvers/winograd.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>

#include "params/winograd.h"
#include "plan/cost_model.h"
#include "solvers/chunks.h"
#include "solvers/gemm_launches.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/winograd_fused.h"

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
  Chunks chunks;  // of the tiles of all images
};

Tiling tiling_of(const Variant& variant, const ConvProblem& p) {
  Tiling tiling{};
  tiling.tiles_h = divide_up(p.out.h, variant.m);
  tiling.tiles_w = divide_up(p.out.w, variant.m);
  const std::int64_t by_bytes = kChunkBytes / (variant.frequencies() * (p.c + p.k) * 4);
  const std::int64_t by_threads = (kFastDivisionLimit - kWinogradThreads) / std::max(p.c, p.k);
  const std::int64_t by_columns = (std::int64_t{1} << 30) - 1;
  const std::int64_t granules = std::min(by_bytes, by_threads) / kChunkGranule;
  tiling.chunks = chunks_of(
      p.n * tiling.tiles_h * tiling.tiles_w, std::max<std::int64_t>(granules, 1) * kChunkGranule,
      std::max(std::min(by_threads, by_columns), kChunkGranule), kChunkGranule);
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
  workspace.m = workspace.v + bytes(p.c * tiling.chunks.size);
  workspace.partial = workspace.m + bytes(p.k * tiling.chunks.size);
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

Launch filter_launch(const Variant& variant, const ConvProblem& p) {
  WinogradFilterParams params{};
  params.filters = to_u32(p.k * (p.c / p.groups));
  Launch launch = make_launch({"winograd", variant.filter_kernel}, workgroups_of(params.filters),
                              kBlock, params,
                              {{Buffer::kW, offsetof(WinogradFilterParams, w)},
                               {Buffer::kWorkspace, offsetof(WinogradFilterParams, u)}});
  launch.prepares_weights = true;
  return launch;
}

Launch input_launch(const Variant& variant, const ConvProblem& p, const Tiling& tiling,
                    std::int64_t first_tile, std::int64_t tiles, const Workspace& workspace) {
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
  return make_launch({"winograd", variant.input_kernel}, workgroups_of(params.elements), kBlock,
                     params,
                     {{Buffer::kX, offsetof(WinogradInputParams, x)},
                      {Buffer::kWorkspace, offsetof(WinogradInputParams, v), workspace.v}});
}

Launch output_launch(const Variant& variant, const ConvProblem& p, const Tiling& tiling,
                     std::int64_t first_tile, std::int64_t tiles, const Workspace& workspace) {
  WinogradOutputParams params{};
  params.elements = to_u32(p.k * tiles);
  params.first_tile = to_u32(first_tile);
  params.channels = to_u32(p.k);
  params.out_h = to_u32(p.out.h);
  params.out_w = to_u32(p.out.w);
  params.tiles = make_fast_division(to_u32(tiles));
  params.image_tiles = make_fast_division(to_u32(tiling.tiles_h * tiling.tiles_w));
  params.tiles_w = make_fast_division(to_u32(tiling.tiles_w));
  return make_launch({"winograd", variant.output_kernel}, workgroups_of(params.elements), kBlock,
                     params,
                     {{Buffer::kWorkspace, offsetof(WinogradOutputParams, m), workspace.m},
                      {Buffer::kY, offsetof(WinogradOutputParams, y)}});
}

double filter_clocks(const Variant& variant, const ConvProblem& p, const DeviceFacts& device) {
  const double filters = static_cast<double>(p.k * (p.c / p.groups));
  const double f = static_cast<double>(variant.frequencies());
  return launch_clocks(transform_work(filters, 9, f, 9 * filters, f * filters), device);
}

// Of the input and the output transform of a chunk.
double transforms_clocks(const Variant& variant, const ConvProblem& p, std::int64_t tiles,
                         const DeviceFacts& device) {
  const double f = static_cast<double>(variant.frequencies());
  const double outputs = static_cast<double>(variant.m * variant.m);
  const double in = static_cast<double>(p.c * tiles), out = static_cast<double>(p.k * tiles);
  return launch_clocks(transform_work(in, f, f, outputs * in, f * in), device) +
         launch_clocks(transform_work(out, f, outputs, f * out, outputs * out), device);
}

GemmSequence sequence_of(const Variant& variant, const ConvProblem& p, const DeviceFacts& device) {
  const Tiling tiling = tiling_of(variant, p);
  const Chunks& chunks = tiling.chunks;
  const Workspace workspace = workspace_of(variant, p, tiling);
  GemmSequence sequence;
  sequence.full = gemm_of(variant, p, workspace, chunks.size);
  sequence.count = chunks.full;
  sequence.workspace_bytes = workspace.partial;
  sequence.weights_bytes = workspace.v;
  sequence.weights_clocks = filter_clocks(variant, p, device);
  sequence.other_clocks =
      static_cast<double>(chunks.full) * transforms_clocks(variant, p, chunks.size, device);
  if (chunks.rest > 0) {
    sequence.rest = gemm_of(variant, p, workspace, chunks.rest);
    sequence.other_clocks += transforms_clocks(variant, p, chunks.rest, device);
  }
  return sequence;
}

std::optional<std::string> planes_refusal(const Variant& variant, const ConvProblem& p,
                                          const DeviceFacts& device) {
  const auto by = [](std::int64_t h, std::int64_t w) {
    return std::to_string(h) + "x" + std::to_string(w);
  };
  if (auto reason = first_reason(p, unless_forward, unless_2d, unless_fp32, unless_nothing_fused,
                                 unless_packed_nchw))
    return reason;
  if (p.filter.h != kWinogradFilter || p.filter.w != kWinogradFilter)
    return "filter is " + by(p.filter.h, p.filter.w) + ", needs 3x3";
  if (p.stride.h != 1 || p.stride.w != 1)
    return "stride is " + by(p.stride.h, p.stride.w) + ", needs 1x1";
  if (p.dilation.h != 1 || p.dilation.w != 1)
    return "dilation is " + by(p.dilation.h, p.dilation.w) + ", needs 1x1";
  if (p.in.volume() >= std::int64_t{1} << 30 || p.out.volume() >= std::int64_t{1} << 30)
    return "an image has 2^30 pixels or more";
  const Tiling tiling = tiling_of(variant, p);
  if (tiling.chunks.total() >= kFastDivisionLimit) return "there are 2^31 tiles or more";
  constexpr std::int64_t kMaxThreads = kFastDivisionLimit - kWinogradThreads;
  if (std::max(p.c, p.k) * tiling.chunks.size > kMaxThreads ||
      p.k * (p.c / p.groups) > kMaxThreads ||
      variant.frequencies() * p.groups >= kFastDivisionLimit)
    return "there are too many channels for 32-bit indices";
  const Workspace workspace = workspace_of(variant, p, tiling);
  if (device.memory_bytes != 0 && workspace.partial > device.memory_bytes) {
    return "workspace takes " + std::to_string(workspace.partial) + " bytes, the device has " +
           std::to_string(device.memory_bytes);
  }
  if (auto reason = unless_few(tiling.chunks, 4)) return reason;
  return gemm_refusal(gemm_of(variant, p, workspace, tiling.chunks.size));
}

std::vector<Launch> planes_launches(const Variant& variant, const ConvProblem& p,
                                    const Instance& instance) {
  const Tiling tiling = tiling_of(variant, p);
  const Workspace workspace = workspace_of(variant, p, tiling);
  std::vector<Launch> launches{filter_launch(variant, p)};
  for_each_chunk(tiling.chunks, [&](std::int64_t first, std::int64_t tiles) {
    launches.push_back(input_launch(variant, p, tiling, first, tiles, workspace));
    append_gemm(launches, gemm_of(variant, p, workspace, tiles), instance, workspace.partial);
    launches.push_back(output_launch(variant, p, tiling, first, tiles, workspace));
  });
  return launches;
}

// Instances from here on are those of planes.
constexpr std::uint32_t kFirstPlanesRow = 1000;

std::vector<Instance> instances(const Variant& variant, const ConvProblem& p,
                                const DeviceFacts& device) {
  std::vector<Instance> all;
  if (!winograd_fused::refusal(variant.m, p, device))
    all = winograd_fused::instances(variant.m, p, device);
  if (planes_refusal(variant, p, device)) return all;
  for (Instance& instance : gemm_instances(sequence_of(variant, p, device), device)) {
    instance.row += kFirstPlanesRow;
    all.push_back(instance);
  }
  return all;
}

std::optional<std::string> refusal(const Variant& variant, const ConvProblem& p,
                                   const DeviceFacts& device) {
  if (!planes_refusal(variant, p, device)) return std::nullopt;
  return winograd_fused::refusal(variant.m, p, device);
}

std::vector<Launch> launches(const Variant& variant, const ConvProblem& p,
                             const Instance& instance) {
  if (instance.row < kFirstPlanesRow) return winograd_fused::launches(p, instance);
  Instance of_planes = instance;
  of_planes.row -= kFirstPlanesRow;
  return planes_launches(variant, p, of_planes);
}

}  // namespace

std::optional<std::string> refusal_f2x3(const ConvProblem& problem, const DeviceFacts& device) {
  return refusal(variant_of(2), problem, device);
}
std::optional<std::string> refusal_f4x3(const ConvProblem& problem, const DeviceFacts& device) {
  return refusal(variant_of(4), problem, device);
}
std::vector<Instance> instances_f2x3(const ConvProblem& problem, const DeviceFacts& device) {
  return instances(variant_of(2), problem, device);
}
std::vector<Instance> instances_f4x3(const ConvProblem& problem, const DeviceFacts& device) {
  return instances(variant_of(4), problem, device);
}
std::vector<Launch> launches_f2x3(const ConvProblem& problem, const Instance& instance) {
  return launches(variant_of(2), problem, instance);
}
std::vector<Launch> launches_f4x3(const ConvProblem& problem, const Instance& instance) {
  return launches(variant_of(4), problem, instance);
}

}  // namespace rdna1conv::winograd
