#include "solvers/winograd_weights.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include "params/weights_sum.h"
#include "params/winograd_weights.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/split_sums.h"
#include "solvers/tile_conv.h"
#include "solvers/tile_conv_estimate.h"
#include "solvers/weights_sum.h"

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

constexpr std::int64_t kFilter = 3, kTile = 2;
constexpr std::int64_t kReach = std::int64_t{1} << 31;  // of offsets, bytes
constexpr std::uint64_t kMaxWorkspace = std::uint64_t{256} << 20;
constexpr std::array kAxes{&Spatial::h, &Spatial::w};

std::int64_t element_of(const ConvProblem& p) {
  return static_cast<std::int64_t>(bytes_of(p.x_type));
}
std::int64_t tiles_of(const ConvProblem& p) {
  return p.n * divide_up(p.out.h, kTile) * divide_up(p.out.w, kTile);
}

// How the work is cut.
struct Cut {
  std::uint32_t tiles_m = 1, tiles_n = 1;
  std::uint32_t part = 0, splits = 1;
};

Cut cut_of(const ConvProblem& p, const Tile& tile, std::uint32_t splits) {
  Cut cut;
  cut.tiles_m = divide_up(to_u32(p.k / p.groups), tile.waves_k * kWinogradWeightsRows);
  cut.tiles_n = divide_up(to_u32(p.c / p.groups), tile.waves_c * 32);
  const auto tiles = to_u32(tiles_of(p));
  cut.part = divide_up(divide_up(tiles, splits), kWinogradWeightsStep) * kWinogradWeightsStep;
  cut.splits = divide_up(tiles, cut.part);
  return cut;
}

std::uint64_t workgroups_of(const ConvProblem& p, const Cut& cut) {
  return static_cast<std::uint64_t>(p.groups) * cut.tiles_m * cut.tiles_n;
}

std::uint64_t partial_bytes(const ConvProblem& p, const Cut& cut) {
  return cut.splits > 1 ? static_cast<std::uint64_t>(weights_of(p) * 4) * cut.splits : 0;
}

bool fits(const ConvProblem& p, const Cut& cut) {
  return workgroups_of(p, cut) * cut.splits * kWinogradWeightsWaves * 32 <= kMaxDividedWorkItems &&
         cut.splits <= 65535 && partial_bytes(p, cut) <= kMaxWorkspace;
}

Estimate estimate_of(const ConvProblem& p, std::uint32_t row, const Cut& cut,
                     const Machine& machine) {
  static const auto kFactors =
      cost_factors(CostFamily::kGradient, kTiles, [](const Tile& each) { return each.name; });
  const Tile& tile = kTiles[row];
  tile_conv::WinogradGradientWork work;
  work.workgroups = static_cast<double>(workgroups_of(p, cut)) * cut.splits;
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
  Estimate estimate;
  estimate.add({CostFamily::kGradient, tile.name, kFactors[row], 1,
                tile_conv::winograd_gradient_terms(work, machine)});
  if (cut.splits > 1) {
    estimate.add(
        {CostFamily::kPack, "", 1, 1,
         tile_conv::pack_terms(static_cast<double>(partial_bytes(p, cut)),
                               static_cast<double>(weights_of(p)) / kWeightsSumThreads, machine)});
  }
  return estimate;
}

// With as many splits as the estimate likes best.
Cut best_cut(const ConvProblem& p, std::uint32_t row, const Machine& machine) {
  const Tile& tile = kTiles[row];
  const std::uint32_t splits = best_splits(
      to_u32(tiles_of(p) / kWinogradWeightsStep),
      estimate_of(p, row, cut_of(p, tile, 1), machine).clocks(),
      [&](std::uint32_t candidate) {
        const Cut cut = cut_of(p, tile, candidate);
        return fits(p, cut) ? cut.splits : 0;
      },
      [&](std::uint32_t candidate) {
        return estimate_of(p, row, cut_of(p, tile, candidate), machine).clocks();
      });
  return cut_of(p, tile, splits);
}

WinogradWeightsParams params_of(const ConvProblem& p, const Cut& cut) {
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

Launch product_launch(const ConvProblem& p, const Tile& tile, const Cut& cut) {
  // Only what is written may be null: the kernel writes either w or the partial sums.
  const bool splits = cut.splits > 1;
  const std::size_t type = element_types_of(p).value();
  Launch launch = make_launch(
      {kFamilies[type], tile.kernels[type]},
      {static_cast<std::uint32_t>(workgroups_of(p, cut)), cut.splits, 1},
      {kWinogradWeightsWaves * 32, 1, 1}, params_of(p, cut),
      {{Buffer::kX, offsetof(WinogradWeightsParams, x)},
       {Buffer::kY, offsetof(WinogradWeightsParams, dy)},
       splits ? PointerPatch{Buffer::kWorkspace, offsetof(WinogradWeightsParams, partial)}
              : PointerPatch{Buffer::kW, offsetof(WinogradWeightsParams, w)}});
  if (!splits) patch_epilogue(launch, p, offsetof(WinogradWeightsParams, epilogue));
  return launch;
}

Reason unless_3x3_stride_1(const ConvProblem& p) {
  const auto by = [](std::int64_t h, std::int64_t w) {
    return std::to_string(h) + "x" + std::to_string(w);
  };
  if (p.filter.h != kFilter || p.filter.w != kFilter)
    return "filter is " + by(p.filter.h, p.filter.w) + ", needs 3x3";
  if (p.stride.h != 1 || p.stride.w != 1)
    return "stride is " + by(p.stride.h, p.stride.w) + ", needs 1x1";
  if (p.dilation.h != 1 || p.dilation.w != 1)
    return "dilation is " + by(p.dilation.h, p.dilation.w) + ", needs 1x1";
  return std::nullopt;
}

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
  if (!std::any_of(std::begin(kTiles), std::end(kTiles),
                   [&](const Tile& tile) { return fits(p, cut_of(p, tile, 1)); }))
    return "a launch would have 2^31 work items or more";
  return std::nullopt;
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  const Machine machine = machine_of(device);
  std::vector<Instance> instances;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    const Cut cut = best_cut(p, row, machine);
    if (!fits(p, cut)) continue;
    Instance instance;
    instance.name = kTiles[row].name;
    instance.workspace_bytes = partial_bytes(p, cut);
    instance.estimated_clocks = estimate_of(p, row, cut, machine).clocks();
    instance.row = row;
    instance.parameters = {cut.splits};
    instances.push_back(instance);
  }
  return instances;
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  const Cut cut = cut_of(p, kTiles[instance.row], instance.parameters[0]);
  return estimate_of(p, instance.row, cut, machine_of(device));
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  const Tile& tile = kTiles[instance.row];
  const Cut cut = cut_of(p, tile, instance.parameters[0]);
  std::vector<Launch> launches{product_launch(p, tile, cut)};
  if (cut.splits > 1) launches.push_back(weights_sum_launch(p, cut.splits));
  return launches;
}

}  // namespace rdna1conv::winograd_weights
