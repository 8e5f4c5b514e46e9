// Backward weights for few channels a group; params/grouped_weights.h describes the tiling.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "barrier.h"
#include "element_types.h"
#include "masked_load.h"
#include "params/element_types.h"
#include "params/grouped_weights.h"
#include "params/grouped_weights_tiles.h"
#include "wave_sum.h"

namespace rdna1conv {
namespace {

// A work item's place among the output pixels: the input under the filter's first tap without
// padding, and byte offsets that include it.
struct PixelCursor {
  int32_t d, h, w;
  uint32_t x, y;

  __device__ PixelCursor(const GroupedWeightsParams& p, uint32_t pixel) {
    uint32_t rest = quotient(pixel, p.out_w);
    const uint32_t ow = remainder(pixel, rest, p.out_w);
    const uint32_t d_and_n = quotient(rest, p.out_h);
    const uint32_t oh = remainder(rest, d_and_n, p.out_h);
    const uint32_t n = quotient(d_and_n, p.out_d);
    const uint32_t od = remainder(d_and_n, n, p.out_d);
    d = static_cast<int32_t>(od) * p.axes[0].stride;
    h = static_cast<int32_t>(oh) * p.axes[1].stride;
    w = static_cast<int32_t>(ow) * p.axes[2].stride;
    x = n * static_cast<uint32_t>(p.x_n) + static_cast<uint32_t>(d) * p.axes[0].x_stride +
        static_cast<uint32_t>(h) * p.axes[1].x_stride +
        static_cast<uint32_t>(w) * p.axes[2].x_stride;
    y = n * static_cast<uint32_t>(p.y_n) + od * p.y_strides[0] + oh * p.y_strides[1] +
        ow * p.y_strides[2];
  }

  __device__ void advance(const GroupedWeightsParams& p) {
    x += p.x_step;
    y += p.y_step;
    w += p.axes[2].step;
    h += p.axes[1].step + carry(p.axes[2], w, p.axes[1].stride);
    d += p.axes[0].step + carry(p.axes[1], h, p.axes[0].stride);
    carry(p.axes[0], d, 0);
  }

