#include "solvers/tile_conv.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <iterator>
#include <limits>

#include "params/integer_conv_tiles.h"
#include "params/packed_conv_tiles.h"
#include "params/tile_conv.h"
#include "params/tile_conv_tiles.h"
#include "plan/estimated_clocks.h"
#include "solvers/chunks.h"
#include "solvers/epilogue_launch.h"
#include "solvers/forward_views.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/tile_conv_estimate.h"

namespace rdna1conv::tile_conv {
namespace {

constexpr RowSource panels = RowSource::kPanels, matrix = RowSource::kMatrix,
                    transposed = RowSource::kTransposed, pixels = RowSource::kPixels,
                    neighbours = RowSource::kNeighbours;

#define RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) \
#ROWS "x" #COLUMNS "x" #DEPTH "_" #SOURCE
#define RDNA1CONV_TILE(TYPE, FAMILY, PREFIX, PACK, ROWS, COLUMNS, DEPTH, SOURCE) \
  Tile{PREFIX "_" RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE),        \
       RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE),                   \
       ROWS,                                                                     \
       COLUMNS,                                                                  \
       DEPTH,                                                                    \
       SOURCE,                                                                   \
       {RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE),                  \
        RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) "_slices2",       \
        RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) "_slices4",       \
        RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) "_slices8",       \
        RDNA1CONV_TILE_CONV_NAME(ROWS, COLUMNS, DEPTH, SOURCE) "_slices16"},     \
       DataType::TYPE,                                                           \
       FAMILY,                                                                   \
       PACK},
#define RDNA1CONV_TILE_CONV_ROW(...) \
  RDNA1CONV_TILE(kFloat, "tile_conv", "tile_conv", "tile_pack", __VA_ARGS__)
#define RDNA1CONV_BFLOAT_CONV_ROW(...) \
  RDNA1CONV_TILE(kBFloat16, "tile_conv", "bfloat_conv", "bfloat_pack", __VA_ARGS__)
#define RDNA1CONV_INTEGER_CONV_ROW(...) \
  RDNA1CONV_TILE(kInt8, "integer_conv", "integer_conv", "integer_pack", __VA_ARGS__)
#define RDNA1CONV_PACKED_CONV_ROW(ROWS, COLUMNS, DEPTH, SOURCE)                                \
  RDNA1CONV_TILE(kHalf, "packed_conv", "packed_conv",                                          \
                 SOURCE == pixels ? "packed_pack_pairs" : "packed_pack", ROWS, COLUMNS, DEPTH, \
                 SOURCE)
constexpr Tile kTiles[] = {RDNA1CONV_TILE_CONV_TILES(RDNA1CONV_TILE_CONV_ROW)
                               RDNA1CONV_BFLOAT_CONV_TILES(RDNA1CONV_BFLOAT_CONV_ROW)
                                   RDNA1CONV_INTEGER_CONV_TILES(RDNA1CONV_INTEGER_CONV_ROW)
                                       RDNA1CONV_PACKED_CONV_TILES(RDNA1CONV_PACKED_CONV_ROW)};
#undef RDNA1CONV_PACKED_CONV_ROW
#undef RDNA1CONV_INTEGER_CONV_ROW
#undef RDNA1CONV_BFLOAT_CONV_ROW
#undef RDNA1CONV_TILE_CONV_ROW
#undef RDNA1CONV_TILE
#undef RDNA1CONV_TILE_CONV_NAME

// Bytes of an element of what is read, which are all of w's type, and of a forward problem's y.
std::int64_t element_of(const ConvProblem& p) {
  return static_cast<std::int64_t>(bytes_of(p.w_type));
}
std::int64_t element_of_y(const ConvProblem& p) {
  return static_cast<std::int64_t>(bytes_of(p.y_type));
}
// Of what the kernel reads as w: w itself, or panels, which have bf16 as floats and int8 as int32.
std::int64_t element_of(const Tile& tile) { return tile.type == DataType::kHalf ? 2 : 4; }

constexpr std::int64_t kReach = std::int64_t{1} << 31;  // of offsets in a launch, bytes
// Of columns, those of a last, partly filled workgroup included.
constexpr std::int64_t kColumnLimit = kFastDivisionLimit - 8192;
constexpr std::int64_t kPanelRows = 16;
constexpr std::uint32_t kMaxFilterBits = 32;

std::array<std::int64_t, 3> axes_of(const Spatial& s) { return {s.d, s.h, s.w}; }

