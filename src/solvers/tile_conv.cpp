#include "solvers/tile_conv.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <iterator>

#include "params/tile_conv.h"
#include "params/tile_conv_tiles.h"
#include "solvers/chunks.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/tile_conv_estimate.h"

namespace rdna1conv::tile_conv {
namespace {

constexpr RowSource panels = RowSource::kPanels, matrix = RowSource::kMatrix;

#define RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) \
#ROWS "x" #COLUMNS "x" #DEPTH "_" #SOURCE
#define RDNA1CONV_TILE_CONV_ROW(ROWS, COLUMNS, DEPTH, SOURCE)               \
  Tile{"tile_conv_" RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE), \
       RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE),              \
       ROWS,                                                                \
       COLUMNS,                                                             \
       DEPTH,                                                               \
       SOURCE,                                                              \
       {RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE),             \
        RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) "_slices2",  \
        RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) "_slices4",  \
        RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) "_slices8",  \
        RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) "_slices16"}},
constexpr Tile kTiles[] = {RDNA1CONV_TILE_CONV_TILES(RDNA1CONV_TILE_CONV_ROW)};
#undef RDNA1CONV_TILE_CONV_ROW
#undef RDNA1CONV_TILE_CONV_NAME

constexpr std::int64_t kElement = 4;
constexpr std::int64_t kReach = std::int64_t{1} << 31;  // of offsets in a launch, bytes
// Of columns, those of a last, partly filled workgroup included.
constexpr std::int64_t kColumnLimit = kFastDivisionLimit - 8192;
constexpr std::int64_t kPanelRows = 16;
constexpr std::uint32_t kMaxFilterBits = 32;

std::array<std::int64_t, 3> axes_of(const Spatial& s) { return {s.d, s.h, s.w}; }

// Bytes by which padding reaches before the first pixel of x.
std::int64_t origin_of(const ConvProblem& p) {
  return (p.pad.d * p.x_strides[2] + p.pad.h * p.x_strides[3] + p.pad.w * p.x_strides[4]) *
         kElement;
}

// Bytes from the first to the last element that a launch of `images` images can name, x's padding
// on both sides included.
std::int64_t reach_of_x(const ConvProblem& p, std::int64_t images) {
  std::int64_t reach = (images - 1) * p.x_strides[0] + (p.c / p.groups - 1) * p.x_strides[1];
  const auto out = axes_of(p.out), stride = axes_of(p.stride), filter = axes_of(p.filter),
             dilation = axes_of(p.dilation), in = axes_of(p.in), pad = axes_of(p.pad);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t last = (out[i] - 1) * stride[i] + (filter[i] - 1) * dilation[i];
    reach += std::max(last, in[i] - 1 + pad[i]) * p.x_strides[i + 2];
  }
  return (reach + 1) * kElement;
}
std::int64_t reach_of_y(const ConvProblem& p, std::int64_t images) {
  std::int64_t reach = (images - 1) * p.y_strides[0] + (p.k / p.groups - 1) * p.y_strides[1];
  const auto out = axes_of(p.out);
  for (std::size_t i = 0; i < 3; ++i) reach += (out[i] - 1) * p.y_strides[i + 2];
  return (reach + 1) * kElement;
}

// Images that one launch can take, 0 if not even one.
std::int64_t images_a_launch(const ConvProblem& p) {
  std::int64_t images = std::min(p.n, kColumnLimit / std::max<std::int64_t>(1, p.out.volume()));
  while (images > 0 && (reach_of_x(p, images) >= kReach || reach_of_y(p, images) >= kReach)) {
    images = images == 1 ? 0 : divide_up(images, std::int64_t{2});
  }
  return images;
}

// For a problem whose images each fit a launch.
Chunks chunks_of_images(const ConvProblem& p) {
  const std::int64_t images = images_a_launch(p);
  return chunks_of(p.n, images, images);
}

bool is_padded(const ConvProblem& p) {
  const auto out = axes_of(p.out), stride = axes_of(p.stride), filter = axes_of(p.filter),
             dilation = axes_of(p.dilation), in = axes_of(p.in), pad = axes_of(p.pad);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t last = (out[i] - 1) * stride[i] + (filter[i] - 1) * dilation[i];
    if (pad[i] != 0 || last >= in[i]) return true;
  }
  return false;
}

