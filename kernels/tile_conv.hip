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
#include "tile/pixel_rows.h"
#include "tile/row_sources.h"
#include "tile/shape.h"
#include "tile/sinks.h"
#include "tile/slices.h"

namespace rdna1conv {
namespace tile {
namespace {

// Which tile and which slice of k a wave has.
//
// blockIdx.x = (group * tiles_n + tile_n) * tiles_m + tile_m: neighbours in time share columns. A
// wave is ((slice, wave_n), wave_m).
template <class Shape>
struct Place {
  uint32_t group, row, first_column, tile, slice;

  __device__ explicit Place(const TileConvParams& p) {
    const uint32_t wave = uniform(threadIdx.x / kWave);
    const uint32_t block = quotient(blockIdx.x, p.tiles_m);
    const uint32_t tile_m = remainder(blockIdx.x, block, p.tiles_m);
    group = quotient(block, p.tiles_n);
    const uint32_t tile_n = remainder(block, group, p.tiles_n);
    const uint32_t wave_m = wave & ((1u << p.waves_m_bits) - 1);
    const uint32_t wave_n = wave >> p.waves_m_bits & ((1u << p.waves_n_bits) - 1);
    tile = wave & ((1u << (p.waves_m_bits + p.waves_n_bits)) - 1);
    slice = wave >> (p.waves_m_bits + p.waves_n_bits);
    row = ((tile_m << p.waves_m_bits) + wave_m) * Shape::kRows;
    first_column = ((tile_n << p.waves_n_bits) + wave_n) * Shape::kWidth;
  }
};

constexpr uint32_t kGather = offsetof(TileConvParams, gather);

// Sums of a tile by `make_rows` and `make_columns`, which give the sources, and where they go.
template <class Shape, bool kRowsAreChannels, class MakeRows, class MakeColumns>
__device__ inline void convolve(const TileConvParams& p, MakeRows make_rows,
                                MakeColumns make_columns) {
  extern __shared__ float shared[];
  const Place<Shape> at(p);
  const uint32_t column = at.first_column + threadIdx.x % kWave;
  const bool has_outputs = kRowsAreChannels ? at.row < p.m && at.first_column < p.columns
                                            : at.row < p.columns && at.first_column < p.m;
  Accumulators<Shape> sum;
  if (has_outputs && at.slice < p.stages) {
    auto rows = make_rows(at);
    auto columns = make_columns(at, column);
    run_pipeline<Shape>(rows, columns, (p.stages - at.slice + p.slices - 1) / p.slices, sum);
  }
  const auto q = reload_argument<TileConvParams>();
  if (q.slices > 1) {
    add_slices<Shape>(sum, at.slice, q.slices, shared + at.tile * slice_floats<Shape>(1, q.slices));
    if (at.slice != 0) return;
  }
  if (!has_outputs) return;
  if constexpr (kRowsAreChannels) {
    Sink<Shape, true>::of_channel_rows(q, at.group, at.row, {column, kWave, q.columns}).store(sum);
  } else {
    Sink<Shape, false>::of_pixel_rows(q, at.group, at.row, column).store(sum);
  }
}

template <class Shape>
__device__ inline auto gathered_columns(const TileConvParams& p) {
  return [&p](const Place<Shape>& at, uint32_t column) {
    return GatheredPixels<Shape>(p.gather, kGather, p.x + at.group * p.x_group, column, p.columns,
                                 at.slice, p.slices);
  };
}

template <class Shape>
__device__ inline void convolve_panels(const TileConvParams& p) {
  convolve<Shape, true>(
      p,
      [&](const Place<Shape>& at) {
        return PanelRows<Shape>(p.w + at.group * p.w_group, at.row, p.depth, at.slice, p.slices);
      },
      gathered_columns<Shape>(p));
}
template <class Shape>
__device__ inline void convolve_matrix(const TileConvParams& p) {
  convolve<Shape, true>(
      p,
      [&](const Place<Shape>& at) {
        return MatrixRows<Shape>(p.w + at.group * p.w_group, at.row, p.m, p.depth, at.slice,
                                 p.slices);
      },
      gathered_columns<Shape>(p));
}
template <class Shape>
__device__ inline void convolve_transposed(const TileConvParams& p) {
  convolve<Shape, true>(
      p,
      [&](const Place<Shape>& at) {
        return TransposedRows<Shape>(p.w + at.group * p.w_group, at.row, p.depth, at.slice,
                                     p.slices);
      },
      gathered_columns<Shape>(p));
}
template <class Shape>
__device__ inline void convolve_pixels(const TileConvParams& p) {
  convolve<Shape, false>(
      p,
      [&](const Place<Shape>& at) {
        return PixelRows<Shape>(p.gather, kGather, p.x + at.group * p.x_group, at.row, p.columns,
                                at.slice, p.slices);
      },
      [&](const Place<Shape>& at, uint32_t column) {
        return PanelColumns<Shape>(p.w + at.group * p.w_group, column, p.m, p.depth, at.slice,
                                   p.slices);
      });
}

}  // namespace
}  // namespace tile

// Tiles with many sums have fewer waves a workgroup: params/tile_conv_tiles.h.
#define RDNA1CONV_TILE_CONV_KERNEL(ROWS, COLUMNS, DEPTH, SOURCE)                  \
  extern "C" __global__ void __launch_bounds__(ROWS* COLUMNS > 32 ? 256 : 512)    \
      tile_conv_##ROWS##x##COLUMNS##x##DEPTH##_##SOURCE(const TileConvParams p) { \
    tile::convolve_##SOURCE<tile::Shape<ROWS, COLUMNS, DEPTH>>(p);                \
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
    const uint32_t in_panel = p.along_rows ? i % kRows : i / kTilePackChunk;
    const uint32_t in_chunk = p.along_rows ? i / kRows : i % kTilePackChunk;
    const uint32_t row = panel * kRows + in_panel;
    const uint32_t element = first + in_chunk;
    const uint32_t channel = quotient(element, p.taps);
    uint32_t tap = remainder(element, channel, p.taps);
    if (p.ordered) tap = argument_element<uint16_t>(offsetof(TilePackParams, order), tap);
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
    rows[in_chunk * kPitch + in_panel] = value;
  }
  __syncthreads();
  float* const out =
      p.panels + (uint64_t{group} * p.panels_a_group.divisor + panel) * p.pitch * kRows;
  for (uint32_t i = threadIdx.x; i < kTilePackChunk * kRows; i += kTilePackThreads) {
    const uint32_t element = first + i / kRows;
    if (element >= p.depth) break;
    const uint32_t channel = quotient(element, p.taps);
    const uint32_t k = remainder(element, channel, p.taps) * p.padded_channels.divisor + channel;
    store_global(out + uint64_t{k} * kRows + i % kRows, rows[i / kRows * kPitch + i % kRows]);
  }
}

}  // namespace rdna1conv
