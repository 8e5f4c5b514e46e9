// Forward convolution of int8 to int32 on the tile engine: params/integer_conv_tiles.h. Waves are
// laid out as in tile_conv.hip.
#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>

#include "kernel_arguments.h"
#include "params/integer_conv_tiles.h"
#include "params/tile_conv.h"
#include "tile/integer_multiply.h"
#include "tile/integer_sink.h"
#include "tile/integer_sources.h"
#include "tile/pack.h"
#include "tile/pipeline.h"
#include "tile/place.h"
#include "tile/slices.h"

namespace rdna1conv {
namespace tile {
namespace {

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
    run_pipeline<Shape>(rows, columns, (p.stages - at.slice + p.slices - 1) / p.slices, sum,
                        MultiplyIntegers<Shape>());
  }
  const auto q = reload_argument<TileConvParams>();
  if (q.slices > 1) {
    add_slices<Shape>(sum, at.slice, q.slices, shared + at.tile * slice_floats<Shape>(1, q.slices),
                      AddIntegers());
    if (at.slice != 0) return;
  }
  if (has_outputs) IntegerSink<Shape, kRowsAreChannels>(q, at.group, at.row, column).store(sum);
}

template <class Shape>
__device__ inline void convolve_panels(const TileConvParams& p) {
  convolve<Shape, true>(
      p,
      [&](const Place<Shape>& at) {
        return IntegersOf<PanelRows<Shape>>(p.w + at.group * p.w_group, at.row, p.depth, at.slice,
                                            p.slices);
      },
      [&](const Place<Shape>& at, uint32_t column) {
        return GatheredBytes<Shape>(p.gather, kGather, p.x + at.group * p.x_group, column,
                                    p.columns, at.slice, p.slices);
      });
}
template <class Shape, bool kAligned>
__device__ inline void convolve_pixel_rows(const TileConvParams& p) {
  convolve<Shape, false>(
      p,
      [&](const Place<Shape>& at) {
        return BytePixelRows<Shape, kAligned>(p.gather, kGather, p.x + at.group * p.x_group, at.row,
                                              p.columns, at.slice, p.slices);
      },
      [&](const Place<Shape>& at, uint32_t column) {
        return IntegersOf<PanelColumns<Shape>>(p.w + at.group * p.w_group, column, p.m, p.depth,
                                               at.slice, p.slices);
      });
}
template <class Shape>
__device__ inline void convolve_pixels(const TileConvParams& p) {
  if (is_word_aligned(p.x)) {
    convolve_pixel_rows<Shape, true>(p);
  } else {
    convolve_pixel_rows<Shape, false>(p);
  }
}

}  // namespace
}  // namespace tile

#define RDNA1CONV_INTEGER_CONV_KERNEL(ROWS, COLUMNS, DEPTH, SOURCE)                  \
  extern "C" __global__ void __launch_bounds__(ROWS* COLUMNS > 32 ? 256 : 512)       \
      integer_conv_##ROWS##x##COLUMNS##x##DEPTH##_##SOURCE(const TileConvParams p) { \
    tile::convolve_##SOURCE<tile::IntegerShape<ROWS, COLUMNS, DEPTH>>(p);            \
  }
RDNA1CONV_INTEGER_CONV_TILES(RDNA1CONV_INTEGER_CONV_KERNEL)

extern "C" __global__ void __launch_bounds__(kTilePackThreads)
    integer_pack(const TilePackParams p) {
  tile::pack_rows<int8_t, int32_t>(p);
}

}  // namespace rdna1conv
