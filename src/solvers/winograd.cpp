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

// How many waves share transformed inputs (2, 4 or 8), and into how many slices c is cut.
constexpr std::uint32_t kShareBits = 3, kSliceBits = 4;

// One row of kernels/params/winograd.h.
struct Tile {
  const char* kernel;
  const char* filter_kernel;
  std::uint32_t m, k;
  std::string_view names[kShareBits][kSliceBits];

  std::uint32_t side() const { return m + 2; }
  std::uint32_t frequencies() const { return side() * side(); }
  std::uint32_t filters() const { return frequencies() * k; }  // elements of U of a channel
};

#define RDNA1CONV_WINOGRAD_NAMES(M, K, SHARE)                                      \
  {                                                                                \
#M "x" #K "_share" #SHARE, #M "x" #K "_share" #SHARE "_slices2",               \
        #M "x" #K "_share" #SHARE "_slices4", #M "x" #K "_share" #SHARE "_slices8" \
  }
#define RDNA1CONV_WINOGRAD_ROW(M, K)                                          \
  Tile{"winograd_" #M "x" #K,                                                 \
       "winograd_filter_" #M "x" #K,                                          \
       M,                                                                     \
       K,                                                                     \
       {RDNA1CONV_WINOGRAD_NAMES(M, K, 2), RDNA1CONV_WINOGRAD_NAMES(M, K, 4), \
        RDNA1CONV_WINOGRAD_NAMES(M, K, 8)}},
constexpr Tile kTiles[] = {RDNA1CONV_WINOGRAD_TILES(RDNA1CONV_WINOGRAD_ROW)};
#undef RDNA1CONV_WINOGRAD_ROW
#undef RDNA1CONV_WINOGRAD_NAMES

constexpr std::int64_t kFilter = 3;
constexpr std::int64_t kElement = 4;
constexpr std::uint32_t kMaxWaves = 16;
constexpr std::uint32_t kWave = 32;
// What multiplies read past a block of U, at its end: kernels/tile/winograd.h.
constexpr std::uint32_t kReadAhead = 36 * 8;

// What the params have of a tile of the engine.
constexpr tile_conv::Tile kAsTile{nullptr, {}, 1, 1, 1, tile_conv::RowSource::kMatrix, {}};

// How a workgroup's waves are laid out, and the grid.
struct Layout {
  std::uint32_t share, slices;       // waves of a slice, slices
  std::uint32_t slice_channels;      // a multiple of `share`
  std::uint32_t blocks_m, blocks_n;  // workgroups along k and along the tiles
  std::uint32_t tiles_h, tiles_w, tiles;

  std::uint32_t waves() const { return share * slices; }
  std::uint64_t workgroups(std::int64_t groups) const {
    return static_cast<std::uint64_t>(groups) * blocks_m * blocks_n;
  }
};

Layout layout_of(const ConvProblem& p, const Tile& tile, std::uint32_t share_bits,
                 std::uint32_t slice_bits, std::int64_t images) {
  Layout layout{};
  layout.share = 2u << share_bits;
  layout.slices = 1u << slice_bits;
  layout.slice_channels =
      divide_up(divide_up(to_u32(p.c / p.groups), layout.slices), layout.share) * layout.share;
  layout.blocks_m = divide_up(to_u32(p.k / p.groups), tile.k * layout.share);
  layout.tiles_h = divide_up(to_u32(p.out.h), tile.m);
  layout.tiles_w = divide_up(to_u32(p.out.w), tile.m);
  layout.tiles = to_u32(images) * layout.tiles_h * layout.tiles_w;
  layout.blocks_n = divide_up(layout.tiles, kWave);
  return layout;
}