// Images that one launch can take, 0 if not even one.
std::int64_t images_a_launch(const ConvProblem& p) {
  std::int64_t images = std::min(p.n, kColumnLimit / std::max<std::int64_t>(1, p.out.volume()));
  while (images > 0 && (reach_of_x(p, images) >= kReach || reach_of_y(p, images) >= kReach)) {
    images = images == 1 ? 0 : divide_up(images, std::int64_t{2});
  }
  return images;
}
std::int64_t images_a_launch(const ForwardViews& views) {
  std::int64_t images = std::numeric_limits<std::int64_t>::max();
  for (const ForwardView& view : views.views)
    images = std::min(images, images_a_launch(view.problem));
  return images;
}
Chunks chunks_of_images(const ForwardViews& views) {
  const std::int64_t images = images_a_launch(views);
  return chunks_of(views.views.front().problem.n, images, images);
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

bool is_written(RowSource source) { return source != matrix && source != transposed; }

// Whether w's rows lie as the kernel walks them: channels side by side, then taps.
bool has_matrix_rows(const ConvProblem& p, const Tile& tile) {
  const std::int64_t c = p.c / p.groups;
  if (c % tile.stage_channels() != 0) return false;
  // Rows of whole words.
  if (p.w_strides[0] * element_of(tile) % 4 != 0) return false;
  if (c > 1 && p.w_strides[1] != 1) return false;
  std::int64_t expected = c;
  const auto filter = axes_of(p.filter);
  for (std::size_t i = 3; i-- > 0;) {
    if (filter[i] == 1) continue;
    if (p.w_strides[i + 2] != expected) return false;
    expected *= filter[i];
  }
  // A wave's rows are reached by 32-bit offsets.
  return p.w_strides[0] * element_of(tile) * tile.rows < kReach;
}

// Whether each output pixel is one input pixel, and `count` of them lie side by side in both.
bool has_neighbours(const ForwardView& view, std::int64_t count) {
  const ConvProblem& p = view.problem;
  if (p.filter.volume() != 1 || is_padded(p) || p.out.volume() % count != 0) return false;
  const auto in = axes_of(p.in), out = axes_of(p.out), stride = axes_of(p.stride);
  std::int64_t expected = 1;
  for (std::size_t i = 3; i-- > 0;) {
    if (out[i] == 1) continue;
    if (in[i] != out[i] || stride[i] != 1 || p.x_strides[i + 2] != expected ||
        p.y_strides[i + 2] != expected)
      return false;
    expected *= out[i];
  }
  return true;
}

// Whether each pixel of elements of less than a word lies a whole number of words from the first,
// so that scalar loads reach all or none of them.
bool has_word_pixels(const ForwardView& view) {
  const ConvProblem& p = view.problem;
  return std::ranges::all_of(
      std::array{view.x_offset, p.x_strides[0], p.x_strides[2], p.x_strides[3], p.x_strides[4]},
      [&](std::int64_t each) { return each * element_of(p) % 4 == 0; });
}

// Whether w is a matrix (k, m) with whole tiles of rows side by side.
bool has_transposed_rows(const ForwardViews& views, const Tile& tile) {
  const ConvProblem& p = views.largest().problem;
  const std::int64_t m = p.k / p.groups;
  return views.tap_count == 1 && p.c / p.groups % tile.depth == 0 && m % tile.rows == 0 &&
         (m == 1 || p.w_strides[0] == 1) && p.w_strides[1] * element_of(tile) < kReach / 256;
}

std::uint32_t padded_channels(const ConvProblem& p, const Tile& tile) {
  return divide_up(to_u32(p.c / p.groups), tile.stage_channels()) * tile.stage_channels();
}

// Elements of a row that a panel holds, for the taps of all views, and from a panel to the next.
// Panels begin an odd number of lines of 128 bytes apart, so that no two of neighbours share a set
// of a cache or, for long, a slice of L2.
std::uint32_t panel_depth(const ForwardViews& views, const Tile& tile) {
  return padded_channels(views.largest().problem, tile) * to_u32(views.tap_count);
}
std::uint32_t panel_pitch(const ForwardViews& views, const Tile& tile) {
  const std::uint32_t depth = panel_depth(views, tile);
  const std::uint32_t line = 128 / (to_u32(kPanelRows) * to_u32(element_of(tile)));
  return depth % (2 * line) == 0 ? depth + line : depth;
}

std::uint64_t panel_bytes(const ForwardViews& views, const Tile& tile) {
  if (!is_written(tile.source)) return 0;
  const ConvProblem& p = views.largest().problem;
  return static_cast<std::uint64_t>(p.groups * divide_up(p.k / p.groups, kPanelRows) * kPanelRows *
                                    panel_pitch(views, tile) * element_of(tile));
}

PixelGather gather_of(const ConvProblem& p, const Tile& tile) {
  PixelGather gather{};
  const std::int64_t element = element_of(p);
  gather.space.volume = make_fast_division(to_u32(p.out.volume()));
  gather.space.plane = make_fast_division(to_u32(p.out.h * p.out.w));
  gather.space.width = make_fast_division(to_u32(p.out.w));
  const auto stride = axes_of(p.stride), filter = axes_of(p.filter), dilation = axes_of(p.dilation),
             in = axes_of(p.in), pad = axes_of(p.pad);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t bytes = p.x_strides[i + 2] * element;
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
  gather.stages_a_tap = make_fast_division(padded_channels(p, tile) / tile.stage_channels());
  gather.origin = static_cast<std::uint64_t>(origin_of(p));
  gather.image = to_u32(p.x_strides[0] * element);
  gather.channel = to_u32(p.x_strides[1] * element);
  gather.channels = to_u32(p.c / p.groups);
  gather.padded = is_padded(p) ? 1 : 0;
  return gather;
}

// Of the product that a launch is.
std::uint32_t rows_of(const ConvProblem& p, const Tile& tile, std::int64_t images) {
  return to_u32(tile.source == pixels ? images * p.out.volume() : p.k / p.groups);
}
std::uint32_t columns_of(const ConvProblem& p, const Tile& tile, std::int64_t images) {
  return to_u32(tile.source == pixels ? p.k / p.groups : images * p.out.volume());
}

// How a workgroup's waves are laid out.
struct Waves {
  std::uint32_t m_bits = 0, n_bits = 0, slices = 1;
  std::uint32_t tiles() const { return 1u << (m_bits + n_bits); }
  std::uint32_t count() const { return tiles() * slices; }
};

// Most waves that a workgroup of the kernel may have: kernels/tile_conv.hip.
std::uint32_t most_waves(const Tile& tile) { return tile.rows * tile.lane_columns > 32 ? 8 : 16; }

// Four waves fill the SIMDs of a WGP. Those above each other read the same columns through L0, and
// where a tap's columns are gathered at least two do: 32 lanes touch several lines, which L1 cannot
// bring to each wave alone. Seen on the software device, one image, 3x3 of stride 2 (128,56,128):
// with four slices 21 % of the FMA peak without and 36 so.
Waves waves_of(const ConvProblem& p, const Tile& tile, std::uint32_t slices, std::int64_t images) {
  Waves waves;
  waves.slices = slices;
  const bool gathers =
      tile.source != pixels && tile.type != DataType::kHalf && p.filter.volume() > 1;
  const std::uint32_t least = gathers ? std::max(4u, std::min(2 * slices, most_waves(tile))) : 4;
  const std::uint32_t rows = divide_up(rows_of(p, tile, images), tile.rows);
  while (waves.count() < least && (2u << waves.m_bits) <= std::bit_ceil(rows)) ++waves.m_bits;
  while (waves.count() < 4) ++waves.n_bits;
  return waves;
}

std::uint32_t pack_workgroups(const ForwardViews& views, const Tile& tile) {
  const ConvProblem& p = views.largest().problem;
  return to_u32(p.groups) * divide_up(to_u32(p.k / p.groups), std::uint32_t{kPanelRows}) *
         divide_up(panel_depth(views, tile), kTilePackChunk);
}

Launch pack_launch(const ForwardViews& views, const Tile& tile) {
  const ConvProblem& p = views.largest().problem;
  TilePackParams params{};
  const std::int64_t element = element_of(p);
  params.m = to_u32(p.k / p.groups);
  params.channels = to_u32(p.c / p.groups);
  params.padded_channels = make_fast_division(padded_channels(p, tile));
  params.taps = make_fast_division(to_u32(views.tap_count));
  params.tap_plane = make_fast_division(to_u32(views.filter.h * views.filter.w));
  params.tap_width = make_fast_division(to_u32(views.filter.w));
  params.depth = panel_depth(views, tile);
  params.pitch = panel_pitch(views, tile);
  const std::uint32_t chunks = divide_up(params.depth, kTilePackChunk);
  const std::uint32_t panel_count = divide_up(params.m, std::uint32_t{kPanelRows});
  params.panels_a_group = make_fast_division(panel_count);
  params.chunks = make_fast_division(chunks);
  params.w_group = static_cast<std::uint64_t>(views.w_group * element);
  params.w_row = to_u32(p.w_strides[0] * element);
  params.w_channel = to_u32(p.w_strides[1] * element);
  for (std::size_t i = 0; i < 3; ++i) params.w_axis[i] = to_u32(p.w_strides[i + 2] * element);
  params.along_rows = params.w_row < params.w_channel ? 1 : 0;
  params.ordered = views.taps.empty() ? 0 : 1;
  std::ranges::transform(views.taps, params.order,
                         [](std::int64_t tap) { return static_cast<std::uint16_t>(tap); });
  Launch launch = make_launch({tile.family, tile.pack}, {pack_workgroups(views, tile), 1, 1},
                              {kTilePackThreads, 1, 1}, params,
                              {{Buffer::kW, offsetof(TilePackParams, w), 0},
                               {Buffer::kWorkspace, offsetof(TilePackParams, panels), 0}});
  launch.prepares_weights = true;
  return launch;
}

std::uint64_t workgroups_of(const ConvProblem& p, const Tile& tile, const Waves& waves,
                            std::int64_t images) {
  const std::uint64_t m = divide_up(rows_of(p, tile, images), tile.rows << waves.m_bits);
  const std::uint64_t n = divide_up(columns_of(p, tile, images), tile.columns() << waves.n_bits);
  return static_cast<std::uint64_t>(p.groups) * m * n;
}

std::uint32_t stages_of(const ForwardView& view, const Tile& tile) {
  if (view.is_empty) return 0;
  return padded_channels(view.problem, tile) / tile.stage_channels() *
         to_u32(view.problem.filter.volume());
}

// Where a view's rows lie: params' fields of w, and bytes from the start of their buffer.
std::uint64_t set_rows(TileConvParams& params, const ForwardViews& views, const ForwardView& view,
                       const Tile& tile) {
  const ConvProblem& p = view.problem;
  if (is_written(tile.source)) {
    // Both in the kernel's elements.
    params.depth = panel_pitch(views, tile) / tile.element_channels();
    params.w_group =
        divide_up(p.k / p.groups, kPanelRows) * kPanelRows * std::uint64_t{params.depth};
    return static_cast<std::uint64_t>(view.first_tap * kPanelRows * element_of(tile)) *
           padded_channels(p, tile);
  }
  // In the kernel's elements, too.
  params.depth = to_u32(p.w_strides[tile.source == matrix ? 0 : 1]) / tile.element_channels();
  params.w_group = static_cast<std::uint64_t>(views.w_group) / tile.element_channels();
  if (views.taps.empty()) return 0;
  // Of a transposed matrix, which has one tap.
  const std::int64_t tap = views.taps.front();
  const Spatial& filter = views.filter;
  return static_cast<std::uint64_t>((tap / (filter.h * filter.w) * p.w_strides[2] +
                                     tap / filter.w % filter.h * p.w_strides[3] +
                                     tap % filter.w * p.w_strides[4]) *
                                    element_of(tile));
}

Launch product_launch(const ForwardViews& views, const ForwardView& view, const Tile& tile,
                      const Waves& waves, std::int64_t first_image, std::int64_t images) {
  const ConvProblem& p = view.problem;
  TileConvParams params = params_of(p, tile, images);
  const std::uint64_t w_offset = set_rows(params, views, view, tile);
  params.stages = stages_of(view, tile);
  params.tiles_m =
      make_fast_division(divide_up(rows_of(p, tile, images), tile.rows << waves.m_bits));
  params.tiles_n =
      make_fast_division(divide_up(columns_of(p, tile, images), tile.columns() << waves.n_bits));
  params.waves_m_bits = waves.m_bits;
  params.waves_n_bits = waves.n_bits;
  params.slices = waves.slices;

  const auto x_offset =
      static_cast<std::uint64_t>((view.x_offset + first_image * p.x_strides[0]) * element_of(p));
  const auto y_offset =
      static_cast<std::uint64_t>((view.y_offset + first_image * p.y_strides[0]) * element_of_y(p));
  const std::uint64_t workgroups = workgroups_of(p, tile, waves, images);
  const std::uint32_t lds =
      waves.tiles() * (waves.slices / 2) * tile.rows * tile.lane_columns * 32 * 4;
  Launch launch =
      make_launch({tile.family, tile.kernel}, {static_cast<std::uint32_t>(workgroups), 1, 1},
                  {waves.count() * 32, 1, 1}, params,
                  {{is_written(tile.source) ? Buffer::kWorkspace : Buffer::kW,
                    offsetof(TileConvParams, w), w_offset},
                   {views.x, offsetof(TileConvParams, x), x_offset},
                   {views.y, offsetof(TileConvParams, y), y_offset}},
                  lds);
  patch_epilogue(launch, p, offsetof(TileConvParams, epilogue), y_offset);
  return launch;
}

// Lines of 128 bytes that 32 lanes touch in x when each loads `count` pixels of a channel side by
// side. Taps of a filter begin anywhere in a line, and so do rows.
double lines_of_a_load(const ConvProblem& p, double count) {
  constexpr double kLanes = 32, kLine = 128;
  const auto pixel = static_cast<double>(p.stride.w * p.x_strides[4] * element_of(p));
  const auto width = static_cast<double>(p.out.w);
  const double row = std::min(kLanes * count, width) * pixel;
  const double rows = std::max(1.0, kLanes * count / width);
  const auto pitch = static_cast<double>(p.stride.h * p.x_strides[3] * element_of(p));
  const double begins = p.filter.volume() > 1 || rows > 1 ? 0.75 : 0;
  const double apart = rows * (std::max(row / kLine, 1.0) + begins);
  const double together = (rows - 1) * pitch / kLine + row / kLine + begins;
  return std::clamp(std::min(apart, together), 0.5, kLanes);
}

// Turns of L0's 32 banks, a dword wide each, for 32 lanes that load a pixel each: strides that are
// powers of two, of pixels or, where channels lie side by side, of channels, meet in few banks.
double passes_of_a_load(const ConvProblem& p) {
  constexpr int kLanes = 32, kBanks = 32;
  std::array<int, kBanks> in_bank{};
  const std::int64_t element = element_of(p);
  const std::int64_t pixel = p.stride.w * p.x_strides[4] * element,
                     row = p.stride.h * p.x_strides[3] * element,
                     plane = p.stride.d * p.x_strides[2] * element;
  std::int64_t w = 0, h = 0, d = 0, image = 0, last = -1;
  int most = 1;
  for (int lane = 0; lane < kLanes; ++lane) {
    const std::int64_t dword =
        (w * pixel + h * row + d * plane + image * p.x_strides[0] * element) / 4;
    if (dword != last) most = std::max(most, ++in_bank[static_cast<std::size_t>(dword % kBanks)]);
    last = dword;
    if (++w < p.out.w) continue;
    w = 0;
    if (++h < p.out.h) continue;
    h = 0;
    if (++d < p.out.d) continue;
    d = 0;
    if (++image == p.n) break;  // other lanes have no pixel
  }
  return most;
}

// Pixels whose channels lie side by side are gathered, a line for each lane.
bool is_gathered(const ConvProblem& p, const Tile& tile) {
  return tile.source != pixels && p.x_strides[1] < p.x_strides[4];
}

CostFamily family_of(const ConvProblem& p, const Tile& tile) {
  if (tile.type == DataType::kHalf) return CostFamily::kPackedProduct;
  return is_gathered(p, tile) ? CostFamily::kGatheredProduct : CostFamily::kProduct;
}

// What the filter's taps meet in x.
void set_taps(ProductWork& work, const ConvProblem& p, std::int64_t images) {
  // Where rows lie side by side, strides leave no line out.
  const std::int64_t along =
      p.x_strides[1] < p.x_strides[4] ? 1 : std::min(p.stride.w, std::int64_t{32});
  work.tap_bytes = static_cast<double>(images * p.out.volume() * p.c * along * element_of(p));
  const std::int64_t rows = p.filter.d * p.filter.h;
  work.taps_along = static_cast<double>(rows * (p.filter.w - 1));
  work.taps_across = static_cast<double>(rows - std::min(rows, p.stride.h));
  work.row_stride = static_cast<double>(p.stride.h);
}

// What 32 lanes touch that load a pixel each.
struct ColumnLoad {
  double lines, passes;
};
std::vector<ColumnLoad> column_loads(const ForwardViews& views) {
  std::vector<ColumnLoad> loads;
  for (const ForwardView& view : views.views)
    loads.push_back({lines_of_a_load(view.problem, 1), passes_of_a_load(view.problem)});
  return loads;
}

LaunchCost product_cost(const ForwardView& view, const ColumnLoad& load, std::uint32_t row,
                        const Waves& waves, std::int64_t launches, std::int64_t images,
                        const Machine& machine) {
  const auto factors_of = [](CostFamily family) {
    return cost_factors(family, kTiles, [](const Tile& each) { return each.slice_names[0]; });
  };
  static const std::array kFactors{factors_of(CostFamily::kProduct),
                                   factors_of(CostFamily::kGatheredProduct),
                                   factors_of(CostFamily::kPackedProduct)};
  const Tile& tile = kTiles[row];
  const ConvProblem& p = view.problem;
  ProductWork work;
  work.workgroups = static_cast<double>(workgroups_of(p, tile, waves, images));
  work.waves = waves.count();
  work.waves_above = 1u << waves.m_bits;
  work.rows = tile.rows;
  work.lane_columns = tile.lane_columns;
  work.depth = tile.stage_channels();
  work.stages = divide_up(stages_of(view, tile), waves.slices);
  work.taps = static_cast<double>(p.filter.volume());
  work.from_panels = tile.source == panels || tile.source == transposed;
  if (tile.source == pixels) {  // panels are read in whole lines
    work.lines = static_cast<double>(element_of(p)) / 4;
  } else if (tile.source == neighbours) {
    work.lines = lines_of_a_load(p, tile.lane_columns);
  } else {
    work.lines = load.lines;
    work.passes = load.passes;
  }
  work.slices = waves.slices;
  work.padded = is_padded(p);
  std::int64_t bytes = images * p.k * p.out.volume() * element_of_y(p);
  if (!view.is_empty) {
    bytes +=
        (images * p.c * p.in.volume() + p.k * p.c / p.groups * p.filter.volume()) * element_of(p);
  }
  work.dram_bytes = static_cast<double>(bytes);
  set_taps(work, p, images);
  const std::uint32_t tile_columns = tile.columns() << waves.n_bits;
  if (tile.source != pixels)
    work.filled = std::min(1.0, static_cast<double>(columns_of(p, tile, images)) / tile_columns);
  work.packed = tile.type == DataType::kHalf;
  work.neighbours = tile.source == neighbours ? tile.lane_columns
                    : tile.source == pixels   ? tile.element_channels()
                                              : 1;
  const CostFamily family = family_of(p, tile);
  const auto& factors =
      kFactors[static_cast<std::size_t>(family) - static_cast<std::size_t>(CostFamily::kProduct)];
  return {family, tile.slice_names[0], factors[row], static_cast<double>(launches),
          product_terms(work, machine)};
}

bool has_stages(const ForwardView& view, const Tile& tile, std::uint32_t slice_bits) {
  return slice_bits == 0 || stages_of(view, tile) >= 4u << slice_bits;
}

// Waves that share k in a view where the one with most taps has 2^slice_bits.
std::uint32_t slices_of(const ForwardView& view, const Tile& tile, std::uint32_t slice_bits) {
  while (!has_stages(view, tile, slice_bits)) --slice_bits;
  return 1u << slice_bits;
}

bool fits_waves(const ConvProblem& p, const Tile& tile, const Waves& waves, std::int64_t images) {
  return waves.slices / 2 * waves.tiles() * tile.rows * tile.lane_columns * 128 <= 64 * 1024 &&
         workgroups_of(p, tile, waves, images) * waves.count() * 32 <= kMaxWorkItems;
}

// Whether the tile computes `images` images with k shared between 2^slice_bits waves.
bool fits(const ForwardViews& views, const Tile& tile, std::uint32_t slice_bits,
          std::int64_t images) {
  const ConvProblem& largest = views.largest().problem;
  const std::int64_t channels = largest.c / largest.groups;
  if (tile.type != largest.x_type) return false;
  if (tile.source == neighbours && !std::ranges::all_of(views.views, [&](const ForwardView& view) {
        return has_neighbours(view, tile.lane_columns);
      }))
    return false;
  if (tile.source == matrix && (!views.taps.empty() || !has_matrix_rows(largest, tile)))
    return false;
  if (tile.source == transposed && !has_transposed_rows(views, tile)) return false;
  // Scalar loads bring whole stages of a pixel's channels.
  if (tile.source == pixels && !std::ranges::all_of(views.views, has_word_pixels)) return false;
  if (tile.source == pixels && (largest.x_strides[1] != 1 || channels % tile.stage_channels() != 0))
    return false;
  if (!has_stages(views.largest(), tile, slice_bits)) return false;
  // Large tiles have registers for few waves, and sums that take long to add up.
  if ((tile.rows * tile.lane_columns) << slice_bits > 256) return false;
  // Three channels, as of images, fill stages of that depth; others would mostly not.
  if (tile.depth == 3 && (channels % 3 != 0 || channels > 9)) return false;
  return std::ranges::all_of(views.views, [&](const ForwardView& view) {
    const std::uint32_t slices = slices_of(view, tile, slice_bits);
    return fits_waves(view.problem, tile, waves_of(view.problem, tile, slices, images), images);
  });
}

LaunchCost pack_cost(const ForwardViews& views, const Tile& tile, const Machine& machine) {
  return {CostFamily::kPack, "", 1, 1,
          pack_terms(static_cast<double>(panel_bytes(views, tile)), pack_workgroups(views, tile),
                     machine)};
}

// Adds the launches' costs to an Estimate or to EstimatedClocks.
template <class Sum>
Sum sum_of_costs(const ForwardViews& views, const std::vector<ColumnLoad>& loads,
                 const Chunks& chunks, std::uint32_t row, std::uint32_t slice_bits,
                 const Machine& machine) {
  const Tile& tile = kTiles[row];
  Sum sum;
  if (is_written(tile.source)) sum.add(pack_cost(views, tile, machine));
  for (std::size_t i = 0; i < views.views.size(); ++i) {
    const ForwardView& view = views.views[i];
    const Waves waves =
        waves_of(view.problem, tile, slices_of(view, tile, slice_bits), chunks.size);
    sum.add(product_cost(view, loads[i], row, waves, chunks.full, chunks.size, machine));
    if (chunks.rest > 0) sum.add(product_cost(view, loads[i], row, waves, 1, chunks.rest, machine));
  }
  return sum;
}

Instance instance_of(const ForwardViews& views, const std::vector<ColumnLoad>& loads,
                     const Chunks& chunks, std::uint32_t row, std::uint32_t slice_bits,
                     const Machine& machine) {
  const Tile& tile = kTiles[row];
  Instance instance;
  instance.name = tile.slice_names[slice_bits];
  instance.workspace_bytes = panel_bytes(views, tile);
  if (is_written(tile.source)) {
    instance.weights_bytes = panel_bytes(views, tile);
    instance.weights_clocks = clocks_of(pack_cost(views, tile, machine));
  }
  instance.estimated_clocks =
      sum_of_costs<EstimatedClocks>(views, loads, chunks, row, slice_bits, machine).clocks();
  instance.row = row;
  instance.parameters = {slice_bits};
  return instance;
}

constexpr auto kSliceBits = static_cast<std::uint32_t>(std::size(Tile{}.slice_names));

bool fits_any(const ForwardViews& views, std::int64_t images) {
  for (const Tile& tile : kTiles) {
    for (std::uint32_t bits = 0; bits < kSliceBits; ++bits) {
      if (fits(views, tile, bits, images)) return true;
    }
  }
  return false;
}

// Tensors of types that there are tiles of: of one float type, or int8 with int32 for outputs.
// Those that are not fp32 store what is in registers only once, so that no value is rounded before
// an activation.
Reason unless_engine_type(const ConvProblem& p) {
  const bool forward = p.direction == Direction::kForward;
  const DataType read = forward ? p.x_type : p.y_type, written = forward ? p.y_type : p.x_type;
  const bool floats = p.w_type == DataType::kFloat || p.w_type == DataType::kHalf ||
                      p.w_type == DataType::kBFloat16;
  const bool integers = p.w_type == DataType::kInt8 && written == DataType::kInt32;
  if (read != p.w_type || !(integers || (floats && written == read)))
    return "tensors are neither all of one float type nor int8 with int32 for outputs";
  if (p.w_type == DataType::kFloat) return std::nullopt;
  const EpilogueParams epilogue = epilogue_params(p);
  if (integers && (epilogue.operations & kEpilogueNormalizes) != 0) return "it normalizes integers";
  if (epilogue.norm_pixel != 0) return "it normalizes types other than fp32 by pixel";
  switch (epilogue.activation) {
    case Activation::kLogistic:
    case Activation::kTanh:
    case Activation::kSoftRelu:
    case Activation::kPower:
    case Activation::kElu:
      return "its activation of types other than fp32 takes more than a few instructions";
    default:
      return std::nullopt;
  }
}

// Why the engine cannot do a view.
Reason view_refusal(const ConvProblem& p) {
  if (auto reason = unless_positions_fit(p)) return reason;
  if (p.filter.d + p.filter.h + p.filter.w > kMaxFilterBits)
    return "the filter's lengths add up to more than 32";
  if (images_a_launch(p) == 0) return "an image of a group spans 2 GB or more";
  return std::nullopt;
}

}  // namespace

