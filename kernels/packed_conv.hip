// Forward convolution in packed fp16 on the tile engine: params/packed_conv_tiles.h. Waves are laid
// out as in tile_conv.hip.
#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernel_arguments.h"
#include "params/packed_conv_tiles.h"
#include "params/tile_conv.h"
#include "tile/pack.h"
#include "tile/packed_matrix_sources.h"
#include "tile/packed_pipeline.h"
#include "tile/packed_sources.h"
#include "tile/pixel_rows.h"
#include "tile/place.h"
#include "tile/sinks.h"
#include "tile/slices.h"

namespace rdna1conv {
namespace tile {
namespace {

constexpr uint32_t kGather = offsetof(TileConvParams, gather);

// Sums of a wave's tile and slice: packed, and if that is not what fp32 sums would be in fp32; or
// in fp32 alone.
template <class Shape, bool kPacked, class MakeRows, class MakeColumns>
__device__ inline void sum_up(const TileConvParams& p, const Place<Shape>& at, MakeRows make_rows,
                              MakeColumns make_columns, Accumulators<Shape>& sum) {
  const uint32_t stages = (p.stages - at.slice + p.slices - 1) / p.slices;
  if constexpr (kPacked) {
    auto rows = make_rows(p);
    auto columns = make_columns(p);
    run_packed<Shape>(rows, columns, stages, sum);
    if (are_in_range<Shape>(sum, stages * Shape::kProducts)) return;
  }
  const auto q = reload_argument<TileConvParams>();
  sum = {};
  auto rows = make_rows(q);
  auto columns = make_columns(q);
  run_exactly<Shape>(rows, columns, stages, sum);
}

// `make_rows` and `make_columns` give the sources, Columns is which of them a lane has, or
// EvenColumns where those are channels and pixels the rows.
template <class Shape, class Columns, bool kPacked = true, class MakeRows, class MakeColumns>
__device__ inline void convolve(const TileConvParams& p, MakeRows make_rows,
                                MakeColumns make_columns) {
  extern __shared__ float shared[];
  const Place<Shape> at(p);
  const uint32_t lane = threadIdx.x % kWave;
  const uint32_t column = at.first_column + lane * kNeighbours<Columns>;
  constexpr bool kRowsAreChannels = !std::is_same_v<Columns, EvenColumns>;
  const bool has_outputs = kRowsAreChannels ? at.row < p.m && at.first_column < p.columns
                                            : at.row < p.columns && at.first_column < p.m;
  Accumulators<Shape> sum;
  if (has_outputs && at.slice < p.stages) {
    sum_up<Shape, kPacked>(
        p, at, [&](const TileConvParams& q) { return make_rows(q, at); },
        [&](const TileConvParams& q) { return make_columns(q, at, column); }, sum);
  }
  const auto q = reload_argument<TileConvParams>();
  if (q.slices > 1) {
    add_slices<Shape>(sum, at.slice, q.slices, shared + at.tile * slice_floats<Shape>(1, q.slices));
    if (at.slice != 0) return;
  }
  if (!has_outputs) return;
  if constexpr (kRowsAreChannels) {
    Sink<Shape, true, Columns, Half>::of_channel_rows(q, at.group, at.row,
                                                      Columns(column, q.columns))
        .store(sum);
  } else {
    Sink<Shape, false, Columns, Half>::of_pixel_rows(q, at.group, at.row, column).store(sum);
  }
}

template <class Shape>
__device__ inline auto panel_rows() {
  return [](const TileConvParams& p, const Place<Shape>& at) {
    return PanelRowPairs<Shape>(reinterpret_cast<const Half*>(p.w) + at.group * p.w_group, at.row,
                                p.depth, at.slice, p.slices);
  };
}

template <int Rows, int Columns, int Depth>
__device__ inline void convolve_panels(const TileConvParams& p) {
  using Shape = PackedShape<Rows, Columns, Depth>;
  convolve<Shape, NeighbourColumns<1>>(
      p, panel_rows<Shape>(), [](const TileConvParams& q, const Place<Shape>& at, uint32_t column) {
        return GatheredHalves<Shape>(q.gather, kGather, q.x + at.group * q.x_group, column,
                                     q.columns, at.slice, q.slices);
      });
}
template <int Rows, int Columns, int Depth>
__device__ inline void convolve_neighbours(const TileConvParams& p) {
  using Shape = PackedShape<Rows, Columns, Depth>;
  convolve<Shape, NeighbourColumns<Columns>>(
      p, panel_rows<Shape>(), [](const TileConvParams& q, const Place<Shape>& at, uint32_t column) {
        return NeighbouringHalves<Shape>(q.gather, q.x + at.group * q.x_group, column, q.columns,
                                         at.slice, q.slices);
      });
}
template <class Shape, bool kAligned>
__device__ inline void convolve_matrix_rows(const TileConvParams& p) {
  using Rows = std::conditional_t<kAligned, MatrixRows<Shape>, UnalignedMatrixRows<Shape>>;
  convolve<Shape, NeighbourColumns<1>, kAligned>(
      p,
      [](const TileConvParams& q, const Place<Shape>& at) {
        return Rows(q.w + at.group * q.w_group, at.row, q.m, q.depth, at.slice, q.slices);
      },
      [](const TileConvParams& q, const Place<Shape>& at, uint32_t column) {
        return GatheredHalfPairs<Shape>(q.gather, kGather, q.x + at.group * q.x_group, column,
                                        q.columns, at.slice, q.slices);
      });
}
template <int Rows, int Columns, int Depth>
__device__ inline void convolve_matrix(const TileConvParams& p) {
  using Shape = PairedChannelsShape<Rows, Columns, Depth>;
  if (is_word_aligned(p.w)) {
    convolve_matrix_rows<Shape, true>(p);
  } else {
    convolve_matrix_rows<Shape, false>(p);
  }
}
template <class Shape, bool kAligned>
__device__ inline void convolve_pixel_rows(const TileConvParams& p) {
  convolve<Shape, EvenColumns, kAligned>(
      p,
      [](const TileConvParams& q, const Place<Shape>& at) {
        return PixelRows<Shape, kAligned>(q.gather, kGather, q.x + at.group * q.x_group, at.row,
                                          q.columns, at.slice, q.slices);
      },
      [](const TileConvParams& q, const Place<Shape>& at, uint32_t column) {
        return PanelColumns<Shape>(q.w + at.group * q.w_group, column, q.m, q.depth, at.slice,
                                   q.slices);
      });
}
template <int Rows, int Columns, int Depth>
__device__ inline void convolve_pixels(const TileConvParams& p) {
  using Shape = PairedChannelsShape<Rows, Columns, Depth>;
  if (is_word_aligned(p.x)) {
    convolve_pixel_rows<Shape, true>(p);
  } else {
    convolve_pixel_rows<Shape, false>(p);
  }
}
}  // namespace
}  // namespace tile

#define RDNA1CONV_PACKED_CONV_KERNEL(ROWS, COLUMNS, DEPTH, SOURCE)                  \
  extern "C" __global__ void __launch_bounds__(512)                                 \
      packed_conv_##ROWS##x##COLUMNS##x##DEPTH##_##SOURCE(const TileConvParams p) { \
    tile::convolve_##SOURCE<ROWS, COLUMNS, DEPTH>(p);                               \
  }
RDNA1CONV_PACKED_CONV_TILES(RDNA1CONV_PACKED_CONV_KERNEL)

extern "C" __global__ void __launch_bounds__(kTilePackThreads) packed_pack(const TilePackParams p) {
  tile::pack_rows<Half, Half>(p);
}
extern "C" __global__ void __launch_bounds__(kTilePackThreads)
    packed_pack_pairs(const TilePackParams p) {
  tile::pack_rows<Half, Half, true>(p);
}

}  // namespace rdna1conv
