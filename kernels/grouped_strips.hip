// Direct convolution of few channels a group: params/grouped_strips.h. Inputs come from L0, where
// neighbouring rows and columns meet; each row of inputs is loaded once for all outputs of a strip.
#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdint>

#include "buffer_access.h"
#include "kernel_arguments.h"
#include "params/grouped_strips.h"
#include "tile/column_sources.h"
#include "tile/row_sources.h"
#include "tile/sinks.h"

namespace rdna1conv {
namespace tile {
namespace {

// As the sink wants it: K rows and P columns.
template <int K, int P>
struct StripShape {
  static constexpr int kRows = K, kColumns = P;
};

template <int K, int P, int R, int Stride>
__device__ inline void convolve_strip(const GroupedStripParams& params) {
  constexpr int kRowsIn = (P - 1) * Stride + R;
  const TileConvParams& p = params.conv;
  const uint32_t lane = threadIdx.x % kWave;
  const uint32_t wave = uniform(threadIdx.x / kWave);
  // blockIdx.x = (group * blocks of K + block) * tiles_n + tile of strips.
  const uint32_t channel_block = quotient(blockIdx.x, p.tiles_n);
  const uint32_t tile_n = remainder(blockIdx.x, channel_block, p.tiles_n);
  const uint32_t group = quotient(channel_block, p.tiles_m);
  const uint32_t row = remainder(channel_block, group, p.tiles_m) * K;

  const uint32_t strip = (tile_n * (kGroupedStripThreads / kWave) + wave) * kWave + lane;
  const bool inside = strip < params.strips;
  const uint32_t image = quotient(strip, params.strips_a_image);
  const uint32_t in_image = remainder(strip, image, params.strips_a_image);
  const uint32_t row_block = quotient(in_image, p.gather.space.width);
  const uint32_t w = remainder(in_image, row_block, p.gather.space.width);
  const uint32_t h = row_block * P;

  const GatherAxis &h_axis = p.gather.axis[1], &w_axis = p.gather.axis[2];
  const uint32_t start = image * p.gather.image + h * h_axis.step + w * w_axis.step;
  const auto h_in = static_cast<int32_t>(h * Stride - h_axis.pad);
  const auto w_in = static_cast<int32_t>(w * Stride - w_axis.pad);
  uint32_t offset[R];  // of a row's taps, bytes, (R)
#pragma unroll
  for (int s = 0; s < R; ++s) {
    const bool hit = inside && static_cast<uint32_t>(w_in + s) < w_axis.length;
    offset[s] = hit ? start + s * w_axis.tap : kOutsideBuffer;
  }
  const BufferResource x = make_buffer(p.x + group * p.x_group - p.gather.origin);

  Accumulators<StripShape<K, P>> sum;
  // Channels beyond the group's last repeat it: what they give is not stored.
  const auto* filters = (const __attribute__((address_space(4))) float*)(uint64_t)p.w;
  uint32_t filter[K];
#pragma unroll
  for (uint32_t k = 0; k < K; ++k) {
    const uint32_t last = p.m - 1 - row;
    filter[k] = uniform((group * p.m + row + (k < last ? k : last)) * p.depth);
  }
#pragma unroll 1
  for (uint32_t c = 0; c < p.gather.channels; ++c) {
    float value[kRowsIn][R];  // (kRowsIn,R)
#pragma unroll
    for (int r = 0; r < kRowsIn; ++r) {
      const bool hit = static_cast<uint32_t>(h_in + r) < h_axis.length;
#pragma unroll
      for (int s = 0; s < R; ++s)
        value[r][s] =
            load_column(x, hit ? offset[s] : kOutsideBuffer, c * p.gather.channel + r * h_axis.tap);
    }
#pragma unroll
    for (int r = 0; r < R; ++r) {
#pragma unroll
      for (int s = 0; s < R; ++s)
#pragma unroll
        for (int k = 0; k < K; ++k) {
          const float tap = filters[filter[k] + c * (R * R) + r * R + s];
#pragma unroll
          for (int i = 0; i < P; ++i)
            sum.value[k][i] = __builtin_fmaf(tap, value[i * Stride + r][s], sum.value[k][i]);
        }
      // All taps of eight channels at once would not fit the scalar registers.
      if (K > 4) __builtin_amdgcn_sched_barrier(0);
    }
  }
  const auto q = reload_argument<TileConvParams>(offsetof(GroupedStripParams, conv));
  const uint32_t volume = q.gather.space.volume.divisor, width = q.gather.space.width.divisor;
  Sink<StripShape<K, P>, true>::of_channel_rows(
      q, group, row, {image * volume + h * width + w, width, inside ? (image + 1) * volume : 0})
      .store(sum);
}

}  // namespace
}  // namespace tile

#define RDNA1CONV_GROUPED_STRIP_KERNEL(K, P, R, STRIDE)                       \
  extern "C" __global__ void __launch_bounds__(kGroupedStripThreads)          \
      grouped_strip_k##K##p##P##r##R##s##STRIDE(const GroupedStripParams p) { \
    tile::convolve_strip<K, P, R, STRIDE>(p);                                 \
  }
RDNA1CONV_GROUPED_STRIPS(RDNA1CONV_GROUPED_STRIP_KERNEL)

}  // namespace rdna1conv
