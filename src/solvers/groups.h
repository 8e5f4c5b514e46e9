#pragma once

// How groups are laid over lanes (kernels/params/groups.h), as solvers choose it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "params/groups.h"
#include "solvers/walks.h"

namespace rdna1conv {

// The four kernels of a pass, in the order of GroupLayout::row.
inline constexpr std::array<const char*, 4> kGroupLayoutNames{"rows4", "rows1", "columns4",
                                                              "columns1"};

struct GroupLayout {
  std::vector<WalkDimension> groups, members;  // in vectors where they are
  std::size_t row = 0;                         // of kGroupLayoutNames
  std::uint32_t column_shift = 0;              // 2^this lanes have neighbouring groups
  std::uint32_t workgroups = 1;
};

std::int64_t count_of(const std::vector<WalkDimension>& dimensions);

// `groups` walk over the members' tensors, of `bytes` an element, behind one of parameters if
// `has_parameters`; `members` over the tensors alone.
GroupLayout lay_out_groups(std::vector<WalkDimension> groups, std::vector<WalkDimension> members,
                           std::size_t tensors, bool has_parameters, std::size_t bytes);

}  // namespace rdna1conv
