#include "solvers/operators/axis.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"
#include "solvers/groups.h"

namespace rdna1conv {
namespace {

using B = AxisBuffer;
constexpr const char* kFamily = "axis";
constexpr Extent3 kBlock{kGroupThreads, 1, 1};

// In the order of kElementTypes, by GroupLayout::row.
#define RDNA1CONV_AXIS_LAYOUTS(PREFIX)                                                             \
  std::array {                                                                                     \
    RDNA1CONV_FLOAT_KERNELS(PREFIX, "_rows4"), RDNA1CONV_FLOAT_KERNELS(PREFIX, "_rows1"),          \
        RDNA1CONV_FLOAT_KERNELS(PREFIX, "_columns4"), RDNA1CONV_FLOAT_KERNELS(PREFIX, "_columns1") \
  }
constexpr auto kSum = RDNA1CONV_AXIS_LAYOUTS("axis_sum_");
constexpr auto kProduct = RDNA1CONV_AXIS_LAYOUTS("axis_product_");
constexpr auto kExtreme = RDNA1CONV_AXIS_LAYOUTS("axis_extreme_");
#undef RDNA1CONV_AXIS_LAYOUTS
constexpr auto kKthValue = RDNA1CONV_FLOAT_KERNELS("axis_kth_value_", "");

struct Walks {
  std::vector<WalkDimension> groups, members;
};
Walks walks_of(const AxisProblem& p) {
  std::array<bool, 5> of_members{}, of_groups;
  of_members[static_cast<std::size_t>(p.dimension)] = true;
  for (std::size_t i = 0; i < of_groups.size(); ++i) of_groups[i] = !of_members[i];
  const FiveDims& y = p.has_values() ? p.y_strides : p.index_strides;
  const FiveDims& indices = p.has_indices() ? p.index_strides : p.y_strides;
  FiveDims position{};
  position[static_cast<std::size_t>(p.dimension)] = 1;
  return {walk_dimensions(p.lengths, {p.x_strides, y, indices}, of_groups),
          walk_dimensions(p.lengths, {p.x_strides, position}, of_members)};
}

GroupLayout layout_of(const AxisProblem& p) {
  Walks walks = walks_of(p);
  return lay_out_groups(std::move(walks.groups), std::move(walks.members), 3, false,
                        bytes_of(p.type));
}

Launch kth_value_launch(const AxisProblem& p) {
  const Walks walks = walks_of(p);
  KthValueParams params{};
  params.groups = make_walk<3>(walks.groups);
  params.members = make_walk<1>(walks.members);
  Launch launch = make_launch({kFamily, kKthValue[float_row(p.type).value()]},
                              {params.groups.count, 1, 1}, kBlock, params,
                              {{B::kX, offsetof(KthValueParams, x)},
                               {B::kY, offsetof(KthValueParams, y)},
                               {B::kIndices, offsetof(KthValueParams, indices)}});
  launch.scalars_offset = offsetof(KthValueParams, scalars);
  return launch;
}

Launch launch_of(const AxisProblem& p) {
  if (p.operation == AxisOperation::kKthValue) return kth_value_launch(p);
  const GroupLayout layout = layout_of(p);
  AxisParams params{};
  params.groups = make_walk<3>(layout.groups);
  params.members = make_walk<2>(layout.members);
  params.column_shift = layout.column_shift;
  params.skips_nan = p.skips_nan;
  params.is_min = p.operation == AxisOperation::kMin || p.operation == AxisOperation::kArgMin;
  const auto& kernels = p.operation == AxisOperation::kSum       ? kSum
                        : p.operation == AxisOperation::kProduct ? kProduct
                                                                 : kExtreme;
  return make_launch({kFamily, kernels[layout.row][float_row(p.type).value()]},
                     {layout.workgroups, 1, 1}, kBlock, params,
                     {{B::kX, offsetof(AxisParams, x)},
                      {B::kY, offsetof(AxisParams, y)},
                      {B::kIndices, offsetof(AxisParams, indices)}});
}

std::optional<std::string> refusal(const AxisProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  const Walks walks = walks_of(p);
  if (!fits_walk(walks.groups) || !fits_walk(walks.members))
    return "there are 2^31 groups or elements of one, or elements lie 2^32 apart";
  return std::nullopt;
}

std::vector<Launch> launches(const AxisProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const AxisProblem& p, const DeviceFacts& device) {
  // The k-th value reads x for each of four digits and once more.
  const bool is_kth = p.operation == AxisOperation::kKthValue;
  const double elements = (is_kth ? 5 : 1) * static_cast<double>(count_of(p.lengths));
  return {{.name = is_kth ? "rows" : kGroupLayoutNames[layout_of(p).row],
           .estimated_clocks = elementwise_clocks(
               launch_of(p), elements, elements * static_cast<double>(bytes_of(p.type)), device)}};
}

constexpr Solver<AxisProblem> kSolvers[] = {{"Axis", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<AxisProblem>> solvers_of(const AxisProblem&) { return kSolvers; }

}  // namespace rdna1conv
