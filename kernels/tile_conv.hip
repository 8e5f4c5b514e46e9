// Forward convolution on the tile engine: params/tile_conv.h. A workgroup's waves are tiles beside
// and above each other that read the same columns and rows through L0 and the scalar cache, and
// slices of k that add up in the end.
#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>

#include "kernel_arguments.h"
#include "params/tile_conv.h"
#include "params/tile_conv_tiles.h"
#include "tile/column_sources.h"
#include "tile/pipeline.h"
#include "tile/row_sources.h"
#include "tile/shape.h"
#include "tile/sinks.h"
#include "tile/slices.h"

namespace rdna1conv {
namespace tile {
namespace {

template <class Shape>
__device__ inline PanelRows<Shape> panels_of(const TileConvParams& p, const float* w, uint32_t row,
                                             uint32_t slice) {
  return {w, row, p.depth, slice, p.slices};
}
template <class Shape>
__device__ inline MatrixRows<Shape> matrix_of(const TileConvParams& p, const float* w, uint32_t row,
                                              uint32_t slice) {
  return {w, row, p.m, p.depth, slice, p.slices};
}

template <class Shape, class MakeRows>
__device__ inline void convolve(const TileConvParams& p, MakeRows make_rows) {
  extern __shared__ float shared[];
  const uint32_t lane = threadIdx.x % kWave;
  const uint32_t wave = uniform(threadIdx.x / kWave);

  // blockIdx.x = (group * tiles_n + tile_n) * tiles_m + tile_m: neighbours in time share columns,
  // the larger operand. A wave is ((slice, wave_n), wave_m).
  const uint32_t block = quotient(blockIdx.x, p.tiles_m);
  const uint32_t tile_m = remainder(blockIdx.x, block, p.tiles_m);
  const uint32_t group = quotient(block, p.tiles_n);
  const uint32_t tile_n = remainder(block, group, p.tiles_n);
  const uint32_t wave_m = wave & ((1u << p.waves_m_bits) - 1);
  const uint32_t wave_n = wave >> p.waves_m_bits & ((1u << p.waves_n_bits) - 1);
  const uint32_t tile = wave & ((1u << (p.waves_m_bits + p.waves_n_bits)) - 1);
  const uint32_t slice = wave >> (p.waves_m_bits + p.waves_n_bits);
  const uint32_t row = ((tile_m << p.waves_m_bits) + wave_m) * Shape::kRows;
  const uint32_t first_column = ((tile_n << p.waves_n_bits) + wave_n) * Shape::kWidth;
  const bool has_outputs = row < p.m && first_column < p.columns;

  Accumulators<Shape> sum;
  if (has_outputs && slice < p.stages) {
    auto rows = make_rows(p, p.w + group * p.w_group, row, slice);
    GatheredPixels<Shape> columns(p.gather, offsetof(TileConvParams, gather),
                                  p.x + group * p.x_group, first_column + lane, p.columns, slice,
                                  p.slices);
    const uint32_t stages = (p.stages - slice + p.slices - 1) / p.slices;
    run_pipeline<Shape>(rows, columns, stages, sum);
  }
  const auto q = reload_argument<TileConvParams>();
  if (q.slices > 1) {
    add_slices<Shape>(sum, slice, q.slices, shared + tile * slice_floats<Shape>(1, q.slices));
    if (slice != 0) return;
  }
  if (!has_outputs) return;
  ChannelRowSink<Shape>(q, group, row, first_column + lane).store(sum);
}

}  // namespace
}  // namespace tile

// At most 16 waves a workgroup; the compiler may use as many registers as 4 a SIMD leave.
#define RDNA1CONV_TILE_CONV_KERNEL(ROWS, COLUMNS, DEPTH, SOURCE)                       \
  extern "C" __global__ void __launch_bounds__(ROWS* COLUMNS > 64 ? 256 : 512)         \
      tile_conv_##ROWS##x##COLUMNS##x##DEPTH##_##SOURCE(const TileConvParams p) {      \
    using Shape = tile::Shape<ROWS, COLUMNS, DEPTH>;                                   \
    tile::convolve<Shape>(                                                             \
        p, [](const TileConvParams& q, const float* w, uint32_t row, uint32_t slice) { \
          return tile::SOURCE##_of<Shape>(q, w, row, slice);                           \
        });                                                                            \
  }
RDNA1CONV_TILE_CONV_TILES(RDNA1CONV_TILE_CONV_KERNEL)

// A workgroup writes kTilePackChunk elements of 16 rows: reads run along the rows of w, writes
// along the panel's.
extern "C" __global__ void __launch_bounds__(kTilePackThreads) tile_pack(const TilePackParams p) {
  constexpr uint32_t kRows = tile::kPanelRows, kPitch = kRows + 1;
  __shared__ float rows[kTilePackChunk * kPitch];  // (chunk,16)
  const uint32_t block = quotient(blockIdx.x, p.chunks);
  const uint32_t first = remainder(blockIdx.x, block, p.chunks) * kTilePackChunk;
  const uint32_t group = quotient(block, p.panels_a_group);
  const uint32_t panel = remainder(block, group, p.panels_a_group);
  const char* const w = p.w + group * p.w_group;

  // Element e of a row: channel e / taps, tap e % taps, as packed KCRS weights lie in memory.
  for (uint32_t i = threadIdx.x; i < kTilePackChunk * kRows; i += kTilePackThreads) {
    const uint32_t row = panel * kRows + i / kTilePackChunk;
    const uint32_t element = first + i % kTilePackChunk;
    const uint32_t channel = quotient(element, p.taps);
    const uint32_t tap = remainder(element, channel, p.taps);
    const uint32_t d = quotient(tap, p.tap_plane);
    const uint32_t in_plane = remainder(tap, d, p.tap_plane);
    const uint32_t h = quotient(in_plane, p.tap_width);
    const uint32_t s = remainder(in_plane, h, p.tap_width);
    float value = 0;
    if (row < p.m && channel < p.channels) {
      value = load_global(reinterpret_cast<const float*>(
          w + uint64_t{row} * p.w_row + uint64_t{channel} * p.w_channel +
          uint64_t{d} * p.w_axis[0] + uint64_t{h} * p.w_axis[1] + uint64_t{s} * p.w_axis[2]));
    }
    rows[i % kTilePackChunk * kPitch + i / kTilePackChunk] = value;
  }
  __syncthreads();
  float* const out =
      p.panels + (uint64_t{group} * p.panels_a_group.divisor + panel) * p.depth * kRows;
  for (uint32_t i = threadIdx.x; i < kTilePackChunk * kRows; i += kTilePackThreads) {
    const uint32_t element = first + i / kRows;
    if (element >= p.depth) break;
    const uint32_t channel = quotient(element, p.taps);
    const uint32_t k = remainder(element, channel, p.taps) * p.padded_channels.divisor + channel;
    store_global(out + uint64_t{k} * kRows + i % kRows, rows[i / kRows * kPitch + i % kRows]);
  }
}

}  // namespace rdna1conv