// Whether w's rows lie as the kernel walks them: channels side by side, then taps.
bool has_matrix_rows(const ConvProblem& p, const Tile& tile) {
  const std::int64_t c = p.c / p.groups;
  if (c % tile.depth != 0) return false;
  if (c > 1 && p.w_strides[1] != 1) return false;
  std::int64_t expected = c;
  const auto filter = axes_of(p.filter);
  for (std::size_t i = 3; i-- > 0;) {
    if (filter[i] == 1) continue;
    if (p.w_strides[i + 2] != expected) return false;
    expected *= filter[i];
  }
  // A wave's rows are reached by 32-bit offsets.
  return p.w_strides[0] * kElement * tile.rows < kReach;
}

std::uint32_t padded_channels(const ConvProblem& p, const Tile& tile) {
  return divide_up(to_u32(p.c / p.groups), tile.depth) * tile.depth;
}

std::uint64_t panel_bytes(const ConvProblem& p, const Tile& tile) {
  if (tile.source != panels) return 0;
  return static_cast<std::uint64_t>(p.groups * divide_up(p.k / p.groups, kPanelRows) * kPanelRows *
                                    padded_channels(p, tile) * p.filter.volume() * kElement);
}

PixelGather gather_of(const ConvProblem& p, const Tile& tile) {
  PixelGather gather{};
  gather.space.volume = make_fast_division(to_u32(p.out.volume()));
  gather.space.plane = make_fast_division(to_u32(p.out.h * p.out.w));
  gather.space.width = make_fast_division(to_u32(p.out.w));
  const auto stride = axes_of(p.stride), filter = axes_of(p.filter), dilation = axes_of(p.dilation),
             in = axes_of(p.in), pad = axes_of(p.pad);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t bytes = p.x_strides[i + 2] * kElement;
    gather.axis[i] = {to_u32(in[i]),
                      to_u32(stride[i]),
                      to_u32(pad[i]),
                      to_u32(dilation[i]),
                      to_u32(filter[i]),
                      to_u32(stride[i] * bytes),
                      to_u32(dilation[i] * bytes)};
  }
  gather.tap_plane = make_fast_division(to_u32(p.filter.h * p.filter.w));
  gather.tap_width = make_fast_division(to_u32(p.filter.w));
  gather.stages_a_tap = make_fast_division(padded_channels(p, tile) / tile.depth);
  gather.origin = static_cast<std::uint64_t>(origin_of(p));
  gather.image = to_u32(p.x_strides[0] * kElement);
  gather.channel = to_u32(p.x_strides[1] * kElement);
  gather.channels = to_u32(p.c / p.groups);
  gather.padded = is_padded(p) ? 1 : 0;
  return gather;
}

// How a workgroup's waves are laid out.
struct Waves {
  std::uint32_t m_bits = 0, n_bits = 0, slices = 1;
  std::uint32_t tiles() const { return 1u << (m_bits + n_bits); }
  std::uint32_t count() const { return tiles() * slices; }
};

// Four waves fill the SIMDs of a WGP. Those above each other read the same columns through L0.
Waves waves_of(const ConvProblem& p, const Tile& tile, std::uint32_t slices) {
  Waves waves;
  waves.slices = slices;
  const std::uint32_t rows = divide_up(to_u32(p.k / p.groups), tile.rows);
  while (waves.count() < 4 && (2u << waves.m_bits) <= std::bit_ceil(rows)) ++waves.m_bits;
  while (waves.count() < 4) ++waves.n_bits;
  return waves;
}

std::uint32_t pack_workgroups(const ConvProblem& p, const Tile& tile) {
  const std::uint32_t depth = padded_channels(p, tile) * to_u32(p.filter.volume());
  return to_u32(p.groups) * divide_up(to_u32(p.k / p.groups), std::uint32_t{kPanelRows}) *
         divide_up(depth, kTilePackChunk);
}

Launch pack_launch(const ConvProblem& p, const Tile& tile) {
  TilePackParams params{};
  params.m = to_u32(p.k / p.groups);
  params.channels = to_u32(p.c / p.groups);
  params.padded_channels = make_fast_division(padded_channels(p, tile));
  params.taps = make_fast_division(to_u32(p.filter.volume()));
  params.tap_plane = make_fast_division(to_u32(p.filter.h * p.filter.w));
  params.tap_width = make_fast_division(to_u32(p.filter.w));
  params.depth = params.padded_channels.divisor * params.taps.divisor;
  const std::uint32_t chunks = divide_up(params.depth, kTilePackChunk);
  const std::uint32_t panel_count = divide_up(params.m, std::uint32_t{kPanelRows});
  params.panels_a_group = make_fast_division(panel_count);
  params.chunks = make_fast_division(chunks);
  params.w_group = static_cast<std::uint64_t>(p.k / p.groups * p.w_strides[0] * kElement);
  params.w_row = to_u32(p.w_strides[0] * kElement);
  params.w_channel = to_u32(p.w_strides[1] * kElement);
  for (std::size_t i = 0; i < 3; ++i) params.w_axis[i] = to_u32(p.w_strides[i + 2] * kElement);
  return make_launch({"tile_conv", "tile_pack"}, {pack_workgroups(p, tile), 1, 1},
                     {kTilePackThreads, 1, 1}, params,
                     {{Buffer::kW, offsetof(TilePackParams, w), 0},
                      {Buffer::kWorkspace, offsetof(TilePackParams, panels), 0}});
}

