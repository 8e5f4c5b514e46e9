#include "solvers/operators/reduce.h"

#include <algorithm>

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"
#include "solvers/groups.h"

namespace rdna1conv {
namespace {

using B = ReduceBuffer;
constexpr const char* kFamily = "reduce";

// In the order of kElementTypes, by ReduceLayout::row.
#define RDNA1CONV_REDUCE_NAMES(WORD)                              \
  {                                                               \
    {{RDNA1CONV_FLOAT_KERNELS("reduce_" WORD "_", "_rows4"),      \
      RDNA1CONV_FLOAT_KERNELS("reduce_" WORD "_", "_rows1"),      \
      RDNA1CONV_FLOAT_KERNELS("reduce_" WORD "_", "_columns4"),   \
      RDNA1CONV_FLOAT_KERNELS("reduce_" WORD "_", "_columns1"),   \
      RDNA1CONV_FLOAT_KERNELS("reduce_" WORD "_", "_short4"),     \
      RDNA1CONV_FLOAT_KERNELS("reduce_" WORD "_", "_short1")}},   \
        "reduce_join_" WORD "_rows", "reduce_join_" WORD "_short" \
  }
struct Kernels {
  std::array<std::array<const char*, kFloatTypes>, 6> reduce;
  const char *join, *join_short;  // a workgroup for each group, many groups for one
};
enum Kind : std::size_t { kSum, kProduct, kExtreme, kIndex };
constexpr Kernels kKernels[] = {RDNA1CONV_REDUCE_NAMES("sum"), RDNA1CONV_REDUCE_NAMES("product"),
                                RDNA1CONV_REDUCE_NAMES("extreme"), RDNA1CONV_REDUCE_NAMES("index")};
#undef RDNA1CONV_REDUCE_NAMES
constexpr std::array kLayoutNames{"rows4", "rows1", "columns4", "columns1", "short4", "short1"};
constexpr std::size_t kShortRow = 4;

const Kernels& kernels_of(const ReduceProblem& p) {
  if (is_extreme(p.operation)) return kKernels[p.has_indices ? kIndex : kExtreme];
  return kKernels[p.operation == ReduceOperation::kMultiply ? kProduct : kSum];
}

struct ReduceLayout : GroupLayout {
  std::int64_t member_count = 1;  // in vectors where they are
  std::uint32_t splits = 1, per_split = 1;
};

std::int64_t count_of_walk(const std::vector<WalkDimension>& dimensions) {
  std::int64_t count = 1;
  for (const WalkDimension& dimension : dimensions) count *= dimension.length;
  return count;
}

// Elements as they are counted row by row along the dimensions that `takes` names.
FiveDims positions(const FiveDims& lengths, const std::array<bool, 5>& takes) {
  FiveDims strides{};
  std::int64_t next = 1;
  for (std::size_t i = lengths.size(); i-- > 0;) {
    if (!takes[i]) continue;
    strides[i] = next;
    next *= lengths[i];
  }
  return strides;
}

// Groups of few members have few lanes each; few groups are cut into splits, as long as each lane
// of a split still loads several vectors, so that what is written between is little.
constexpr std::int64_t kMostShortMembers = 8 * kShortGroupLanes;
constexpr std::int64_t kFewWorkgroups = 100;   // five for each workgroup processor
constexpr std::int64_t kManyWorkgroups = 320;  // four waves for each SIMD of 40 compute units
constexpr std::int64_t kVectorsOfALane = 8;
// From so many groups on, joining takes short groups too.
constexpr std::int64_t kManyGroups = 64;
// Of rows of lanes in columns: narrower ones leave the rest of the lines that they touch to other
// workgroups, which read these again. 64 channels last in fp32 took twice as long with a quarter.
constexpr std::int64_t kLineBytes = 128;

// Splits keep workgroups busy, however few groups are side by side.
void widen_columns(ReduceLayout& layout, std::int64_t groups, std::int64_t lane_bytes) {
  while (lane_bytes << layout.column_shift < kLineBytes &&
         (std::int64_t{1} << layout.column_shift) < groups)
    ++layout.column_shift;
  layout.workgroups = to_u32(divide_up(groups, std::int64_t{1} << layout.column_shift));
}

void choose_lanes(ReduceLayout& layout, std::int64_t bytes, bool may_split) {
  const std::int64_t groups = count_of_walk(layout.groups);
  const bool in_rows = layout.row < 2;
  if (in_rows && layout.member_count <= kMostShortMembers && groups >= kShortGroups) {
    layout.row += kShortRow;
    layout.workgroups = to_u32(divide_up(groups, std::int64_t{kShortGroups}));
    return;
  }
  if (!may_split) return;
  if (!in_rows && layout.member_count >= kMostShortMembers)
    widen_columns(layout, groups, layout.row == 2 ? kGroupVector * bytes : bytes);
  if (layout.workgroups >= kFewWorkgroups) return;
  const std::int64_t step = kGroupThreads >> layout.column_shift;
  const std::int64_t wanted = divide_up(kManyWorkgroups, std::int64_t{layout.workgroups});
  const std::int64_t most = layout.member_count / (step * kVectorsOfALane);
  const std::int64_t splits = std::max<std::int64_t>(1, std::min(wanted, most));
  layout.per_split = to_u32(divide_up(divide_up(layout.member_count, splits), step) * step);
  layout.splits = to_u32(divide_up(layout.member_count, std::int64_t{layout.per_split}));
}

ReduceLayout layout_of(const ReduceProblem& p) {
  std::array<bool, 5> kept{}, reduced{};
  for (std::size_t i = 0; i < kept.size(); ++i) {
    kept[i] = p.c_lengths[i] != 1;
    reduced[i] = !kept[i];
  }
  const FiveDims nowhere{};
  const FiveDims at_index = p.has_indices ? positions(p.c_lengths, kept) : nowhere;
  const FiveDims at_member = p.has_indices ? positions(p.a_lengths, reduced) : nowhere;
  // walk_dimensions() orders by the last tensor; a is read most, but comes first in the kernel.
  auto groups = walk_dimensions(p.a_lengths, {at_index, p.c_strides, p.a_strides}, kept);
  auto members = walk_dimensions(p.a_lengths, {at_member, p.a_strides}, reduced);
  for (WalkDimension& dimension : groups) std::swap(dimension.stride[0], dimension.stride[2]);
  for (WalkDimension& dimension : members) std::swap(dimension.stride[0], dimension.stride[1]);
  ReduceLayout layout{
      lay_out_groups(std::move(groups), std::move(members), 3, false, bytes_of(p.a_type))};
  layout.member_count = count_of_walk(layout.members);
  layout.per_split = to_u32(layout.member_count);
  choose_lanes(layout, static_cast<std::int64_t>(bytes_of(p.a_type)), p.may_split);
  return layout;
}

std::size_t bytes_of_partial(const ReduceProblem& p) { return p.has_indices ? 8 : 4; }

std::size_t workspace_bytes(const ReduceProblem& p, const ReduceLayout& layout) {
  if (layout.splits == 1) return 0;
  return static_cast<std::size_t>(count_of(p.c_lengths)) * layout.splits * bytes_of_partial(p);
}

ReduceOutput output_of(const ReduceProblem& p) {
  ReduceOutput output{};
  output.c_type = to_u32(static_cast<std::int64_t>(float_row(p.c_type).value()));
  output.operation = p.operation;
  output.members =
      static_cast<float>(count_of(p.a_lengths)) / static_cast<float>(count_of(p.c_lengths));
  return output;
}

// The pointers of what is written, for both kinds of launches: ReduceOutput comes first in both.
template <class Params>
Launch launch_with(const ReduceProblem& p, const char* kernel, Extent3 grid, const Params& params,
                   std::initializer_list<PointerPatch> pointers, bool writes) {
  static_assert(offsetof(Params, output) == 0);
  Launch launch = make_launch({kFamily, kernel}, grid, {kGroupThreads, 1, 1}, params, pointers);
  if (!writes) return launch;
  launch.pointers[launch.pointer_count++] = {B::kC, offsetof(ReduceOutput, c)};
  if (p.has_indices)
    launch.pointers[launch.pointer_count++] = {B::kIndices, offsetof(ReduceOutput, indices)};
  launch.scalars_offset = offsetof(ReduceOutput, scalars);
  return launch;
}

std::vector<Launch> launches_with(const ReduceProblem& p, const ReduceLayout& layout) {
  const Kernels& kernels = kernels_of(p);
  ReduceParams params{};
  params.output = output_of(p);
  params.groups = make_walk<3>(layout.groups);
  params.members = make_walk<2>(layout.members);
  params.splits = layout.splits;
  params.per_split = layout.per_split;
  params.column_shift = layout.column_shift;
  params.ignores_nan = !p.propagates_nan;
  const char* const kernel = kernels.reduce[layout.row][float_row(p.a_type).value()];
  const Extent3 grid{layout.workgroups, layout.splits, 1};
  const PointerPatch a{B::kA, offsetof(ReduceParams, a)};
  if (layout.splits == 1) return {launch_with(p, kernel, grid, params, {a}, true)};

  ReduceJoinParams join{};
  join.output = output_of(p);
  // One by one, in the order in which the first launch numbers groups.
  auto groups = layout.groups;
  if (layout.row == 2) {
    groups.front().length *= kGroupVector;
    for (std::int64_t& stride : groups.front().stride) stride /= kGroupVector;
  }
  join.groups = make_walk<3>(groups);
  join.splits = layout.splits;
  const bool is_short = join.groups.count >= kManyGroups;
  return {
      launch_with(p, kernel, grid, params, {a, {B::kWorkspace, offsetof(ReduceParams, partial)}},
                  false),
      launch_with(p, is_short ? kernels.join_short : kernels.join,
                  {is_short ? divide_up(join.groups.count, kShortGroups) : join.groups.count, 1, 1},
                  join, {{B::kWorkspace, offsetof(ReduceJoinParams, partial)}}, true)};
}

std::optional<std::string> refusal(const ReduceProblem& p, const DeviceFacts&) {
  if (!float_row(p.a_type) || !float_row(p.c_type))
    return tensors_are({p.a_type, p.c_type}) + ", needs " + float_types_text();
  const ReduceLayout layout = layout_of(p);
  if (!fits_walk(layout.groups) || !fits_walk(layout.members))
    return "there are 2^31 groups or elements of one, or elements lie 2^32 apart";
  return std::nullopt;
}

std::vector<Launch> launches(const ReduceProblem& p, const Instance&) {
  return launches_with(p, layout_of(p));
}

std::vector<Instance> instances(const ReduceProblem& p, const DeviceFacts& device) {
  const ReduceLayout layout = layout_of(p);
  const auto elements = static_cast<double>(count_of(p.a_lengths));
  const double bytes =
      elements * static_cast<double>(bytes_of(p.a_type)) +
      static_cast<double>(count_of(p.c_lengths)) * static_cast<double>(bytes_of(p.c_type));
  return {{.name = kLayoutNames[layout.row],
           .workspace_bytes = workspace_bytes(p, layout),
           .estimated_clocks =
               elementwise_clocks(launches_with(p, layout)[0], elements, bytes, device)}};
}

constexpr Solver<ReduceProblem> kSolvers[] = {{"Reduce", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<ReduceProblem>> solvers_of(const ReduceProblem&) { return kSolvers; }

std::size_t reduce_workspace_bytes(const ReduceProblem& p) {
  return workspace_bytes(p, layout_of(p));
}

}  // namespace rdna1conv
