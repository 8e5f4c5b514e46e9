#include "solvers/direct_tiled.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>

#include "params/direct.h"
#include "params/direct_tiles.h"
#include "plan/cost_model.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"

namespace rdna1conv::direct_tiled {
namespace {

// One row of kernels/params/direct_tiles.h.
struct Tile {
  const char* kernel;
  std::string_view name;
  std::int64_t k, h;  // output channels and rows of a work item
  std::int64_t r;     // filter rows, 0: any
  std::int64_t stride;
};
#define RDNA1CONV_DIRECT_ROW(K, H, R, STRIDE)       \
  Tile{"direct_f32_k" #K "h" #H "r" #R "s" #STRIDE, \
       "k" #K "h" #H "r" #R "s" #STRIDE,            \
       K,                                           \
       H,                                           \
       R,                                           \
       STRIDE},
constexpr Tile kTiles[] = {RDNA1CONV_DIRECT_TILES(RDNA1CONV_DIRECT_ROW)};
#undef RDNA1CONV_DIRECT_ROW

// LDS of a workgroup: several workgroups should fit the 128 KB of a workgroup processor. A filter
// too large for that may take all a workgroup can have.
constexpr std::int64_t kPreferredLds = std::int64_t{24} << 10;

// Loads that a thread has in flight while it stages, and what one round of them takes in the cost
// model's steps of a barrier and an LDS read.
constexpr double kLoadsInFlight = 4;
constexpr double kLoadSteps = 2.5;

// Instructions for one element staged, read off the compiled loops.
constexpr double kStagingInstructions = 25;

// How the work items of a workgroup are spread; all are powers of two.
struct Lanes {
  std::int64_t columns, rows, k, groups;
  std::int64_t threads() const { return columns * rows * k * groups; }
};

// What tile and lanes make of a problem.
struct Geometry {
  Lanes lanes;
  std::int64_t c_step;
  std::int64_t patch_h, patch_w, column_pitch, plane_pitch, planes;
  std::int64_t filter_offset, k_pitch, filter_run;  // floats
  std::int64_t lds_bytes;
  std::int64_t k_blocks, tiles_w, tiles_h, group_blocks;
  std::int64_t workgroups;
};

std::int64_t lds_bytes_of(const Geometry& g) {
  return 4 * (g.filter_offset + g.lanes.groups * g.filter_run * g.k_pitch);
}

void stage_channels(Geometry& g, const ConvProblem& p, std::int64_t c_step) {
  g.c_step = c_step;
  g.planes = g.lanes.groups * c_step;
  g.filter_run = c_step * p.filter.h * p.filter.w;
  g.filter_offset = divide_up(g.planes * g.plane_pitch, 4) * 4;
  g.lds_bytes = lds_bytes_of(g);
}

// Nothing if the tile cannot be staged in LDS.
std::optional<Geometry> geometry_of(const Tile& tile, const Lanes& lanes, const ConvProblem& p,
                                    std::size_t lds_bytes) {
  const std::int64_t c = p.c / p.groups, k = p.k / p.groups;
  Geometry g{};
  g.lanes = lanes;
  g.patch_h = (lanes.rows * tile.h - 1) * p.stride.h + (p.filter.h - 1) * p.dilation.h + 1;
  g.patch_w = (lanes.columns - 1) * p.stride.w + (p.filter.w - 1) * p.dilation.w + 1;
  // Before they are multiplied: each is staged whole, and one channel's product has to fit too.
  const auto lds_floats = static_cast<std::int64_t>(lds_bytes / 4);
  if (g.patch_h > lds_floats || g.patch_w > lds_floats) return std::nullopt;
  // Odd: neighbouring columns fall into distinct LDS banks.
  g.column_pitch = g.patch_h | 1;
  g.plane_pitch = g.patch_w * g.column_pitch;
  const std::int64_t block_k = lanes.k * tile.k;
  // 16-byte aligned where filters are read 16 bytes at a time, and not a multiple of 32 banks.
  g.k_pitch = tile.k >= 4 ? block_k + 4 : block_k;

  // Planes staged at once are reached by 32-bit offsets.
  const std::int64_t max_planes = std::numeric_limits<std::uint32_t>::max() / p.in.volume();
  if (lanes.groups > 1) {
    stage_channels(g, p, c);
    if (g.lds_bytes > kPreferredLds || g.planes > max_planes) return std::nullopt;
  } else {
    stage_channels(g, p, 1);
    const std::int64_t channels = std::min(kPreferredLds / g.lds_bytes, max_planes);
    stage_channels(g, p, std::clamp<std::int64_t>(channels, 1, c));
    if (g.lds_bytes > static_cast<std::int64_t>(lds_bytes)) return std::nullopt;
  }
  g.k_blocks = divide_up(k, block_k);
  g.tiles_w = divide_up(p.out.w, lanes.columns);
  g.tiles_h = divide_up(p.out.h, lanes.rows * tile.h);
  g.group_blocks = divide_up(p.groups, lanes.groups);
  const double workgroups = static_cast<double>(p.n) * static_cast<double>(g.k_blocks) *
                            static_cast<double>(g.tiles_w) * static_cast<double>(g.tiles_h) *
                            static_cast<double>(g.group_blocks);
  if (workgroups * static_cast<double>(lanes.threads()) > static_cast<double>(kMaxDividedWorkItems))
    return std::nullopt;
  g.workgroups = static_cast<std::int64_t>(workgroups);
  return g;
}

double factor_of(std::uint32_t row) {
  static const auto kFactors =
      cost_factors(CostFamily::kDirect, kTiles, [](const Tile& each) { return each.name; });
  return kFactors[row];
}

double padded_threads(const Lanes& lanes) {
  return static_cast<double>(divide_up(lanes.threads(), 32) * 32);
}

// Other instructions of the inner loop, by tap (R = 0) or by filter column (R > 0).
double other_instructions(const Tile& tile) {
  return tile.r == 0 ? static_cast<double>(tile.h) + 3 : 1 + 4 / static_cast<double>(tile.r);
}

// Rows of inputs that a lane reads for a row of the filter.
double filter_rows(const Tile& tile) {
  return tile.r == 0 ? static_cast<double>(tile.h)
                     : static_cast<double>((tile.h - 1) * tile.stride + tile.r) /
                           static_cast<double>(tile.r);
}

// What the estimate of lanes is at least. It is found before the geometry is, from numbers of one
// dimension each, since most lanes are out of the question: terms as cost_of() has them, but for
// what is rounded up.
class LeastLoop {
 public:
  LeastLoop(std::uint32_t row, const ConvProblem& p, const Machine& machine)
      : processors_(machine.processors),
        l2_clocks_(4 / machine.l2_bytes_per_clock),
        images_(static_cast<double>(p.n)),
        channels_(static_cast<double>(p.c / p.groups)),
        step_clocks_(terms_of({.serial_steps = 1}, machine).latency),
        coefficients_(coefficients_of(CostFamily::kDirect)) {
    const Tile& tile = kTiles[row];
    const double c = channels_;
    const auto taps = c * static_cast<double>(p.filter.h * p.filter.w);
    const auto h = static_cast<double>(tile.h), k = static_cast<double>(tile.k);
    outputs_ = h * k;
    products_ = taps * (outputs_ + other_instructions(tile));
    lds_bytes_ = 4 * taps * (filter_rows(tile) + k);
    for (std::size_t i = 0; i < kPowers; ++i) {
      const std::int64_t lanes = std::int64_t{1} << i;
      const auto parts = [lanes](std::int64_t all, std::int64_t of_a_lane) {
        return static_cast<double>(divide_up(all, lanes * of_a_lane));
      };
      columns_[i] = {parts(p.out.w, 1), static_cast<double>((lanes - 1) * p.stride.w +
                                                            (p.filter.w - 1) * p.dilation.w + 1)};
      rows_[i] = {parts(p.out.h, tile.h),
                  c * static_cast<double>((lanes * tile.h - 1) * p.stride.h +
                                          (p.filter.h - 1) * p.dilation.h + 1)};
      k_[i] = {parts(p.k / p.groups, tile.k), static_cast<double>(lanes) * k * taps};
      groups_[i] = {parts(p.groups, 1), static_cast<double>(lanes)};
    }
  }