std::uint64_t workgroups_of(const ConvProblem& p, const Tile& tile, const Waves& waves,
                            std::int64_t images) {
  const std::int64_t m = divide_up(p.k / p.groups, std::int64_t{tile.rows} << waves.m_bits);
  const std::int64_t n =
      divide_up(images * p.out.volume(), std::int64_t{tile.columns()} << waves.n_bits);
  return static_cast<std::uint64_t>(p.groups * m * n);
}

std::uint32_t stages_of(const ConvProblem& p, const Tile& tile) {
  return padded_channels(p, tile) / tile.depth * to_u32(p.filter.volume());
}

Launch product_launch(const ConvProblem& p, const Tile& tile, const Waves& waves,
                      std::int64_t first_image, std::int64_t images) {
  TileConvParams params{};
  params.gather = gather_of(p, tile);
  params.m = to_u32(p.k / p.groups);
  params.columns = to_u32(images * p.out.volume());
  params.stages = stages_of(p, tile);
  if (tile.source == panels) {
    params.depth = padded_channels(p, tile) * to_u32(p.filter.volume());
    params.w_group =
        divide_up(p.k / p.groups, kPanelRows) * kPanelRows * std::uint64_t{params.depth};
  } else {
    params.depth = to_u32(p.w_strides[0]);
    params.w_group = static_cast<std::uint64_t>(p.k / p.groups * p.w_strides[0]);
  }
  params.x_group = static_cast<std::uint64_t>(p.c / p.groups * p.x_strides[1] * kElement);
  params.y_group = static_cast<std::uint64_t>(p.k / p.groups * p.y_strides[1] * kElement);
  params.y_image = to_u32(p.y_strides[0] * kElement);
  params.y_channel = to_u32(p.y_strides[1] * kElement);
  for (std::size_t i = 0; i < 3; ++i) params.y_axis[i] = to_u32(p.y_strides[i + 2] * kElement);
  params.tiles_m = make_fast_division(divide_up(params.m, tile.rows << waves.m_bits));
  params.tiles_n = make_fast_division(divide_up(params.columns, tile.columns() << waves.n_bits));
  params.waves_m_bits = waves.m_bits;
  params.waves_n_bits = waves.n_bits;
  params.slices = waves.slices;
  params.epilogue = epilogue_params(p);

  const std::uint64_t x_offset =
      static_cast<std::uint64_t>(first_image * p.x_strides[0] * kElement);
  const std::uint64_t y_offset =
      static_cast<std::uint64_t>(first_image * p.y_strides[0] * kElement);
  const std::uint64_t workgroups = workgroups_of(p, tile, waves, images);
  const std::uint32_t lds =
      waves.tiles() * (waves.slices / 2) * tile.rows * tile.lane_columns * 32 * 4;
  Launch launch = make_launch(
      {"tile_conv", tile.kernel}, {static_cast<std::uint32_t>(workgroups), 1, 1},
      {waves.count() * 32, 1, 1}, params,
      {{tile.source == panels ? Buffer::kWorkspace : Buffer::kW, offsetof(TileConvParams, w), 0},
       {Buffer::kX, offsetof(TileConvParams, x), x_offset},
       {Buffer::kY, offsetof(TileConvParams, y), y_offset}},
      lds);
  patch_epilogue(launch, p, offsetof(TileConvParams, epilogue), y_offset);
  return launch;
}

double clocks_of(const ConvProblem& p, const Tile& tile, const Waves& waves, std::int64_t images,
                 const DeviceFacts& device) {
  ProductWork work;
  work.workgroups = static_cast<double>(workgroups_of(p, tile, waves, images));
  work.waves = waves.count();
  work.waves_above = 1u << waves.m_bits;
  work.rows = tile.rows;
  work.lane_columns = tile.lane_columns;
  work.depth = tile.depth;
  work.stages = divide_up(stages_of(p, tile), waves.slices);
  work.taps = static_cast<double>(p.filter.volume());
  work.from_panels = tile.source == panels;
  work.pixel_bytes = static_cast<double>(p.stride.w * p.x_strides[4] * kElement);
  work.slices = waves.slices;
  work.padded = is_padded(p);
  work.dram_bytes =
      4.0 * static_cast<double>(images * p.c * p.in.volume() + images * p.k * p.out.volume()) +
      4.0 * static_cast<double>(p.k * p.c / p.groups * p.filter.volume());
  return product_clocks(work, device);
}

