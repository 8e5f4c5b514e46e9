#include "solvers/shared_weights.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "params/shared_weights.h"
#include "params/weights_sum.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/split_sums.h"
#include "solvers/tile_conv_estimate.h"
#include "solvers/tile_weights.h"
#include "solvers/weights_sum.h"

namespace rdna1conv::shared_weights {
namespace {

#define RDNA1CONV_SHARED_WEIGHTS_ROW(TILE, WAVES_K, WAVES_C, ...)                        \
  Tile{"shared_" #TILE,                                                                  \
       {"shared_weights_" #TILE "_pixels_f32", "shared_weights_" #TILE "_channels_f32"}, \
       WAVES_K * kSharedWeightsRows,                                                     \
       WAVES_C * kSharedWeightsColumns * 32},
constexpr Tile kTiles[] = {RDNA1CONV_SHARED_WEIGHTS_TILES(RDNA1CONV_SHARED_WEIGHTS_ROW, )};
#undef RDNA1CONV_SHARED_WEIGHTS_ROW

constexpr std::int64_t kStep = 32;  // pixels
constexpr std::uint64_t kMaxWorkspace = std::uint64_t{256} << 20;

std::int64_t pixels_of(const ConvProblem& p) { return p.n * p.out.volume(); }

bool has_channels_last(const ConvProblem& p) { return p.x_strides[1] < p.x_strides[4]; }

// How the work is cut.
struct Cut {
  std::uint32_t tiles_m = 1, tiles_n = 1;
  std::uint32_t part = 0, splits = 1;
};

Cut cut_of(const ConvProblem& p, const Tile& tile, std::uint32_t splits) {
  Cut cut;
  cut.tiles_m = divide_up(to_u32(p.k / p.groups), tile.k);
  cut.tiles_n = divide_up(to_u32(p.c / p.groups), tile.c) * to_u32(p.filter.volume());
  cut.part = to_u32(divide_up(divide_up(pixels_of(p), std::int64_t{splits}), kStep) * kStep);
  cut.splits = to_u32(divide_up(pixels_of(p), std::int64_t{cut.part}));
  return cut;
}

std::uint64_t workgroups_of(const ConvProblem& p, const Cut& cut) {
  return static_cast<std::uint64_t>(p.groups) * cut.tiles_m * cut.tiles_n;
}

std::uint64_t partial_bytes(const ConvProblem& p, const Cut& cut) {
  return cut.splits > 1 ? static_cast<std::uint64_t>(weights_of(p) * 4) * cut.splits : 0;
}

bool fits(const ConvProblem& p, const Cut& cut) {
  return workgroups_of(p, cut) * cut.splits * kSharedWeightsWaves * 32 <= kMaxDividedWorkItems &&
         cut.splits <= 65535 && partial_bytes(p, cut) <= kMaxWorkspace;
}

Estimate estimate_of(const ConvProblem& p, std::uint32_t row, const Cut& cut,
                     const Machine& machine) {
  static const auto kFactors =
      cost_factors(CostFamily::kGradient, kTiles, [](const Tile& each) { return each.name; });
  const Tile& tile = kTiles[row];
  const auto element = static_cast<double>(bytes_of(p.x_type));
  const double x_bytes = element * static_cast<double>(p.n * p.c * p.in.volume()),
               y_bytes = element * static_cast<double>(p.n * p.k * p.out.volume());
  tile_conv::SharedGradientWork work;
  work.workgroups = static_cast<double>(workgroups_of(p, cut)) * cut.splits;
  work.channels = tile.k + tile.c;
  work.steps = cut.part / static_cast<double>(kStep);
  work.lines = has_channels_last(p)
                   ? 1
                   : std::min(32.0, 1 + static_cast<double>(p.stride.w * p.x_strides[4]));
  work.tensor_bytes = x_bytes + y_bytes + 4.0 * cut.splits * static_cast<double>(weights_of(p));
  Estimate estimate;
  estimate.add({CostFamily::kGradient, tile.name, kFactors[row], 1,
                tile_conv::shared_gradient_terms(work, machine)});
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
      to_u32(pixels_of(p) / kStep), estimate_of(p, row, cut_of(p, tile, 1), machine).clocks(),
      [&](std::uint32_t candidate) {
        const Cut cut = cut_of(p, tile, candidate);
        return fits(p, cut) ? cut.splits : 0;
      },
      [&](std::uint32_t candidate) {
        return estimate_of(p, row, cut_of(p, tile, candidate), machine).clocks();
      });
  return cut_of(p, tile, splits);
}

TileWeightsParams params_of(const ConvProblem& p, const Cut& cut) {
  TileWeightsParams params = tile_weights::params_of(p);
  params.part = cut.part;
  params.tiles_m = make_fast_division(cut.tiles_m);
  params.tiles_n = make_fast_division(cut.tiles_n);
  params.splits = cut.splits;
  return params;
}

Launch product_launch(const ConvProblem& p, const Tile& tile, const Cut& cut) {
  // Only what is written may be null: the kernel writes either w or the partial sums.
  const bool splits = cut.splits > 1;
  Launch launch =
      make_launch({"shared_weights_f32", tile.kernels[has_channels_last(p) ? 1 : 0]},
                  {static_cast<std::uint32_t>(workgroups_of(p, cut)), cut.splits, 1},
                  {kSharedWeightsWaves * 32, 1, 1}, params_of(p, cut),
                  {{Buffer::kX, offsetof(TileWeightsParams, x)},
                   {Buffer::kY, offsetof(TileWeightsParams, dy)},
                   splits ? PointerPatch{Buffer::kWorkspace, offsetof(TileWeightsParams, partial)}
                          : PointerPatch{Buffer::kW, offsetof(TileWeightsParams, w)}});
  if (!splits) patch_epilogue(launch, p, offsetof(TileWeightsParams, epilogue));
  return launch;
}

// Fewer would leave most of a workgroup idle.
Reason unless_many_channels(const ConvProblem& p) {
  if (p.k / p.groups >= 32 && p.c / p.groups >= 64) return std::nullopt;
  return "a group has " + std::to_string(p.c / p.groups) + " channels and " +
         std::to_string(p.k / p.groups) + " output channels, needs 64 and 32";
}

}  // namespace

std::span<const Tile> tiles() { return kTiles; }

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = first_reason(p, unless_backward_weights, unless_fp32, unless_many_channels,
                                 tile_weights::refusal_of_product))
    return reason;
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

}  // namespace rdna1conv::shared_weights
