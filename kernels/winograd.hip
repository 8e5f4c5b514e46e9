// Fused Winograd convolution on the tile engine: params/winograd.h.
#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>

#include "barrier.h"
#include "element_types.h"
#include "kernel_arguments.h"
#include "params/winograd.h"
#include "tile/sinks.h"
#include "tile/slices.h"
#include "tile/winograd.h"
#include "tile/winograd_raw_filters.h"
#include "wave_sum.h"

namespace rdna1conv {
namespace tile {
namespace {

// What the two rows of 16 lanes of a wave have, added up in both.
template <class Shape>
__device__ inline void add_rows_of_lanes(Accumulators<Shape>& sum) {
#pragma unroll
  for (auto& row : sum.value)
#pragma unroll
    for (float& value : row) value += from_other_row(value);
}

// What a wave multiplies with.
template <class Shape, class Element, WinogradSource kSource>
__device__ inline auto filters_of(const WinogradParams& params, uint32_t group, uint32_t row,
                                  uint32_t first, uint32_t turn, uint32_t count, uint32_t sharers,
                                  float* part) {
  const TileConvParams& p = params.conv;
  if constexpr (!has_raw_filters(kSource)) {
    // Waves without outputs or channels get filters that exist, and multiply none.
    const uint32_t row_of_lanes = threadIdx.x / 16 & params.half_bits;
    // F(4x4,3x3) pixel by pixel has no registers left for it.
    constexpr bool kRefills = reads_rows(kSource) || Shape::kTile == 2;
    return TransformedFilters<Shape, kRefills>(
        p.w + group * p.w_group + uint64_t{row < p.m ? row / Shape::kRows : 0} * p.depth +
            uint64_t{first < p.gather.channels ? first : 0} * Shape::kFilters,
        row_of_lanes * params.slice_channels * (Shape::kFilters * 4), turn, count);
  } else {
    return RawFilters<Shape, Element>(
        params, reinterpret_cast<const char*>(p.w) + group * params.w_group, row, sharers, part);
  }
}

// LDS: V of a step, and in its place at the end what slices exchange; then raw filters.
//
// blockIdx.x = (group * tiles_n + block of tiles) * tiles_m + block of channels. A wave is (slice,
// block of K in the workgroup's).
template <int M, int K, WinogradSource kSource, class Element>
__device__ inline void convolve_winograd(const WinogradParams& params) {
  using Shape = WinogradShape<M, K>;
  extern __shared__ __attribute__((aligned(16))) float shared[];
  const TileConvParams& p = params.conv;
  const uint32_t lane = threadIdx.x % kWave;
  const uint32_t wave = uniform(threadIdx.x / kWave);
  const uint32_t block = quotient(blockIdx.x, p.tiles_m);
  const uint32_t group = quotient(block, p.tiles_n);
  // Lanes with a tile of their own.
  const uint32_t tile_lanes = kWave >> params.half_bits;
  const uint32_t first_tile = remainder(block, group, p.tiles_n) * tile_lanes;
  const uint32_t sharers = 1u << p.waves_m_bits;
  const uint32_t sharer = wave & (sharers - 1), slice = wave >> p.waves_m_bits;
  const uint32_t row = ((remainder(blockIdx.x, block, p.tiles_m) << p.waves_m_bits) + sharer) * K;
  const bool has_outputs = row < p.m;
  // With halves all channels exist.
  const uint32_t first = (slice << params.half_bits) * params.slice_channels;
  const uint32_t end = first + params.slice_channels < p.gather.channels
                           ? first + params.slice_channels
                           : p.gather.channels;
  // The one of the slice to begin with.
  const uint32_t steps = remainder(block, group, p.tiles_n) % 16 * params.turn_n +
                         remainder(blockIdx.x, block, p.tiles_m) % 16 * params.turn_m;
  const uint32_t begins = remainder(steps, quotient(steps, params.turns), params.turns);
  const uint32_t turn = first + begins < end ? begins : 0;

  // What a lane transforms: of the slice's `sharers` channels of a step one, for the lane
  // `of_lane`.
  const uint32_t item = sharer * kWave + lane;
  const uint32_t step_channel = params.channels_in_lanes ? item & (sharers - 1) : sharer;
  const uint32_t of_lane = params.channels_in_lanes ? item >> p.waves_m_bits : lane;
  const uint32_t half = of_lane >= tile_lanes ? params.slice_channels : 0;
  const WinogradPatch<Shape> patch(
      p, WinogradTile(params, first_tile + (of_lane & (tile_lanes - 1)), M),
      p.x + group * p.x_group, (step_channel + half) * p.gather.channel);
  float* const planes = shared + slice * sharers * Shape::kPlane;
  float* const transformed = planes + step_channel * Shape::kPlane + of_lane * 4;
  const float* const inputs = planes + lane * 4;

  WinogradInputs<Shape, Element, reads_rows(kSource)> coming;
  auto filters = filters_of<Shape, Element, kSource>(
      params, group, row, first, turn, end > first ? end - first : 0, sharers,
      shared + sharers * p.slices * Shape::kPlane +
          wave * (sharers << params.half_bits) * RawFilters<Shape, Element>::kPitch);
  const auto load = [&](uint32_t channel, uint32_t limit) {
    coming.load(patch, channel * p.gather.channel, channel + step_channel < limit);
    if constexpr (has_raw_filters(kSource)) filters.load(channel, limit);
  };
  WinogradSums<Shape> sum;
  WinogradMultiply<Shape, decltype(filters)> multiply(filters);
  uint32_t channel = first + turn;
  load(channel, end);
  for (uint32_t step = 0; step < params.slice_channels; step += sharers) {
    float value[Shape::kFrequencies];  // (kSide,kSide)
    coming.arrived();
#pragma unroll
    for (int f = 0; f < Shape::kFrequencies; ++f) value[f] = coming.at(f);
    transform_input<M>(value);
    if (step > 0) lds_barrier();
    store_transformed<Shape>(value, transformed);
    if constexpr (has_raw_filters(kSource)) filters.transform();
    const uint32_t following =
        channel + sharers < first + params.slice_channels ? channel + sharers : first;
    load(following, step + sharers < params.slice_channels ? end : 0);
    lds_barrier();
    if (has_outputs && channel < end) {
      // The other channel of a last pair is zero in both operands.
      const uint32_t left = end - channel + 1;
      multiply.add((left < sharers ? left : sharers) / 2, inputs, sum);
    }
    channel = following;
  }

  const auto q = reload_argument<WinogradParams>();
  Accumulators<Shape> outputs;
#pragma unroll
  for (int k = 0; k < K; ++k) transform_output<M>(sum.value[k], outputs.value[k]);
  if (q.half_bits != 0) add_rows_of_lanes<Shape>(outputs);
  if (q.conv.slices > 1) {
    lds_barrier();
    add_slices<Shape>(outputs, slice, q.conv.slices,
                      shared + sharer * slice_floats<Shape>(1, q.conv.slices));
    if (slice != 0) return;
  }
  if (!has_outputs) return;
  const bool has_tile = lane < kWave >> q.half_bits;
  const WinogradOutputs<Shape> columns(q.conv,
                                       WinogradTile(q, has_tile ? first_tile + lane : q.tiles, M));
  Sink<Shape, true, WinogradOutputs<Shape>, Element>::of_channel_rows(q.conv, group, row, columns)
      .store(outputs);
}

// A thread transforms one filter. Lanes go along the channels of an output channel.
template <int M, int K, class Element>
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
        w[i * 3 + j] = static_cast<float>(load_global(
            reinterpret_cast<const Element*>(filter + tap_offset(p.w_first, p.w_axis, i, j))));
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

#define RDNA1CONV_WINOGRAD_KERNEL_OF(NAME, ELEMENT, M, K, SOURCE)      \
  extern "C" __global__ void __launch_bounds__(512)                    \
      NAME##_##M##x##K##_##SOURCE(const WinogradParams p) {            \
    tile::convolve_winograd<M, K, WinogradSource::SOURCE, ELEMENT>(p); \
  }
#define RDNA1CONV_WINOGRAD_KERNEL(...) RDNA1CONV_WINOGRAD_KERNEL_OF(winograd, float, __VA_ARGS__)
#define RDNA1CONV_BFLOAT_WINOGRAD_KERNEL(...) \
  RDNA1CONV_WINOGRAD_KERNEL_OF(bfloat_winograd, BFloat16, __VA_ARGS__)
RDNA1CONV_WINOGRAD_TILES(RDNA1CONV_WINOGRAD_KERNEL)
RDNA1CONV_BFLOAT_WINOGRAD_TILES(RDNA1CONV_BFLOAT_WINOGRAD_KERNEL)

#define RDNA1CONV_WINOGRAD_FILTER_KERNEL(M, K)                         \
  extern "C" __global__ void __launch_bounds__(kWinogradFilterThreads) \
      winograd_filter_##M##x##K(const WinogradFilterParams p) {        \
    tile::transform_filters<M, K, float>(p);                           \
  }                                                                    \
  extern "C" __global__ void __launch_bounds__(kWinogradFilterThreads) \
      bfloat_winograd_filter_##M##x##K(const WinogradFilterParams p) { \
    tile::transform_filters<M, K, BFloat16>(p);                        \
  }
RDNA1CONV_WINOGRAD_FILTERS(RDNA1CONV_WINOGRAD_FILTER_KERNEL)

}  // namespace rdna1conv
