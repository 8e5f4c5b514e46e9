#pragma once

// Tensors reduced along some of their dimensions (groups.h): an element of c is what one group of
// a's elements gives. A group that would keep few workgroups busy is cut into splits, whose results
// a second launch joins in a fixed order.

#include <cstdint>

#include "groups.h"

namespace rdna1conv {

// The values are those of miopenReduceTensorOp_t.
enum class ReduceOperation : std::uint32_t {
  kAdd = 0,
  kMultiply = 1,
  kMin = 2,
  kMax = 3,
  kMaxMagnitude = 4,
  kAverage = 5,
  kNorm1 = 6,
  kNorm2 = 7,
};

struct ReduceScalars {
  float alpha = 1, beta = 0;
};

// How a group's result becomes an element of c.
struct ReduceOutput {
  void* c;
  std::int32_t* indices;  // may be null: the extreme's position in its group
  std::uint32_t c_type;   // row of params/element_types.h
  ReduceOperation operation;
  float members;  // of a group
  ReduceScalars scalars;
};

struct ReduceParams {
  ReduceOutput output;
  const void* a;
  void* partial;            // (group, split) results if there are splits, else null
  Walk<3> groups;           // of a, c, indices
  Walk<2> members;          // of a, positions in the group
  std::uint32_t splits;     // of a group
  std::uint32_t per_split;  // members, in vectors where they are
  std::uint32_t column_shift;
  std::uint32_t ignores_nan;  // in extremes
};

struct ReduceJoinParams {
  ReduceOutput output;
  const void* partial;  // (group, split)
  Walk<3> groups;       // of nothing, c, indices
  std::uint32_t splits;
};

// Lanes that share a short group, so that a workgroup has many.
inline constexpr std::uint32_t kShortGroupLanes = 16;
inline constexpr std::uint32_t kShortGroups = kGroupThreads / kShortGroupLanes;

}  // namespace rdna1conv
