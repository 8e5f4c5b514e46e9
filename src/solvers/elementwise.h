#pragma once

// Launches of the kernels of kernels/params/elementwise.h.

#include "params/elementwise.h"
#include "plan/cost_model.h"
#include "plan/plan.h"
#include "solvers/walks.h"

namespace rdna1conv {

// How the elements of `Tensors` tensors are walked: in vectors if they can be.
template <int Tensors>
struct ElementWalk {
  SplitWalk<Tensors> walk;
  bool in_vectors = false;

  Extent3 grid() const {
    return {divide_up(walk.inner.count, kElementwiseThreads * kElementwiseSteps), walk.outer_step,
            1};
  }
};

template <int Tensors>
ElementWalk<Tensors> make_element_walk(const std::vector<WalkDimension>& dimensions) {
  ElementWalk<Tensors> elements;
  elements.in_vectors = has_vectors(dimensions, Tensors, kElementwiseVector);
  elements.walk = make_split_walk<Tensors>(
      in_vectors(dimensions, elements.in_vectors ? kElementwiseVector : 1));
  return elements;
}

// The estimate of a launch that moves `bytes` with a few operations for each of `elements`.
inline double elementwise_clocks(const Launch& launch, double elements, double bytes,
                                 const DeviceFacts& device) {
  LaunchWork work;
  work.workgroups = static_cast<double>(launch.grid.x) * launch.grid.y * launch.grid.z;
  work.waves_per_workgroup = launch.block.x / 32.0;
  work.fma_per_workgroup = 10 * elements / work.workgroups;
  work.independent_fmas = kElementwiseVector;
  work.dram_bytes = bytes;
  return launch_clocks(work, device);
}

}  // namespace rdna1conv
