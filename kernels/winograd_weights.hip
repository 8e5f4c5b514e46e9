// Gradients of 3x3 filters by Winograd's algorithm: params/winograd_weights.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "barrier.h"
#include "epilogue.h"
#include "kernel_arguments.h"
#include "params/element_types.h"
#include "params/winograd_weights.h"
#include "tile/winograd_weights.h"

namespace rdna1conv {
namespace tile {
namespace {

template <int WavesK, int WavesC, class T>
__device__ inline void convolve_weights(const WinogradWeightsParams& p) {
  using Shape = WinogradWeightsShape<WavesK, WavesC>;
  __shared__ __attribute__((aligned(16))) float shared[Shape::kShared];
  const uint32_t lane = threadIdx.x % kWave, wave = uniform(threadIdx.x / kWave);
  const uint32_t block = quotient(blockIdx.x, p.tiles_m);
  const uint32_t group = quotient(block, p.tiles_n);
  const uint32_t first_k = remainder(blockIdx.x, block, p.tiles_m) * Shape::kK;
  const uint32_t first_c = remainder(block, group, p.tiles_n) * Shape::kC;
  const uint32_t wave_k = wave % WavesK, wave_c = wave / WavesK;
  const uint32_t k = first_k + wave_k * Shape::kRows, c = first_c + wave_c * kWave;
  const bool has_outputs = k < p.k && c < p.c;
  const float* const of_k = shared + wave_k * (Shape::kRows * Shape::kFrequencies) + lane % 16 * 4;
  const float* const of_c =
      shared + Shape::kSharedK + wave_c * (kWave * Shape::kFrequencies) + lane * 4;

  const uint32_t first = blockIdx.y * p.part;
  const uint32_t end = first + p.part < p.tiles ? first + p.part : p.tiles;
  WinogradWeightsItems<Shape, T> items(p, group, first_k, first_c);
  WinogradWeightsProducts<Shape> products;
  items.load(first, end);
  for (uint32_t tile = first; tile < end; tile += Shape::kTiles) {
    items.transform();
    if (tile > first) lds_barrier();
    items.store(shared);
    items.load(tile + Shape::kTiles, end);
    lds_barrier();
    if (has_outputs) products.add_step(of_k, of_c);
  }

  if (!has_outputs || c + lane >= p.c) return;
  const auto q = reload_argument<WinogradWeightsParams>();
  const uint64_t row = uint64_t{blockIdx.y} * q.groups + group;
  const uint64_t of_channel = group * q.w_group + uint64_t{c + lane} * q.w_channel;
#pragma unroll
  for (int i = 0; i < Shape::kRows; ++i) {
    if (k + i >= q.k) return;
    float dw[9];  // (3,3)
    transform_by_entries<Transposed<WinogradFilterMatrix<float, Shape::kTile>>>(products.sum[i],
                                                                                dw);
    if (q.splits > 1) {
      float* const out = q.partial + ((row * q.k + k + i) * q.c + c + lane) * 9;
#pragma unroll
      for (int t = 0; t < 9; ++t) store_global(out + t, dw[t]);
    } else {
      char* const out = q.w + of_channel + uint64_t{k + i} * q.w_row;
#pragma unroll
      for (uint32_t t = 0; t < 9; ++t)
        store_output(q.epilogue, dw[t], 0, 0, 0,
                     reinterpret_cast<T*>(out + t / 3 * q.w_axis[0] + t % 3 * q.w_axis[1]));
    }
  }
}

}  // namespace
}  // namespace tile

// A fat binary for each type: RDNA1CONV_SUFFIX and RDNA1CONV_ELEMENT, none for integers.
#if RDNA1CONV_HAS_GRADIENTS
#define RDNA1CONV_WINOGRAD_WEIGHTS_NAMED(TILE, WAVES_K, WAVES_C, SUFFIX, T) \
  extern "C" __global__ void __launch_bounds__(WAVES_K* WAVES_C * 32)       \
      winograd_weights_##TILE##_##SUFFIX(const WinogradWeightsParams p) {   \
    tile::convolve_weights<WAVES_K, WAVES_C, T>(p);                         \
  }
#define RDNA1CONV_WINOGRAD_WEIGHTS_KERNEL(...) RDNA1CONV_WINOGRAD_WEIGHTS_NAMED(__VA_ARGS__)
RDNA1CONV_WINOGRAD_WEIGHTS_TILES(RDNA1CONV_WINOGRAD_WEIGHTS_KERNEL, RDNA1CONV_SUFFIX,
                                 RDNA1CONV_ELEMENT)
#endif

}  // namespace rdna1conv
