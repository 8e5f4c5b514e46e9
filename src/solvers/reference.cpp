#include "solvers/reference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "params/reference.h"
#include "plan/cost_model.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"

namespace rdna1conv::reference {
namespace {

// In the order of kElementTypes.
constexpr std::array kForward = RDNA1CONV_TYPED_KERNELS("reference_forward_", "");
constexpr std::array kBackwardData = RDNA1CONV_TYPED_KERNELS("reference_backward_data_", "");
constexpr std::array kBackwardWeights = RDNA1CONV_FLOAT_KERNELS("reference_backward_weights_", "");

// Enough workgroups to fill any RDNA1 card many times over; beyond it a work item takes several
// elements of the result.
constexpr std::int64_t kMaxWorkgroups = 1 << 20;
constexpr std::int64_t kLanesOfAWave = 32;

const char* kernel_of(const ConvProblem& p) {
  const std::size_t types = element_types_of(p).value();
  switch (p.direction) {
    case Direction::kForward:
      return kForward[types];
    case Direction::kBackwardData:
      return kBackwardData[types];
    case Direction::kBackwardWeights:
      break;
  }
  return kBackwardWeights[types];
}

struct Tensor {
  FiveDims lengths, strides;
};
Tensor result_of(const ConvProblem& p) {
  switch (p.direction) {
    case Direction::kForward:
      return {p.y_lengths(), p.y_strides};
    case Direction::kBackwardData:
      return {p.x_lengths(), p.x_strides};
    case Direction::kBackwardWeights:
      break;
  }
  return {p.w_lengths(), p.w_strides};
}

// Whether neighbouring channels lie closer to each other than neighbouring pixels.
bool has_channels_last(const Tensor& tensor) {
  if (tensor.lengths[1] == 1) return false;
  for (const std::size_t axis : {4, 3, 2}) {
    if (tensor.lengths[axis] > 1) return tensor.strides[1] < tensor.strides[axis];
  }
  return true;
}

std::int64_t volume(const FiveDims& lengths) {
  return lengths[0] * lengths[1] * lengths[2] * lengths[3] * lengths[4];
}

// Lanes that share one weight: as many as there are products, up to a wave.
std::int64_t lanes_of(const ConvProblem& p) {
  if (p.direction != Direction::kBackwardWeights) return 1;
  std::int64_t lanes = 1;
  while (lanes < kLanesOfAWave && lanes < p.n * p.out.volume()) lanes *= 2;
  return lanes;
}

std::int64_t workgroups_of(const ConvProblem& p) {
  const std::int64_t outputs = volume(result_of(p).lengths);
  return std::min(kMaxWorkgroups, divide_up(outputs, std::int64_t{kReferenceBlock} / lanes_of(p)));
}

// Products that one element of the result tries.
std::int64_t taps_of(const ConvProblem& p) {
  switch (p.direction) {
    case Direction::kForward:
      return p.c / p.groups * p.filter.volume();
    case Direction::kBackwardData:
      return p.k / p.groups * p.filter.volume();
    case Direction::kBackwardWeights:
      break;
  }
  return p.n * p.out.volume();
}

// For the place of one element of the result, with its 64-bit divisions.
constexpr double kSetupInstructions = 600;

// For one product, with 64-bit addresses, comparisons and waits for two loads; from runs on the
// software device's clock.
double instructions_of(Direction direction) {
  switch (direction) {
    case Direction::kForward:
      return 85;
    case Direction::kBackwardData:
      return 125;
    case Direction::kBackwardWeights:
      break;
  }
  return 250;
}

LaunchWork work_of(const ConvProblem& p, double outputs, double lanes, double workgroups) {
  const double taps = static_cast<double>(taps_of(p));
  LaunchWork work;
  work.workgroups = workgroups;
  work.waves_per_workgroup = kReferenceBlock / 32.0;
  const double taps_of_lane = std::ceil(taps / lanes);
  work.fma_per_workgroup = outputs * lanes / workgroups *
                           (kSetupInstructions + taps_of_lane * instructions_of(p.direction));
  work.independent_fmas = 1;
  // A work item waits for the loads of each of its products: in steps of the cost model.
  constexpr double kLoadSteps = 2.5;
  work.serial_steps = kLoadSteps * taps_of_lane;
  // A wave's 32 reads of one tensor are one broadcast line, those of the other at least one.
  work.l2_bytes = outputs * taps / 32 * 2 * 128;
  work.dram_bytes =
      static_cast<double>(bytes_of(p.x_type)) * static_cast<double>(volume(p.x_lengths())) +
      static_cast<double>(bytes_of(p.w_type)) * static_cast<double>(volume(p.w_lengths())) +
      static_cast<double>(bytes_of(p.y_type)) * static_cast<double>(volume(p.y_lengths()));
  return work;
}

template <class T>
void set_axes(T (&to)[3], const Spatial& from) {
  to[0] = static_cast<T>(from.d);
  to[1] = static_cast<T>(from.h);
  to[2] = static_cast<T>(from.w);
}

}  // namespace

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts&) {
  return first_reason(p, unless_known_types, unless_fusable);
}

