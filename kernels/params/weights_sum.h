#pragma once

// Gradients of filters whose pixels were split: w = the sum over the splits, in their order, which
// the kernels before left in the workspace packed in K, C / groups, D, H, W order. A work item an
// element of w.

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"

namespace rdna1conv {

struct WeightsSumParams {
  const float* partial;  // (splits, weights)
  void* w;
  std::uint32_t weights, splits;
  FastDivision c, filter_d, filter_h, filter_w;
  std::uint32_t w_strides[5];  // elements
  EpilogueParams epilogue;
};

inline constexpr std::uint32_t kWeightsSumThreads = 256;

}  // namespace rdna1conv