// Whether the tile computes the problem with k shared between 2^slice_bits waves.
bool fits(const ConvProblem& p, const Tile& tile, std::uint32_t slice_bits) {
  const std::uint32_t slices = 1u << slice_bits;
  if (tile.source == matrix && !has_matrix_rows(p, tile)) return false;
  const std::uint64_t stages = std::uint64_t{padded_channels(p, tile)} / tile.depth *
                               static_cast<std::uint64_t>(p.filter.volume());
  if (slices > 1 && stages < 4 * slices) return false;
  // Large tiles have registers for few waves, and sums that take long to add up.
  if (slices * tile.rows * tile.lane_columns > 256) return false;
  // Three channels, as of images, fill stages of that depth; others would mostly not.
  if (tile.depth == 3 && (p.c / p.groups % 3 != 0 || p.c / p.groups > 9)) return false;
  const Waves waves = waves_of(p, tile, slices);
  if (slices / 2 * waves.tiles() * tile.rows * tile.lane_columns * 128 > 64 * 1024) return false;
  return workgroups_of(p, tile, waves, chunks_of_images(p).size) * waves.count() * 32 <=
         kMaxWorkItems;
}

Instance instance_of(const ConvProblem& p, std::uint32_t row, std::uint32_t slice_bits,
                     const DeviceFacts& device) {
  const Tile& tile = kTiles[row];
  const Waves waves = waves_of(p, tile, 1u << slice_bits);
  const Chunks chunks = chunks_of_images(p);
  Instance instance;
  instance.name = tile.slice_names[slice_bits];
  instance.workspace_bytes = panel_bytes(p, tile);
  if (tile.source == panels) {
    instance.estimated_clocks =
        pack_clocks(static_cast<double>(panel_bytes(p, tile)), pack_workgroups(p, tile), device);
  }
  instance.estimated_clocks +=
      static_cast<double>(chunks.full) * clocks_of(p, tile, waves, chunks.size, device);
  if (chunks.rest > 0) instance.estimated_clocks += clocks_of(p, tile, waves, chunks.rest, device);
  instance.row = row;
  instance.parameters = {slice_bits};
  return instance;
}

constexpr auto kSliceBits = static_cast<std::uint32_t>(std::size(Tile{}.slice_names));

bool fits_any(const ConvProblem& p) {
  for (const Tile& tile : kTiles) {
    for (std::uint32_t bits = 0; bits < kSliceBits; ++bits) {
      if (fits(p, tile, bits)) return true;
    }
  }
  return false;
}

}  // namespace

std::span<const Tile> tiles() { return kTiles; }

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = first_reason(p, unless_forward, unless_fp32, unless_positions_fit))
    return reason;
  if (p.filter.d + p.filter.h + p.filter.w > kMaxFilterBits)
    return "the filter's lengths add up to more than 32";
  if (images_a_launch(p) == 0) return "an image of a group spans 2 GB or more";
  const std::int64_t depth = (p.c / p.groups + 3) * p.filter.volume();
  if (depth * kPanelRows * kElement >= kReach || p.w_strides[0] * kElement >= kReach * 2)
    return "an output sums too many products for 32-bit offsets";
  if (divide_up(p.k / p.groups, kPanelRows) * kPanelRows * depth * p.groups >= kReach * 8)
    return "the filter takes 64 GB or more";
  if (auto reason = unless_few(chunks_of_images(p), 1)) return reason;
  if (!fits_any(p)) return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  std::vector<Instance> instances;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    for (std::uint32_t bits = 0; bits < kSliceBits; ++bits) {
      if (fits(p, kTiles[row], bits)) instances.push_back(instance_of(p, row, bits, device));
    }
  }
  return instances;
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  const Tile& tile = kTiles[instance.row];
  const Waves waves = waves_of(p, tile, 1u << instance.parameters[0]);
  std::vector<Launch> launches;
  if (tile.source == panels) launches.push_back(pack_launch(p, tile));
  for_each_chunk(chunks_of_images(p), [&](std::int64_t first, std::int64_t images) {
    launches.push_back(product_launch(p, tile, waves, first, images));
  });
  return launches;
}

}  // namespace rdna1conv::tile_conv