std::int64_t origin_of(const ConvProblem& p) {
  return (p.pad.d * p.x_strides[2] + p.pad.h * p.x_strides[3] + p.pad.w * p.x_strides[4]) *
         element_of(p);
}

std::int64_t reach_of_x(const ConvProblem& p, std::int64_t images) {
  std::int64_t reach = (images - 1) * p.x_strides[0] + (p.c / p.groups - 1) * p.x_strides[1];
  const auto out = axes_of(p.out), stride = axes_of(p.stride), filter = axes_of(p.filter),
             dilation = axes_of(p.dilation), in = axes_of(p.in), pad = axes_of(p.pad);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t last = (out[i] - 1) * stride[i] + (filter[i] - 1) * dilation[i];
    reach += std::max(last, in[i] - 1 + pad[i]) * p.x_strides[i + 2];
  }
  return (reach + 1) * element_of(p);
}
std::int64_t reach_of_y(const ConvProblem& p, std::int64_t images) {
  std::int64_t reach = (images - 1) * p.y_strides[0] + (p.k / p.groups - 1) * p.y_strides[1];
  const auto out = axes_of(p.out);
  for (std::size_t i = 0; i < 3; ++i) reach += (out[i] - 1) * p.y_strides[i + 2];
  return (reach + 1) * element_of_y(p);
}

