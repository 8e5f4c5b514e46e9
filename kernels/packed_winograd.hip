// Fused Winograd convolution of fp16 on the tile engine: params/packed_winograd_tiles.h.
#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>

#include "barrier.h"
#include "kernel_arguments.h"
#include "params/packed_winograd_tiles.h"
#include "tile/packed_winograd.h"
#include "tile/sinks.h"
#include "tile/slices.h"

namespace rdna1conv {
namespace tile {
namespace {

// What a lane transforms of a step: two channels of a tile. Lanes go along four pairs of channels,
// then tiles, so that 32 lanes write 128 bytes of LDS side by side.
struct PackedItem {
  uint32_t pair, tile, octet;
  __device__ explicit PackedItem(uint32_t item)
      : pair(item % 4), tile(item / 4 % kWave), octet(item / (4 * kWave)) {}
  __device__ uint32_t channel() const { return octet * kOctet + pair * 2; }
};

// LDS: V of a step, and in its place at the end what slices exchange. Workgroups and waves are
// laid out as in winograd.hip.
template <int M, int K, template <class> class Inputs>
__device__ inline void convolve_winograd(const WinogradParams& params) {
  using Shape = PackedWinogradShape<M, K>;
  extern __shared__ __attribute__((aligned(16))) uint32_t shared[];
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

  const PackedItem item(sharer * kWave + lane);
  uint32_t* const planes = shared + slice * (sharers / 4) * Shape::kPlane;
  uint32_t* const transformed = planes + item.octet * Shape::kPlane + item.tile * 4 + item.pair;
  const uint32_t first = slice * params.slice_channels;
  const uint32_t end = first + params.slice_channels < p.gather.channels
                           ? first + params.slice_channels
                           : p.gather.channels;
  // Waves without outputs or channels get filters that exist, and multiply none.
  const auto u = (ScalarBytes)(uint64_t)(reinterpret_cast<const Half*>(p.w) + group * p.w_group +
                                         uint64_t{has_outputs ? row / Shape::kRows : 0} * p.depth);
  constexpr uint32_t kOctetBytes = (Shape::kFrequencies + kTapRows) * Shape::kRowWords * 4;

  WinogradSums<Shape> sum;
  {
    const WinogradPatch<Shape> patch(p, WinogradTile(params, first_tile + item.tile, M),
                                     p.x + group * p.x_group, item.channel() * p.gather.channel);
    Inputs<Shape> inputs;
    const auto load = [&](uint32_t channel) {
      inputs.load(patch, channel * p.gather.channel, p.gather.channel,
                  static_cast<int32_t>(end - channel - item.channel()));
    };
    PackedWinogradMultiply<Shape> multiply(u + (first < p.gather.channels ? first / kOctet : 0) *
                                                   kOctetBytes);
    load(first);
    for (uint32_t step = 0; step < params.slice_channels; step += 2 * sharers) {
      const uint32_t channel = first + step;
      HalfPair value[Shape::kFrequencies];  // (kSide,kSide)
      inputs.arrived();
#pragma unroll
      for (int f = 0; f < Shape::kFrequencies; ++f) value[f] = inputs.at(f);
      transform_input<M>(value);
      if (step > 0) lds_barrier();
#pragma unroll
      for (int f = 0; f < Shape::kFrequencies; ++f)
        transformed[f * (kWave * 4)] = __builtin_bit_cast(uint32_t, value[f]);
      load(channel + 2 * sharers);
      lds_barrier();
      if (has_outputs && channel < end) {
        const uint32_t octets = (end - channel + kOctet - 1) / kOctet;
        multiply.add(octets < sharers / 4 ? octets : sharers / 4, planes + lane * 4, sum);
      }
    }
  }

  const auto q = reload_argument<WinogradParams>();
  Accumulators<Shape> outputs;
#pragma unroll
  for (int k = 0; k < K; ++k) transform_output<M>(sum.value[k], outputs.value[k]);
  // Roundings count up to four times as much as they do in a product.
  if (has_outputs && first < end && !are_in_range<Shape>(outputs, 16 * kTapRows * (end - first))) {
    const WinogradPatch<Shape> patch(q.conv, WinogradTile(q, first_tile + lane, M),
                                     q.conv.x + group * q.conv.x_group, 0);
    convolve_exactly<Shape>(patch, u, first, end, q.conv.gather.channel, outputs);
  }
  if (q.conv.slices > 1) {
    lds_barrier();
    add_slices<Shape>(
        outputs, slice, q.conv.slices,
        reinterpret_cast<float*>(shared) + sharer * slice_floats<Shape>(1, q.conv.slices));
    if (slice != 0) return;
  }
  if (!has_outputs) return;
  const WinogradOutputs<Shape> columns(q.conv, WinogradTile(q, first_tile + lane, M));
  Sink<Shape, true, WinogradOutputs<Shape>, Half>::of_channel_rows(q.conv, group, row, columns)
      .store(outputs);
}

// A thread transforms one filter. Lanes go along the channels of an output channel.
template <int M, int K>
__device__ inline void transform_filters(const WinogradFilterParams& p) {
  using Shape = PackedWinogradShape<M, K>;
  constexpr uint32_t kChannels = kWinogradFilterThreads / K;
  constexpr uint32_t kRows = Shape::kFrequencies + kTapRows, kRow = kOctet * K;
  __shared__ Half shared[kChannels / kOctet * kRows * kRow];  // (octet,kRows,8,K)
  const uint32_t index = quotient(blockIdx.x, p.chunks);
  const uint32_t first = remainder(blockIdx.x, index, p.chunks) * kChannels;
  const uint32_t group = quotient(index, p.blocks);
  const uint32_t block = remainder(index, group, p.blocks);
  const uint32_t k = threadIdx.x / kChannels, c = threadIdx.x % kChannels;
  const uint32_t row = block * K + k, channel = first + c;

  Half taps[kTapRows] = {};  // (3,3)
  if (row < p.m && channel < p.channels) {
    const char* const filter =
        p.w + group * p.w_group + uint64_t{row} * p.w_row + uint64_t{channel} * p.w_channel;
#pragma unroll
    for (uint32_t i = 0; i < 3; ++i)
#pragma unroll
      for (uint32_t j = 0; j < 3; ++j)
        taps[i * 3 + j] = load_global(
            reinterpret_cast<const Half*>(filter + tap_offset(p.w_first, p.w_axis, i, j)));
  }
  float w[kTapRows], u[Shape::kFrequencies];  // (3,3), (kSide,kSide)
#pragma unroll
  for (uint32_t t = 0; t < kTapRows; ++t) w[t] = static_cast<float>(taps[t]);
  transform_by_entries<WinogradFilterMatrix<float, M>>(w, u);
  Half* const mine = shared + c / kOctet * (kRows * kRow) + c % kOctet * K + k;
#pragma unroll
  for (int f = 0; f < Shape::kFrequencies; ++f) mine[f * kRow] = static_cast<Half>(u[f]);
#pragma unroll
  for (uint32_t t = 0; t < kTapRows; ++t) mine[(Shape::kFrequencies + t) * kRow] = taps[t];
  __syncthreads();
  // All reads, then all writes: between LDS and memory in one loop gfx10 would wait for each store.
  constexpr uint32_t kOctetWords = kRows * kRow / 2;
  const uint32_t octets = (p.channels - first + kOctet - 1) / kOctet;
  const uint32_t words = (octets < kChannels / kOctet ? octets : kChannels / kOctet) * kOctetWords;
  const BufferResource out = make_buffer(reinterpret_cast<const Half*>(p.u) +
                                         (uint64_t{group} * p.blocks.divisor + block) * p.pitch +
                                         uint64_t{first / kOctet} * (kRows * kRow));
  constexpr uint32_t kWords = kChannels / kOctet * kOctetWords;
  constexpr uint32_t kTurns = (kWords + kWinogradFilterThreads - 1) / kWinogradFilterThreads;
  uint32_t word[kTurns];
#pragma unroll
  for (uint32_t i = 0; i < kTurns; ++i) {
    const uint32_t at = i * kWinogradFilterThreads + threadIdx.x;
    word[i] = reinterpret_cast<const uint32_t*>(shared)[at < kWords ? at : 0];
  }
#pragma unroll
  for (uint32_t i = 0; i < kTurns; ++i) {
    const uint32_t at = i * kWinogradFilterThreads + threadIdx.x;
    buffer_store(out, at < words ? at * 4 : kOutsideBuffer, __builtin_bit_cast(float, word[i]));
  }
}

template <class Shape>
using halves = InputHalves<Shape>;
template <class Shape>
using rows = InputRows<Shape>;
template <class Shape>
using pairs = InputPairs<Shape>;

}  // namespace
}  // namespace tile

#define RDNA1CONV_PACKED_WINOGRAD_KERNEL(M, K, INPUTS)               \
  extern "C" __global__ void __launch_bounds__(512)                  \
      packed_winograd_##M##x##K##_##INPUTS(const WinogradParams p) { \
    tile::convolve_winograd<M, K, tile::INPUTS>(p);                  \
  }
RDNA1CONV_PACKED_WINOGRAD_TILES(RDNA1CONV_PACKED_WINOGRAD_KERNEL)

#define RDNA1CONV_PACKED_WINOGRAD_FILTER_KERNEL(M, K)                  \
  extern "C" __global__ void __launch_bounds__(kWinogradFilterThreads) \
      packed_winograd_filter_##M##x##K(const WinogradFilterParams p) { \
    tile::transform_filters<M, K>(p);                                  \
  }
RDNA1CONV_PACKED_WINOGRAD_FILTERS(RDNA1CONV_PACKED_WINOGRAD_FILTER_KERNEL)

}  // namespace rdna1conv
