#pragma once

// fp32, fp16 and bf16 convolutions, forward and backward data, on the tile engine
// (kernels/tile_conv.hip and packed_conv.hip), for the solvers that are products of matrices: 1x1
// and implicit GEMM. Any layout, strides, padding, dilation, groups, one to three dimensions, and
// every epilogue in the store, but those that would round fp16 or bf16 in between.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "params/tile_conv.h"
#include "solvers/chunks.h"
#include "solvers/solver.h"

namespace rdna1conv::tile_conv {

// Where the rows come from, and the columns if those lie side by side, as
// kernels/params/tile_conv_tiles.h and packed_conv_tiles.h have it.
enum class RowSource : std::uint8_t { kPanels, kMatrix, kTransposed, kPixels, kNeighbours };

// One row of kernels/params/tile_conv_tiles.h or packed_conv_tiles.h.
struct Tile {
  const char* kernel;
  std::string_view name;             // "16x128x2_panels"
  std::uint32_t rows, lane_columns;  // of a wave, of a lane
  std::uint32_t depth;               // of a stage
  RowSource source;
  // Names of the instances that share k between 1, 2, 4, 8 and 16 waves.
  std::string_view slice_names[5];
  DataType type = DataType::kFloat;
  const char *family = "tile_conv", *pack = "tile_pack";  // and the kernel that writes panels

  // Channels of an element of both operands, which the kernel's depth counts.
  std::uint32_t element_channels() const {
    const bool pairs = source == RowSource::kPixels || source == RowSource::kMatrix;
    return type == DataType::kHalf && pairs ? 2 : 1;
  }
  std::uint32_t stage_channels() const { return depth * element_channels(); }

  std::uint32_t columns() const { return 32 * lane_columns; }
  std::uint32_t max_waves() const { return 16; }
};
std::span<const Tile> tiles();

// Bytes by which padding reaches before the first pixel of x.
std::int64_t origin_of(const ConvProblem& problem);

// Bytes from the first to the last element of a group that `images` images have: of x, as far as
// taps reach, padding on both sides included; of y.
std::int64_t reach_of_x(const ConvProblem& problem, std::int64_t images);
std::int64_t reach_of_y(const ConvProblem& problem, std::int64_t images);

// Images by launch, for a forward problem that the engine does not refuse.
Chunks chunks_of_images(const ConvProblem& problem);

// What follows from a forward problem and a tile's stages: all of a launch's params but those of w,
// the stages, tiles_m, tiles_n and the waves.
TileConvParams params_of(const ConvProblem& problem, const Tile& tile, std::int64_t images);

// Why the engine cannot do the problem, or nothing.
std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts& device);

// All instances that can; at least one if refusal() gave nothing.
std::vector<Instance> instances(const ConvProblem& problem, const DeviceFacts& device);

Estimate estimate(const ConvProblem& problem, const Instance& instance, const DeviceFacts& device);
std::vector<Launch> launches(const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv::tile_conv
