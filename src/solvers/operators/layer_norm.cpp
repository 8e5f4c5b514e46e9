#include "solvers/operators/layer_norm.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"
#include "solvers/groups.h"

namespace rdna1conv {
namespace {

using B = LayerNormBuffer;
constexpr const char* kFamily = "layer_norm";
constexpr Extent3 kBlock{kGroupThreads, 1, 1};

// In the order of kElementTypes: in vectors, one by one.
constexpr std::array kForward{RDNA1CONV_FLOAT_KERNELS("layer_norm_forward_", "_4"),
                              RDNA1CONV_FLOAT_KERNELS("layer_norm_forward_", "_1")};
constexpr std::array kAddForward{RDNA1CONV_FLOAT_KERNELS("layer_norm_add_forward_", "_4"),
                                 RDNA1CONV_FLOAT_KERNELS("layer_norm_add_forward_", "_1")};
constexpr std::array kBackward{RDNA1CONV_FLOAT_KERNELS("layer_norm_backward_", "_4"),
                               RDNA1CONV_FLOAT_KERNELS("layer_norm_backward_", "_1")};
// By GroupLayout::row.
constexpr std::array kWeights{RDNA1CONV_FLOAT_KERNELS("layer_norm_weights_", "_rows4"),
                              RDNA1CONV_FLOAT_KERNELS("layer_norm_weights_", "_rows1"),
                              RDNA1CONV_FLOAT_KERNELS("layer_norm_weights_", "_columns4"),
                              RDNA1CONV_FLOAT_KERNELS("layer_norm_weights_", "_columns1")};

bool has_other(const LayerNormProblem& p) {
  return p.kind == LayerNormKind::kAddLayer || p.kind == LayerNormKind::kT5Backward;
}

// The dimensions before the first member, or those from it on.
std::array<bool, 5> dims_of_groups(const LayerNormProblem& p) {
  std::array<bool, 5> takes{};
  for (std::size_t i = 0; i < takes.size(); ++i)
    takes[i] = static_cast<std::int64_t>(i) < p.first_member;
  return takes;
}
std::array<bool, 5> dims_of_members(const LayerNormProblem& p) {
  std::array<bool, 5> takes = dims_of_groups(p);
  for (bool& take : takes) take = !take;
  return takes;
}

struct Walks {
  std::vector<WalkDimension> groups, members;
  bool in_vectors = false;
};
Walks walks_of(const LayerNormProblem& p) {
  const FiveDims& other = has_other(p) ? p.other_strides : p.x_strides;
  Walks walks;
  walks.groups = walk_dimensions(
      p.lengths, {p.x_strides, other, p.y_strides, p.statistic_strides(), p.weight_strides()},
      dims_of_groups(p));
  walks.members = walk_dimensions(p.lengths, {p.x_strides, other, p.y_strides, p.weight_strides()},
                                  dims_of_members(p));
  // By the place in memory rather than by the weight's, which a group's pixels share.
  std::stable_sort(
      walks.members.begin(), walks.members.end(),
      [](const WalkDimension& a, const WalkDimension& b) { return a.stride[2] < b.stride[2]; });
  walks.in_vectors = has_vectors(walks.members, 4, kGroupVector);
  return walks;
}

template <class Params>
void fill(Params& params, const LayerNormProblem& p, const Walks& walks) {
  params.groups = make_walk<5>(walks.groups);
  params.members = make_walk<4>(in_vectors(walks.members, walks.in_vectors ? kGroupVector : 1));
  params.members_inverse = static_cast<float>(1 / static_cast<double>(p.members()));
}

Launch forward_launch(const LayerNormProblem& p) {
  const Walks walks = walks_of(p);
  LayerNormForwardParams params{};
  fill(params, p, walks);
  params.by_mean_square = p.kind == LayerNormKind::kT5;
  const auto& kernels = p.kind == LayerNormKind::kAddLayer ? kAddForward : kForward;
  Launch launch =
      make_launch({kFamily, kernels[walks.in_vectors ? 0 : 1][float_row(p.type).value()]},
                  {params.groups.count, 1, 1}, kBlock, params,
                  {{B::kX, offsetof(LayerNormForwardParams, x)},
                   {B::kOther, offsetof(LayerNormForwardParams, x2)},
                   {B::kWeight, offsetof(LayerNormForwardParams, weight)},
                   {B::kBias, offsetof(LayerNormForwardParams, bias)},
                   {B::kY, offsetof(LayerNormForwardParams, y)},
                   {B::kMean, offsetof(LayerNormForwardParams, mean)},
                   {B::kInverse, offsetof(LayerNormForwardParams, inverse)}});
  launch.scalars_offset = offsetof(LayerNormForwardParams, scalars);
  return launch;
}

Launch backward_launch(const LayerNormProblem& p) {
  const Walks walks = walks_of(p);
  LayerNormBackwardParams params{};
  fill(params, p, walks);
  return make_launch({kFamily, kBackward[walks.in_vectors ? 0 : 1][float_row(p.type).value()]},
                     {params.groups.count, 1, 1}, kBlock, params,
                     {{B::kX, offsetof(LayerNormBackwardParams, x)},
                      {B::kOther, offsetof(LayerNormBackwardParams, dy)},
                      {B::kWeight, offsetof(LayerNormBackwardParams, weight)},
                      {B::kInverse, offsetof(LayerNormBackwardParams, inverse)},
                      {B::kY, offsetof(LayerNormBackwardParams, dx)}});
}

// A weight's elements are those of all groups: what numbers groups elsewhere is a member here.
GroupLayout weights_layout(const LayerNormProblem& p) {
  return lay_out_groups(
      walk_dimensions(p.lengths, {p.weight_strides(), p.x_strides, p.other_strides},
                      dims_of_members(p)),
      walk_dimensions(p.lengths, {p.x_strides, p.other_strides, p.statistic_strides()},
                      dims_of_groups(p)),
      2, true, bytes_of(p.type));
}

Launch weights_launch(const LayerNormProblem& p) {
  const GroupLayout layout = weights_layout(p);
  LayerNormWeightsParams params{};
  params.groups = make_walk<3>(layout.groups);
  params.members = make_walk<3>(layout.members);
  params.column_shift = layout.column_shift;
  return make_launch({kFamily, kWeights[layout.row][float_row(p.type).value()]},
                     {layout.workgroups, 1, 1}, kBlock, params,
                     {{B::kX, offsetof(LayerNormWeightsParams, x)},
                      {B::kOther, offsetof(LayerNormWeightsParams, dy)},
                      {B::kInverse, offsetof(LayerNormWeightsParams, inverse)},
                      {B::kWeightGradient, offsetof(LayerNormWeightsParams, dw)}});
}

std::optional<std::string> refusal(const LayerNormProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  const Walks walks = walks_of(p);
  if (!fits_walk(walks.groups) || !fits_walk(walks.members))
    return "there are 2^31 groups or elements of one, or elements lie 2^32 apart";
  return std::nullopt;
}

std::vector<Launch> launches(const LayerNormProblem& p, const Instance&) {
  if (p.kind != LayerNormKind::kT5Backward) return {forward_launch(p)};
  if (!p.has_weight_gradient) return {backward_launch(p)};
  return {backward_launch(p), weights_launch(p)};
}

std::vector<Instance> instances(const LayerNormProblem& p, const DeviceFacts& device) {
  // Each pass over a tensor counted.
  const double passes = p.kind == LayerNormKind::kT5Backward ? 7 : has_other(p) ? 5 : 3;
  const double elements = passes * static_cast<double>(count_of(p.lengths));
  return {{.name = walks_of(p).in_vectors ? "rows4" : "rows1",
           .estimated_clocks =
               elementwise_clocks(launches(p, {}).front(), elements,
                                  elements * static_cast<double>(bytes_of(p.type)), device)}};
}

constexpr Solver<LayerNormProblem> kSolvers[] = {
    {"LayerNorm", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<LayerNormProblem>> solvers_of(const LayerNormProblem&) { return kSolvers; }

}  // namespace rdna1conv
