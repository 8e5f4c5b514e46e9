#include "solvers/winograd_weights.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "params/weights_sum.h"
#include "params/winograd_weights.h"
#include "solvers/element_types.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/split_gradient.h"
#include "solvers/tile_conv.h"
#include "solvers/tile_conv_estimate.h"

namespace rdna1conv::winograd_weights {
namespace {

#define RDNA1CONV_WINOGRAD_WEIGHTS_NAME(SUFFIX, X_TYPE, Y_TYPE, IN, OUT, TILE) \
  "winograd_weights_" TILE "_" #SUFFIX,
#define RDNA1CONV_WINOGRAD_WEIGHTS_ROW(TILE, WAVES_K, WAVES_C, ...)          \
  Tile{"winograd_" #TILE,                                                    \
       {RDNA1CONV_FLOAT_TYPES_WITH(RDNA1CONV_WINOGRAD_WEIGHTS_NAME, #TILE)}, \
       WAVES_K,                                                              \
       WAVES_C},
constexpr Tile kTiles[] = {RDNA1CONV_WINOGRAD_WEIGHTS_TILES(RDNA1CONV_WINOGRAD_WEIGHTS_ROW, )};
#undef RDNA1CONV_WINOGRAD_WEIGHTS_ROW
#undef RDNA1CONV_WINOGRAD_WEIGHTS_NAME

// In the order of kElementTypes.
constexpr std::array kFamilies = RDNA1CONV_FLOAT_KERNELS("winograd_weights_", "");

constexpr std::int64_t kTile = 2;
constexpr std::int64_t kReach = std::int64_t{1} << 31;  // of offsets, bytes
constexpr std::array kAxes{&Spatial::h, &Spatial::w};

std::int64_t element_of(const ConvProblem& p) {
  return static_cast<std::int64_t>(bytes_of(p.x_type));
}
std::int64_t tiles_of(const ConvProblem& p) {
  return p.n * divide_up(p.out.h, kTile) * divide_up(p.out.w, kTile);
}

WinogradWeightsParams params_of(const ConvProblem& p, const GradientCut& cut) {
  WinogradWeightsParams params{};
  const std::int64_t element = element_of(p);
  const std::int64_t tiles_h = divide_up(p.out.h, kTile), tiles_w = divide_up(p.out.w, kTile);
  params.image_tiles = make_fast_division(to_u32(tiles_h * tiles_w));
  params.tiles_w = make_fast_division(to_u32(tiles_w));
  params.tiles = to_u32(tiles_of(p));
  params.part = cut.part;
  for (std::size_t i = 0; i < 2; ++i) {
    params.in[i] = to_u32(p.in.*kAxes[i]);
    params.out[i] = to_u32(p.out.*kAxes[i]);
    params.pad[i] = to_u32(p.pad.*kAxes[i]);
    params.x_axis[i] = to_u32(p.x_strides[i + 3] * element);
    params.y_axis[i] = to_u32(p.y_strides[i + 3] * element);
    params.w_axis[i] = to_u32(p.w_strides[i + 3] * element);
  }
  params.x_image = to_u32(p.x_strides[0] * element);
  params.x_channel = to_u32(p.x_strides[1] * element);
  params.y_image = to_u32(p.y_strides[0] * element);
  params.y_channel = to_u32(p.y_strides[1] * element);
  params.origin = static_cast<std::uint64_t>(tile_conv::origin_of(p));
  params.x_group = static_cast<std::uint64_t>(p.c / p.groups * p.x_strides[1] * element);
  params.y_group = static_cast<std::uint64_t>(p.k / p.groups * p.y_strides[1] * element);
  params.groups = to_u32(p.groups);
  params.k = to_u32(p.k / p.groups);
  params.c = to_u32(p.c / p.groups);
  params.tiles_m = make_fast_division(cut.tiles_m);
  params.tiles_n = make_fast_division(cut.tiles_n);
  params.splits = cut.splits;
  params.channels_in_lanes = p.x_strides[1] < p.x_strides[4] ? 1 : 0;
  params.w_group = static_cast<std::uint64_t>(p.k / p.groups * p.w_strides[0] * element);
  params.w_row = to_u32(p.w_strides[0] * element);
  params.w_channel = to_u32(p.w_strides[1] * element);
  params.epilogue = epilogue_params(p);
  return params;
}

struct Kernels {
  using Params = WinogradWeightsParams;
  static constexpr std::span<const Tile> kTiles = winograd_weights::kTiles;
  static constexpr std::uint32_t kThreads = kWinogradWeightsWaves * 32;

  static std::uint32_t most_splits(const ConvProblem& p) {
    return to_u32(tiles_of(p) / kWinogradWeightsStep);
  }

  static GradientCut cut_of(const ConvProblem& p, const Tile& tile, std::uint32_t splits) {
    GradientCut cut;
    cut.tiles_m = divide_up(to_u32(p.k / p.groups), tile.waves_k * kWinogradWeightsRows);
    cut.tiles_n = divide_up(to_u32(p.c / p.groups), tile.waves_c * 32);
    const auto tiles = to_u32(tiles_of(p));
    cut.part = divide_up(divide_up(tiles, splits), kWinogradWeightsStep) * kWinogradWeightsStep;
    cut.splits = divide_up(tiles, cut.part);
    return cut;
  }

  static LaunchCost product_cost(const ConvProblem& p, std::uint32_t row, const GradientCut& cut,
                                 const Machine& machine) {
    static const auto kFactors = cost_factors(CostFamily::kGradient, winograd_weights::kTiles,
                                              [](const Tile& each) { return each.name; });
    const Tile& tile = kTiles[row];
    tile_conv::WinogradGradientWork work;
    work.workgroups = static_cast<double>(cut.workgroups_of_split(p)) * cut.splits;
    work.waves = kWinogradWeightsWaves;
    work.rows = kWinogradWeightsRows;
    work.items_k = tile.waves_k / 4.0;
    work.items_c = tile.waves_c;
    work.steps = cut.part / static_cast<double>(kWinogradWeightsStep);
    const double element = static_cast<double>(element_of(p));
    const double x_bytes = element * static_cast<double>(p.n * p.c * p.in.volume()),
                 y_bytes = element * static_cast<double>(p.n * p.k * p.out.volume());
    work.read_bytes = x_bytes * cut.tiles_m + y_bytes * cut.tiles_n;
    work.tensor_bytes = x_bytes + y_bytes + 4.0 * cut.splits * static_cast<double>(weights_of(p));
    return {CostFamily::kGradient, tile.name, kFactors[row], 1,
            tile_conv::winograd_gradient_terms(work, machine)};
  }

  static KernelRef kernel_of(const ConvProblem& p, const Tile& tile) {
    const std::size_t type = element_types_of(p).value();
    return {kFamilies[type], tile.kernels[type]};
  }

  static Params params_of(const ConvProblem& p, const GradientCut& cut) {
    return winograd_weights::params_of(p, cut);
  }
};
using Gradient = SplitGradient<Kernels>;

}  // namespace

std::span<const Tile> tiles() { return kTiles; }

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = first_reason(p, unless_backward_weights, unless_2d, unless_3x3_stride_1,
                                 unless_known_types, unless_fusable, unless_positions_fit))
    return reason;
  if (tile_conv::reach_of_x(p, p.n) >= kReach || tile_conv::reach_of_y(p, p.n) >= kReach)
    return "the images of a group span 2 GB or more";
  if (tiles_of(p) >= kFastDivisionLimit - std::int64_t{kWinogradWeightsStep})
    return "there are 2^31 tiles or more";
  if (weights_of(p) >= kFastDivisionLimit - std::int64_t{kWeightsSumThreads} ||
      *std::max_element(p.w_strides.begin(), p.w_strides.end()) * element_of(p) >= kReach * 2)
    return "the filter takes 2 GB or more";
  if (!Gradient::any_fits(p)) return "a launch would have 2^31 work items or more";
  return std::nullopt;
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  return Gradient::instances(p, device);
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  return Gradient::estimate(p, instance, device);
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  return Gradient::launches(p, instance);
}

}  // namespace rdna1conv::winograd_weights