Estimate estimate(const ConvProblem& p, const Instance&, const DeviceFacts& device) {
  const double outputs = static_cast<double>(volume(result_of(p).lengths));
  const LaunchWork work =
      work_of(p, outputs, static_cast<double>(lanes_of(p)), static_cast<double>(workgroups_of(p)));
  Estimate estimate;
  estimate.add({CostFamily::kOther, "", 1, 1, terms_of(work, machine_of(device))});
  return estimate;
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  return {{.name = "1", .estimated_clocks = estimate(p, {}, device).clocks()}};
}

std::vector<Launch> launches(const ConvProblem& p, const Instance&) {
  const Tensor result = result_of(p);
  const std::int64_t lanes = lanes_of(p);

  ReferenceParams params{};
  std::copy(p.x_strides.begin(), p.x_strides.end(), params.x_strides);
  std::copy(p.w_strides.begin(), p.w_strides.end(), params.w_strides);
  std::copy(p.y_strides.begin(), p.y_strides.end(), params.y_strides);
  params.n = p.n;
  params.outputs = volume(result.lengths);
  set_axes(params.in, p.in);
  set_axes(params.out, p.out);
  params.c = to_i32(p.c / p.groups);
  params.k = to_i32(p.k / p.groups);
  params.groups = to_i32(p.groups);
  params.channels_last = has_channels_last(result);
  set_axes(params.filter, p.filter);
  set_axes(params.pad, p.pad);
  set_axes(params.stride, p.stride);
  set_axes(params.dilation, p.dilation);
  for (int axis = 0; axis < 3; ++axis) {
    params.tap_step[axis] = params.dilation[axis] / params.stride[axis];
    params.tap_remainder[axis] = params.dilation[axis] % params.stride[axis];
  }
  params.lanes = to_i32(lanes);
  std::int64_t rest = lanes;
  for (int axis = 2; axis >= 0; --axis) {
    params.lane_step[axis + 1] = rest % params.out[axis];
    rest /= params.out[axis];
  }
  params.lane_step[0] = rest;
  params.epilogue = epilogue_params(p);

  const std::int64_t workgroups = workgroups_of(p);
  params.step = workgroups * (kReferenceBlock / lanes);
  Launch launch = make_launch({"reference", kernel_of(p)}, {to_u32(workgroups), 1, 1},
                              {kReferenceBlock, 1, 1}, params,
                              {{Buffer::kX, offsetof(ReferenceParams, x)},
                               {Buffer::kW, offsetof(ReferenceParams, w)},
                               {Buffer::kY, offsetof(ReferenceParams, y)}});
  patch_epilogue(launch, p, offsetof(ReferenceParams, epilogue));
  return {launch};
}

}  // namespace rdna1conv::reference
