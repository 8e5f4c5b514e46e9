#pragma once

// Backward weights by a kernel whose sum over pixels is cut into splits: a workgroup has a tile of
// w's gradient and one split, and a launch of its own adds the partial sums up (weights_sum.h).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "plan/machine.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/solver.h"
#include "solvers/split_sums.h"
#include "solvers/weights_sum.h"

namespace rdna1conv {

// How the work is cut.
struct GradientCut {
  std::uint32_t tiles_m = 1, tiles_n = 1;  // of a group: along output channels, and the rest
  std::uint32_t part = 0, splits = 1;      // what is summed up in a split, and how many there are

  std::uint64_t workgroups_of_split(const ConvProblem& p) const {
    return static_cast<std::uint64_t>(p.groups) * tiles_m * tiles_n;
  }
};

// What a solver of such kernels says of all its tiles.
//
// Kernels: kTiles, whose rows have a `name`; kThreads of a workgroup; Params, with x, dy, w,
// partial and epilogue; and of a problem most_splits(p), cut_of(p, tile, splits), product_cost(p,
// row, cut, machine), kernel_of(p, tile) and params_of(p, cut).
template <class Kernels>
struct SplitGradient {
  static bool fits(const ConvProblem& p, const GradientCut& cut) {
    return cut.workgroups_of_split(p) * cut.splits * Kernels::kThreads <= kMaxDividedWorkItems &&
           partial_sums_fit(p, cut.splits);
  }

  // Whether a tile can do the problem.
  static bool any_fits(const ConvProblem& p) {
    return std::ranges::any_of(
        Kernels::kTiles, [&](const auto& tile) { return fits(p, Kernels::cut_of(p, tile, 1)); });
  }

  static std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
    const Machine machine = machine_of(device);
    std::vector<Instance> instances;
    for (std::uint32_t row = 0; row < std::size(Kernels::kTiles); ++row) {
      const GradientCut cut = best_cut(p, row, machine);
      if (!fits(p, cut)) continue;
      Instance instance;
      instance.name = Kernels::kTiles[row].name;
      instance.workspace_bytes = partial_bytes(p, cut.splits);
      instance.estimated_clocks = estimate_of(p, row, cut, machine).clocks();
      instance.row = row;
      instance.parameters = {cut.splits};
      instances.push_back(instance);
    }
    return instances;
  }

  static Estimate estimate(const ConvProblem& p, const Instance& instance,
                           const DeviceFacts& device) {
    return estimate_of(p, instance.row, cut_of(p, instance), machine_of(device));
  }

  static std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
    using Params = typename Kernels::Params;
    const GradientCut cut = cut_of(p, instance);
    const bool splits = cut.splits > 1;
    // Only what is written may be null: the kernel writes either w or the partial sums.
    std::vector<Launch> launches{
        make_launch(Kernels::kernel_of(p, Kernels::kTiles[instance.row]),
                    {static_cast<std::uint32_t>(cut.workgroups_of_split(p)), cut.splits, 1},
                    {Kernels::kThreads, 1, 1}, Kernels::params_of(p, cut),
                    {{Buffer::kX, offsetof(Params, x)},
                     {Buffer::kY, offsetof(Params, dy)},
                     splits ? PointerPatch{Buffer::kWorkspace, offsetof(Params, partial)}
                            : PointerPatch{Buffer::kW, offsetof(Params, w)}})};
    if (splits) {
      launches.push_back(weights_sum_launch(p, cut.splits));
    } else {
      patch_epilogue(launches.front(), p, offsetof(Params, epilogue));
    }
    return launches;
  }

 private:
  static GradientCut cut_of(const ConvProblem& p, const Instance& instance) {
    return Kernels::cut_of(p, Kernels::kTiles[instance.row], instance.parameters[0]);
  }

  static Estimate estimate_of(const ConvProblem& p, std::uint32_t row, const GradientCut& cut,
                              const Machine& machine) {
    Estimate estimate;
    estimate.add(Kernels::product_cost(p, row, cut, machine));
    add_weights_sum(estimate, p, cut.splits, machine);
    return estimate;
  }

  // With as many splits as the estimate likes best.
  static GradientCut best_cut(const ConvProblem& p, std::uint32_t row, const Machine& machine) {
    const auto cut_into = [&](std::uint32_t splits) {
      return Kernels::cut_of(p, Kernels::kTiles[row], splits);
    };
    const auto clocks = [&](std::uint32_t splits) {
      return estimate_of(p, row, cut_into(splits), machine).clocks();
    };
    return cut_into(best_splits(
        Kernels::most_splits(p), clocks(1),
        [&](std::uint32_t candidate) {
          const GradientCut cut = cut_into(candidate);
          return fits(p, cut) ? cut.splits : 0;
        },
        clocks));
  }
};

}  // namespace rdna1conv