// Bytes of LDS: transformed inputs of a step, in their place at the end what slices exchange.
std::uint32_t lds_bytes(const Tile& tile, const Layout& layout) {
  const std::uint32_t plane = tile.frequencies() * kWave + 8;
  return std::max(layout.waves() * plane,
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

bool fits(const ConvProblem& p, const Tile& tile, const Layout& layout) {
  if (layout.waves() > kMaxWaves || lds_bytes(tile, layout) > 64 * 1024) return false;
  // Slices of fewer steps than that are all prologue.
  if (layout.slices > 1 && layout.slice_channels < 4 * layout.share) return false;
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
  params.conv.depth = filter_pitch(p, tile);
  params.conv.w_group = std::uint64_t{blocks_of_k(p, tile)} * filter_pitch(p, tile);
  params.conv.tiles_m = make_fast_division(layout.blocks_m);
  params.conv.tiles_n = make_fast_division(layout.blocks_n);
  params.conv.waves_m_bits = log2_of(layout.share);
  params.conv.slices = layout.slices;
  params.image_tiles = make_fast_division(layout.tiles_h * layout.tiles_w);
  params.tiles_w = make_fast_division(layout.tiles_w);
  params.tiles = layout.tiles;
  params.slice_channels = layout.slice_channels;
  params.channels_in_lanes = channels_in_lanes(p) ? 1 : 0;
  const auto x_offset = static_cast<std::uint64_t>(first_image * p.x_strides[0] * kElement);
  const auto y_offset = static_cast<std::uint64_t>(first_image * p.y_strides[0] * kElement);
  constexpr std::size_t kConv = offsetof(WinogradParams, conv);
  Launch launch = make_launch({"winograd", tile.kernel},
                              {static_cast<std::uint32_t>(layout.workgroups(p.groups)), 1, 1},
                              {layout.waves() * kWave, 1, 1}, params,
                              {{Buffer::kWorkspace, kConv + offsetof(TileConvParams, w), 0},
                               {Buffer::kX, kConv + offsetof(TileConvParams, x), x_offset},
                               {Buffer::kY, kConv + offsetof(TileConvParams, y), y_offset}},
                              lds_bytes(tile, layout));
  patch_epilogue(launch, p, kConv + offsetof(TileConvParams, epilogue), y_offset);
  return launch;
}

double clocks_of(const ConvProblem& p, const Tile& tile, const Layout& layout, std::int64_t images,
                 const DeviceFacts& device) {
  tile_conv::WinogradWork work;
  work.workgroups = static_cast<double>(layout.workgroups(p.groups));
  work.side = tile.side();
  work.rows = tile.k;
  work.share = layout.share;
  work.slices = layout.slices;
  work.slice_channels = layout.slice_channels;
  work.lds_bytes = lds_bytes(tile, layout);
  // Channels last: a line for each pixel under the tiles, whose neighbours have some in common.
  // Else rows of a channel, which most often begin and end within a line.
  const double pixels = channels_in_lanes(p) ? 0.6 * tile.frequencies() * 128
                                             : 1.5 * tile.m * tile.side() * 4 * layout.share;
  work.input_bytes = kWave * pixels * layout.slices;
  work.dram_bytes =
      4.0 * static_cast<double>(images * p.c * p.in.volume() + images * p.k * p.out.volume()) +
      static_cast<double>(filter_bytes(p, tile));
  return tile_conv::winograd_clocks(work, device);
}

template <class Visit>
void for_each_layout(const ConvProblem& p, std::int64_t m, const Visit& visit) {
  const std::int64_t images = tile_conv::chunks_of_images(p).size;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    if (kTiles[row].m != m) continue;
    for (std::uint32_t share = 0; share < kShareBits; ++share) {
      for (std::uint32_t slices = 0; slices < kSliceBits; ++slices) {
        if (fits(p, kTiles[row], layout_of(p, kTiles[row], share, slices, images)))
          visit(row, share, slices);
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
  for_each_layout(p, m, [&](std::uint32_t, std::uint32_t, std::uint32_t) { any = true; });
  if (!any) return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

std::vector<Instance> instances(std::int64_t m, const ConvProblem& p, const DeviceFacts& device) {
  const Chunks chunks = tile_conv::chunks_of_images(p);
  std::vector<Instance> instances;
  for_each_layout(p, m, [&](std::uint32_t row, std::uint32_t share, std::uint32_t slices) {
    const Tile& tile = kTiles[row];
    const auto clocks = [&](std::int64_t images) {
      return clocks_of(p, tile, layout_of(p, tile, share, slices, images), images, device);
    };
    Instance instance;
    instance.name = tile.names[share][slices];
    instance.workspace_bytes = filter_bytes(p, tile);
    instance.weights_bytes = instance.workspace_bytes;
    instance.weights_clocks = tile_conv::filter_clocks(static_cast<double>(p.k * (p.c / p.groups)),
                                                       tile.frequencies(), device);
    instance.estimated_clocks =
        instance.weights_clocks + static_cast<double>(chunks.full) * clocks(chunks.size);
    if (chunks.rest > 0) instance.estimated_clocks += clocks(chunks.rest);
    instance.row = row;
    instance.parameters = {share, slices};
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
std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  const Tile& tile = kTiles[instance.row];
  std::vector<Launch> launches{filter_launch(p, tile)};
  for_each_chunk(tile_conv::chunks_of_images(p), [&](std::int64_t first, std::int64_t images) {
    launches.push_back(fused_launch(
        p, tile, layout_of(p, tile, instance.parameters[0], instance.parameters[1], images), first,
        images));
  });
  return launches;
}

}  // namespace rdna1conv::winograd