 private:
  __device__ int32_t carry(const GroupedWeightsAxis& axis, int32_t& digit, int32_t next) {
    const bool wraps = digit >= axis.extent;
    digit -= wraps ? axis.extent : 0;
    x += wraps ? axis.x_carry : 0;
    y += wraps ? axis.y_carry : 0;
    return wraps ? next : 0;
  }
};

template <class T, int K, int R, int S>
__device__ inline void grouped_weights_tile(const GroupedWeightsParams& p) {
  extern __shared__ float lds[];  // (wave, K * R * S, k lane)
  const GroupedWeightsAxis &d_axis = p.axes[0], &h_axis = p.axes[1], &w_axis = p.axes[2];

  // What is the same for the workgroup.
  uint32_t rest = quotient(blockIdx.x, p.k_groups);
  const uint32_t block = remainder(blockIdx.x, rest, p.k_groups) << p.k_shift;
  const uint32_t part = quotient(rest, p.tap_blocks);
  uint32_t taps = remainder(rest, part, p.tap_blocks);
  const uint32_t image = quotient(part, p.image_splits);
  const uint32_t split = remainder(part, image, p.image_splits);
  rest = quotient(taps, p.blocks_s);
  const uint32_t s0 = remainder(taps, rest, p.blocks_s) * S;
  taps = quotient(rest, p.blocks_r);
  const uint32_t r0 = remainder(rest, taps, p.blocks_r) * R;
  const uint32_t c = quotient(taps, p.filter_d);
  const uint32_t fd = remainder(taps, c, p.filter_d);
  const int32_t tap_d = static_cast<int32_t>(fd) * d_axis.dilation - d_axis.pad;
  const int32_t tap_h = static_cast<int32_t>(r0) * h_axis.dilation - h_axis.pad;
  const int32_t tap_w = static_cast<int32_t>(s0) * w_axis.dilation - w_axis.pad;
  const uint32_t tap_shift = static_cast<uint32_t>(tap_d) * d_axis.x_stride +
                             static_cast<uint32_t>(tap_h) * h_axis.x_stride +
                             static_cast<uint32_t>(tap_w) * w_axis.x_stride;
  const uint32_t r_shift = static_cast<uint32_t>(h_axis.dilation) * h_axis.x_stride;
  const uint32_t s_shift = static_cast<uint32_t>(w_axis.dilation) * w_axis.x_stride;
  const char* const x = static_cast<const char*>(p.x) + image * p.x_n + uint64_t{c} * p.x_c;
  const char* const y = static_cast<const char*>(p.y) + image * p.y_n;

  // The work item's channels and pixels.
  const uint32_t k_lane = threadIdx.x & ((1u << p.k_shift) - 1);
  const uint32_t pixel_lane = threadIdx.x >> p.k_shift;
  const uint32_t k_block = block + k_lane;
  const uint32_t group = quotient(k_block, p.k_blocks_per_group);
  const uint32_t k = remainder(k_block, group, p.k_blocks_per_group) * K;
  bool is_channel[K];  // (K)
#pragma unroll
  for (uint32_t i = 0; i < K; ++i) is_channel[i] = (k_block < p.k_blocks) & (k + i < p.k);
  const uint32_t begin = split * p.split_pixels;
  const uint32_t end = begin + p.split_pixels < p.pixels ? begin + p.split_pixels : p.pixels;

  PixelCursor at(p, begin + pixel_lane);
  at.x += group * p.c * p.x_c;
  at.y += (group * p.k + k) * p.y_k;

  float acc[K * R * S] = {};  // (K,R,S)
  for (uint32_t first = begin; first < end; first += 1u << p.pixel_shift) {
    const bool active = first + pixel_lane < end;
    T dy[K];  // (K)
#pragma unroll
    for (uint32_t i = 0; i < K; ++i) dy[i] = load_if<T>(active & is_channel[i], y, at.y, i * p.y_k);
    const bool inside = active & is_channel[0] & is_within(at.d + tap_d, d_axis.in);
    bool column_inside[S];  // (S)
#pragma unroll
    for (int s = 0; s < S; ++s)
      column_inside[s] = is_within(at.w + (tap_w + s * w_axis.dilation), w_axis.in);
#pragma unroll
    for (int r = 0; r < R; ++r) {
      const bool row_inside = inside & is_within(at.h + (tap_h + r * h_axis.dilation), h_axis.in);
      T row[S];  // (S)
#pragma unroll
      for (int s = 0; s < S; ++s)
        row[s] = load_if<T>(
            row_inside & column_inside[s], x, at.x,
            tap_shift + static_cast<uint32_t>(r) * r_shift + static_cast<uint32_t>(s) * s_shift);
#pragma unroll
      for (int s = 0; s < S; ++s)
#pragma unroll
        for (int i = 0; i < K; ++i)
          acc[(i * R + r) * S + s] = multiply_add(dy[i], row[s], acc[(i * R + r) * S + s]);
    }
    at.advance(p);
  }

  // Sums of the waves to LDS, and of all of them in the order of the waves.
  constexpr uint32_t kSums = K * R * S;
  const uint32_t k_lanes = 1u << p.k_shift;
  const uint32_t wave = threadIdx.x / kWaveLanes, lane = threadIdx.x % kWaveLanes;
#pragma unroll
  for (uint32_t i = 0; i < kSums; ++i) {
    const float sum = wave_sum(acc[i], k_lanes);
    if (lane < k_lanes) lds[(wave * kSums + i) * k_lanes + lane] = sum;
  }
  lds_barrier();
  const uint32_t threads = 1u << (p.k_shift + p.pixel_shift);
  const uint32_t waves = threads / kWaveLanes;
  for (uint32_t i = threadIdx.x; i < kSums * k_lanes; i += threads) {
    float sum = 0;
    for (uint32_t j = 0; j < waves; ++j) sum += lds[j * kSums * k_lanes + i];
    const uint32_t its_block = block + (i & (k_lanes - 1));
    const uint32_t its_group = quotient(its_block, p.k_blocks_per_group);
    const uint32_t element = i >> p.k_shift;
    const uint32_t its_k =
        remainder(its_block, its_group, p.k_blocks_per_group) * K + element / (R * S);
    const uint32_t r = r0 + element / S % R, s = s0 + element % S;
    if (its_block >= p.k_blocks || its_k >= p.k || r >= static_cast<uint32_t>(h_axis.filter) ||
        s >= static_cast<uint32_t>(w_axis.filter))
      continue;
    const uint32_t row = its_group * p.k + its_k;
    if (p.writes_partial) {
      const uint64_t index =
          (((uint64_t{row} * p.c + c) * static_cast<uint32_t>(d_axis.filter) + fd) *
               static_cast<uint32_t>(h_axis.filter) +
           r) *
              static_cast<uint32_t>(w_axis.filter) +
          s;
      p.partial[part * p.weights + index] = sum;
    } else {
      const uint64_t offset = row * p.w_strides[0] + c * p.w_strides[1] + fd * p.w_strides[2] +
                              r * p.w_strides[3] + s * p.w_strides[4];
      store_output(p.epilogue, sum, row, 0, offset, static_cast<T*>(p.w));
    }
  }
}

}  // namespace

#define RDNA1CONV_WEIGHTS_KERNEL(SUFFIX, READ, WRITTEN, IN, OUT, K, R, S)         \
  extern "C" __global__ void __launch_bounds__(kGroupedWeightsMaxThreads)         \
      grouped_weights_##SUFFIX##_k##K##r##R##s##S(const GroupedWeightsParams p) { \
    grouped_weights_tile<IN, K, R, S>(p);                                         \
  }
#define RDNA1CONV_WEIGHTS_TILE(...) \
  RDNA1CONV_FLOAT_TYPES_WITH(RDNA1CONV_WEIGHTS_KERNEL, __VA_ARGS__)
RDNA1CONV_GROUPED_WEIGHTS_TILES(RDNA1CONV_WEIGHTS_TILE)

}  // namespace rdna1conv
