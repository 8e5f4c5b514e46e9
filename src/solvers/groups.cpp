#include "solvers/groups.h"

namespace rdna1conv {
namespace {

constexpr std::int64_t kBusyWorkgroups = 80;  // four for each workgroup processor
constexpr std::int64_t kSectorBytes = 32;     // lanes side by side should read at least this

// As many lanes side by side as leave enough workgroups, but no fewer than read a sector, and no
// rows of lanes without members. `bytes` of a lane.
std::uint32_t column_shift_of(std::int64_t groups, std::int64_t members, std::int64_t bytes) {
  std::uint32_t shift = 0;
  while ((std::int64_t{2} << shift) <= kGroupThreads) {
    const bool leaves_few = divide_up(groups, std::int64_t{2} << shift) < kBusyWorkgroups;
    const bool is_narrow = (std::int64_t{1} << shift) * bytes < kSectorBytes;
    const bool has_idle_rows = (kGroupThreads >> shift) > members;
    if (leaves_few && !is_narrow && !has_idle_rows) break;
    ++shift;
  }
  return shift;
}

}  // namespace

std::int64_t count_of(const std::vector<WalkDimension>& dimensions) {
  std::int64_t count = 1;
  for (const WalkDimension& dimension : dimensions) count *= dimension.length;
  return count;
}

GroupLayout lay_out_groups(std::vector<WalkDimension> groups, std::vector<WalkDimension> members,
                           std::size_t tensors, bool has_parameters, std::size_t bytes) {
  const auto fastest = [](const std::vector<WalkDimension>& dimensions, std::size_t tensor) {
    return dimensions.empty() ? kWalkStrideLimit : dimensions.front().stride[tensor];
  };
  const bool columns = fastest(groups, has_parameters ? 1 : 0) < fastest(members, 0);
  const bool vectors = columns
                           ? has_vectors(groups, tensors + (has_parameters ? 1 : 0), kGroupVector)
                           : has_vectors(members, tensors, kGroupVector);
  const std::int64_t width = vectors ? kGroupVector : 1;
  GroupLayout layout;
  layout.groups = columns ? in_vectors(std::move(groups), width) : std::move(groups);
  layout.members = columns ? std::move(members) : in_vectors(std::move(members), width);
  layout.row = (columns ? 2 : 0) + (vectors ? 0 : 1);
  const std::int64_t count = count_of(layout.groups);
  if (columns) {
    layout.column_shift =
        column_shift_of(count, count_of(layout.members), width * static_cast<std::int64_t>(bytes));
  }
  layout.workgroups = to_u32(divide_up(count, std::int64_t{1} << layout.column_shift));
  return layout;
}

}  // namespace rdna1conv
