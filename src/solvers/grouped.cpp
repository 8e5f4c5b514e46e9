#include "solvers/grouped.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <numeric>

#include "params/grouped.h"
#include "params/grouped_tiles.h"
#include "plan/cost_model.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/grouped_limits.h"
#include "solvers/grouped_strips.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"

namespace rdna1conv::grouped {
namespace {

// One row of kernels/params/grouped_tiles.h.
struct Tile {
  std::string_view name;
  std::array<const char*, kElementTypes.size()> kernels;  // in the order of kElementTypes
  std::int64_t k, p;  // output channels and output rows of a work item
  std::int64_t r;     // filter rows, 0: any
  std::int64_t stride;
};
#define RDNA1CONV_GROUPED_NAME(K, P, R, STRIDE) "k" #K "p" #P "r" #R "s" #STRIDE
#define RDNA1CONV_GROUPED_ROW(K, P, R, STRIDE)                                           \
  Tile{RDNA1CONV_GROUPED_NAME(K, P, R, STRIDE),                                          \
       RDNA1CONV_TYPED_KERNELS("grouped_", "_" RDNA1CONV_GROUPED_NAME(K, P, R, STRIDE)), \
       K,                                                                                \
       P,                                                                                \
       R,                                                                                \
       STRIDE},
constexpr Tile kTiles[] = {RDNA1CONV_GROUPED_TILES(RDNA1CONV_GROUPED_ROW)};
#undef RDNA1CONV_GROUPED_ROW
#undef RDNA1CONV_GROUPED_NAME

// Instance rows from here on are those of solvers/grouped_strips.h.
constexpr std::uint32_t kFirstStrip = 1000;

// LDS of a workgroup: several workgroups should fit the 128 KB of a workgroup processor. A filter
// too large for that may take all a workgroup can have.
constexpr std::int64_t kPreferredLds = std::int64_t{16} << 10;
constexpr std::int64_t kAccumulatorBytes = 4;

// Read off the compiled kernels: instructions to set up a work item, to stage one element of a
// filter, to load one input with its checks, and to store one output.
constexpr double kSetupInstructions = 120;
constexpr double kStagingInstructions = 50;
constexpr double kLoadInstructions = 3;
constexpr double kStoreInstructions = 8;

// The problem as the kernel sees it: what is read and what is written.
struct Roles {
  bool backward;
  FiveDims in_lengths, in_strides, out_lengths, out_strides;
  std::int64_t in_c, out_c;          // channels of one group
  std::int64_t w_k, w_c;             // strides of w by output and input channel
  std::int64_t in_bytes, out_bytes;  // of an element
  std::array<GroupedAxis, 3> axes;
  std::array<std::int64_t, 3> counts;  // outputs of the largest class along each axis
};

// Beyond the image a stride has classes without any output, so that there are no more classes than
// outputs.
GroupedAxis axis_of(bool backward, std::int64_t in, std::int64_t out, std::int64_t filter,
                    std::int64_t pad, std::int64_t stride, std::int64_t dilation) {
  GroupedAxis axis{};
  axis.in = to_i32(in);
  axis.out = to_i32(out);
  axis.filter = to_i32(filter);
  axis.in_step = to_i32(backward ? 1 : stride);
  axis.phases = to_i32(backward ? std::min(stride, out) : 1);
  axis.pad = to_i32(pad);
  axis.stride = to_i32(stride);
  axis.dilation = to_i32(dilation);
  const std::int64_t common = std::gcd(stride, dilation);
  axis.tap_phases = to_i32(backward ? stride / common : 1);
  axis.tap_step = to_i32(dilation / common);
  return axis;
}

Roles roles_of(const ConvProblem& p) {
  Roles r{};
  r.backward = p.direction == Direction::kBackwardData;
  r.in_lengths = r.backward ? p.y_lengths() : p.x_lengths();
  r.out_lengths = r.backward ? p.x_lengths() : p.y_lengths();
  r.in_strides = r.backward ? p.y_strides : p.x_strides;
  r.out_strides = r.backward ? p.x_strides : p.y_strides;
  r.in_c = r.in_lengths[1] / p.groups;
  r.out_c = r.out_lengths[1] / p.groups;
  r.w_k = p.w_strides[r.backward ? 1 : 0];
  r.w_c = p.w_strides[r.backward ? 0 : 1];
  r.in_bytes = static_cast<std::int64_t>(bytes_of(r.backward ? p.y_type : p.x_type));
  r.out_bytes = static_cast<std::int64_t>(bytes_of(r.backward ? p.x_type : p.y_type));
  const std::array filter{p.filter.d, p.filter.h, p.filter.w}, pad{p.pad.d, p.pad.h, p.pad.w},
      stride{p.stride.d, p.stride.h, p.stride.w},
      dilation{p.dilation.d, p.dilation.h, p.dilation.w};
  for (std::size_t i = 0; i < 3; ++i) {
    r.axes[i] = axis_of(r.backward, r.in_lengths[i + 2], r.out_lengths[i + 2], filter[i], pad[i],
                        stride[i], dilation[i]);
    r.axes[i].in_stride = to_u32(r.in_strides[i + 2] * r.in_bytes);
    r.axes[i].out_stride = to_u32(r.out_strides[i + 2]);
    r.axes[i].w_stride = to_u32(p.w_strides[i + 2]);
    r.counts[i] = divide_up(r.out_lengths[i + 2], std::int64_t{r.axes[i].phases});
  }
  return r;
}

// How the work items of a workgroup are spread; both counts are powers of two.
struct Lanes {
  std::int64_t k, pixels;
  bool channels_fast;
  std::int64_t threads() const { return k * pixels; }
};

// What tile and lanes make of a problem.
struct Geometry {
  Lanes lanes;
  std::int64_t k_blocks_per_group, k_blocks, k_groups;
  std::int64_t rows;  // blocks of P rows
  std::int64_t images, pixels, pixel_groups;
  std::int64_t phases;
  std::int64_t c_step, lds_bytes;
  std::int64_t workgroups;
};

// Whether offsets over all images fit 32 bits; else each image has workgroups of its own.
bool counts_images(const Roles& r) {
  return span_of(r.in_lengths, r.in_strides) * r.in_bytes < kOffsetLimit &&
         span_of(r.out_lengths, r.out_strides) < kOffsetLimit;
}

std::optional<Geometry> geometry_of(const Tile& tile, const Lanes& lanes, const ConvProblem& p,
                                    const Roles& r, std::size_t lds_bytes) {
  Geometry g{};
  g.lanes = lanes;
  g.k_blocks_per_group = divide_up(r.out_c, tile.k);
  g.k_blocks = p.groups * g.k_blocks_per_group;
  g.k_groups = divide_up(g.k_blocks, lanes.k);
  g.rows = divide_up(r.counts[1], tile.p);
  const bool counted = counts_images(r);
  g.images = counted ? 1 : p.n;
  g.pixels = (counted ? p.n : 1) * r.counts[0] * g.rows * r.counts[2];
  g.pixel_groups = divide_up(g.pixels, lanes.pixels);
  g.phases = std::int64_t{r.axes[0].phases} * r.axes[1].phases * r.axes[2].phases;
  const std::int64_t channel_bytes = p.filter.volume() * lanes.k * tile.k * kAccumulatorBytes;
  g.c_step = std::clamp<std::int64_t>(kPreferredLds / channel_bytes, 1, r.in_c);
  g.lds_bytes = g.c_step * channel_bytes;
  if (g.lds_bytes > kPreferredLds &&
      (lanes.k > 1 || g.lds_bytes > static_cast<std::int64_t>(lds_bytes)))
    return std::nullopt;
  const double workgroups = static_cast<double>(g.phases) * static_cast<double>(g.k_groups) *
                            static_cast<double>(g.pixel_groups) * static_cast<double>(g.images);
  constexpr auto kMost = static_cast<std::int64_t>(kMaxDividedWorkItems);
  if (workgroups * static_cast<double>(lanes.threads()) > static_cast<double>(kMost))
    return std::nullopt;
  if (g.pixel_groups * lanes.pixels > kMost) return std::nullopt;
  g.workgroups = static_cast<std::int64_t>(workgroups);
  return g;
}

double lines_of_wave(const Lanes& lanes, double channel_step, double pixel_step) {
  return lanes.channels_fast ? lines_of(lanes.k, channel_step, pixel_step)
                             : lines_of(lanes.pixels, pixel_step, channel_step);
}

double factor_of(std::uint32_t row) {
  static const auto kFactors =
      cost_factors(CostFamily::kGrouped, kTiles, [](const Tile& each) { return each.name; });
  return kFactors[row];
}

// Taps of an average class.
double taps_of(const Roles& r, std::size_t axis) {
  const std::int32_t classes = r.backward ? r.axes[axis].stride : 1;
  return std::max(1.0, static_cast<double>(r.axes[axis].filter) / classes);
}

// What a work item does whatever lanes there are.
struct ItemWork {
  double loads, fmas;
  double instructions;  // of the vector ALU
};
ItemWork item_work_of(const Tile& tile, const ConvProblem& p, const Roles& r) {
  const auto taps = [&r](std::size_t axis) { return taps_of(r, axis); };
  const double k = static_cast<double>(tile.k), rows = static_cast<double>(tile.p);
  const double c = static_cast<double>(r.in_c);
  const double load = kLoadInstructions + conversion_instructions(p.x_type);
  double loads = 0, others = 0;
  if (tile.r > 0) {
    const double columns = c * taps(0) * taps(2);
    loads = columns * static_cast<double>((tile.p - 1) * tile.stride + tile.r);
    others = columns * (3 + static_cast<double>(tile.r));
  } else {
    loads = c * taps(0) * taps(1) * taps(2) * rows;
    others = c * taps(0) * taps(1) * (4 + 2 * rows + taps(2) * 4);
  }
  const double fmas = c * taps(0) * taps(1) * taps(2) * k * rows;
  return {loads, fmas,
          fmas + load * loads + others + kSetupInstructions + kStoreInstructions * k * rows};
}

double padded_threads(const Lanes& lanes) {
  return static_cast<double>(divide_up(lanes.threads(), std::int64_t{32}) * 32);
}

// What the estimate of lanes is at least: its instructions and its workgroups.
double least_clocks(std::uint32_t row, const Lanes& lanes, double workgroups, const ItemWork& item,
                    const Machine& machine) {
  const CostCoefficients& coefficients = coefficients_of(CostFamily::kGrouped);
  const double threads = padded_threads(lanes);
  const double a_processor = std::ceil(workgroups / machine.processors);
  const double busy = std::min(1.0, a_processor * threads / (32 * Machine::kSimds));
  const double compute = a_processor * threads * item.instructions / Machine::kFmaPerClock / busy;
  return factor_of(row) *
         (coefficients[0] * compute + coefficients[5] * kWorkgroupClocks * workgroups);
}

LaunchCost cost_of(std::uint32_t row, const Geometry& g, const ConvProblem& p, const Roles& r,
                   const ItemWork& item, const Machine& machine) {
  const Tile& tile = kTiles[row];
  // Idle lanes of a wave take as long as busy ones.
  const double busy = static_cast<double>(g.lanes.threads());
  const double threads = padded_threads(g.lanes);
  const double k = static_cast<double>(tile.k), rows = static_cast<double>(tile.p);
  const auto taps = [&r](std::size_t axis) { return taps_of(r, axis); };
  const double c = static_cast<double>(r.in_c);
  const double loads = item.loads, fmas = item.fmas;
  const double staged = static_cast<double>(p.filter.volume()) * c * k *
                        static_cast<double>(g.lanes.k);  // elements of a workgroup
  const double steps = std::ceil(c / static_cast<double>(g.c_step));

  LaunchWork work;
  work.workgroups = static_cast<double>(g.workgroups);
  work.waves_per_workgroup = threads / 32;
  work.fma_per_workgroup =
      threads * (item.instructions + kStagingInstructions * std::ceil(staged / busy));
  work.independent_fmas = std::max(2.0, k * rows);
  // Filters come from DRAM and go through LDS; then one load after the other is waited for.
  const double waits = c * taps(0) * taps(2) * (tile.r > 0 ? 1 : taps(1));
  work.serial_steps = kStagingSteps * steps + kLoadSteps * waits;

  const double pixel_step = static_cast<double>(
      r.counts[2] > 1 ? std::int64_t{r.axes[2].in_step} * r.axes[2].in_stride
                      : tile.p * r.axes[1].in_step * std::int64_t{r.axes[1].in_stride});
  const double channel_step =
      g.k_blocks_per_group > 1 ? 0 : static_cast<double>(r.in_c * r.in_strides[1] * r.in_bytes);
  const double out_pixel_step = static_cast<double>(
      r.out_bytes * (r.counts[2] > 1 ? r.axes[2].phases * r.out_strides[4]
                                     : tile.p * r.axes[1].phases * r.out_strides[3]));
  const double out_channel_step = static_cast<double>(tile.k * r.out_strides[1] * r.out_bytes);
  const double in_lines = lines_of_wave(g.lanes, channel_step, pixel_step);
  const double out_lines = lines_of_wave(g.lanes, out_channel_step, out_pixel_step);
  const double waves = threads / 32;
  // A load takes the L0 cache, one of each compute unit, a clock for each line: as many bytes as
  // LDS gives, so the larger of both counts.
  work.lds_bytes_per_workgroup =
      std::max(kAccumulatorBytes * (threads * fmas / rows + staged),
               kLineBytes * waves * (in_lines * loads + out_lines * k * rows));
  // What L0 does not hold yet: each input once a workgroup.
  const double footprint = std::min(loads, c * rows * r.axes[1].in_step + c * taps(1));
  work.l2_bytes =
      work.workgroups * (kLineBytes * waves * (in_lines * footprint + out_lines * k * rows) +
                         static_cast<double>(r.in_bytes) * staged);
  work.dram_bytes = static_cast<double>(r.in_bytes) * volume_of(r.in_lengths) +
                    static_cast<double>(r.out_bytes) * volume_of(r.out_lengths) +
                    static_cast<double>(r.in_bytes) * volume_of(p.w_lengths());
  CostTerms terms = terms_of(work, machine);
  terms.tail += kWorkgroupClocks * work.workgroups;
  return {CostFamily::kGrouped, tile.name, factor_of(row), 1, terms};
}

// Whether the row's kernel computes this problem.
bool serves(const Tile& tile, const ConvProblem& p, const Roles& r) {
  if (2 * r.out_c <= tile.k && tile.k > 1) return false;  // half of it idle
  if (2 * r.counts[1] <= tile.p && tile.p > 1) return false;
  if (tile.r == 0) return true;
  return tile.r == p.filter.h && tile.stride == p.stride.h && p.dilation.h == 1 &&
         (!r.backward || p.stride.h == 1);
}

Launch launch_of(const Tile& tile, const Geometry& g, const ConvProblem& p, const Roles& r) {
  GroupedParams params{};
  for (std::size_t i = 0; i < 3; ++i) params.axes[i] = r.axes[i];
  params.backward = r.backward;
  params.in_c = to_u32(r.in_c);
  params.out_c = to_u32(r.out_c);
  params.in_c_stride = to_u32(r.in_strides[1] * r.in_bytes);
  params.out_c_stride = to_u32(r.out_strides[1]);
  params.in_n_stride = static_cast<std::uint64_t>(r.in_strides[0] * r.in_bytes);
  params.out_n_stride = static_cast<std::uint64_t>(r.out_strides[0]);
  params.w_group = to_u32(p.k / p.groups * p.w_strides[0]);
  params.w_k = to_u32(r.w_k);
  params.w_c = to_u32(r.w_c);
  params.k_shift = log2_of(g.lanes.k);
  params.pixel_shift = log2_of(g.lanes.pixels);
  params.channels_fast = g.lanes.channels_fast;
  params.pixels = to_u32(g.pixels);
  params.k_blocks = to_u32(g.k_blocks);
  params.k_blocks_per_group = make_fast_division(to_u32(g.k_blocks_per_group));
  params.pixel_w = make_fast_division(to_u32(r.counts[2]));
  params.pixel_h = make_fast_division(to_u32(g.rows));
  params.pixel_d = make_fast_division(to_u32(r.counts[0]));
  params.phases = make_fast_division(to_u32(g.phases));
  params.k_groups = make_fast_division(to_u32(g.k_groups));
  params.pixel_groups = make_fast_division(to_u32(g.pixel_groups));
  params.phases_w = make_fast_division(to_u32(r.axes[2].phases));
  params.phases_h = make_fast_division(to_u32(r.axes[1].phases));
  params.c_step = to_u32(g.c_step);
  params.slots = to_u32(tile.k * g.lanes.k);
  params.filter_area = to_u32(p.filter.volume());
  params.slots_division = make_fast_division(params.slots);
  params.area_division = make_fast_division(params.filter_area);
  params.filter_w = make_fast_division(to_u32(p.filter.w));
  params.filter_h = make_fast_division(to_u32(p.filter.h));
  params.epilogue = epilogue_params(p);

  Launch launch =
      make_launch({"grouped", tile.kernels[element_types_of(p).value()]},
                  {to_u32(g.workgroups), 1, 1}, {to_u32(g.lanes.threads()), 1, 1}, params,
                  {{r.backward ? Buffer::kY : Buffer::kX, offsetof(GroupedParams, in)},
                   {Buffer::kW, offsetof(GroupedParams, w)},
                   {r.backward ? Buffer::kX : Buffer::kY, offsetof(GroupedParams, out)}},
                  to_u32(g.lds_bytes));
  patch_epilogue(launch, p, offsetof(GroupedParams, epilogue));
  return launch;
}

// Calls visit(geometry) for the lane counts that are_worth() it with their workgroups, up to the
// first that covers its dimension, until it gives false.
template <class Worth, class Visit>
void for_each_geometry(const Tile& tile, const ConvProblem& p, const Roles& r,
                       const DeviceFacts& device, const Worth& are_worth, const Visit& visit) {
  const std::int64_t k_blocks = p.groups * divide_up(r.out_c, tile.k);
  const std::int64_t pixels =
      (counts_images(r) ? p.n : 1) * r.counts[0] * divide_up(r.counts[1], tile.p) * r.counts[2];
  const auto others = static_cast<double>((counts_images(r) ? 1 : p.n) * r.axes[0].phases *
                                          r.axes[1].phases * r.axes[2].phases);
  for (std::int64_t k = 1; k <= kGroupedMaxThreads; k *= 2) {
    const auto k_groups = static_cast<double>(divide_up(k_blocks, k));
    for (std::int64_t columns = 1; k * columns <= kGroupedMaxThreads; columns *= 2) {
      const double workgroups = others * k_groups * static_cast<double>(divide_up(pixels, columns));
      for (const bool channels_fast : {false, true}) {
        const Lanes lanes{k, columns, channels_fast};
        if (!are_worth(lanes, workgroups)) continue;
        const auto geometry = geometry_of(tile, lanes, p, r, device.lds_bytes_per_workgroup);
        if (geometry && !visit(*geometry)) return;
      }
      if (columns >= pixels) break;
    }
    if (k >= k_blocks) break;
  }
}

bool fits(const Tile& tile, const ConvProblem& p, const Roles& r, const DeviceFacts& device) {
  bool any = false;
  for_each_geometry(
      tile, p, r, device, [](const Lanes&, double) { return true; },
      [&any](const Geometry&) {
        any = true;
        return false;
      });
  return any;
}

std::optional<Instance> instance_of(std::uint32_t row, const ConvProblem& p, const Roles& r,
                                    const DeviceFacts& device) {
  const Tile& tile = kTiles[row];
  Instance best{
      .name = tile.name, .estimated_clocks = std::numeric_limits<double>::infinity(), .row = row};
  const Machine machine = machine_of(device);
  const ItemWork item = item_work_of(tile, p, r);
  const auto are_worth = [&](const Lanes& lanes, double workgroups) {
    return least_clocks(row, lanes, workgroups, item, machine) < best.estimated_clocks;
  };
  for_each_geometry(tile, p, r, device, are_worth, [&](const Geometry& geometry) {
    const double clocks = clocks_of(cost_of(row, geometry, p, r, item, machine));
    if (clocks >= best.estimated_clocks) return true;
    const Lanes& lanes = geometry.lanes;
    best.estimated_clocks = clocks;
    best.parameters = {to_u32(lanes.k), to_u32(lanes.pixels), lanes.channels_fast ? 1u : 0u};
    return true;
  });
  if (best.parameters[0] == 0) return std::nullopt;
  return best;
}

Instance as_strip(const Instance& instance) {
  Instance strip = instance;
  strip.row -= kFirstStrip;
  return strip;
}

Geometry geometry_of(const ConvProblem& p, const Instance& instance, const Roles& roles) {
  const auto& [k, pixels, channels_fast, unused] = instance.parameters;
  // That the device has the LDS is what made it an instance.
  constexpr std::size_t kAnyLds = std::numeric_limits<std::int64_t>::max();
  return geometry_of(kTiles[instance.row], {k, pixels, channels_fast != 0}, p, roles, kAnyLds)
      .value();
}

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = first_reason(p, unless_known_types, unless_few_channels, unless_offsets_fit))
    return reason;
  const Roles roles = roles_of(p);
  const bool any = std::any_of(std::begin(kTiles), std::end(kTiles), [&](const Tile& tile) {
    return serves(tile, p, roles) && fits(tile, p, roles, device);
  });
  if (!any) {
    return "a filter of " + std::to_string(p.filter.volume()) + " taps does not fit " +
           std::to_string(device.lds_bytes_per_workgroup) +
           " bytes of LDS, or there are 2^31 work items or more";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> refusal_forward(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = unless_forward(p)) return reason;
  return refusal(p, device);
}

std::optional<std::string> refusal_backward_data(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = unless_backward_data(p)) return reason;
  return refusal(p, device);
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  const Roles roles = roles_of(p);
  std::vector<Instance> instances = grouped_strips::instances(p, device);
  for (Instance& instance : instances) instance.row += kFirstStrip;
  for (std::uint32_t row = 0; row < std::size(kTiles); ++row) {
    if (!serves(kTiles[row], p, roles)) continue;
    if (const auto instance = instance_of(row, p, roles, device)) instances.push_back(*instance);
  }
  return instances;
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  if (instance.row >= kFirstStrip) return grouped_strips::estimate(p, as_strip(instance), device);
  const Roles roles = roles_of(p);
  Estimate estimate;
  estimate.add(cost_of(instance.row, geometry_of(p, instance, roles), p, roles,
                       item_work_of(kTiles[instance.row], p, roles), machine_of(device)));
  return estimate;
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  if (instance.row >= kFirstStrip) {
    return grouped_strips::launches(p, as_strip(instance));
  }
  const Roles roles = roles_of(p);
  return {launch_of(kTiles[instance.row], geometry_of(p, instance, roles), p, roles)};
}

}  // namespace rdna1conv::grouped
