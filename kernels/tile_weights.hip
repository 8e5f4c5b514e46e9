// Gradients of filters on the tile engine: params/tile_weights.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "barrier.h"
#include "epilogue.h"
#include "params/tile_weights.h"
#include "params/tile_weights_tiles.h"
#include "tile/column_sources.h"
#include "tile/pixel_walk.h"
#include "wave_sum.h"

namespace rdna1conv {
namespace tile {
namespace {

// Which tile, tap and pixels a wave has.
//
// blockIdx.x = (group * tiles_n + tile_n) * tiles_m + tile_m, blockIdx.y = split. A wave is
// ((slice, wave_n), wave_m). Columns are (tile of channels, tap), so that waves beside each other
// read the same lines of x for different taps.
template <int K, int C>
struct WeightsPlace {
  uint32_t group, k, c, tap, tile, slice, first_pixel;
  bool has_outputs;

  __device__ explicit WeightsPlace(const TileWeightsParams& p) {
    const uint32_t wave = uniform(threadIdx.x / kWave);
    const uint32_t block = quotient(blockIdx.x, p.tiles_m);
    const uint32_t tile_m = remainder(blockIdx.x, block, p.tiles_m);
    group = quotient(block, p.tiles_n);
    const uint32_t tile_n = remainder(block, group, p.tiles_n);
    const uint32_t wave_m = wave & ((1u << p.waves_m_bits) - 1);
    const uint32_t wave_n = wave >> p.waves_m_bits & ((1u << p.waves_n_bits) - 1);
    tile = wave & ((1u << (p.waves_m_bits + p.waves_n_bits)) - 1);
    slice = wave >> (p.waves_m_bits + p.waves_n_bits);
    k = ((tile_m << p.waves_m_bits) + wave_m) * K;
    const uint32_t column = (tile_n << p.waves_n_bits) + wave_n;
    const uint32_t tile_c = quotient(column, p.taps);
    tap = remainder(column, tile_c, p.taps);
    c = tile_c * C;
    has_outputs = k < p.k && column < p.column_tiles;
    first_pixel = (blockIdx.y * p.slices + slice) * p.part;
  }
};

// Both operands of 32 pixels: each lane its own pixel's.
template <int K, int C>
struct PixelStage {
  float dy[K];  // (K)
  float x[C];   // (C)
};

// Bytes from one channel to those of a tile, outside the buffer where there is none.
template <int N>
struct ChannelShifts {
  uint32_t shift[N];
  __device__ ChannelShifts(uint32_t first, uint32_t channels, uint32_t bytes) {
#pragma unroll
    for (uint32_t i = 0; i < N; ++i)
      shift[i] = uniform(first + i < channels ? (first + i) * bytes : kOutsideBuffer);
  }
};

// Leaves in lane l, at the front of `sum`, the sums over all lanes of the N / 32 elements from
// N / 32 * l on. Each step exchanges half of the Left sums that are left with the lane whose number
// differs in bit Left * 16 / N.
template <int Left, int N>
__device__ inline void add_lanes(float (&sum)[N]) {
  if constexpr (Left * kWave > N) {
    constexpr int kMask = Left * (kWave / 2) / N;
    const bool upper = (threadIdx.x & kMask) != 0;
#pragma unroll
    for (int i = 0; i < Left / 2; ++i) {
      // Values first: a choice between places would put the array in scratch memory.
      const float low = sum[i], high = sum[i + Left / 2];
      const float kept = upper ? high : low, sent = upper ? low : high;
      if constexpr (kMask == kWave / 2) {
        sum[i] = kept + from_other_row(sent);
      } else {
        sum[i] = kept + from_lane_xor<kMask>(sent);
      }
    }
    add_lanes<Left / 2>(sum);
  }
}

template <int K, int C>
__device__ inline void convolve_weights(const TileWeightsParams& p) {
  extern __shared__ float shared[];  // (tile,slice,kSums)
  // A multiple of 32 sums, of which each lane ends up with kLeft.
  constexpr int kSums = (K * C + kWave - 1) / kWave * kWave, kLeft = kSums / kWave;
  const WeightsPlace<K, C> at(p);

  float sum[kSums] = {};  // (K,C)
  if (at.has_outputs && at.first_pixel < p.pixels) {
    const ChannelShifts<K> of_dy(at.k, p.k, p.y_channel);
    const ChannelShifts<C> of_x(at.c, p.c, p.x_channel);
    PixelWalk walk(p, at.first_pixel, at.tap);
    const BufferResource dy = make_buffer(p.dy + at.group * p.y_group);
    const BufferResource x = make_buffer(p.x + at.group * p.x_group - p.origin + walk.tap_offset());
    const auto load = [&](PixelStage<K, C>& stage) {
      const PixelOffsets pixel = walk.offsets();
#pragma unroll
      for (int i = 0; i < K; ++i) stage.dy[i] = load_column(dy, pixel.dy, of_dy.shift[i]);
#pragma unroll
      for (int j = 0; j < C; ++j) stage.x[j] = load_column(x, pixel.x, of_x.shift[j]);
    };
    const uint32_t left = p.pixels - at.first_pixel;
    uint32_t pairs = ((left < p.part ? left : p.part) + 2 * kWave - 1) / (2 * kWave);
    PixelStage<K, C> stage[2];
    load(stage[0]);
    // Two steps a turn, whether or not there are pixels for the second one, and loads for nobody
    // after the last: with a branch between, the compiler waits for all loads at once.
    const auto step = [&](int now, int next) {
      walk.advance();
      load(stage[next]);
      __builtin_amdgcn_sched_barrier(0);
#pragma unroll
      for (int i = 0; i < K; ++i)
#pragma unroll
        for (int j = 0; j < C; ++j)
          sum[i * C + j] = __builtin_fmaf(stage[now].dy[i], stage[now].x[j], sum[i * C + j]);
      __builtin_amdgcn_sched_barrier(0);
    };
    do {
      step(0, 1);
      step(1, 0);
    } while (--pairs != 0);
  }
  add_lanes<kSums>(sum);

  const uint32_t lane = threadIdx.x % kWave;
  const auto q = reload_argument<TileWeightsParams>();
  if (q.slices > 1) {
    // Lane l of slice s writes its kLeft sums; slice 0's lane l adds those of all slices.
    float* const tile = shared + at.tile * q.slices * kSums + lane * kLeft;
#pragma unroll
    for (int i = 0; i < kLeft; ++i) tile[at.slice * kSums + i] = sum[i];
    lds_barrier();
    if (at.slice != 0) return;
    for (uint32_t slice = 1; slice < q.slices; ++slice) {
#pragma unroll
      for (int i = 0; i < kLeft; ++i) sum[i] += tile[slice * kSums + i];
    }
  }
  if (!at.has_outputs) return;
  const uint32_t taps = q.taps.divisor;
  const uint32_t h = quotient(at.tap, q.tap_width);
  const uint32_t s = remainder(at.tap, h, q.tap_width);
  const uint64_t of_tap =
      uint64_t{h} * q.w_axis[0] + uint64_t{s} * q.w_axis[1] + at.group * q.w_group;
#pragma unroll
  for (int i = 0; i < kLeft; ++i) {
    const uint32_t element = lane * kLeft + i;
    const uint32_t k = at.k + element / C, c = at.c + element % C;
    if (element >= K * C || k >= q.k || c >= q.c) continue;
    if (q.splits > 1) {
      const uint64_t row = uint64_t{blockIdx.y} * q.groups + at.group;
      store_global(q.partial + ((row * q.k + k) * q.c + c) * taps + at.tap, sum[i]);
    } else {
      auto* const out = reinterpret_cast<float*>(q.w + of_tap + uint64_t{k} * q.w_row +
                                                 uint64_t{c} * q.w_channel);
      store_global(out, apply_epilogue<float>(q.epilogue, sum[i], 0, 0, 0, out));
    }
  }
}

}  // namespace
}  // namespace tile

#define RDNA1CONV_TILE_WEIGHTS_KERNEL(K, C)               \
  extern "C" __global__ void __launch_bounds__(512)       \
      tile_weights_##K##x##C(const TileWeightsParams p) { \
    tile::convolve_weights<K, C>(p);                      \
  }
RDNA1CONV_TILE_WEIGHTS_TILES(RDNA1CONV_TILE_WEIGHTS_KERNEL)

}  // namespace rdna1conv
