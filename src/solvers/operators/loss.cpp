#include "solvers/operators/loss.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"
#include "solvers/groups.h"

namespace rdna1conv {
namespace {

using B = LossBuffer;
constexpr const char* kFamily = "loss";
constexpr Extent3 kBlock{kGroupThreads, 1, 1};
static_assert(kElementwiseThreads == kGroupThreads, "one size of workgroups for all kernels");

// In the order of kElementTypes: in vectors, one by one.
#define RDNA1CONV_WIDTHS(PREFIX) \
  std::array { RDNA1CONV_FLOAT_KERNELS(PREFIX, "_4"), RDNA1CONV_FLOAT_KERNELS(PREFIX, "_1") }
constexpr auto kSoft = RDNA1CONV_WIDTHS("soft_margin_");
constexpr auto kSoftBackward = RDNA1CONV_WIDTHS("soft_margin_backward_");
constexpr auto kSoftSum = RDNA1CONV_WIDTHS("soft_margin_sum_");
constexpr auto kPrelu = RDNA1CONV_WIDTHS("prelu_backward_");
#undef RDNA1CONV_WIDTHS
// By GroupLayout::row.
constexpr std::array kPreluWeights{RDNA1CONV_FLOAT_KERNELS("prelu_weights_", "_rows4"),
                                   RDNA1CONV_FLOAT_KERNELS("prelu_weights_", "_rows1"),
                                   RDNA1CONV_FLOAT_KERNELS("prelu_weights_", "_columns4"),
                                   RDNA1CONV_FLOAT_KERNELS("prelu_weights_", "_columns1")};
constexpr auto kMulti = RDNA1CONV_FLOAT_KERNELS("multi_margin_", "");
constexpr auto kSums = RDNA1CONV_FLOAT_KERNELS("partial_sums_", "");

// Workgroups that leave a partial sum each, for work items that have one of `items` or more.
std::uint32_t partial_sums_of(std::int64_t items) {
  return std::min(divide_up(items, std::int64_t{kGroupThreads}), std::int64_t{kMaxPartialSums});
}

Launch sums_launch(DataType type, std::uint32_t count, LossReduction reduction,
                   std::int64_t averaged) {
  PartialSumsParams params{};
  params.count = count;
  params.factor =
      reduction == LossReduction::kMean ? static_cast<float>(1 / static_cast<double>(averaged)) : 1;
  return make_launch({kFamily, kSums[float_row(type).value()]}, {1, 1, 1}, kBlock, params,
                     {{B::kWorkspace, offsetof(PartialSumsParams, partial)},
                      {B::kY, offsetof(PartialSumsParams, y)}});
}

// ---- Soft margin -------------------------------------------------------------------------------

struct SoftSum {
  std::vector<WalkDimension> dimensions;
  bool in_vectors;
};
SoftSum soft_sum_of(const SoftMarginProblem& p) {
  SoftSum sum;
  sum.dimensions = walk_dimensions(p.lengths, {p.x_strides, p.target_strides});
  sum.in_vectors = has_vectors(sum.dimensions, 2, kElementwiseVector);
  return sum;
}
// As many as vectors need, whether there are any or not: every call asks for it, and must not
// allocate.
std::uint32_t soft_workgroups(const SoftMarginProblem& p) {
  return partial_sums_of(divide_up(count_of(p.lengths), std::int64_t{kElementwiseVector}));
}

std::vector<Launch> soft_launches(const SoftMarginProblem& p, const Instance&) {
  const std::size_t type = float_row(p.type).value();
  if (p.backward) {
    const auto elements = make_element_walk<4>(
        walk_dimensions(p.lengths, {p.x_strides, p.target_strides, p.y_strides, p.dx_strides}));
    SoftMarginBackwardParams params{};
    params.elements = elements.walk;
    params.factor = p.reduction == LossReduction::kMean
                        ? static_cast<float>(1 / static_cast<double>(count_of(p.lengths)))
                        : 1;
    return {make_launch({kFamily, kSoftBackward[elements.in_vectors ? 0 : 1][type]},
                        elements.grid(), kBlock, params,
                        {{B::kX, offsetof(SoftMarginBackwardParams, x)},
                         {B::kTarget, offsetof(SoftMarginBackwardParams, target)},
                         {B::kDy, offsetof(SoftMarginBackwardParams, dy)},
                         {B::kDx, offsetof(SoftMarginBackwardParams, dx)}})};
  }
  if (p.reduction == LossReduction::kNone) {
    const auto elements = make_element_walk<3>(
        walk_dimensions(p.lengths, {p.x_strides, p.target_strides, p.y_strides}));
    SoftMarginParams params{};
    params.elements = elements.walk;
    return {make_launch({kFamily, kSoft[elements.in_vectors ? 0 : 1][type]}, elements.grid(),
                        kBlock, params,
                        {{B::kX, offsetof(SoftMarginParams, x)},
                         {B::kTarget, offsetof(SoftMarginParams, target)},
                         {B::kY, offsetof(SoftMarginParams, y)}})};
  }
  const SoftSum sum = soft_sum_of(p);
  SoftMarginSumParams params{};
  params.elements =
      make_walk<2>(in_vectors(sum.dimensions, sum.in_vectors ? kElementwiseVector : 1));
  params.workgroups = soft_workgroups(p);
  return {make_launch({kFamily, kSoftSum[sum.in_vectors ? 0 : 1][type]}, {params.workgroups, 1, 1},
                      kBlock, params,
                      {{B::kX, offsetof(SoftMarginSumParams, x)},
                       {B::kTarget, offsetof(SoftMarginSumParams, target)},
                       {B::kWorkspace, offsetof(SoftMarginSumParams, partial)}}),
          sums_launch(p.type, params.workgroups, p.reduction, count_of(p.lengths))};
}

std::optional<std::string> soft_refusal(const SoftMarginProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  const bool is_sum = !p.backward && p.reduction != LossReduction::kNone;
  if (is_sum && !fits_walk(soft_sum_of(p).dimensions))
    return "there are 2^31 elements to add up, or they lie 2^32 apart";
  return std::nullopt;
}

std::vector<Instance> soft_instances(const SoftMarginProblem& p, const DeviceFacts& device) {
  const double elements = (p.backward ? 4 : 3) * static_cast<double>(count_of(p.lengths));
  return {{.name = "elements",
           .workspace_bytes = loss_workspace(p),
           .estimated_clocks =
               elementwise_clocks(soft_launches(p, {}).front(), elements,
                                  elements * static_cast<double>(bytes_of(p.type)), device)}};
}

// ---- Multi margin ------------------------------------------------------------------------------

std::vector<Launch> multi_launches(const MultiMarginProblem& p, const Instance&) {
  const bool is_sum = p.reduction != LossReduction::kNone;
  MultiMarginParams params{};
  params.rows = to_u32(p.rows);
  params.classes = to_u32(p.classes);
  params.workgroups = partial_sums_of(p.rows);
  params.x_row = static_cast<std::uint64_t>(p.x_row);
  params.x_class = static_cast<std::uint64_t>(p.x_class);
  params.weight_step = static_cast<std::uint64_t>(p.weight_step);
  params.target_step = static_cast<std::uint64_t>(p.target_step);
  params.y_step = static_cast<std::uint64_t>(p.y_step);
  const PointerPatch out = is_sum
                               ? PointerPatch{B::kWorkspace, offsetof(MultiMarginParams, partial)}
                               : PointerPatch{B::kY, offsetof(MultiMarginParams, y)};
  Launch launch = make_launch({kFamily, kMulti[float_row(p.type).value()]},
                              {params.workgroups, 1, 1}, kBlock, params,
                              {{B::kX, offsetof(MultiMarginParams, x)},
                               {B::kWeight, offsetof(MultiMarginParams, weight)},
                               {B::kTarget, offsetof(MultiMarginParams, target)},
                               out});
  launch.scalars_offset = offsetof(MultiMarginParams, scalars);
  if (!is_sum) return {launch};
  return {launch, sums_launch(p.type, params.workgroups, p.reduction, p.rows)};
}

std::optional<std::string> multi_refusal(const MultiMarginProblem& p, const DeviceFacts&) {
  return unless_float_types({p.type});
}

std::vector<Instance> multi_instances(const MultiMarginProblem& p, const DeviceFacts& device) {
  const double elements = static_cast<double>(p.rows) * static_cast<double>(p.classes);
  return {{.name = "rows",
           .workspace_bytes = loss_workspace(p),
           .estimated_clocks =
               elementwise_clocks(multi_launches(p, {}).front(), elements,
                                  elements * static_cast<double>(bytes_of(p.type)), device)}};
}

// ---- A rectifier's slope -----------------------------------------------------------------------

FiveDims weight_strides(const PreluProblem& p) {
  return p.per_channel ? FiveDims{0, 1, 0, 0, 0} : FiveDims{};
}

GroupLayout prelu_layout(const PreluProblem& p) {
  const bool image = p.per_channel;
  return lay_out_groups(
      walk_dimensions(p.lengths, {weight_strides(p), p.x_strides, p.dy_strides},
                      {false, image, false, false, false}),
      walk_dimensions(p.lengths, {p.x_strides, p.dy_strides}, {true, !image, true, true, true}), 2,
      true, bytes_of(p.type));
}

std::vector<Launch> prelu_launches(const PreluProblem& p, const Instance&) {
  const std::size_t type = float_row(p.type).value();
  std::vector<Launch> launches;
  if (p.has_dx) {
    const auto elements = make_element_walk<4>(
        walk_dimensions(p.lengths, {p.x_strides, p.dy_strides, weight_strides(p), p.dx_strides}));
    PreluParams params{};
    params.elements = elements.walk;
    launches.push_back(make_launch({kFamily, kPrelu[elements.in_vectors ? 0 : 1][type]},
                                   elements.grid(), kBlock, params,
                                   {{B::kX, offsetof(PreluParams, x)},
                                    {B::kDy, offsetof(PreluParams, dy)},
                                    {B::kWeight, offsetof(PreluParams, weight)},
                                    {B::kDx, offsetof(PreluParams, dx)}}));
  }
  if (p.has_dw) {
    const GroupLayout layout = prelu_layout(p);
    PreluWeightsParams params{};
    params.groups = make_walk<3>(layout.groups);
    params.members = make_walk<2>(layout.members);
    params.column_shift = layout.column_shift;
    launches.push_back(make_launch({kFamily, kPreluWeights[layout.row][type]},
                                   {layout.workgroups, 1, 1}, kBlock, params,
                                   {{B::kX, offsetof(PreluWeightsParams, x)},
                                    {B::kDy, offsetof(PreluWeightsParams, dy)},
                                    {B::kDw, offsetof(PreluWeightsParams, dw)}}));
  }
  return launches;
}

std::optional<std::string> prelu_refusal(const PreluProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  const GroupLayout layout = prelu_layout(p);
  if (p.has_dw && (!fits_walk(layout.groups) || !fits_walk(layout.members)))
    return "a weight has 2^31 elements, or elements lie 2^32 apart";
  return std::nullopt;
}

std::vector<Instance> prelu_instances(const PreluProblem& p, const DeviceFacts& device) {
  const double passes = (p.has_dx ? 3 : 0) + (p.has_dw ? 2 : 0);
  const double elements = passes * static_cast<double>(count_of(p.lengths));
  return {{.name = "elements",
           .estimated_clocks =
               elementwise_clocks(prelu_launches(p, {}).front(), elements,
                                  elements * static_cast<double>(bytes_of(p.type)), device)}};
}

constexpr Solver<SoftMarginProblem> kSoftSolvers[] = {
    {"SoftMarginLoss", 1, true, soft_refusal, soft_instances, soft_launches}};
constexpr Solver<MultiMarginProblem> kMultiSolvers[] = {
    {"MultiMarginLoss", 1, true, multi_refusal, multi_instances, multi_launches}};
constexpr Solver<PreluProblem> kPreluSolvers[] = {
    {"Prelu", 1, true, prelu_refusal, prelu_instances, prelu_launches}};

}  // namespace

std::size_t loss_workspace(const SoftMarginProblem& p) {
  if (p.backward || p.reduction == LossReduction::kNone) return 0;
  return soft_workgroups(p) * sizeof(float);
}
std::size_t loss_workspace(const MultiMarginProblem& p) {
  return p.reduction == LossReduction::kNone ? 0 : partial_sums_of(p.rows) * sizeof(float);
}

std::span<const Solver<SoftMarginProblem>> solvers_of(const SoftMarginProblem&) {
  return kSoftSolvers;
}
std::span<const Solver<MultiMarginProblem>> solvers_of(const MultiMarginProblem&) {
  return kMultiSolvers;
}
std::span<const Solver<PreluProblem>> solvers_of(const PreluProblem&) { return kPreluSolvers; }

}  // namespace rdna1conv
