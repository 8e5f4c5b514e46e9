// Direct convolution, tiled in LDS and registers; params/direct.h describes the tiling.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "barrier.h"
#include "params/direct.h"
#include "params/direct_tiles.h"

namespace rdna1conv {
namespace {

using Float4 = float __attribute__((ext_vector_type(4)));

// K consecutive floats, 16 bytes at a time.
template <int K>
__device__ inline void read_channels(const float* lds, float (&out)[K]) {
  if constexpr (K % 4 == 0) {
#pragma unroll
    for (int i = 0; i < K; i += 4) {
      const Float4 quad = *reinterpret_cast<const Float4*>(lds + i);
#pragma unroll
      for (int e = 0; e < 4; ++e) out[i + e] = quad[e];
    }
  } else {
#pragma unroll
    for (int i = 0; i < K; ++i) out[i] = lds[i];
  }
}

// Elements that a thread loads before it writes the first to LDS: their latencies overlap.
constexpr uint32_t kInFlight = 4;

// The input patch of channels [c0, c0 + planes): neighbouring lanes hold neighbouring columns.
__device__ inline void stage_patch(const DirectParams& p, const float* x, uint32_t planes,
                                   int32_t h0, int32_t w0, float* patch) {
  const uint32_t plane_size = static_cast<uint32_t>(p.in_h) * static_cast<uint32_t>(p.in_w);
  const uint32_t first_row = quotient(threadIdx.x, p.patch_w_division);
  uint32_t column = remainder(threadIdx.x, first_row, p.patch_w_division);
  uint32_t plane = quotient(first_row, p.patch_h_division);
  uint32_t row = remainder(first_row, plane, p.patch_h_division);
  for (uint32_t i = threadIdx.x; i < p.patch_elements; i += kInFlight * p.threads) {
    float value[kInFlight];      // (kInFlight)
    uint32_t target[kInFlight];  // (kInFlight)
#pragma unroll
    for (uint32_t u = 0; u < kInFlight; ++u) {
      const int32_t h = h0 + static_cast<int32_t>(row), w = w0 + static_cast<int32_t>(column);
      // Channels beyond the last read as zero, as does the padding.
      const bool inside = (plane < planes) & (i + u * p.threads < p.patch_elements) &
                          (static_cast<uint32_t>(h) < static_cast<uint32_t>(p.in_h)) &
                          (static_cast<uint32_t>(w) < static_cast<uint32_t>(p.in_w));
      value[u] = 0;
      if (inside) value[u] = x[plane * plane_size + __umul24(h, p.in_w) + w];
      target[u] = __umul24(plane, p.plane_pitch) + __umul24(column, p.column_pitch) + row;

      column += p.step_columns;
      const uint32_t column_carry = column >= p.patch_w ? 1 : 0;
      column -= column_carry ? p.patch_w : 0;
      row += p.step_rows + column_carry;
      const uint32_t row_carry = row >= p.patch_h ? 1 : 0;
      row -= row_carry ? p.patch_h : 0;
      plane += p.step_planes + row_carry;
    }
#pragma unroll
    for (uint32_t u = 0; u < kInFlight; ++u)
      if (i + u * p.threads < p.patch_elements) patch[target[u]] = value[u];
  }
}

// The filters of the workgroup's output channels, input channels [c0, c0 + channels): neighbouring
// lanes hold neighbouring elements of a filter.
__device__ inline void stage_filters(const DirectParams& p, const float* w, uint32_t block_k_shift,
                                     uint32_t k_left, uint32_t groups_left, uint32_t channels,
                                     float* filters) {
  const uint32_t run = p.filter_run.divisor;
  const uint32_t run_left = channels * p.filter_area;
  const uint32_t filter_size = p.c * p.filter_area;
  uint32_t filter = quotient(threadIdx.x, p.filter_run);  // group lane << block_k_shift | k
  uint32_t j = remainder(threadIdx.x, filter, p.filter_run);
  for (uint32_t i = threadIdx.x; i < p.filter_elements; i += kInFlight * p.threads) {
    float value[kInFlight];      // (kInFlight)
    uint32_t target[kInFlight];  // (kInFlight)
#pragma unroll
    for (uint32_t u = 0; u < kInFlight; ++u) {
      const uint32_t group = filter >> block_k_shift;
      const uint32_t k = filter - (group << block_k_shift);
      const bool inside = (k < k_left) & (group < groups_left) & (j < run_left) &
                          (i + u * p.threads < p.filter_elements);
      value[u] = 0;
      if (inside) value[u] = w[__umul24(__umul24(group, p.k) + k, filter_size) + j];
      target[u] = __umul24(__umul24(group, run) + j, p.k_pitch) + k;

      j += p.step_run;
      const uint32_t carry = j >= run ? 1 : 0;
      j -= carry ? run : 0;
      filter += p.step_filters + carry;
    }
#pragma unroll
    for (uint32_t u = 0; u < kInFlight; ++u)
      if (i + u * p.threads < p.filter_elements) filters[target[u]] = value[u];
  }
}

template <int K, int H, int R, int Stride>
__device__ inline void direct_tile(const DirectParams& p) {
  extern __shared__ __attribute__((aligned(16))) float lds[];
  float* const patch = lds;                      // (plane,column,row)
  float* const filters = lds + p.filter_offset;  // (group lane,c_step,r,s,k)

  constexpr uint32_t kKShift = K == 8 ? 3 : K == 4 ? 2 : K == 2 ? 1 : 0;
  static_assert(1 << kKShift == K, "K is a power of two");
  static_assert(R == 0 || Stride != 0, "rows shared in registers need a known stride");
  const uint32_t stride_h = Stride == 0 ? p.stride_h : Stride;

  uint32_t lane = threadIdx.x;
  const uint32_t column_lane = lane & ((1u << p.column_shift) - 1);
  lane >>= p.column_shift;
  const uint32_t row_lane = lane & ((1u << p.row_shift) - 1);
  lane >>= p.row_shift;
  const uint32_t k_lane = lane & ((1u << p.k_shift) - 1);
  const uint32_t group_lane = lane >> p.k_shift;

  uint32_t rest = blockIdx.x;
  uint32_t next = quotient(rest, p.k_blocks);
  const uint32_t k0 = remainder(rest, next, p.k_blocks) << (p.k_shift + kKShift);
  rest = next;
  next = quotient(rest, p.tiles_w);
  const uint32_t out_w0 = remainder(rest, next, p.tiles_w) << p.column_shift;
  rest = next;
  next = quotient(rest, p.tiles_h);
  const uint32_t out_h0 = (remainder(rest, next, p.tiles_h) << p.row_shift) * H;
  const uint32_t image = quotient(next, p.group_blocks);
  const uint32_t g0 = remainder(next, image, p.group_blocks) * p.group_lanes;

  const int32_t h0 = static_cast<int32_t>(out_h0 * stride_h) - p.pad_h;
  const int32_t w0 = static_cast<int32_t>(out_w0 * p.stride_w) - p.pad_w;
  const uint64_t plane_size = static_cast<uint32_t>(p.in_h) * static_cast<uint32_t>(p.in_w);
  const uint32_t area = p.filter_area;
  const float* x = p.x + (uint64_t{image} * p.groups + g0) * p.c * plane_size;  // (plane,h,w)
  const float* w = p.w + (uint64_t{g0} * p.k + k0) * p.c * area;                // (group,k,c,r,s)

  float acc[K][H] = {};  // (K,H)
  for (uint32_t c0 = 0; c0 < p.c; c0 += p.c_step) {
    const uint32_t c_left = p.c - c0;
    const uint32_t groups_left = p.groups - g0;
    if (c0 > 0) lds_barrier();
    stage_patch(p, x + c0 * plane_size, p.group_lanes == 1 ? c_left : groups_left * p.c, h0, w0,
                patch);
    stage_filters(p, w + uint64_t{c0} * area, p.k_shift + kKShift, p.k - k0, groups_left, c_left,
                  filters);
    lds_barrier();

    const float* plane = patch + group_lane * p.c_step * p.plane_pitch +
                         column_lane * p.stride_w * p.column_pitch + row_lane * H * stride_h;
    const float* filter = filters + group_lane * p.filter_run.divisor * p.k_pitch + k_lane * K;
    for (uint32_t c = 0; c < p.c_step; ++c) {
      const float* column = plane;          // (row)
      const float* filter_column = filter;  // (r,s,k) from s on
      for (uint32_t s = 0; s < p.s; ++s) {
        const float* tap = filter_column;  // (k)
        if constexpr (R > 0) {
          constexpr int kRows = (H - 1) * Stride + R;
          float in[kRows];  // (kRows): the column under the thread's outputs
#pragma unroll
          for (int i = 0; i < kRows; ++i) in[i] = column[i];
#pragma unroll
          for (int r = 0; r < R; ++r) {
            float f[K];  // (K)
            read_channels(tap, f);
            tap += p.filter_row_pitch;
#pragma unroll
            for (int k = 0; k < K; ++k)
#pragma unroll
              for (int h = 0; h < H; ++h)
                acc[k][h] = __builtin_fmaf(f[k], in[h * Stride + r], acc[k][h]);
          }
        } else {
          for (uint32_t r = 0; r < p.r; ++r) {
            float in[H];  // (H)
            const float* row = column + r * p.dilation_h;
#pragma unroll
            for (int h = 0; h < H; ++h, row += stride_h) in[h] = *row;
            float f[K];  // (K)
            read_channels(tap, f);
            tap += p.filter_row_pitch;
#pragma unroll
            for (int k = 0; k < K; ++k)
#pragma unroll
              for (int h = 0; h < H; ++h) acc[k][h] = __builtin_fmaf(f[k], in[h], acc[k][h]);
          }
        }
        column += p.dilation_w * p.column_pitch;
        filter_column += p.k_pitch;
      }
      plane += p.plane_pitch;
      filter += area * p.k_pitch;
    }
  }

  const uint32_t group = g0 + group_lane;
  const uint32_t k = k0 + k_lane * K;
  const uint32_t out_h = out_h0 + row_lane * H;
  const uint32_t out_w = out_w0 + column_lane;
  if (group >= p.groups || out_w >= p.out_w) return;
  float* y = p.y + ((uint64_t{image} * p.groups + group) * p.k + k) * (p.out_h * p.out_w) +
             out_h * p.out_w + out_w;  // (K,H)
#pragma unroll
  for (int i = 0; i < K; ++i) {
#pragma unroll
    for (int h = 0; h < H; ++h)
      if (k + i < p.k && out_h + h < p.out_h) y[h * p.out_w] = acc[i][h];
    y += p.out_h * p.out_w;
  }
}

}  // namespace

#define RDNA1CONV_DIRECT_KERNEL(K, H, R, STRIDE)                     \
  extern "C" __global__ void __launch_bounds__(kDirectMaxThreads)    \
      direct_f32_k##K##h##H##r##R##s##STRIDE(const DirectParams p) { \
    direct_tile<K, H, R, STRIDE>(p);                                 \
  }
RDNA1CONV_DIRECT_TILES(RDNA1CONV_DIRECT_KERNEL)

}  // namespace rdna1conv
