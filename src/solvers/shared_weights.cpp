#include "solvers/shared_weights.h"

#include <algorithm>

#include "params/shared_weights.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/split_gradient.h"
#include "solvers/tile_conv_estimate.h"
#include "solvers/tile_weights.h"

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

std::int64_t pixels_of(const ConvProblem& p) { return p.n * p.out.volume(); }

bool has_channels_last(const ConvProblem& p) { return p.x_strides[1] < p.x_strides[4]; }

struct Kernels {
  using Params = TileWeightsParams;
  static constexpr std::span<const Tile> kTiles = shared_weights::kTiles;
  static constexpr std::uint32_t kThreads = kSharedWeightsWaves * 32;

  static std::uint32_t most_splits(const ConvProblem& p) { return to_u32(pixels_of(p) / kStep); }

  static GradientCut cut_of(const ConvProblem& p, const Tile& tile, std::uint32_t splits) {
    GradientCut cut;
    cut.tiles_m = divide_up(to_u32(p.k / p.groups), tile.k);
    cut.tiles_n = divide_up(to_u32(p.c / p.groups), tile.c) * to_u32(p.filter.volume());
    cut.part = to_u32(divide_up(divide_up(pixels_of(p), std::int64_t{splits}), kStep) * kStep);
    cut.splits = to_u32(divide_up(pixels_of(p), std::int64_t{cut.part}));
    return cut;
  }

  static LaunchCost product_cost(const ConvProblem& p, std::uint32_t row, const GradientCut& cut,
                                 const Machine& machine) {
    static const auto kFactors = cost_factors(CostFamily::kGradient, shared_weights::kTiles,
                                              [](const Tile& each) { return each.name; });
    const Tile& tile = kTiles[row];
    const auto element = static_cast<double>(bytes_of(p.x_type));
    const double x_bytes = element * static_cast<double>(p.n * p.c * p.in.volume()),
                 y_bytes = element * static_cast<double>(p.n * p.k * p.out.volume());
    tile_conv::SharedGradientWork work;
    work.workgroups = static_cast<double>(cut.workgroups_of_split(p)) * cut.splits;
    work.channels = tile.k + tile.c;
    work.steps = cut.part / static_cast<double>(kStep);
    work.lines = has_channels_last(p)
                     ? 1
                     : std::min(32.0, 1 + static_cast<double>(p.stride.w * p.x_strides[4]));
    work.tensor_bytes = x_bytes + y_bytes + 4.0 * cut.splits * static_cast<double>(weights_of(p));
    return {CostFamily::kGradient, tile.name, kFactors[row], 1,
            tile_conv::shared_gradient_terms(work, machine)};
  }

  static KernelRef kernel_of(const ConvProblem& p, const Tile& tile) {
    return {"shared_weights_f32", tile.kernels[has_channels_last(p) ? 1 : 0]};
  }

  static Params params_of(const ConvProblem& p, const GradientCut& cut) {
    Params params = tile_weights::params_of(p);
    params.part = cut.part;
    params.tiles_m = make_fast_division(cut.tiles_m);
    params.tiles_n = make_fast_division(cut.tiles_n);
    params.splits = cut.splits;
    return params;
  }
};
using Gradient = SplitGradient<Kernels>;

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

}  // namespace rdna1conv::shared_weights
