#include "solvers/tile_weights.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <set>

#include "params/tile_weights.h"
#include "params/tile_weights_tiles.h"
#include "params/weights_sum.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/split_sums.h"
#include "solvers/tile_conv.h"
#include "solvers/tile_conv_estimate.h"
#include "solvers/weights_sum.h"

namespace rdna1conv::tile_weights {
namespace {

#define RDNA1CONV_TILE_WEIGHTS_ROW(K, C)                                                     \
  Tile{"tile_weights_" #K "x" #C,                                                            \
       K,                                                                                    \
       C,                                                                                    \
       {"pixels_" #K "x" #C, "pixels_" #K "x" #C "_slices2", "pixels_" #K "x" #C "_slices4", \
        "pixels_" #K "x" #C "_slices8", "pixels_" #K "x" #C "_slices16"}},
constexpr Tile kTiles[] = {RDNA1CONV_TILE_WEIGHTS_TILES(RDNA1CONV_TILE_WEIGHTS_ROW)};
#undef RDNA1CONV_TILE_WEIGHTS_ROW

constexpr auto kSliceBits = static_cast<std::uint32_t>(std::size(Tile{}.slice_names));
constexpr std::int64_t kElement = 4;
constexpr std::int64_t kReach = std::int64_t{1} << 31;  // of offsets, bytes
constexpr std::int64_t kWave = 32;
constexpr std::int64_t kGranule = 2 * kWave;    // pixels of a turn of the kernel's loop
constexpr std::int64_t kMaxPosition = 1 << 24;  // the kernel multiplies positions in 24 bits

constexpr std::array kAxes{&Spatial::h, &Spatial::w};

std::int64_t pixels_of(const ConvProblem& p) { return p.n * p.out.volume(); }

// How the work is cut.
struct Cut {
  std::uint32_t m_bits = 0, n_bits = 0, slices = 1;  // of a workgroup's waves
  std::uint32_t tiles_m = 1, tiles_n = 1, column_tiles = 1;
  std::uint32_t part = 0, splits = 1;

  std::uint32_t tiles() const { return 1u << (m_bits + n_bits); }
  std::uint32_t waves() const { return tiles() * slices; }
};

// Waves that sit on one CU read the same x or dy through its L0, which decides the speed: L1 brings
// what differs. Waves go round the four SIMDs, so that of eight those whose number lacks bit 1
// share a CU: four taps of one tile, which differ in little of x. Effect seen, N = 16, share of
// peak: 3x3, 256 channels, 14x14 69 % with eight tiles in a workgroup and 62 with four; 1x1, 256 to
// 512 channels, 28x28 53 with eight, as waves that share less drift apart, and 65 with four.
Cut cut_of(const ConvProblem& p, const Tile& tile, std::uint32_t slice_bits, std::uint32_t splits) {
  Cut cut;
  cut.slices = 1u << slice_bits;
  const std::uint32_t rows = divide_up(to_u32(p.k / p.groups), tile.k);
  cut.column_tiles = divide_up(to_u32(p.c / p.groups), tile.c) * to_u32(p.filter.volume());
  const bool is_1x1 = p.filter.volume() == 1;
  const std::uint32_t tile_bits = std::min(is_1x1 ? 2u : 3u, kSliceBits - 1 - slice_bits);
  cut.m_bits = rows > 1 && is_1x1 ? std::min(1u, tile_bits) : 0;
  while (cut.m_bits + cut.n_bits < tile_bits && 1u << cut.n_bits < cut.column_tiles) ++cut.n_bits;
  while (cut.m_bits + cut.n_bits < tile_bits && 1u << cut.m_bits < rows) ++cut.m_bits;
  cut.tiles_m = divide_up(rows, 1u << cut.m_bits);
  cut.tiles_n = divide_up(cut.column_tiles, 1u << cut.n_bits);
  const std::int64_t parts = std::int64_t{splits} * cut.slices;
  cut.part = to_u32(divide_up(divide_up(pixels_of(p), parts), kGranule) * kGranule);
  cut.splits = to_u32(divide_up(pixels_of(p), std::int64_t{cut.part} * cut.slices));
  return cut;
}

std::uint64_t workgroups_of(const ConvProblem& p, const Cut& cut) {
  return static_cast<std::uint64_t>(p.groups) * cut.tiles_m * cut.tiles_n;
}

bool fits(const ConvProblem& p, const Cut& cut) {
  return workgroups_of(p, cut) * cut.splits * cut.waves() * kWave <= kMaxWorkItems &&
         partial_sums_fit(p, cut.splits);
}

// Lines of 128 bytes that L0 fetches for 32 pixels of a wave, others of its CU having the same.
double lines_of(const ConvProblem& p, const Tile& tile, const Cut& cut) {
  const auto taps = static_cast<std::uint32_t>(p.filter.volume());
  const double x_lines =
      std::clamp(static_cast<double>(p.stride.w * p.x_strides[4]), 1.0, 32.0) * tile.c;
  std::set<std::uint32_t> rows, channels;
  double moved = 0;
  std::uint32_t waves = 0;
  for (std::uint32_t wave = 0; wave < cut.tiles(); ++wave) {
    if (wave & 2) continue;
    ++waves;
    rows.insert(wave & ((1u << cut.m_bits) - 1));
    const std::uint32_t column = wave >> cut.m_bits;
    // Another tap of the same channels reads lines that begin or end elsewhere, or another row's.
    if (!channels.insert(column / taps).second && cut.m_bits == 0) moved += 0.2;
  }
  return (static_cast<double>(rows.size()) * tile.k +
          (static_cast<double>(channels.size()) + moved) * x_lines) /
         waves;
}

Estimate estimate_of(const ConvProblem& p, std::uint32_t row, const Cut& cut,
                     const Machine& machine) {
  static const auto kFactors = cost_factors(CostFamily::kGradient, kTiles,
                                            [](const Tile& each) { return each.slice_names[0]; });
  const Tile& tile = kTiles[row];
  tile_conv::GradientWork work;
  work.workgroups = static_cast<double>(workgroups_of(p, cut)) * cut.splits;
  work.waves = cut.waves();
  work.lines = lines_of(p, tile, cut);
  work.k = tile.k;
  work.c = tile.c;
  work.steps = cut.part / static_cast<double>(kWave);
  work.slices = cut.slices;
  work.pixel_bytes = static_cast<double>(p.stride.w * p.x_strides[4] * kElement);
  work.splits = cut.splits;
  work.tensor_bytes = 4.0 * static_cast<double>(p.n * (p.c * p.in.volume() + p.k * p.out.volume()));
  Estimate estimate;
  estimate.add({CostFamily::kGradient, tile.slice_names[0], kFactors[row], 1,
                tile_conv::gradient_terms(work, machine)});
  add_weights_sum(estimate, p, cut.splits, machine);
  return estimate;
}

// With as many splits as the estimate likes best.
Cut best_cut(const ConvProblem& p, std::uint32_t row, std::uint32_t slice_bits,
             const Machine& machine) {
  const Tile& tile = kTiles[row];
  const Cut whole = cut_of(p, tile, slice_bits, 1);
  const std::uint32_t splits = best_splits(
      to_u32(pixels_of(p) / (kGranule << slice_bits)), estimate_of(p, row, whole, machine).clocks(),
      [&](std::uint32_t candidate) {
        const Cut cut = cut_of(p, tile, slice_bits, candidate);
        return fits(p, cut) ? cut.splits : 0;
      },
      [&](std::uint32_t candidate) {
        return estimate_of(p, row, cut_of(p, tile, slice_bits, candidate), machine).clocks();
      });
  return cut_of(p, tile, slice_bits, splits);
}

PixelStride axis_of(const ConvProblem& p, std::size_t i, std::int64_t move) {
  const auto axis = kAxes[i];
  PixelStride result{};
  result.length = to_u32(p.out.*axis);
  result.move = to_u32(move);
  result.stride = to_u32(p.stride.*axis);
  result.dilation = to_u32(p.dilation.*axis);
  result.pad = to_u32(p.pad.*axis);
  result.input = to_u32(p.in.*axis);
  return result;
}

TileWeightsParams params_of(const ConvProblem& p, const Cut& cut) {
  TileWeightsParams params = tile_weights::params_of(p);
  params.part = cut.part;
  params.tiles_m = make_fast_division(cut.tiles_m);
  params.tiles_n = make_fast_division(cut.tiles_n);
  params.column_tiles = cut.column_tiles;
  params.waves_m_bits = cut.m_bits;
  params.waves_n_bits = cut.n_bits;
  params.slices = cut.slices;
  params.splits = cut.splits;
  return params;
}

Launch product_launch(const ConvProblem& p, const Tile& tile, const Cut& cut) {
  const std::uint32_t sums = divide_up(tile.k * tile.c, 32u) * 32;
  const std::uint32_t lds = cut.slices > 1 ? cut.waves() * sums * 4 : 0;
  Launch launch = make_launch({"tile_weights", tile.kernel},
                              {static_cast<std::uint32_t>(workgroups_of(p, cut)), cut.splits, 1},
                              {cut.waves() * 32, 1, 1}, params_of(p, cut),
                              {{Buffer::kX, offsetof(TileWeightsParams, x), 0},
                               {Buffer::kY, offsetof(TileWeightsParams, dy), 0},
                               {Buffer::kW, offsetof(TileWeightsParams, w), 0}},
                              lds);
  if (cut.splits > 1) {
    launch.pointers[launch.pointer_count++] = {Buffer::kWorkspace,
                                               offsetof(TileWeightsParams, partial), 0};
  } else {
    patch_epilogue(launch, p, offsetof(TileWeightsParams, epilogue));
  }
  return launch;
}

}  // namespace

std::span<const Tile> tiles() { return kTiles; }

TileWeightsParams params_of(const ConvProblem& p) {
  const auto element = static_cast<std::int64_t>(bytes_of(p.x_type));
  TileWeightsParams params{};
  params.space.volume = make_fast_division(to_u32(p.out.volume()));
  params.space.plane = params.space.volume;
  params.space.width = make_fast_division(to_u32(p.out.w));
  for (std::size_t i = 0; i < 2; ++i) {
    params.x_axis[i] = to_u32(p.stride.*kAxes[i] * p.x_strides[i + 3] * element);
    params.y_axis[i] = to_u32(p.y_strides[i + 3] * element);
    params.x_tap[i] = to_u32(p.dilation.*kAxes[i] * p.x_strides[i + 3] * element);
    params.w_axis[i] = to_u32(p.w_strides[i + 3] * element);
  }
  params.x_image = to_u32(p.x_strides[0] * element);
  params.y_image = to_u32(p.y_strides[0] * element);
  // 32 pixels are so many of a row, rows and images; what overflows goes to the next axis.
  const std::int64_t across = kWave % p.out.w, down = kWave / p.out.w % p.out.h,
                     images = kWave / (p.out.w * p.out.h);
  params.axis[0] = axis_of(p, 0, down);
  params.axis[1] = axis_of(p, 1, across);
  const auto move = [&](const std::uint32_t(&axis)[2], std::uint32_t image) {
    return to_u32(across) * axis[1] + to_u32(down) * axis[0] + to_u32(images) * image;
  };
  params.move_x = move(params.x_axis, params.x_image);
  params.move_y = move(params.y_axis, params.y_image);
  params.axis[1].carry_x = params.x_axis[0] - to_u32(p.out.w) * params.x_axis[1];
  params.axis[1].carry_y = params.y_axis[0] - to_u32(p.out.w) * params.y_axis[1];
  params.axis[0].carry_x = params.x_image - to_u32(p.out.h) * params.x_axis[0];
  params.axis[0].carry_y = params.y_image - to_u32(p.out.h) * params.y_axis[0];

  params.x_channel = to_u32(p.x_strides[1] * element);
  params.y_channel = to_u32(p.y_strides[1] * element);
  params.origin = static_cast<std::uint64_t>(tile_conv::origin_of(p));
  params.x_group = static_cast<std::uint64_t>(p.c / p.groups * p.x_strides[1] * element);
  params.y_group = static_cast<std::uint64_t>(p.k / p.groups * p.y_strides[1] * element);
  params.groups = to_u32(p.groups);
  params.k = to_u32(p.k / p.groups);
  params.c = to_u32(p.c / p.groups);
  params.taps = make_fast_division(to_u32(p.filter.volume()));
  params.tap_width = make_fast_division(to_u32(p.filter.w));
  params.pixels = to_u32(pixels_of(p));
  params.w_group = static_cast<std::uint64_t>(p.k / p.groups * p.w_strides[0] * element);
  params.w_row = to_u32(p.w_strides[0] * element);
  params.w_channel = to_u32(p.w_strides[1] * element);
  params.epilogue = epilogue_params(p);
  return params;
}

std::optional<std::string> refusal_of_product(const ConvProblem& p) {
  if (auto reason = first_reason(p, unless_backward_weights, unless_known_types, unless_fusable,
                                 unless_positions_fit))
    return reason;
  if (p.in.d != 1 || p.out.d != 1 || p.filter.d != 1 || p.pad.d != 0)
    return "has planes along depth";
  for (const auto axis : kAxes) {
    if ((p.out.*axis - 1) * p.stride.*axis >= kMaxPosition ||
        p.in.*axis + p.pad.*axis >= kMaxPosition ||
        p.filter.*axis * p.dilation.*axis >= kMaxPosition)
      return "positions along an axis reach 2^24";
  }
  if (tile_conv::reach_of_x(p, p.n) >= kReach || tile_conv::reach_of_y(p, p.n) >= kReach)
    return "the images of a group span 2 GB or more";
  if (pixels_of(p) >= kFastDivisionLimit - (kGranule << kSliceBits))
    return "a weight's gradient sums 2^31 products or more";
  if (weights_of(p) >= kFastDivisionLimit - std::int64_t{kWeightsSumThreads} ||
      std::max(p.w_strides[0], p.w_strides[1]) * static_cast<std::int64_t>(bytes_of(p.w_type)) >=
          kReach * 2)
    return "the filter takes 2 GB or more";
  return std::nullopt;
}

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = first_reason(p, unless_backward_weights, unless_fp32, refusal_of_product))
    return reason;
  if (p.x_strides[4] != 1 || (p.out.w > 1 && p.y_strides[4] != 1))
    return "neighbouring pixels do not lie side by side";
  // Lines of x that are read for a part of their pixels leave L0 before another wave has them: 27 %
  // of peak for 3x3 of 256 channels, 28x28, stride 2, N = 16, where tiles through LDS reach 45.
  if (p.stride.w != 1 && p.out.w > 1) return "strides along rows read parts of lines";
  if (!fits(p, cut_of(p, kTiles[0], 0, 1))) return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  const Machine machine = machine_of(device);
  std::vector<Instance> instances;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    for (std::uint32_t bits = 0; bits < kSliceBits; ++bits) {
      if (bits > 0 && pixels_of(p) < kGranule << bits) continue;
      const Cut cut = best_cut(p, row, bits, machine);
      if (!fits(p, cut)) continue;
      Instance instance;
      instance.name = kTiles[row].slice_names[bits];
      instance.workspace_bytes = partial_bytes(p, cut.splits);
      instance.estimated_clocks = estimate_of(p, row, cut, machine).clocks();
      instance.row = row;
      instance.parameters = {bits, cut.splits};
      instances.push_back(instance);
    }
  }
  return instances;
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  const Cut cut = cut_of(p, kTiles[instance.row], instance.parameters[0], instance.parameters[1]);
  return estimate_of(p, instance.row, cut, machine_of(device));
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  const Tile& tile = kTiles[instance.row];
  const Cut cut = cut_of(p, tile, instance.parameters[0], instance.parameters[1]);
  std::vector<Launch> launches{product_launch(p, tile, cut)};
  if (cut.splits > 1) launches.push_back(weights_sum_launch(p, cut.splits));
  return launches;
}

}  // namespace rdna1conv::tile_weights
