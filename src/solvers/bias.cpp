#include "solvers/bias.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <vector>

#include "params/bias.h"
#include "plan/cost_model.h"
#include "solvers/element_types.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {
namespace {

// In the order of kElementTypes.
constexpr std::array kForward = RDNA1CONV_FLOAT_KERNELS("bias_forward_", "");
constexpr std::array kBackward = RDNA1CONV_FLOAT_KERNELS("bias_backward_", "");

constexpr std::size_t kChannels = 1;  // in N, C, D, H, W order
constexpr std::int64_t kInnerLimit = std::int64_t{1} << 31;
constexpr std::int64_t kStrideLimit = std::int64_t{1} << 32;
// The hardware counts work items of a dimension in 32 bits; rows of blocks beyond take turns.
constexpr std::int64_t kMaxRows = 1 << 15;

struct Dimension {
  std::int64_t length, stride;
  bool is_channels;
};

// The dimensions that are counted, fastest first, packed neighbours joined.
std::vector<Dimension> walk_of(const BiasProblem& p) {
  std::vector<Dimension> dims;
  for (std::size_t i = 0; i < p.lengths.size(); ++i) {
    const bool is_channels = i == kChannels;
    if (p.lengths[i] == 1 || (is_channels && p.backward)) continue;
    dims.push_back({p.lengths[i], p.strides[i], is_channels});
  }
  std::stable_sort(dims.begin(), dims.end(),
                   [](const Dimension& a, const Dimension& b) { return a.stride < b.stride; });
  std::vector<Dimension> joined;
  for (const Dimension& dim : dims) {
    if (!joined.empty() && !dim.is_channels && !joined.back().is_channels &&
        dim.stride == joined.back().stride * joined.back().length) {
      joined.back().length *= dim.length;
    } else {
      joined.push_back(dim);
    }
  }
  return joined;
}

// Fills in both walks; the channel multipliers are for forward.
struct Walks {
  BiasDims inner{};
  BiasOuterDims outer{};
  std::array<std::uint32_t, kBiasDims> inner_channel{};
  std::array<std::int64_t, kBiasDims> outer_channel{};
};
Walks walks_of(const BiasProblem& p) {
  Walks w;
  for (FastDivision& length : w.inner.length) length = make_fast_division(1);
  std::fill(std::begin(w.outer.length), std::end(w.outer.length), 1);
  const std::vector<Dimension> dims = walk_of(p);
  std::int64_t count = 1;
  std::size_t used = 0;
  for (; used < dims.size(); ++used) {
    const Dimension& dim = dims[used];
    if (count * dim.length >= kInnerLimit || dim.stride >= kStrideLimit) break;
    count *= dim.length;
    if (used + 1 < kBiasDims) w.inner.length[used] = make_fast_division(to_u32(dim.length));
    w.inner.stride[used] = to_u32(dim.stride);
    w.inner_channel[used] = dim.is_channels;
  }
  w.inner.used = static_cast<std::uint32_t>(used);
  w.inner.count = to_u32(count);
  w.outer.count = 1;
  for (std::size_t i = used; i < dims.size(); ++i) {
    w.outer.length[i - used] = dims[i].length;
    w.outer.stride[i - used] = dims[i].stride;
    w.outer_channel[i - used] = dims[i].is_channels;
    w.outer.count *= dims[i].length;
  }
  return w;
}

double volume_of(const BiasProblem& p) {
  double volume = 1;
  for (const std::int64_t length : p.lengths) volume *= static_cast<double>(length);
  return volume;
}

Launch forward_launch(const BiasProblem& p) {
  const Walks walks = walks_of(p);
  BiasForwardParams params{};
  params.inner = walks.inner;
  params.outer = walks.outer;
  std::copy(walks.inner_channel.begin(), walks.inner_channel.end(), params.inner_channel);
  std::copy(walks.outer_channel.begin(), walks.outer_channel.end(), params.outer_channel);
  params.outer_step = std::min(params.outer.count, kMaxRows);
  params.bias_stride = to_u32(p.bias_stride);
  const std::uint32_t workgroups =
      divide_up(params.inner.count, kBiasForwardThreads * kBiasForwardElements);
  Launch launch =
      make_launch({"bias", kForward[float_row(p.type).value()]},
                  {workgroups, to_u32(params.outer_step), 1}, {kBiasForwardThreads, 1, 1}, params,
                  {{Buffer::kY, offsetof(BiasForwardParams, y)},
                   {Buffer::kBias, offsetof(BiasForwardParams, bias)}});
  launch.scalars_offset = offsetof(BiasForwardParams, scalars);
  return launch;
}

// Channels of a workgroup: one, unless neighbouring channels share a cache line and neighbouring
// pixels do not. Then 32 bytes' worth, which keeps the number of workgroups up.
std::uint32_t k_shift_of(const BiasProblem& p) {
  constexpr std::int64_t kSector = 32;
  const auto bytes = static_cast<std::int64_t>(bytes_of(p.type));
  std::int64_t pixel_stride = std::numeric_limits<std::int64_t>::max();
  for (const Dimension& dim : walk_of(p)) pixel_stride = std::min(pixel_stride, dim.stride);
  std::uint32_t shift = 0;
  if (p.strides[kChannels] >= pixel_stride) return shift;
  while ((std::int64_t{2} << shift) <= p.lengths[kChannels] &&
         (std::int64_t{1} << shift) * bytes * p.strides[kChannels] < kSector)
    ++shift;
  return shift;
}

Launch backward_launch(const BiasProblem& p) {
  const Walks walks = walks_of(p);
  BiasBackwardParams params{};
  params.inner = walks.inner;
  params.outer = walks.outer;
  params.channels = to_u32(p.lengths[kChannels]);
  params.channel_stride = to_u32(p.strides[kChannels]);
  params.bias_stride = to_u32(p.bias_stride);
  params.k_shift = k_shift_of(p);
  return make_launch({"bias", kBackward[float_row(p.type).value()]},
                     {divide_up(params.channels, 1u << params.k_shift), 1, 1},
                     {kBiasBackwardThreads, 1, 1}, params,
                     {{Buffer::kY, offsetof(BiasBackwardParams, y)},
                      {Buffer::kBias, offsetof(BiasBackwardParams, bias)}});
}

std::optional<std::string> refusal(const BiasProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  if (p.lengths[kChannels] >= kInnerLimit || p.strides[kChannels] >= kStrideLimit ||
      p.bias_stride >= kStrideLimit)
    return "there are 2^31 channels, or channels lie 2^32 elements apart";
  for (const std::int64_t length : p.lengths) {
    if (length >= kInnerLimit) return "a dimension has 2^31 elements or more";
  }
  return std::nullopt;
}

std::vector<Launch> launches(const BiasProblem& p, const Instance&) {
  return {p.backward ? backward_launch(p) : forward_launch(p)};
}

std::vector<Instance> instances(const BiasProblem& p, const DeviceFacts& device) {
  const Launch launch = launches(p, {}).front();
  LaunchWork work;
  work.workgroups = static_cast<double>(launch.grid.x) * launch.grid.y;
  work.waves_per_workgroup = launch.block.x / 32.0;
  work.fma_per_workgroup = 30 * volume_of(p) / work.workgroups;
  work.independent_fmas = 2;
  work.dram_bytes = volume_of(p) * static_cast<double>(bytes_of(p.type)) * (p.backward ? 1 : 2);
  return {{.name = "1", .estimated_clocks = launch_clocks(work, device)}};
}

constexpr Solver<BiasProblem> kSolvers[] = {{"bias", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<BiasProblem>> solvers_of(const BiasProblem&) { return kSolvers; }

}  // namespace rdna1conv