Chunks chunks_of_images(const ConvProblem& p) { return chunks_of_images(forward_views(p)); }

TileConvParams params_of(const ConvProblem& p, const Tile& tile, std::int64_t images) {
  TileConvParams params{};
  const std::int64_t element = element_of(p), y_element = element_of_y(p);
  params.gather = gather_of(p, tile);
  params.m = to_u32(p.k / p.groups);
  params.columns = to_u32(images * p.out.volume());
  params.x_group = static_cast<std::uint64_t>(p.c / p.groups * p.x_strides[1] * element);
  params.y_group = static_cast<std::uint64_t>(p.k / p.groups * p.y_strides[1] * y_element);
  params.y_image = to_u32(p.y_strides[0] * y_element);
  params.y_channel = to_u32(p.y_strides[1] * y_element);
  for (std::size_t i = 0; i < 3; ++i) params.y_axis[i] = to_u32(p.y_strides[i + 2] * y_element);
  params.epilogue = epilogue_params(p);
  return params;
}

std::span<const Tile> tiles() { return kTiles; }

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = first_reason(p, unless_not_weights, unless_engine_type, unless_positions_fit))
    return reason;
  const ForwardViews views = forward_views(p);
  if (views.views.empty())
    return "strides or taps are too many for forward convolutions, or it normalizes by pixel";
  for (const ForwardView& view : views.views) {
    if (auto reason = view_refusal(view.problem)) return reason;
  }
  const ConvProblem& largest = views.largest().problem;
  const std::int64_t rows = largest.k / p.groups;
  const std::int64_t depth = (largest.c / p.groups + 3) * views.tap_count + 2;
  constexpr std::int64_t kPanelElement = 4;  // or less
  if (depth * kPanelRows * kPanelElement >= kReach ||
      std::max(p.w_strides[0], p.w_strides[1]) * element_of(p) >= kReach * 2)
    return "an output sums too many products for 32-bit offsets";
  if (divide_up(rows, kPanelRows) * kPanelRows * depth * p.groups >= kReach * 8)
    return "the filter takes 64 GB or more";
  const Chunks chunks = chunks_of_images(views);
  if (auto reason = unless_few(chunks, static_cast<std::int64_t>(views.views.size())))
    return reason;
  if (!fits_any(views, chunks.size)) return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  const ForwardViews views = forward_views(p);
  const Chunks chunks = chunks_of_images(views);
  const Machine machine = machine_of(device);
  const std::vector<ColumnLoad> loads = column_loads(views);
  std::vector<Instance> instances;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    for (std::uint32_t bits = 0; bits < kSliceBits; ++bits) {
      if (fits(views, kTiles[row], bits, chunks.size))
        instances.push_back(instance_of(views, loads, chunks, row, bits, machine));
    }
  }
  return instances;
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  const ForwardViews views = forward_views(p);
  return sum_of_costs<Estimate>(views, column_loads(views), chunks_of_images(views), instance.row,
                                instance.parameters[0], machine_of(device));
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  const Tile& tile = kTiles[instance.row];
  const ForwardViews views = forward_views(p);
  const Chunks chunks = chunks_of_images(views);
  std::vector<Launch> launches;
  if (is_written(tile.source) && views.tap_count > 0) launches.push_back(pack_launch(views, tile));
  for (const ForwardView& view : views.views) {
    const std::uint32_t slices = slices_of(view, tile, instance.parameters[0]);
    const Waves waves = waves_of(view.problem, tile, slices, chunks.size);
    for_each_chunk(chunks, [&](std::int64_t first, std::int64_t images) {
      launches.push_back(product_launch(views, view, tile, waves, first, images));
    });
  }
  return launches;
}

}  // namespace rdna1conv::tile_conv