  // Whether the fourth power of the loop's clocks, without the kernel's factor, is over a limit().
  bool exceeds(const Lanes& lanes, double limit) const {
    const auto at = [](const auto& dimension, std::int64_t count) {
      return dimension[static_cast<std::size_t>(
          std::countr_zero(static_cast<std::uint64_t>(count)))];
    };
    const Dimension columns = at(columns_, lanes.columns), rows = at(rows_, lanes.rows),
                    k = at(k_, lanes.k), groups = at(groups_, lanes.groups);
    const double workgroups = images_ * columns.parts * rows.parts * k.parts * groups.parts;
    const double threads = padded_threads(lanes);
    const double staged = groups.staged * (columns.staged * rows.staged + k.staged);
    const double a_processor = std::ceil(workgroups / processors_);
    const double busy = std::min(1.0, a_processor * threads / (32 * Machine::kSimds));
    const double lds = threads * lds_bytes_ + 4 * staged;
    const double products = threads * products_ + kStagingInstructions * staged;
    const double compute = a_processor / busy *
                           (products / Machine::kFmaPerClock +
                            lds / (Machine::kLdsReturnBytesPerClock * Machine::kSimds));
    const double least = fourth(coefficients_[0] * compute);
    if (least > limit) return true;
    const double rounds = staged / static_cast<double>(lanes.threads()) / kLoadsInFlight;
    const double steps =
        std::clamp(4 * staged / static_cast<double>(kPreferredLds), 1.0, channels_);
    return least + fourth(coefficients_[1] * a_processor * lds / Machine::kLdsBytesPerClock) +
               fourth(coefficients_[2] * l2_clocks_ * workgroups * (staged + threads * outputs_)) +
               fourth(coefficients_[4] * step_clocks_ *
                      (2 * steps + kLoadSteps * std::max(steps, rounds))) >
           limit;
  }

