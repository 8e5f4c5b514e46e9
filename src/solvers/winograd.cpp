#include "solvers/winograd.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "params/winograd.h"
#include "solvers/chunks.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/tile_conv.h"
#include "solvers/tile_conv_estimate.h"

namespace rdna1conv::winograd {
namespace {

// How many waves share transformed inputs (2, 4 or 8), into how many slices c is cut, and whether a
// wave's rows of lanes take halves of those.
constexpr std::uint32_t kShareBits = 3, kSliceBits = 4, kHalves = 2;

// One row of kernels/params/winograd.h.
struct Tile {
  const char* kernel;
  const char* filter_kernel;
  std::uint32_t m, k;
  WinogradFilterSource source;
  std::string_view names[kShareBits][kSliceBits][kHalves];

  std::uint32_t side() const { return m + 2; }
  std::uint32_t frequencies() const { return side() * side(); }
  std::uint32_t filters() const { return frequencies() * k; }  // elements of U of a channel
  bool is_raw() const { return source == WinogradFilterSource::raw; }
};

#define RDNA1CONV_WINOGRAD_NAME(M, K, SOURCE, LAYOUT) \
  { #M "x" #K "_" #SOURCE LAYOUT, #M "x" #K "_" #SOURCE LAYOUT "_halves" }
#define RDNA1CONV_WINOGRAD_NAMES(M, K, SOURCE, SHARE)                      \
  {                                                                        \
    RDNA1CONV_WINOGRAD_NAME(M, K, SOURCE, "_share" #SHARE),                \
        RDNA1CONV_WINOGRAD_NAME(M, K, SOURCE, "_share" #SHARE "_slices2"), \
        RDNA1CONV_WINOGRAD_NAME(M, K, SOURCE, "_share" #SHARE "_slices4"), \
        RDNA1CONV_WINOGRAD_NAME(M, K, SOURCE, "_share" #SHARE "_slices8")  \
  }
#define RDNA1CONV_WINOGRAD_ROW(M, K, SOURCE)                                                  \
  Tile{"winograd_" #M "x" #K "_" #SOURCE,                                                     \
       "winograd_filter_" #M "x" #K,                                                          \
       M,                                                                                     \
       K,                                                                                     \
       WinogradFilterSource::SOURCE,                                                          \
       {RDNA1CONV_WINOGRAD_NAMES(M, K, SOURCE, 2), RDNA1CONV_WINOGRAD_NAMES(M, K, SOURCE, 4), \
        RDNA1CONV_WINOGRAD_NAMES(M, K, SOURCE, 8)}},
constexpr Tile kTiles[] = {RDNA1CONV_WINOGRAD_TILES(RDNA1CONV_WINOGRAD_ROW)};
#undef RDNA1CONV_WINOGRAD_ROW
#undef RDNA1CONV_WINOGRAD_NAMES
#undef RDNA1CONV_WINOGRAD_NAME

constexpr std::int64_t kFilter = 3;
constexpr std::int64_t kElement = 4;
constexpr std::uint32_t kMaxWaves = 16;
constexpr std::uint32_t kWave = 32;  // lanes
// What multiplies read past a block of U, at its end: kernels/tile/winograd.h.
constexpr std::uint32_t kReadAhead = 36 * 8;

// What the params have of a tile of the engine.
constexpr tile_conv::Tile kAsTile{nullptr, {}, 1, 1, 1, tile_conv::RowSource::kMatrix, {}};

// What an instance decides.
struct Choice {
  std::uint32_t row, share_bits, slice_bits, half_bits;
};

Choice choice_of(const Instance& instance) {
  return {instance.row, instance.parameters[0], instance.parameters[1], instance.parameters[2]};
}

// How a workgroup's waves are laid out, and the grid.
struct Layout {
  std::uint32_t share, slices;       // waves of a slice, slices
  std::uint32_t half_bits;           // 1 if a wave's rows of lanes take halves of a slice, else 0
  std::uint32_t slice_channels;      // of a slice or half of one, a multiple of `share`
  std::uint32_t blocks_m, blocks_n;  // workgroups along k and along the tiles
  std::uint32_t tiles_h, tiles_w, tiles;

  std::uint32_t waves() const { return share * slices; }
  std::uint32_t parts() const { return slices << half_bits; }  // of the channels
  std::uint32_t tile_lanes() const { return kWave >> half_bits; }
  std::uint64_t workgroups(std::int64_t groups) const {
    return static_cast<std::uint64_t>(groups) * blocks_m * blocks_n;
  }
};

Layout layout_of(const ConvProblem& p, const Choice& choice, std::int64_t images) {
  const Tile& tile = kTiles[choice.row];
  Layout layout{};
  layout.share = 2u << choice.share_bits;
  layout.slices = 1u << choice.slice_bits;
  layout.half_bits = choice.half_bits;
  layout.slice_channels =
      divide_up(divide_up(to_u32(p.c / p.groups), layout.parts()), layout.share) * layout.share;
  layout.blocks_m = divide_up(to_u32(p.k / p.groups), tile.k * layout.share);
  layout.tiles_h = divide_up(to_u32(p.out.h), tile.m);
  layout.tiles_w = divide_up(to_u32(p.out.w), tile.m);
  layout.tiles = to_u32(images) * layout.tiles_h * layout.tiles_w;
  layout.blocks_n = divide_up(layout.tiles, layout.tile_lanes());
  return layout;
}

// Bytes of LDS: transformed inputs of a step and raw filters, in their place at the end what slices
// exchange.
std::uint32_t lds_bytes(const Tile& tile, const Layout& layout) {
  const std::uint32_t plane = tile.frequencies() * kWave + 8;
  const std::uint32_t filters =
      tile.is_raw() ? (layout.share << layout.half_bits) * (tile.filters() + tile.k) : 0;
  return std::max(layout.waves() * (plane + filters),
                  layout.share * (layout.slices / 2) * tile.k * tile.m * tile.m * kWave) *
         4;
}

std::uint32_t blocks_of_k(const ConvProblem& p, const Tile& tile) {
  return divide_up(to_u32(p.k / p.groups), tile.k);
}

// Elements of U from one block of K to the next: an odd number of lines of 128 bytes, so that waves
// that read neighbouring blocks ask different slices of L2.
std::uint32_t filter_pitch(const ConvProblem& p, const Tile& tile) {
  const std::uint32_t channels = divide_up(to_u32(p.c / p.groups), 2u) * 2;
  const std::uint32_t lines = divide_up(channels * tile.filters(), 32u);
  return (lines | 1) * 32;
}
std::uint64_t filter_bytes(const ConvProblem& p, const Tile& tile) {
  const std::uint64_t elements =
      static_cast<std::uint64_t>(p.groups) * blocks_of_k(p, tile) * filter_pitch(p, tile);
  return align_up((elements + kReadAhead) * kElement);
}

// Bytes from the first filter of a group to behind its last.
std::int64_t reach_of_w(const ConvProblem& p) {
  return ((p.k / p.groups - 1) * p.w_strides[0] + (p.c / p.groups - 1) * p.w_strides[1] +
          2 * (p.w_strides[3] + p.w_strides[4]) + 1) *
         kElement;
}

bool fits(const ConvProblem& p, const Tile& tile, const Layout& layout) {
  if (layout.waves() > kMaxWaves || lds_bytes(tile, layout) > 64 * 1024) return false;
  // Slices of fewer steps than that are all prologue.
  if (layout.parts() > 1 && layout.slice_channels < 4 * layout.share) return false;
  if (layout.half_bits != 0) {
    // All channels exist, and lanes are left over by whole waves.
    if (p.c / p.groups != std::int64_t{layout.slice_channels} * layout.parts()) return false;
    if (layout.blocks_n % 2 == 0 || layout.blocks_n > 7) return false;
  }
  if (tile.is_raw()) {
    // A lane transforms one filter of a step at most.
    if ((layout.share << layout.half_bits) * tile.k > kWave) return false;
    if (reach_of_w(p) >= std::int64_t{1} << 31) return false;
  }
  // A workgroup whose waves are mostly without channels.
  if (layout.share > 2 && layout.share * tile.k >= 2 * (p.k / p.groups + tile.k)) return false;
  return layout.workgroups(p.groups) * layout.waves() * kWave <= kMaxWorkItems;
}

bool channels_in_lanes(const ConvProblem& p) { return p.x_strides[1] == 1 && p.x_strides[4] != 1; }

Launch filter_launch(const ConvProblem& p, const Tile& tile) {
  WinogradFilterParams params{};
  params.m = to_u32(p.k / p.groups);
  params.channels = to_u32(p.c / p.groups);
  params.pitch = filter_pitch(p, tile);
  const std::uint32_t chunks = divide_up(params.channels, kWinogradFilterThreads / tile.k);
  params.blocks = make_fast_division(blocks_of_k(p, tile));
  params.chunks = make_fast_division(chunks);
  params.w_group = static_cast<std::uint64_t>(p.k / p.groups * p.w_strides[0] * kElement);
  params.w_row = to_u32(p.w_strides[0] * kElement);
  params.w_channel = to_u32(p.w_strides[1] * kElement);
  for (std::size_t i = 0; i < 2; ++i) params.w_axis[i] = to_u32(p.w_strides[i + 3] * kElement);
  Launch launch = make_launch({"winograd", tile.filter_kernel},
                              {to_u32(p.groups) * blocks_of_k(p, tile) * chunks, 1, 1},
                              {kWinogradFilterThreads, 1, 1}, params,
                              {{Buffer::kW, offsetof(WinogradFilterParams, w)},
                               {Buffer::kWorkspace, offsetof(WinogradFilterParams, u)}});
  launch.prepares_weights = true;
  return launch;
}

Launch fused_launch(const ConvProblem& p, const Tile& tile, const Layout& layout,
                    std::int64_t first_image, std::int64_t images) {
  WinogradParams params{};
  params.conv = tile_conv::params_of(p, kAsTile, images);
  if (tile.is_raw()) {
    params.w_group = static_cast<std::uint64_t>(p.k / p.groups * p.w_strides[0] * kElement);
    params.w_row = to_u32(p.w_strides[0] * kElement);
    params.w_channel = to_u32(p.w_strides[1] * kElement);
    for (std::size_t i = 0; i < 2; ++i) params.w_axis[i] = to_u32(p.w_strides[i + 3] * kElement);
  } else {
    params.conv.depth = filter_pitch(p, tile);
    params.conv.w_group = std::uint64_t{blocks_of_k(p, tile)} * filter_pitch(p, tile);
  }
  params.conv.tiles_m = make_fast_division(layout.blocks_m);
  params.conv.tiles_n = make_fast_division(layout.blocks_n);
  params.conv.waves_m_bits = log2_of(layout.share);
  params.conv.slices = layout.slices;
  params.image_tiles = make_fast_division(layout.tiles_h * layout.tiles_w);
  params.tiles_w = make_fast_division(layout.tiles_w);
  params.tiles = layout.tiles;
  params.slice_channels = layout.slice_channels;
  params.half_bits = layout.half_bits;
  params.channels_in_lanes = channels_in_lanes(p) ? 1 : 0;
  const auto x_offset = static_cast<std::uint64_t>(first_image * p.x_strides[0] * kElement);
  const auto y_offset = static_cast<std::uint64_t>(first_image * p.y_strides[0] * kElement);
  constexpr std::size_t kConv = offsetof(WinogradParams, conv);
  Launch launch = make_launch(
      {"winograd", tile.kernel}, {static_cast<std::uint32_t>(layout.workgroups(p.groups)), 1, 1},
      {layout.waves() * kWave, 1, 1}, params,
      {{tile.is_raw() ? Buffer::kW : Buffer::kWorkspace, kConv + offsetof(TileConvParams, w), 0},
       {Buffer::kX, kConv + offsetof(TileConvParams, x), x_offset},
       {Buffer::kY, kConv + offsetof(TileConvParams, y), y_offset}},
      lds_bytes(tile, layout));
  patch_epilogue(launch, p, kConv + offsetof(TileConvParams, epilogue), y_offset);
  return launch;
}

CostTerms terms_of(const ConvProblem& p, const Tile& tile, const Layout& layout,
                   std::int64_t images, const Machine& machine) {
  tile_conv::WinogradWork work;
  work.workgroups = static_cast<double>(layout.workgroups(p.groups));
  work.side = tile.side();
  work.rows = tile.k;
  work.share = layout.share;
  work.slices = layout.slices;
  work.is_raw = tile.is_raw();
  work.half_bits = layout.half_bits;
  work.slice_channels = layout.slice_channels;
  work.lds_bytes = lds_bytes(tile, layout);
  // Channels last: a line for each pixel under the tiles, whose neighbours have some in common.
  // Else rows of a channel, which most often begin and end within a line.
  const double pixels = channels_in_lanes(p) ? 0.6 * tile.frequencies() * 128
                                             : 1.5 * tile.m * tile.side() * 4 * layout.share;
  work.input_bytes = kWave * pixels * layout.slices;
  if (tile.is_raw()) {
    // Of each k the filters of a step, which lie side by side and begin anywhere in a line. Nine
    // loads touch those lines, and L0 has lost some between them: twice.
    const double lines = 1 + 36.0 * layout.share / 128;
    work.raw_filter_bytes = 2 * 128 * lines * tile.k * (layout.waves() << layout.half_bits);
  }
  work.dram_bytes =
      4.0 * static_cast<double>(images * p.c * p.in.volume() + images * p.k * p.out.volume()) +
      (tile.is_raw() ? 36.0 * static_cast<double>(p.k * p.c / p.groups)
                     : static_cast<double>(filter_bytes(p, tile)));
  return tile_conv::winograd_terms(work, machine);
}

LaunchCost filter_cost(const ConvProblem& p, const Tile& tile, const Machine& machine) {
  return {CostFamily::kFilter, "", 1, 1,
          tile_conv::filter_terms(static_cast<double>(p.k * (p.c / p.groups)), tile.frequencies(),
                                  machine)};
}

Estimate estimate_of(const ConvProblem& p, const Choice& choice, const Chunks& chunks,
                     const Machine& machine) {
  const Tile& tile = kTiles[choice.row];
  const CostFamily family = tile.is_raw() ? CostFamily::kRawWinograd : CostFamily::kWinograd;
  static const auto kFactors = [] {
    std::vector<double> factors;
    for (const Tile& each : kTiles) {
      factors.push_back(cost_factor(
          each.is_raw() ? CostFamily::kRawWinograd : CostFamily::kWinograd, each.kernel));
    }
    return factors;
  }();
  const auto cost = [&](std::int64_t launches, std::int64_t images) {
    return LaunchCost{family, tile.kernel, kFactors[choice.row], static_cast<double>(launches),
                      terms_of(p, tile, layout_of(p, choice, images), images, machine)};
  };
  Estimate estimate;
  if (!tile.is_raw()) estimate.add(filter_cost(p, tile, machine));
  estimate.add(cost(chunks.full, chunks.size));
  if (chunks.rest > 0) estimate.add(cost(1, chunks.rest));
  return estimate;
}

// Visits each choice that fits, with its layout for the images of a launch.
template <class Visit>
void for_each_choice(const ConvProblem& p, std::int64_t m, const Visit& visit) {
  const std::int64_t images = tile_conv::chunks_of_images(p).size;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    if (kTiles[row].m != m) continue;
    for (std::uint32_t share = 0; share < kShareBits; ++share) {
      for (std::uint32_t slices = 0; slices < kSliceBits; ++slices) {
        for (std::uint32_t half = 0; half < kHalves; ++half) {
          const Choice choice{row, share, slices, half};
          if (fits(p, kTiles[row], layout_of(p, choice, images))) visit(choice);
        }
      }
    }
  }
}

// `m`: outputs along a tile's side, 2 or 4.
std::optional<std::string> refusal(std::int64_t m, const ConvProblem& p,
                                   const DeviceFacts& device) {
  const auto by = [](std::int64_t h, std::int64_t w) {
    return std::to_string(h) + "x" + std::to_string(w);
  };
  if (auto reason = first_reason(p, unless_forward, unless_fp32, unless_2d)) return reason;
  if (p.filter.h != kFilter || p.filter.w != kFilter)
    return "filter is " + by(p.filter.h, p.filter.w) + ", needs 3x3";
  if (p.stride.h != 1 || p.stride.w != 1)
    return "stride is " + by(p.stride.h, p.stride.w) + ", needs 1x1";
  if (p.dilation.h != 1 || p.dilation.w != 1)
    return "dilation is " + by(p.dilation.h, p.dilation.w) + ", needs 1x1";
  if (auto reason = tile_conv::refusal(p, device)) return reason;
  const std::int64_t frequencies = (m + 2) * (m + 2);
  if (p.c / p.groups * frequencies >= std::int64_t{1} << 26)
    return "there are too many channels for 32-bit indices";
  if (p.groups * (p.k / p.groups + 8) * (p.c / p.groups + 32) >= std::int64_t{1} << 31)
    return "there are too many filters for 32-bit indices";
  bool any = false;
  for_each_choice(p, m, [&](const Choice&) { any = true; });
  if (!any) return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

std::vector<Instance> instances(std::int64_t m, const ConvProblem& p, const DeviceFacts& device) {
  const Chunks chunks = tile_conv::chunks_of_images(p);
  const Machine machine = machine_of(device);
  std::vector<Instance> instances;
  for_each_choice(p, m, [&](const Choice& choice) {
    const Tile& tile = kTiles[choice.row];
    Instance instance;
    instance.name = tile.names[choice.share_bits][choice.slice_bits][choice.half_bits];
    if (!tile.is_raw()) {
      instance.workspace_bytes = filter_bytes(p, tile);
      instance.weights_bytes = instance.workspace_bytes;
      instance.weights_clocks = clocks_of(filter_cost(p, tile, machine));
    }
    instance.estimated_clocks = estimate_of(p, choice, chunks, machine).clocks();
    instance.row = choice.row;
    instance.parameters = {choice.share_bits, choice.slice_bits, choice.half_bits};
    instances.push_back(instance);
  });
  return instances;
}

}  // namespace

std::optional<std::string> refusal_f2x3(const ConvProblem& p, const DeviceFacts& device) {
  return refusal(2, p, device);
}
std::optional<std::string> refusal_f4x3(const ConvProblem& p, const DeviceFacts& device) {
  return refusal(4, p, device);
}
std::vector<Instance> instances_f2x3(const ConvProblem& p, const DeviceFacts& device) {
  return instances(2, p, device);
}
std::vector<Instance> instances_f4x3(const ConvProblem& p, const DeviceFacts& device) {
  return instances(4, p, device);
}
Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  return estimate_of(p, choice_of(instance), tile_conv::chunks_of_images(p), machine_of(device));
}
std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  const Tile& tile = kTiles[instance.row];
  const Choice choice = choice_of(instance);
  std::vector<Launch> launches;
  if (!tile.is_raw()) launches.push_back(filter_launch(p, tile));
  for_each_chunk(tile_conv::chunks_of_images(p), [&](std::int64_t first, std::int64_t images) {
    launches.push_back(fused_launch(p, tile, layout_of(p, choice, images), first, images));
  });
  return launches;
}

}  // namespace rdna1conv::winograd
