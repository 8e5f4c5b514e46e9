#include "solvers/winograd.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "core/data_type.h"
#include "params/packed_winograd_tiles.h"
#include "params/winograd.h"
#include "solvers/chunks.h"
#include "solvers/epilogue_launch.h"
#include "solvers/forward_views.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/tile_conv.h"
#include "solvers/tile_conv_estimate.h"

namespace rdna1conv::winograd {
namespace {

// How many waves share transformed inputs (2 to 16), into how many slices c is cut, and whether a
// wave's rows of lanes take halves of those.
constexpr std::uint32_t kShareBits = 4, kSliceBits = 4, kHalves = 2;

// What a kernel reads: filters, of which raw ones are not U, and inputs: packed ones, or rows.
enum class Source : std::uint8_t {
  transformed,
  raw,
  transformed_rows,
  raw_rows,
  halves,
  rows,
  pairs
};

// One row of kernels/params/winograd.h or packed_winograd_tiles.h.
struct Tile {
  const char *family, *kernel, *filter_kernel;
  DataType type;
  std::uint32_t m, k;
  Source source;
  std::string_view names[kShareBits][kSliceBits][kHalves];

  std::uint32_t side() const { return m + 2; }
  std::uint32_t frequencies() const { return side() * side(); }
  std::uint32_t filters() const { return frequencies() * k; }  // elements of U of a channel
  bool is_raw() const { return source == Source::raw || source == Source::raw_rows; }
  bool reads_rows() const {
    return source == Source::transformed_rows || source == Source::raw_rows ||
           source == Source::rows;
  }
  bool is_packed() const { return type == DataType::kHalf; }
  CostFamily cost() const {
    if (is_packed()) return CostFamily::kPackedWinograd;
    return is_raw() ? CostFamily::kRawWinograd : CostFamily::kWinograd;
  }
  std::uint32_t element() const { return static_cast<std::uint32_t>(bytes_of(type)); }
  std::uint32_t element_of_u() const { return is_packed() ? 2 : 4; }  // bytes
  // Channels that a wave transforms of a step.
  std::uint32_t step_channels() const { return is_packed() ? 2 : 1; }
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
#define RDNA1CONV_WINOGRAD_TILE(FAMILY, PREFIX, TYPE, M, K, SOURCE)                           \
  Tile{FAMILY,                                                                                \
       PREFIX "_" #M "x" #K "_" #SOURCE,                                                      \
       PREFIX "_filter_" #M "x" #K,                                                           \
       DataType::TYPE,                                                                        \
       M,                                                                                     \
       K,                                                                                     \
       Source::SOURCE,                                                                        \
       {RDNA1CONV_WINOGRAD_NAMES(M, K, SOURCE, 2), RDNA1CONV_WINOGRAD_NAMES(M, K, SOURCE, 4), \
        RDNA1CONV_WINOGRAD_NAMES(M, K, SOURCE, 8), RDNA1CONV_WINOGRAD_NAMES(M, K, SOURCE, 16)}},
#define RDNA1CONV_WINOGRAD_ROW(...) \
  RDNA1CONV_WINOGRAD_TILE("winograd", "winograd", kFloat, __VA_ARGS__)
#define RDNA1CONV_BFLOAT_WINOGRAD_ROW(...) \
  RDNA1CONV_WINOGRAD_TILE("winograd", "bfloat_winograd", kBFloat16, __VA_ARGS__)
#define RDNA1CONV_PACKED_WINOGRAD_ROW(...) \
  RDNA1CONV_WINOGRAD_TILE("packed_winograd", "packed_winograd", kHalf, __VA_ARGS__)
constexpr Tile kTiles[] = {RDNA1CONV_WINOGRAD_TILES(RDNA1CONV_WINOGRAD_ROW)
                               RDNA1CONV_BFLOAT_WINOGRAD_TILES(RDNA1CONV_BFLOAT_WINOGRAD_ROW)
                                   RDNA1CONV_PACKED_WINOGRAD_TILES(RDNA1CONV_PACKED_WINOGRAD_ROW)};
#undef RDNA1CONV_PACKED_WINOGRAD_ROW
#undef RDNA1CONV_BFLOAT_WINOGRAD_ROW
#undef RDNA1CONV_WINOGRAD_ROW
#undef RDNA1CONV_WINOGRAD_TILE
#undef RDNA1CONV_WINOGRAD_NAMES
#undef RDNA1CONV_WINOGRAD_NAME

constexpr std::int64_t kFilter = 3;
constexpr std::int64_t kTaps = kFilter * kFilter;
constexpr std::uint32_t kMaxWaves = 16;
// Channels last, workgroups that walk along the channels together would all ask few of L2's slices,
// of 256 bytes each: those of a pixel lie a power of two of bytes apart. So each begins 64 channels
// after the one beside it; but those above each other, which read the same pixels, only where there
// are few others. Seen on the software device, 16 images: (128,28,128) 109 % of the FMA peak
// without and 141 so, (256,14,256) 101 and 128, (512,7,512) 46 and 88.
constexpr std::uint32_t kTilesTurn = 64, kRowsTurn = 32, kFewBlocks = 8;
constexpr std::uint32_t kWave = 32;  // lanes
// Elements that multiplies read past a block of U, at its end: kernels/tile/winograd.h. Packed ones
// read a stage of the next octet.
constexpr std::uint32_t kReadAhead = 36 * 8;

// What the params have of a tile of the engine.
tile_conv::Tile as_tile(const Tile& tile) {
  return {nullptr, {}, 1, 1, 1, tile_conv::RowSource::kMatrix, {}, tile.type};
}

// What an instance decides.
struct Choice {
  std::uint32_t row, share_bits, slice_bits, half_bits;
};

// The forward convolution that a problem is: itself, or of backward data dy with turned filters.
struct View {
  ConvProblem problem;
  Buffer x = Buffer::kX, y = Buffer::kY;
  std::int64_t x_offset = 0, y_offset = 0, w_group = 0;  // elements
  bool turned = false, is_empty = false;
};
View view_of(const ConvProblem& p) {
  const ForwardViews views = forward_views(p);
  const ForwardView& only = views.views.front();
  return {only.problem,        views.x,      views.y, only.x_offset, only.y_offset, views.w_group,
          !views.taps.empty(), only.is_empty};
}

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
  const std::uint32_t step = layout.share * tile.step_channels();
  layout.slice_channels = divide_up(divide_up(to_u32(p.c / p.groups), layout.parts()), step) * step;
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
  const std::uint32_t plane = tile.frequencies() * kWave + (tile.is_packed() ? 0 : 8);
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
  const std::uint32_t c = to_u32(p.c / p.groups), line = 128 / tile.element_of_u();
  const std::uint32_t elements =
      tile.is_packed() ? divide_up(c, kOctet) * kOctet * (tile.frequencies() + kTapRows) * tile.k
                       : divide_up(c, 2u) * 2 * tile.filters();
  return (divide_up(elements, line) | 1) * line;
}
std::uint64_t filter_bytes(const ConvProblem& p, const Tile& tile) {
  const std::uint64_t elements =
      static_cast<std::uint64_t>(p.groups) * blocks_of_k(p, tile) * filter_pitch(p, tile);
  return align_up((elements + kReadAhead) * tile.element_of_u());
}

// Bytes from the first filter of a group to behind its last.
std::int64_t reach_of_w(const ConvProblem& p) {
  return ((p.k / p.groups - 1) * p.w_strides[0] + (p.c / p.groups - 1) * p.w_strides[1] +
          2 * (p.w_strides[3] + p.w_strides[4]) + 1) *
         static_cast<std::int64_t>(bytes_of(p.w_type));
}

// Whether a tile's own pixels of a row lie side by side, all of them inside the input.
bool has_whole_rows(const ConvProblem& p, const Tile& tile) {
  return p.x_strides[4] == 1 && p.pad.w == 1 && p.in.w % tile.m == 0;
}

// Whether a kernel's way to its inputs is the best one that they allow.
bool reads_inputs_of(const ConvProblem& p, const Tile& tile) {
  const bool in_pairs = tile.is_packed() && p.x_strides[1] == 1 && p.c / p.groups % 2 == 0;
  if (in_pairs != (tile.source == Source::pairs)) return false;
  return in_pairs || tile.reads_rows() == has_whole_rows(p, tile);
}

bool fits(const ConvProblem& p, const Tile& tile, const Layout& layout) {
  if (tile.type != p.x_type) return false;
  if (layout.waves() > kMaxWaves || lds_bytes(tile, layout) > 64 * 1024) return false;
  if (tile.is_packed()) {
    // Waves transform whole octets of a step.
    if (layout.share < 4 || layout.half_bits != 0) return false;
  } else if (layout.share > 8) {
    return false;
  }
  if (!reads_inputs_of(p, tile)) return false;
  // Slices of fewer steps than that are all prologue.
  if (layout.parts() > 1 && layout.slice_channels < (tile.is_packed() ? 2 : 4) * layout.share)
    return false;
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
  if (layout.share > (tile.is_packed() ? 4 : 2) &&
      layout.share * tile.k >= 2 * (p.k / p.groups + tile.k))
    return false;
  return layout.workgroups(p.groups) * layout.waves() * kWave <= kMaxWorkItems;
}

bool channels_in_lanes(const ConvProblem& p) { return p.x_strides[1] == 1 && p.x_strides[4] != 1; }

// Where taps lie, in bytes: of turned filters the last is the first. Sums are modulo 2^32.
struct TapSteps {
  std::uint32_t first, axis[2];
};
TapSteps tap_steps(const View& view) {
  const ConvProblem& p = view.problem;
  const auto element = static_cast<std::int64_t>(bytes_of(p.w_type));
  TapSteps steps{};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::uint32_t step = to_u32(p.w_strides[i + 3] * element);
    steps.axis[i] = view.turned ? 0 - step : step;
    if (view.turned) steps.first += 2 * step;
  }
  return steps;
}

// Where `params` of either kernel that reads w itself find its filters, in bytes.
template <class Params>
void place_filters(Params& params, const View& view, const Tile& tile) {
  const ConvProblem& p = view.problem;
  params.w_group = static_cast<std::uint64_t>(view.w_group) * tile.element();
  params.w_row = to_u32(p.w_strides[0] * tile.element());
  params.w_channel = to_u32(p.w_strides[1] * tile.element());
  const TapSteps taps = tap_steps(view);
  params.w_first = taps.first;
  std::ranges::copy(taps.axis, params.w_axis);
}

Launch filter_launch(const View& view, const Tile& tile) {
  const ConvProblem& p = view.problem;
  WinogradFilterParams params{};
  params.m = to_u32(p.k / p.groups);
  params.channels = to_u32(p.c / p.groups);
  params.pitch = filter_pitch(p, tile);
  const std::uint32_t chunks = divide_up(params.channels, kWinogradFilterThreads / tile.k);
  params.blocks = make_fast_division(blocks_of_k(p, tile));
  params.chunks = make_fast_division(chunks);
  place_filters(params, view, tile);
  Launch launch = make_launch({tile.family, tile.filter_kernel},
                              {to_u32(p.groups) * blocks_of_k(p, tile) * chunks, 1, 1},
                              {kWinogradFilterThreads, 1, 1}, params,
                              {{Buffer::kW, offsetof(WinogradFilterParams, w)},
                               {Buffer::kWorkspace, offsetof(WinogradFilterParams, u)}});
  launch.prepares_weights = true;
  return launch;
}

// Channels from where a workgroup begins to where its neighbour does.
std::uint32_t turn_of(std::uint32_t channels, const Layout& layout) {
  return divide_up(channels, layout.share) * layout.share;
}

Launch fused_launch(const View& view, const Tile& tile, const Layout& layout,
                    std::int64_t first_image, std::int64_t images) {
  const ConvProblem& p = view.problem;
  WinogradParams params{};
  params.conv = tile_conv::params_of(p, as_tile(tile), images);
  if (tile.is_raw()) {
    place_filters(params, view, tile);
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
  params.turns = make_fast_division(layout.slice_channels);
  if (channels_in_lanes(p)) {
    params.turn_n = turn_of(kTilesTurn, layout);
    if (layout.blocks_n < kFewBlocks) params.turn_m = turn_of(kRowsTurn, layout);
  }
  params.half_bits = layout.half_bits;
  params.channels_in_lanes = channels_in_lanes(p) ? 1 : 0;
  const auto x_offset =
      static_cast<std::uint64_t>(view.x_offset + first_image * p.x_strides[0]) * tile.element();
  const auto y_offset =
      static_cast<std::uint64_t>(view.y_offset + first_image * p.y_strides[0]) * tile.element();
  constexpr std::size_t kConv = offsetof(WinogradParams, conv);
  Launch launch = make_launch(
      {tile.family, tile.kernel}, {static_cast<std::uint32_t>(layout.workgroups(p.groups)), 1, 1},
      {layout.waves() * kWave, 1, 1}, params,
      {{tile.is_raw() ? Buffer::kW : Buffer::kWorkspace, kConv + offsetof(TileConvParams, w), 0},
       {view.x, kConv + offsetof(TileConvParams, x), x_offset},
       {view.y, kConv + offsetof(TileConvParams, y), y_offset}},
      lds_bytes(tile, layout));
  patch_epilogue(launch, p, kConv + offsetof(TileConvParams, epilogue), y_offset);
  return launch;
}

// Clocks of L0 for the inputs of a wave's tiles of a channel. Lanes that read pixels one by one are
// m elements apart, in as many turns of its banks; a row at once takes a clock a dword.
double input_clocks(const Tile& tile) {
  constexpr double kSetup = 1;
  const double pixel = (kSetup + 1) * tile.m * tile.element() / 4;
  const double own = kSetup + tile.m * tile.element() / 4.0;
  return tile.side() * (tile.reads_rows() ? own + 2 * pixel : tile.side() * pixel);
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
  work.packed = tile.is_packed();
  work.lds_bytes = lds_bytes(tile, layout);
  // Channels last: a line for each pixel under the tiles, whose neighbours have some in common.
  // Else rows of a channel, which most often begin and end within a line.
  const double pixels = channels_in_lanes(p)
                            ? 0.6 * tile.frequencies() * 128
                            : 1.5 * tile.m * tile.side() * tile.element() * layout.share;
  work.input_bytes = kWave * pixels * layout.slices;
  work.input_clocks = tile.step_channels() * input_clocks(tile);
  if (tile.is_raw()) {
    // Of each k the filters of a step, which lie side by side and begin anywhere in a line. Nine
    // loads touch those lines, and L0 has lost some between them: twice.
    const double lines = 1 + 9.0 * tile.element() * layout.share / 128;
    work.raw_filter_bytes = 2 * 128 * lines * tile.k * (layout.waves() << layout.half_bits);
  }
  work.dram_bytes =
      tile.element() *
          static_cast<double>(images * p.c * p.in.volume() + images * p.k * p.out.volume()) +
      (tile.is_raw() ? 9.0 * tile.element() * static_cast<double>(p.k * p.c / p.groups)
                     : static_cast<double>(filter_bytes(p, tile)));
  return tile_conv::winograd_terms(work, machine);
}

LaunchCost filter_cost(const ConvProblem& p, const Tile& tile, const Machine& machine) {
  return {CostFamily::kFilter, "", 1, 1,
          tile_conv::filter_terms(static_cast<double>(p.k * (p.c / p.groups)), tile.frequencies(),
                                  tile.element_of_u(), machine)};
}

Estimate estimate_of(const ConvProblem& p, const Choice& choice, const Chunks& chunks,
                     const Machine& machine) {
  const Tile& tile = kTiles[choice.row];
  static const auto kFactors = [] {
    std::vector<double> factors;
    for (const Tile& each : kTiles) factors.push_back(cost_factor(each.cost(), each.kernel));
    return factors;
  }();
  const auto cost = [&](std::int64_t launches, std::int64_t images) {
    return LaunchCost{tile.cost(), tile.kernel, kFactors[choice.row], static_cast<double>(launches),
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
    if (kTiles[row].m != m || kTiles[row].type != p.x_type || !reads_inputs_of(p, kTiles[row]))
      continue;
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
Reason refusal(std::int64_t m, const ConvProblem& problem, const DeviceFacts& device) {
  if (auto reason = first_reason(problem, unless_2d, unless_3x3_stride_1)) return reason;
  if (!problem.is_all(DataType::kFloat) && !problem.is_all(DataType::kHalf) &&
      !problem.is_all(DataType::kBFloat16))
    return "tensors are not all fp32, all fp16 or all bf16";
  if (auto reason = tile_conv::refusal(problem, device)) return reason;
  const View view = view_of(problem);
  const ConvProblem& p = view.problem;
  if (view.is_empty) return "no tap meets the output's gradient";
  const std::int64_t rows = (m + 2) * (m + 2) + kTaps;
  if (p.c / p.groups * rows >= std::int64_t{1} << 26)
    return "there are too many channels for 32-bit indices";
  if (p.groups * (p.k / p.groups + 8) * (p.c / p.groups + 32) >= std::int64_t{1} << 31)
    return "there are too many filters for 32-bit indices";
  bool any = false;
  for_each_choice(p, m, [&](const Choice&) { any = true; });
  if (!any) return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

std::vector<Instance> instances(std::int64_t m, const ConvProblem& problem,
                                const DeviceFacts& device) {
  const ConvProblem p = view_of(problem).problem;
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

Reason refusal_f2x3_forward(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = unless_forward(p)) return reason;
  return refusal(2, p, device);
}
Reason refusal_f4x3_forward(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = unless_forward(p)) return reason;
  return refusal(4, p, device);
}
Reason refusal_f2x3_backward_data(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = unless_backward_data(p)) return reason;
  return refusal(2, p, device);
}
Reason refusal_f4x3_backward_data(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = unless_backward_data(p)) return reason;
  return refusal(4, p, device);
}
std::vector<Instance> instances_f2x3(const ConvProblem& p, const DeviceFacts& device) {
  return instances(2, p, device);
}
std::vector<Instance> instances_f4x3(const ConvProblem& p, const DeviceFacts& device) {
  return instances(4, p, device);
}
Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device) {
  const ConvProblem p = view_of(problem).problem;
  return estimate_of(p, choice_of(instance), tile_conv::chunks_of_images(p), machine_of(device));
}
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance) {
  const Tile& tile = kTiles[instance.row];
  const View view = view_of(problem);
  const Choice choice = choice_of(instance);
  std::vector<Launch> launches;
  if (!tile.is_raw()) launches.push_back(filter_launch(view, tile));
  for_each_chunk(
      tile_conv::chunks_of_images(view.problem), [&](std::int64_t first, std::int64_t images) {
        launches.push_back(
            fused_launch(view, tile, layout_of(view.problem, choice, images), first, images));
      });
  return launches;
}

}  // namespace rdna1conv::winograd
