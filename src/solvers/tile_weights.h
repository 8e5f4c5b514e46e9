#pragma once

// fp32 gradients of filters on the tile engine (kernels/tile_weights.hip), for the implicit GEMM of
// backward weights: 1-D and 2-D, any strides, padding, dilation and groups, with pixels in the
// lanes, so for tensors whose rows are contiguous.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "params/tile_weights.h"
#include "solvers/solver.h"

namespace rdna1conv::tile_weights {

// One row of kernels/params/tile_weights_tiles.h.
struct Tile {
  const char* kernel;
  std::uint32_t k, c;
  // Names of the instances whose pixels are shared between 1, 2, 4, 8 and 16 waves.
  std::string_view slice_names[5];

  std::string_view name() const { return slice_names[0]; }
};
std::span<const Tile> tiles();

// Of a launch of any float type all params but how the work is cut.
TileWeightsParams params_of(const ConvProblem& problem);

// Why no kernel with these params can do the problem, or nothing.
std::optional<std::string> refusal_of_product(const ConvProblem& problem);

// Why the engine cannot do the problem, or nothing.
std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);

// All instances that can; at least one if refusal() gave nothing. Into how many splits the pixels
// are cut, whose sums a launch of their own adds up, is the best by estimate.
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);

Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::tile_weights
