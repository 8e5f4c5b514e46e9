#include "solvers/grouped_strips.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string_view>

#include "params/grouped_strips.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/tile_conv.h"
#include "solvers/tile_conv_estimate.h"

namespace rdna1conv::grouped_strips {
namespace {

struct Strip {
  const char* kernel;
  std::string_view name;
  std::uint32_t k, p;  // output channels and rows of a lane
  std::int64_t r, stride;
};
#define RDNA1CONV_STRIP_ROW(K, P, R, STRIDE)            \
  Strip{"grouped_strip_k" #K "p" #P "r" #R "s" #STRIDE, \
        "strip_k" #K "p" #P "r" #R "s" #STRIDE,         \
        K,                                              \
        P,                                              \
        R,                                              \
        STRIDE},
constexpr Strip kStrips[] = {RDNA1CONV_GROUPED_STRIPS(RDNA1CONV_STRIP_ROW)};
#undef RDNA1CONV_STRIP_ROW

// What the params have of a tile: channels one by one, filters as rows.
constexpr tile_conv::Tile kAsTile{nullptr, {}, 1, 1, 1, tile_conv::RowSource::kMatrix, {}};

bool takes(const Strip& strip, const ConvProblem& p) {
  return p.filter.h == strip.r && p.filter.w == strip.r && p.stride.h == strip.stride &&
         p.stride.w == strip.stride && p.k / p.groups >= strip.k;
}

std::int64_t strips_an_image(const Strip& strip, const ConvProblem& p) {
  return divide_up(p.out.h, std::int64_t{strip.p}) * p.out.w;
}

std::uint64_t workgroups_of(const Strip& strip, const ConvProblem& p, std::int64_t images) {
  return static_cast<std::uint64_t>(
      p.groups * divide_up(p.k / p.groups, std::int64_t{strip.k}) *
      divide_up(images * strips_an_image(strip, p), std::int64_t{kGroupedStripThreads}));
}

Launch launch_of(const ConvProblem& p, const Strip& strip, std::int64_t first_image,
                 std::int64_t images) {
  GroupedStripParams params{};
  params.conv = tile_conv::params_of(p, kAsTile, images);
  params.conv.depth = to_u32(p.w_strides[0]);
  params.strips_a_image = make_fast_division(to_u32(strips_an_image(strip, p)));
  params.strips = to_u32(images * strips_an_image(strip, p));
  params.conv.tiles_m = make_fast_division(divide_up(params.conv.m, strip.k));
  params.conv.tiles_n = make_fast_division(divide_up(params.strips, kGroupedStripThreads));
  const auto x_offset = static_cast<std::uint64_t>(first_image * p.x_strides[0] * 4);
  const auto y_offset = static_cast<std::uint64_t>(first_image * p.y_strides[0] * 4);
  const std::uint64_t workgroups = workgroups_of(strip, p, images);
  constexpr std::size_t kConv = offsetof(GroupedStripParams, conv);
  Launch launch =
      make_launch({"grouped_strips", strip.kernel}, {static_cast<std::uint32_t>(workgroups), 1, 1},
                  {kGroupedStripThreads, 1, 1}, params,
                  {{Buffer::kW, kConv + offsetof(TileConvParams, w), 0},
                   {Buffer::kX, kConv + offsetof(TileConvParams, x), x_offset},
                   {Buffer::kY, kConv + offsetof(TileConvParams, y), y_offset}});
  patch_epilogue(launch, p, kConv + offsetof(TileConvParams, epilogue), y_offset);
  return launch;
}

CostTerms terms_of(const ConvProblem& p, const Strip& strip, std::int64_t images,
                   const Machine& machine) {
  tile_conv::StripWork work;
  work.workgroups = static_cast<double>(workgroups_of(strip, p, images));
  const auto r = static_cast<double>(strip.r);
  work.loads = ((strip.p - 1.0) * static_cast<double>(strip.stride) + r) * r;
  work.multiply_adds = strip.k * strip.p * r * r;
  work.channels = static_cast<double>(p.c / p.groups);
  work.outputs = strip.k * strip.p;
  work.dram_bytes =
      4.0 * static_cast<double>(images * p.c * p.in.volume() + images * p.k * p.out.volume());
  return tile_conv::strip_terms(work, machine);
}

Estimate estimate_of(const ConvProblem& p, std::uint32_t row, const Chunks& chunks,
                     const Machine& machine) {
  static const auto kFactors =
      cost_factors(CostFamily::kStrips, kStrips, [](const Strip& each) { return each.name; });
  const Strip& strip = kStrips[row];
  const auto add = [&](Estimate& estimate, std::int64_t launches, std::int64_t images) {
    estimate.add({CostFamily::kStrips, strip.name, kFactors[row], static_cast<double>(launches),
                  terms_of(p, strip, images, machine)});
  };
  Estimate estimate;
  add(estimate, chunks.full, chunks.size);
  if (chunks.rest > 0) add(estimate, 1, chunks.rest);
  return estimate;
}

}  // namespace

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  std::vector<Instance> instances;
  if (unless_fp32(p)) return instances;
  if (p.direction != Direction::kForward || p.in.d != 1 || p.filter.d != 1 || p.out.d != 1 ||
      p.pad.d != 0)
    return instances;
  if (p.dilation.h != 1 || p.dilation.w != 1 || p.x_strides[4] != 1) return instances;
  // Few channels: with more the tile engine reads less.
  if (p.c / p.groups > 64 || tile_conv::refusal(p, device)) return instances;
  const std::int64_t area = p.filter.h * p.filter.w;
  if (p.w_strides[0] != p.c / p.groups * area || (p.c / p.groups > 1 && p.w_strides[1] != area) ||
      (p.filter.h > 1 && p.w_strides[3] != p.filter.w) || (p.filter.w > 1 && p.w_strides[4] != 1))
    return instances;
  if (p.k * p.w_strides[0] >= std::int64_t{1} << 31) return instances;
  const Chunks chunks = tile_conv::chunks_of_images(p);
  for (std::uint32_t row = 0; row < std::size(kStrips); ++row) {
    const Strip& strip = kStrips[row];
    if (!takes(strip, p)) continue;
    if (chunks.size * strips_an_image(strip, p) >= kFastDivisionLimit - 4096) continue;
    if (workgroups_of(strip, p, chunks.size) * kGroupedStripThreads >
        std::numeric_limits<std::uint32_t>::max())
      continue;
    Instance instance;
    instance.name = strip.name;
    instance.row = row;
    instance.estimated_clocks = estimate_of(p, row, chunks, machine_of(device)).clocks();
    instances.push_back(instance);
  }
  return instances;
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  return estimate_of(p, instance.row, tile_conv::chunks_of_images(p), machine_of(device));
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  std::vector<Launch> launches;
  for_each_chunk(tile_conv::chunks_of_images(p), [&](std::int64_t first, std::int64_t images) {
    launches.push_back(launch_of(p, kStrips[instance.row], first, images));
  });
  return launches;
}

}  // namespace rdna1conv::grouped_strips