  // Of an estimate of `clocks`.
  double limit(double clocks, double factor, const Machine& machine) const {
    return fourth(std::max(0.0, (clocks - coefficients_[6] * machine.launch_clocks) / factor));
  }

 private:
  static constexpr std::size_t kPowers = 9;
  static_assert(std::size_t{1} << (kPowers - 1) == kDirectMaxThreads);
  static double fourth(double x) { return (x * x) * (x * x); }
  struct Dimension {
    double parts, staged;
  };

  double processors_, l2_clocks_, images_, channels_, step_clocks_;
  double outputs_, products_, lds_bytes_;
  const CostCoefficients& coefficients_;
  std::array<Dimension, kPowers> columns_, rows_, k_, groups_;
};

LaunchCost cost_of(std::uint32_t row, const Geometry& g, const ConvProblem& p,
                   const Machine& machine) {
  const Tile& tile = kTiles[row];
  const std::int64_t c = p.c / p.groups;
  const double steps = static_cast<double>(divide_up(c, g.c_step));
  // Idle lanes of a wave take as long as busy ones.
  const double busy = static_cast<double>(g.lanes.threads());
  const double threads = padded_threads(g.lanes);
  const double patch = static_cast<double>(g.planes * g.patch_h * g.patch_w);
  const double filters = static_cast<double>(g.lanes.groups * g.lanes.k * tile.k * g.filter_run);
  const double staged = steps * (patch + filters);
  const double outputs = static_cast<double>(tile.k * tile.h);
  const double taps = steps * static_cast<double>(g.filter_run);

  LaunchWork work;
  work.workgroups = static_cast<double>(g.workgroups);
  work.waves_per_workgroup = threads / 32;
  const double staging_passes = std::ceil(patch / busy) + std::ceil(filters / busy);
  work.fma_per_workgroup = threads * (taps * (outputs + other_instructions(tile)) +
                                      kStagingInstructions * steps * staging_passes);
  work.independent_fmas = outputs;
  work.lds_bytes_per_workgroup =
      4 * (threads * taps * (filter_rows(tile) + static_cast<double>(tile.k)) + staged);
  // Each step waits for its barriers, and for each round of loads that a thread has in flight.
  work.serial_steps = steps * (2 + kLoadSteps * std::ceil(staging_passes / kLoadsInFlight));
  work.l2_bytes = 4 * work.workgroups * (staged + threads * outputs);
  work.dram_bytes = 4 * (static_cast<double>(p.n * p.c * p.in.volume()) +
                         static_cast<double>(p.n * p.k * p.out.volume()) +
                         static_cast<double>(p.k * c * p.filter.volume()));
  return {CostFamily::kDirect, tile.name, factor_of(row), 1, terms_of(work, machine)};
}

// Whether the row's kernel computes this problem.
bool serves(const Tile& tile, const ConvProblem& p) {
  if (tile.k > 1 && 2 * (p.k / p.groups) <= tile.k) return false;  // half of it idle
  if (tile.r == 0) return true;
  return tile.r == p.filter.h && tile.stride == p.stride.h &&
         (p.dilation.h == 1 || p.filter.h == 1);
}

// The least power of two of these lanes that covers `elements`, as far as a workgroup has lanes.
std::int64_t covering_lanes(std::int64_t elements, std::int64_t of_a_lane, std::int64_t most) {
  std::int64_t lanes = 1;
  while (lanes < most && lanes * of_a_lane < elements) lanes *= 2;
  return lanes;
}

// Calls visit(geometry) for the lane counts that are_worth() it, from those that cover their
// dimensions down, for they are most often the best, until it gives false.
template <class Worth, class Visit>
void for_each_geometry(const Tile& tile, const ConvProblem& p, const DeviceFacts& device,
                       const Worth& are_worth, const Visit& visit) {
  constexpr std::int64_t kMost = kDirectMaxThreads;
  for (std::int64_t columns = covering_lanes(p.out.w, 1, 32); columns > 0; columns /= 2) {
    std::int64_t left = kMost / columns;
    for (std::int64_t rows = covering_lanes(p.out.h, tile.h, left); rows > 0; rows /= 2) {
      left = kMost / (columns * rows);
      for (std::int64_t k = covering_lanes(p.k / p.groups, tile.k, left); k > 0; k /= 2) {
        left = kMost / (columns * rows * k);
        for (std::int64_t groups = covering_lanes(p.groups, 1, left); groups > 0; groups /= 2) {
          const Lanes lanes{columns, rows, k, groups};
          if (!are_worth(lanes)) continue;
          const auto geometry = geometry_of(tile, lanes, p, device.lds_bytes_per_workgroup);
          if (geometry && !visit(*geometry)) return;
        }
      }
    }
  }
}

bool fits(const Tile& tile, const ConvProblem& p, const DeviceFacts& device) {
  bool any = false;
  for_each_geometry(
      tile, p, device, [](const Lanes&) { return true; },
      [&any](const Geometry&) {
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
  const LeastLoop least(row, p, machine);
  double limit = std::numeric_limits<double>::infinity();
  const auto are_worth = [&](const Lanes& lanes) { return !least.exceeds(lanes, limit); };
  for_each_geometry(tile, p, device, are_worth, [&](const Geometry& geometry) {
    const double clocks = clocks_of(cost_of(row, geometry, p, machine));
    if (clocks > best.estimated_clocks) return true;
    const Lanes& lanes = geometry.lanes;
    best.estimated_clocks = clocks;
    limit = least.limit(clocks, factor_of(row), machine);
    best.parameters = {to_u32(lanes.columns), to_u32(lanes.rows), to_u32(lanes.k),
                       to_u32(lanes.groups)};
    return true;
  });
  if (best.parameters[0] == 0) return std::nullopt;
  return best;
}

Geometry geometry_of(const ConvProblem& p, const Instance& instance) {
  const auto& [columns, rows, k, groups] = instance.parameters;
  // That the device has the LDS is what made it an instance.
  constexpr std::size_t kAnyLds = std::numeric_limits<std::int64_t>::max();
  return geometry_of(kTiles[instance.row], {columns, rows, k, groups}, p, kAnyLds).value();
}

Launch launch_of(const Tile& tile, const Geometry& g, const ConvProblem& p) {
  DirectParams params{};
  params.threads = to_u32(g.lanes.threads());
  params.column_shift = log2_of(g.lanes.columns);
  params.row_shift = log2_of(g.lanes.rows);
  params.k_shift = log2_of(g.lanes.k);
  params.group_lanes = to_u32(g.lanes.groups);
  params.groups = to_u32(p.groups);
  params.c = to_u32(p.c / p.groups);
  params.k = to_u32(p.k / p.groups);
  params.in_h = to_i32(p.in.h);
  params.in_w = to_i32(p.in.w);
  params.out_h = to_u32(p.out.h);
  params.out_w = to_u32(p.out.w);
  params.r = to_u32(p.filter.h);
  params.s = to_u32(p.filter.w);
  params.pad_h = to_i32(p.pad.h);
  params.pad_w = to_i32(p.pad.w);
  params.stride_h = to_u32(p.stride.h);
  params.stride_w = to_u32(p.stride.w);
  params.dilation_h = to_u32(p.dilation.h);
  params.dilation_w = to_u32(p.dilation.w);
  params.c_step = to_u32(g.c_step);
  params.patch_h = to_u32(g.patch_h);
  params.patch_w = to_u32(g.patch_w);
  params.column_pitch = to_u32(g.column_pitch);
  params.plane_pitch = to_u32(g.plane_pitch);
  params.patch_elements = to_u32(g.planes * g.patch_h * g.patch_w);
  params.patch_w_division = make_fast_division(params.patch_w);
  params.patch_h_division = make_fast_division(params.patch_h);
  params.step_columns = params.threads % params.patch_w;
  params.step_rows = params.threads / params.patch_w % params.patch_h;
  params.step_planes = params.threads / params.patch_w / params.patch_h;
  params.filter_offset = to_u32(g.filter_offset);
  params.filter_elements = to_u32(g.lanes.groups * g.lanes.k * tile.k * g.filter_run);
  params.k_pitch = to_u32(g.k_pitch);
  params.filter_run = make_fast_division(to_u32(g.filter_run));
  params.filter_area = to_u32(p.filter.h * p.filter.w);
  params.filter_row_pitch = params.s * params.k_pitch;
  params.step_filters = params.threads / params.filter_run.divisor;
  params.step_run = params.threads % params.filter_run.divisor;
  params.k_blocks = make_fast_division(to_u32(g.k_blocks));
  params.tiles_w = make_fast_division(to_u32(g.tiles_w));
  params.tiles_h = make_fast_division(to_u32(g.tiles_h));
  params.group_blocks = make_fast_division(to_u32(g.group_blocks));

  return make_launch({"direct", tile.kernel}, {to_u32(g.workgroups), 1, 1}, {params.threads, 1, 1},
                     params,
                     {{Buffer::kX, offsetof(DirectParams, x)},
                      {Buffer::kW, offsetof(DirectParams, w)},
                      {Buffer::kY, offsetof(DirectParams, y)}},
                     to_u32(g.lds_bytes));
}

}  // namespace

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = first_reason(p, unless_forward, unless_2d, unless_fp32, unless_nothing_fused,
                                 unless_packed_nchw, unless_positions_fit))
    return reason;
  constexpr std::int64_t kIndexLimit = std::int64_t{1} << 31;
  const std::int64_t group_channels = p.c / p.groups;
  if (p.in.volume() >= kIndexLimit / 2 || p.out.volume() >= kIndexLimit / 2)
    return "an image has 2^30 pixels or more";
  // Products of indices use 24-bit multiplications, four times as fast as full ones.
  constexpr std::int64_t kFactorLimit = std::int64_t{1} << 24;
  if (std::max({p.in.h, p.in.w, p.k, group_channels * p.filter.volume()}) >= kFactorLimit)
    return "image height, width, output channels or elements of a filter reach 2^24";
  if (p.k * group_channels * p.filter.volume() >= kIndexLimit)
    return "filters have 2^31 elements or more";
  const bool any = std::any_of(std::begin(kTiles), std::end(kTiles), [&](const Tile& tile) {
    return serves(tile, p) && fits(tile, p, device);
  });
  if (!any) {
    return "no tile of the " + std::to_string(p.filter.h) + "x" + std::to_string(p.filter.w) +
           " filter's input fits " + std::to_string(device.lds_bytes_per_workgroup) +
           " bytes of LDS";
  }
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
  Estimate estimate;
  estimate.add(cost_of(instance.row, geometry_of(p, instance), p, machine_of(device)));
  return estimate;
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  return {launch_of(kTiles[instance.row], geometry_of(p, instance), p)};
}

}  // namespace rdna1conv::direct_tiled
