#pragma once

// The device side of params/elementwise.h: which vectors a work item has.

#include <hip/hip_runtime.h>

#include <cstdint>

#include "params/elementwise.h"
#include "walk.h"

namespace rdna1conv {

// use(place) for each vector of this work item.
template <int Tensors, class Use>
__device__ inline void for_elements(const SplitWalk<Tensors>& walk, Use use) {
  for_outer_places(walk, [&](const Place<Tensors>& outer) {
#pragma unroll 1
    for (uint32_t i = 0; i < kElementwiseSteps; ++i) {
      const uint32_t index =
          (blockIdx.x * kElementwiseSteps + i) * kElementwiseThreads + threadIdx.x;
      if (index >= walk.inner.count) break;
      use(outer + place_of(walk.inner, index));
    }
  });
}

}  // namespace rdna1conv
