// Forward convolution on the tile engine: params/tile_conv.h. A workgroup's waves are tiles beside
// and above each other that read the same columns and rows through L0 and the scalar cache, and
// slices of k that add up in the end.
#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>

#include "element_types.h"
#include "kernel_arguments.h"
#include "params/tile_conv.h"
#include "params/tile_conv_tiles.h"
#include "tile/bfloat_sources.h"
#include "tile/column_sources.h"
#include "tile/pack.h"
#include "tile/pipeline.h"
#include "tile/pixel_rows.h"
#include "tile/place.h"
#include "tile/row_sources.h"
#include "tile/shape.h"
#include "tile/sinks.h"
#include "tile/slices.h"

namespace rdna1conv {
namespace tile {
namespace {

constexpr uint32_t kGather = offsetof(TileConvParams, gather);

// Sums of a tile by `make_rows` and `make_columns`, which give the sources, and where they go.
template <class Shape, bool kRowsAreChannels, class Element = float, class MakeRows,
          class MakeColumns>
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
    Sink<Shape, true, EvenColumns, Element>::of_channel_rows(q, at.group, at.row,
                                                             {column, kWave, q.columns})
        .store(sum);
  } else {
    Sink<Shape, false, EvenColumns, Element>::of_pixel_rows(q, at.group, at.row, column).store(sum);
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

template <class Shape>
__device__ inline void convolve_bfloat_panels(const TileConvParams& p) {
  convolve<Shape, true, BFloat16>(
      p,
      [&](const Place<Shape>& at) {
        return PanelRows<Shape>(p.w + at.group * p.w_group, at.row, p.depth, at.slice, p.slices);
      },
      [&](const Place<Shape>& at, uint32_t column) {
        return GatheredBFloats<Shape>(p.gather, kGather, p.x + at.group * p.x_group, column,
                                      p.columns, at.slice, p.slices);
      });
}
template <class Shape, bool kAligned>
__device__ inline void convolve_bfloat_rows(const TileConvParams& p) {
  convolve<Shape, false, BFloat16>(
      p,
      [&](const Place<Shape>& at) {
        return BFloatPixelRows<Shape, kAligned>(p.gather, kGather, p.x + at.group * p.x_group,
                                                at.row, p.columns, at.slice, p.slices);
      },
      [&](const Place<Shape>& at, uint32_t column) {
        return PanelColumns<Shape>(p.w + at.group * p.w_group, column, p.m, p.depth, at.slice,
                                   p.slices);
      });
}
template <class Shape>
__device__ inline void convolve_bfloat_pixels(const TileConvParams& p) {
  if (is_word_aligned(p.x)) {
    convolve_bfloat_rows<Shape, true>(p);
  } else {
    convolve_bfloat_rows<Shape, false>(p);
  }
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

#define RDNA1CONV_BFLOAT_CONV_KERNEL(ROWS, COLUMNS, DEPTH, SOURCE)                  \
  extern "C" __global__ void __launch_bounds__(ROWS* COLUMNS > 32 ? 256 : 512)      \
      bfloat_conv_##ROWS##x##COLUMNS##x##DEPTH##_##SOURCE(const TileConvParams p) { \
    tile::convolve_bfloat_##SOURCE<tile::Shape<ROWS, COLUMNS, DEPTH>>(p);           \
  }
RDNA1CONV_BFLOAT_CONV_TILES(RDNA1CONV_BFLOAT_CONV_KERNEL)

extern "C" __global__ void __launch_bounds__(kTilePackThreads) bfloat_pack(const TilePackParams p) {
  tile::pack_rows<BFloat16, float>(p);
}
extern "C" __global__ void __launch_bounds__(kTilePackThreads) tile_pack(const TilePackParams p) {
  tile::pack_rows<float, float>(p);
}

}  // namespace rdna1conv
