// Fused Winograd convolution on the tile engine: params/winograd.h.
#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>

#include "barrier.h"
#include "kernel_arguments.h"
#include "params/winograd.h"
#include "tile/sinks.h"
#include "tile/slices.h"
#include "tile/winograd.h"

namespace rdna1conv {
namespace tile {
namespace {

// Floats of LDS: V of a step, and in its place at the end what slices exchange.
//
// blockIdx.x = (group * tiles_n + block of tiles) * tiles_m + block of channels. A wave is (slice,
// block of K in the workgroup's).
template <int M, int K>
__device__ inline void convolve_winograd(const WinogradParams& params) {
  using Shape = WinogradShape<M, K>;
  extern __shared__ __attribute__((aligned(16))) float shared[];
  const TileConvParams& p = params.conv;
  const uint32_t lane = threadIdx.x % kWave;
  const uint32_t wave = uniform(threadIdx.x / kWave);
  const uint32_t block = quotient(blockIdx.x, p.tiles_m);
  const uint32_t group = quotient(block, p.tiles_n);
  const uint32_t first_tile = remainder(block, group, p.tiles_n) * kWave;
  const uint32_t sharers = 1u << p.waves_m_bits;
  const uint32_t sharer = wave & (sharers - 1), slice = wave >> p.waves_m_bits;
  const uint32_t row = ((remainder(blockIdx.x, block, p.tiles_m) << p.waves_m_bits) + sharer) * K;
  const bool has_outputs = row < p.m;

  // What a lane transforms: of the slice's `sharers` channels of a step one, and of the tiles one.
  const uint32_t item = sharer * kWave + lane;
  const uint32_t step_channel = params.channels_in_lanes ? item & (sharers - 1) : sharer;
  const uint32_t step_tile = params.channels_in_lanes ? item >> p.waves_m_bits : lane;
  const WinogradPatch<Shape> patch(p, WinogradTile(params, first_tile + step_tile, M),
                                   p.x + group * p.x_group, step_channel * p.gather.channel);
  float* const planes = shared + slice * sharers * Shape::kPlane;
  float* const transformed = planes + step_channel * Shape::kPlane + step_tile * 4;
  const float* const inputs = planes + lane * 4;

  const uint32_t first = slice * params.slice_channels;
  const uint32_t end = first + params.slice_channels < p.gather.channels
                           ? first + params.slice_channels
                           : p.gather.channels;
  float value[Shape::kFrequencies];  // (kSide,kSide)
  const auto load = [&](uint32_t channel) {
    patch.load(value, channel * p.gather.channel, channel + step_channel < end);
  };
  WinogradSums<Shape> sum;
  // Waves without outputs or channels get filters that exist, and multiply none.
  WinogradMultiply<Shape> multiply(
      p.w + group * p.w_group + uint64_t{has_outputs ? row / K : 0} * p.depth +
      uint64_t{first < p.gather.channels ? first : 0} * Shape::kFilters);
  load(first);
  for (uint32_t step = 0; step < params.slice_channels; step += sharers) {
    const uint32_t channel = first + step;
    transform_input<M>(value);
    if (step > 0) lds_barrier();
    store_transformed<Shape>(value, transformed);
    load(channel + sharers);
    lds_barrier();
    if (has_outputs && channel < end) {
      // The other channel of a last pair is zero in both operands.
      const uint32_t left = end - channel + 1;
      multiply.add((left < sharers ? left : sharers) / 2, inputs, sum);
    }
  }

  const auto q = reload_argument<WinogradParams>();
  Accumulators<Shape> outputs;
#pragma unroll
  for (int k = 0; k < K; ++k) transform_output<M>(sum.value[k], outputs.value[k]);
  if (q.conv.slices > 1) {
    lds_barrier();
    add_slices<Shape>(outputs, slice, q.conv.slices,
                      shared + sharer * slice_floats<Shape>(1, q.conv.slices));
    if (slice != 0) return;
  }
  if (!has_outputs) return;
  const WinogradOutputs<Shape> columns(q.conv, WinogradTile(q, first_tile + lane, M));
  Sink<Shape, true, WinogradOutputs<Shape>>::of_channel_rows(q.conv, group, row, columns)
      .store(outputs);
}

// A thread transforms one filter. Lanes go along the channels of an output channel.
template <int M, int K>
__device__ inline void transform_filters(const WinogradFilterParams& p) {
  using Shape = WinogradShape<M, K>;
  constexpr uint32_t kChannels = kWinogradFilterThreads / K;
  constexpr uint32_t kPitch = Shape::kFilters + 1;  // lanes write to different banks
  __shared__ float shared[kChannels * kPitch];      // (kChannels,kFrequencies,K)
  const uint32_t index = quotient(blockIdx.x, p.chunks);
  const uint32_t first = remainder(blockIdx.x, index, p.chunks) * kChannels;
  const uint32_t group = quotient(index, p.blocks);
  const uint32_t block = remainder(index, group, p.blocks);
  const uint32_t k = threadIdx.x / kChannels, c = threadIdx.x % kChannels;
  const uint32_t row = block * K + k, channel = first + c;

  float w[9] = {};  // (3,3)
  if (row < p.m && channel < p.channels) {
    const char* const filter =
        p.w + group * p.w_group + uint64_t{row} * p.w_row + uint64_t{channel} * p.w_channel;
#pragma unroll
    for (uint32_t i = 0; i < 3; ++i)
#pragma unroll
      for (uint32_t j = 0; j < 3; ++j)
        w[i * 3 + j] = load_global(reinterpret_cast<const float*>(
            filter + uint64_t{i} * p.w_axis[0] + uint64_t{j} * p.w_axis[1]));
  }
  float u[Shape::kFrequencies];  // (kSide,kSide)
  transform_by_entries<WinogradFilterMatrix<float, M>>(w, u);
#pragma unroll
  for (int f = 0; f < Shape::kFrequencies; ++f) shared[c * kPitch + f * K + k] = u[f];
  __syncthreads();
  // All reads, then all writes: between LDS and memory in one loop gfx10 would wait for each store.
  const uint32_t padded = (p.channels + 1) / 2 * 2;
  const uint32_t channels = padded - first < kChannels ? padded - first : kChannels;
  const BufferResource out =
      make_buffer(p.u + (uint64_t{group} * p.blocks.divisor + block) * p.pitch +
                  uint64_t{first} * Shape::kFilters);
  static_assert(kChannels * Shape::kFilters == Shape::kFrequencies * kWinogradFilterThreads, "");
#pragma unroll
  for (uint32_t f = 0; f < Shape::kFrequencies; ++f) {
    const uint32_t i = f * kWinogradFilterThreads + threadIdx.x;
    u[f] = shared[i / Shape::kFilters * kPitch + i % Shape::kFilters];
  }
#pragma unroll
  for (uint32_t f = 0; f < Shape::kFrequencies; ++f) {
    const uint32_t i = f * kWinogradFilterThreads + threadIdx.x;
    buffer_store(out, i < channels * Shape::kFilters ? i * 4 : kOutsideBuffer, u[f]);
  }
}

}  // namespace
}  // namespace tile

#define RDNA1CONV_WINOGRAD_KERNELS(M, K)                                                         \
  extern "C" __global__ void __launch_bounds__(512) winograd_##M##x##K(const WinogradParams p) { \
    tile::convolve_winograd<M, K>(p);                                                            \
  }                                                                                              \
  extern "C" __global__ void __launch_bounds__(kWinogradFilterThreads)                           \
      winograd_filter_##M##x##K(const WinogradFilterParams p) {                                  \
    tile::transform_filters<M, K>(p);                                                            \
  }
RDNA1CONV_WINOGRAD_TILES(RDNA1CONV_WINOGRAD_KERNELS)

}  // namespace rdna1conv
