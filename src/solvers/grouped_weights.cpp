#include "solvers/grouped_weights.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <limits>

#include "params/grouped_weights.h"
#include "params/grouped_weights_tiles.h"
#include "params/weights_sum.h"
#include "plan/cost_model.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/grouped_limits.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/weights_sum.h"

namespace rdna1conv::grouped_weights {
namespace {

using namespace grouped;

// One row of kernels/params/grouped_weights_tiles.h.
struct Tile {
  std::string_view name;
  std::array<const char*, kFloatTypes> kernels;  // in the order of kElementTypes
  std::int64_t k, r, s;
};
#define RDNA1CONV_WEIGHTS_NAME(K, R, S) "k" #K "r" #R "s" #S
#define RDNA1CONV_WEIGHTS_ROW(K, R, S)  \
  Tile{RDNA1CONV_WEIGHTS_NAME(K, R, S), \
       RDNA1CONV_FLOAT_KERNELS("grouped_weights_", "_" RDNA1CONV_WEIGHTS_NAME(K, R, S)), K, R, S},
constexpr Tile kTiles[] = {RDNA1CONV_GROUPED_WEIGHTS_TILES(RDNA1CONV_WEIGHTS_ROW)};
#undef RDNA1CONV_WEIGHTS_ROW
#undef RDNA1CONV_WEIGHTS_NAME

// Read off the compiled kernels: instructions to set up a work item, to go on to its next pixel, to
// load one element with its check, and to add up one sum over a wave.
constexpr double kSetupInstructions = 200;
constexpr double kPixelInstructions = 25;
constexpr double kLoadInstructions = 3;
constexpr double kSumInstructions = 14;
// More splits than fill a card several times over only cost.
constexpr std::int64_t kMaxWorkgroupsOfSplits = 2048;
constexpr std::int64_t kMaxWorkspace = std::int64_t{256} << 20;

// What tile, lanes and splits make of a problem.
struct Geometry {
  std::int64_t k_lanes, pixel_lanes;
  std::int64_t k_blocks_per_group, k_blocks, k_groups;
  std::int64_t blocks_r, blocks_s, tap_blocks;
  std::int64_t images, pixels;  // images that are split by themselves, pixels of each
  std::int64_t split_pixels, image_splits;
  std::int64_t workgroups;
  std::int64_t splits() const { return images * image_splits; }
  std::int64_t threads() const { return k_lanes * pixel_lanes; }
};

// Whether offsets over all images fit 32 bits; else each image is split by itself.
bool counts_images(const ConvProblem& p) {
  const auto fits = [](const FiveDims& lengths, const FiveDims& strides, DataType type) {
    return span_of(lengths, strides) * static_cast<std::int64_t>(bytes_of(type)) < kOffsetLimit;
  };
  return fits(p.x_lengths(), p.x_strides, p.x_type) && fits(p.y_lengths(), p.y_strides, p.y_type) &&
         p.n * p.out.volume() < static_cast<std::int64_t>(kMaxDividedWorkItems);
}

std::optional<Geometry> geometry_of(const Tile& tile, std::int64_t k_lanes,
                                    std::int64_t pixel_lanes, std::int64_t splits,
                                    const ConvProblem& p) {
  Geometry g{};
  g.k_lanes = k_lanes;
  g.pixel_lanes = pixel_lanes;
  g.k_blocks_per_group = divide_up(p.k / p.groups, tile.k);
  g.k_blocks = p.groups * g.k_blocks_per_group;
  g.k_groups = divide_up(g.k_blocks, k_lanes);
  g.blocks_r = divide_up(p.filter.h, tile.r);
  g.blocks_s = divide_up(p.filter.w, tile.s);
  g.tap_blocks = p.c / p.groups * p.filter.d * g.blocks_r * g.blocks_s;
  const bool counted = counts_images(p);
  g.images = counted ? 1 : p.n;
  g.pixels = (counted ? p.n : 1) * p.out.volume();
  g.split_pixels = divide_up(divide_up(g.pixels, splits), pixel_lanes) * pixel_lanes;
  g.image_splits = divide_up(g.pixels, g.split_pixels);
  const double workgroups = static_cast<double>(g.k_groups) * static_cast<double>(g.tap_blocks) *
                            static_cast<double>(g.splits());
  if (workgroups * static_cast<double>(g.threads()) > static_cast<double>(kMaxDividedWorkItems))
    return std::nullopt;
  if (g.splits() > 1 && static_cast<double>(weights_of(p)) * static_cast<double>(g.splits()) * 4 >
                            static_cast<double>(kMaxWorkspace))
    return std::nullopt;
  g.workgroups = static_cast<std::int64_t>(workgroups);
  return g;
}

Estimate estimate_of(std::uint32_t row, const Geometry& g, const ConvProblem& p,
                     const Machine& machine) {
  static const auto kFactors =
      cost_factors(CostFamily::kGroupedWeights, kTiles, [](const Tile& each) { return each.name; });
  const Tile& tile = kTiles[row];
  const double threads = static_cast<double>(g.threads());
  const double waves = threads / 32;
  const double k = static_cast<double>(tile.k), r = static_cast<double>(tile.r),
               s = static_cast<double>(tile.s);
  const std::int64_t pixels_of_a_lane = g.split_pixels / g.pixel_lanes;
  const double iterations = static_cast<double>(pixels_of_a_lane);
  const double load = kLoadInstructions + conversion_instructions(p.x_type);
  const double bytes = static_cast<double>(bytes_of(p.x_type));

  LaunchWork work;
  work.workgroups = static_cast<double>(g.workgroups);
  work.waves_per_workgroup = waves;
  work.fma_per_workgroup =
      threads *
      (kSetupInstructions + kSumInstructions * k * r * s +
       iterations * (kPixelInstructions + load * k + 2 * (r + s) + load * r * s + k * r * s));
  work.independent_fmas = std::max(2.0, k * r * s);
  // A work item waits for the loads of each pixel.
  work.serial_steps = 2 + kLoadSteps * iterations;

  const double y_channel_step = static_cast<double>(tile.k * p.y_strides[1]) * bytes;
  const double y_pixel_step =
      static_cast<double>(p.out.w > 1 ? p.y_strides[4] : p.y_strides[3]) * bytes;
  const std::int64_t x_channels = g.k_blocks_per_group > 1 ? 0 : p.c / p.groups;
  const double x_channel_step = static_cast<double>(x_channels * p.x_strides[1]) * bytes;
  const double x_pixel_step =
      static_cast<double>(p.out.w > 1 ? p.stride.w * p.x_strides[4] : p.stride.h * p.x_strides[3]) *
      bytes;
  const double y_lines = lines_of(g.k_lanes, y_channel_step, y_pixel_step);
  const double x_lines = lines_of(g.k_lanes, x_channel_step, x_pixel_step);
  // A load takes the L0 cache, one of each compute unit, a clock for each line: as many bytes as
  // LDS gives.
  work.lds_bytes_per_workgroup = kLineBytes * waves * iterations * (y_lines * k + x_lines * r * s);
  // What L0 does not hold yet: each output once, each input once and the rows at the seams again.
  work.l2_bytes = work.workgroups * kLineBytes * waves * iterations * (y_lines * k + 1.5 * x_lines);
  const double partial = 4 * static_cast<double>(g.splits() * weights_of(p));
  work.dram_bytes =
      bytes * (volume_of(p.x_lengths()) + volume_of(p.y_lengths()) + volume_of(p.w_lengths()));
  CostTerms terms = terms_of(work, machine);
  terms.tail += kWorkgroupClocks * work.workgroups;
  Estimate estimate;
  estimate.add({CostFamily::kGroupedWeights, tile.name, kFactors[row], 1, terms});
  if (g.splits() > 1) {
    LaunchWork sum;
    sum.workgroups =
        static_cast<double>(divide_up(weights_of(p), std::int64_t{kWeightsSumThreads}));
    sum.waves_per_workgroup = kWeightsSumThreads / 32.0;
    sum.fma_per_workgroup = kWeightsSumThreads * (100 + 5 * static_cast<double>(g.splits()));
    sum.independent_fmas = 1;
    sum.l2_bytes = 2 * partial;
    estimate.add({CostFamily::kPack, "", 1, 1, terms_of(sum, machine)});
  }
  return estimate;
}

// Whether the row wastes less than half of what it computes.
bool serves(const Tile& tile, const ConvProblem& p) {
  if (tile.k > 1 && 2 * (p.k / p.groups) <= tile.k) return false;
  const std::int64_t computed =
      divide_up(p.filter.h, tile.r) * tile.r * divide_up(p.filter.w, tile.s) * tile.s;
  return computed < 2 * p.filter.h * p.filter.w;
}

std::array<std::int64_t, 3> in_axes(const Spatial& s) { return {s.d, s.h, s.w}; }

GroupedWeightsParams params_of(const Geometry& g, const ConvProblem& p) {
  GroupedWeightsParams params{};
  const std::int64_t bytes = static_cast<std::int64_t>(bytes_of(p.x_type));
  const auto in = in_axes(p.in), out = in_axes(p.out), filter = in_axes(p.filter),
             pad = in_axes(p.pad), stride = in_axes(p.stride), dilation = in_axes(p.dilation);
  std::int64_t rest = g.pixel_lanes;
  std::array<std::int64_t, 3> digits{};
  for (std::size_t i = 3; i-- > 0;) {
    digits[i] = rest % out[i];
    rest /= out[i];
  }
  std::int64_t x_step = rest * p.x_strides[0], y_step = rest * p.y_strides[0];
  for (std::size_t i = 0; i < 3; ++i) {
    GroupedWeightsAxis& axis = params.axes[i];
    axis.in = to_i32(in[i]);
    axis.extent = to_i32(out[i] * stride[i]);
    axis.stride = to_i32(stride[i]);
    axis.step = to_i32(digits[i] * stride[i]);
    axis.pad = to_i32(pad[i]);
    axis.dilation = to_i32(dilation[i]);
    axis.filter = to_i32(filter[i]);
    const std::int64_t x_stride = stride[i] * p.x_strides[i + 2];
    const std::int64_t y_stride = p.y_strides[i + 2];
    const std::int64_t x_outer = i == 0 ? p.x_strides[0] : stride[i - 1] * p.x_strides[i + 1];
    const std::int64_t y_outer = i == 0 ? p.y_strides[0] : p.y_strides[i + 1];
    axis.x_stride = to_u32(p.x_strides[i + 2] * bytes);
    axis.x_carry = to_u32((x_outer - out[i] * x_stride) * bytes);
    axis.y_carry = to_u32((y_outer - out[i] * y_stride) * bytes);
    params.y_strides[i] = to_u32(y_stride * bytes);
    x_step += digits[i] * x_stride;
    y_step += digits[i] * y_stride;
  }
  params.x_step = to_u32(x_step * bytes);
  params.y_step = to_u32(y_step * bytes);
  params.x_n = static_cast<std::uint64_t>(p.x_strides[0] * bytes);
  params.y_n = static_cast<std::uint64_t>(p.y_strides[0] * bytes);
  params.c = to_u32(p.c / p.groups);
  params.k = to_u32(p.k / p.groups);
  params.x_c = to_u32(p.x_strides[1] * bytes);
  params.y_k = to_u32(p.y_strides[1] * bytes);
  for (std::size_t i = 0; i < 5; ++i) params.w_strides[i] = to_u32(p.w_strides[i]);
  params.k_shift = log2_of(g.k_lanes);
  params.pixel_shift = log2_of(g.pixel_lanes);
  params.k_blocks = to_u32(g.k_blocks);
  params.k_blocks_per_group = make_fast_division(to_u32(g.k_blocks_per_group));
  params.k_groups = make_fast_division(to_u32(g.k_groups));
  params.tap_blocks = make_fast_division(to_u32(g.tap_blocks));
  params.image_splits = make_fast_division(to_u32(g.image_splits));
  params.blocks_s = make_fast_division(to_u32(g.blocks_s));
  params.blocks_r = make_fast_division(to_u32(g.blocks_r));
  params.filter_d = make_fast_division(to_u32(p.filter.d));
  params.out_w = make_fast_division(to_u32(p.out.w));
  params.out_h = make_fast_division(to_u32(p.out.h));
  params.out_d = make_fast_division(to_u32(p.out.d));
  params.pixels = to_u32(g.pixels);
  params.split_pixels = to_u32(g.split_pixels);
  params.writes_partial = g.splits() > 1;
  params.weights = static_cast<std::uint64_t>(weights_of(p));
  params.epilogue = epilogue_params(p);
  return params;
}

std::vector<Launch> launches_of(const Tile& tile, const Geometry& g, const ConvProblem& p) {
  const std::int64_t lds = g.threads() / 32 * tile.k * tile.r * tile.s * g.k_lanes * 4;
  const bool splits = g.splits() > 1;
  // Only what is written may be null: the kernel writes either w or the partial sums.
  std::vector<Launch> launches{make_launch(
      {"grouped_weights", tile.kernels[element_types_of(p).value()]}, {to_u32(g.workgroups), 1, 1},
      {to_u32(g.threads()), 1, 1}, params_of(g, p),
      {{Buffer::kX, offsetof(GroupedWeightsParams, x)},
       {Buffer::kY, offsetof(GroupedWeightsParams, y)},
       splits ? PointerPatch{Buffer::kWorkspace, offsetof(GroupedWeightsParams, partial)}
              : PointerPatch{Buffer::kW, offsetof(GroupedWeightsParams, w)}},
      to_u32(lds))};
  if (splits) {
    launches.push_back(weights_sum_launch(p, to_u32(g.splits())));
  } else {
    patch_epilogue(launches.back(), p, offsetof(GroupedWeightsParams, epilogue));
  }
  return launches;
}

// Calls visit(geometry, splits) for what is worth trying, until it gives false.
template <class Visit>
void for_each_geometry(const Tile& tile, const ConvProblem& p, const Visit& visit) {
  const std::int64_t k_blocks = p.groups * divide_up(p.k / p.groups, tile.k);
  for (std::int64_t k_lanes = 1; k_lanes <= 32; k_lanes *= 2) {
    for (std::int64_t threads = 32; threads <= kGroupedWeightsMaxThreads; threads *= 2) {
      for (std::int64_t splits = 1;; splits *= 2) {
        const auto geometry = geometry_of(tile, k_lanes, threads / k_lanes, splits, p);
        if (!geometry) break;
        if (!visit(*geometry, splits)) return;
        if (geometry->split_pixels <= geometry->pixel_lanes ||
            geometry->workgroups >= kMaxWorkgroupsOfSplits)
          break;
      }
      if (threads / k_lanes >= p.n * p.out.volume()) break;
    }
    if (k_lanes >= k_blocks) break;
  }
}

bool fits(const Tile& tile, const ConvProblem& p) {
  bool any = false;
  for_each_geometry(tile, p, [&any](const Geometry&, std::int64_t) {
    any = true;
    return false;
  });
  return any;
}

std::optional<Instance> instance_of(std::uint32_t row, const ConvProblem& p,
                                    const DeviceFacts& device) {
  const Tile& tile = kTiles[row];
  Instance best{
      .name = tile.name, .estimated_clocks = std::numeric_limits<double>::infinity(), .row = row};
  const Machine machine = machine_of(device);
  for_each_geometry(tile, p, [&](const Geometry& g, std::int64_t splits) {
    const double clocks = estimate_of(row, g, p, machine).clocks();
    if (clocks >= best.estimated_clocks) return true;
    best.estimated_clocks = clocks;
    best.workspace_bytes =
        g.splits() > 1 ? static_cast<std::size_t>(4 * g.splits() * weights_of(p)) : 0;
    best.parameters = {to_u32(g.k_lanes), to_u32(g.pixel_lanes), to_u32(splits)};
    return true;
  });
  if (best.parameters[0] == 0) return std::nullopt;
  return best;
}

}  // namespace

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = first_reason(p, unless_backward_weights, unless_known_types,
                                 unless_few_channels, unless_offsets_fit, unless_fusable))
    return reason;
  const bool any = std::any_of(std::begin(kTiles), std::end(kTiles),
                               [&](const Tile& tile) { return serves(tile, p) && fits(tile, p); });
  if (!any) return "there are 2^31 work items or more, or their sums exceed 256 MB";
  return std::nullopt;
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  std::vector<Instance> instances;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    if (!serves(kTiles[row], p)) continue;
    if (const auto instance = instance_of(row, p, device)) instances.push_back(*instance);
  }
  return instances;
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  const auto& [k_lanes, pixel_lanes, splits, unused] = instance.parameters;
  const auto geometry = geometry_of(kTiles[instance.row], k_lanes, pixel_lanes, splits, p);
  return estimate_of(instance.row, geometry.value(), p, machine_of(device));
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  const Tile& tile = kTiles[instance.row];
  const auto& [k_lanes, pixel_lanes, splits, unused] = instance.parameters;
  return launches_of(tile, geometry_of(tile, k_lanes, pixel_lanes, splits, p).value(), p);
}

}  // namespace rdna1conv::grouped_weights
