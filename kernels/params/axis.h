#pragma once

// Reductions along one dimension. What is reduced to one value is a group.

#include <cstdint>

#include "groups.h"

namespace rdna1conv {

enum class AxisOperation : std::uint32_t {
  kProduct = 1,
  kSum = 2,
  kArgMin = 3,
  kArgMax = 4,
  kMin = 5,
  kMax = 6,
  kKthValue = 7,  // the k-th smallest
};

struct AxisParams {
  const void* x;
  void* y;          // may be null where indices are asked for
  void* indices;    // 32 bits each
  Walk<3> groups;   // of x, y, indices
  Walk<2> members;  // of x, positions along the dimension
  std::uint32_t column_shift;
  std::uint32_t skips_nan;  // sums and products leave them out
  std::uint32_t is_min;     // of extremes
};

struct KthValueScalars {
  std::uint32_t k = 1;  // from 1
};

struct KthValueParams {
  const void* x;
  void* y;
  std::uint64_t* indices;
  Walk<3> groups;   // of x, y, indices
  Walk<1> members;  // of x
  KthValueScalars scalars;
};

}  // namespace rdna1conv
