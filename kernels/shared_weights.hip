// Gradients of filters through LDS: params/shared_weights.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "barrier.h"
#include "epilogue.h"
#include "kernel_arguments.h"
#include "params/shared_weights.h"
#include "tile/shared_gradient.h"

namespace rdna1conv {
namespace tile {
namespace {

template <int WavesK, int WavesC, template <int, int, class> class Items, class T>
__device__ inline void convolve_weights(const TileWeightsParams& p) {
  using Shape = SharedGradientShape<WavesK, WavesC>;
  __shared__ __attribute__((aligned(16))) float shared[Shape::kShared];
  const uint32_t lane = threadIdx.x % kWave, wave = uniform(threadIdx.x / kWave);
  const uint32_t block = quotient(blockIdx.x, p.tiles_m);
  const uint32_t group = quotient(block, p.tiles_n);
  const uint32_t tile_n = remainder(block, group, p.tiles_n);
  const uint32_t tile_c = quotient(tile_n, p.taps);
  const uint32_t tap = remainder(tile_n, tile_c, p.taps);
  const uint32_t first_k = remainder(blockIdx.x, block, p.tiles_m) * Shape::kK;
  const uint32_t first_c = tile_c * Shape::kC;
  const uint32_t wave_k = wave % WavesK, wave_c = wave / WavesK;
  const uint32_t k = first_k + wave_k * Shape::kRows;
  const uint32_t c = first_c + wave_c * (kWave * Shape::kColumns);
  const bool has_outputs = k < p.k && c < p.c;
  float* const of_x = shared + Shape::kK * Shape::kPitch;  // (kC,kPitch) after dy's (kK,kPitch)
  const float* const row = shared + (wave_k * Shape::kRows + lane % 16) * Shape::kPitch;
  const float* const column = of_x + (wave_c * (kWave * Shape::kColumns) + lane) * Shape::kPitch;

  const uint32_t first = blockIdx.y * p.part;
  const uint32_t left = p.pixels - first;
  const uint32_t steps = ((left < p.part ? left : p.part) + kWave - 1) / kWave;
  PixelWalk walk(p, first, tap);
  const BufferResource dy = make_buffer(p.dy + group * p.y_group);
  const BufferResource x = make_buffer(p.x + group * p.x_group - p.origin + walk.tap_offset());
  Items<Shape::kK, Shape::kWaves, T> dy_items;
  Items<Shape::kC, Shape::kWaves, T> x_items;
  const auto load = [&] {
    const PixelOffsets pixel = walk.offsets();
    dy_items.load(dy, pixel.dy, wave, first_k, p.k, p.y_channel);
    x_items.load(x, pixel.x, wave, first_c, p.c, p.x_channel);
  };
  SharedGradientProducts<Shape> products;
  load();
  for (uint32_t step = 0; step < steps; ++step) {
    if (step > 0) lds_barrier();
    dy_items.template store<Shape::kPitch>(shared, wave);
    x_items.template store<Shape::kPitch>(of_x, wave);
    walk.advance();
    load();
    lds_barrier();
    if (has_outputs) products.add_step(row, column);
  }

  if (!has_outputs) return;
  const auto q = reload_argument<TileWeightsParams>();
  const uint32_t taps = q.taps.divisor;
  const uint32_t h = quotient(tap, q.tap_width);
  const uint32_t s = remainder(tap, h, q.tap_width);
  const uint64_t of_tap = uint64_t{h} * q.w_axis[0] + uint64_t{s} * q.w_axis[1] + group * q.w_group;
  const uint64_t of_split = uint64_t{blockIdx.y} * q.groups + group;
#pragma unroll
  for (uint32_t i = 0; i < Shape::kRows; ++i) {
    if (k + i >= q.k) return;
#pragma unroll
    for (uint32_t j = 0; j < Shape::kColumns; ++j) {
      const uint32_t each = c + j * kWave + lane;
      if (each >= q.c) continue;
      const float sum = products.sum[i][j];
      if (q.splits > 1) {
        store_global(q.partial + ((of_split * q.k + k + i) * q.c + each) * taps + tap, sum);
      } else {
        store_output(q.epilogue, sum, 0, 0, 0,
                     reinterpret_cast<T*>(q.w + of_tap + uint64_t{k + i} * q.w_row +
                                          uint64_t{each} * q.w_channel));
      }
    }
  }
}

}  // namespace
}  // namespace tile

// A fat binary for each type: RDNA1CONV_SUFFIX and RDNA1CONV_ELEMENT, none for integers.
#if RDNA1CONV_HAS_GRADIENTS
#define RDNA1CONV_SHARED_WEIGHTS_NAMED(TILE, WAVES_K, WAVES_C, SUFFIX, T)    \
  extern "C" __global__ void __launch_bounds__(256)                          \
      shared_weights_##TILE##_pixels_##SUFFIX(const TileWeightsParams p) {   \
    tile::convolve_weights<WAVES_K, WAVES_C, tile::PixelsInLanes, T>(p);     \
  }                                                                          \
  extern "C" __global__ void __launch_bounds__(256)                          \
      shared_weights_##TILE##_channels_##SUFFIX(const TileWeightsParams p) { \
    tile::convolve_weights<WAVES_K, WAVES_C, tile::ChannelsInLanes, T>(p);   \
  }
#define RDNA1CONV_SHARED_WEIGHTS_KERNEL(...) RDNA1CONV_SHARED_WEIGHTS_NAMED(__VA_ARGS__)
RDNA1CONV_SHARED_WEIGHTS_TILES(RDNA1CONV_SHARED_WEIGHTS_KERNEL, RDNA1CONV_SUFFIX, RDNA1CONV_ELEMENT)
#endif

}  // namespace rdna1conv
