// Transforms of Winograd convolution. A thread transforms one tile of one channel in registers;
// neighbouring lanes hold neighbouring tiles (filter transform: neighbouring filters), so that the
// accesses to the frequency planes are contiguous.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "params/winograd.h"
#include "params/winograd_matrices.h"

namespace rdna1conv {
namespace {

// One entry of matrix * column. The tests fold at compile time, once the loops are unrolled:
// no multiply by 0 or 1 is left.
template <int Terms>
__device__ inline float combine(const float (&coefficients)[Terms], const float* values,
                                int stride) {
  float sum = 0;
  bool first = true;
#pragma unroll
  for (int i = 0; i < Terms; ++i) {
    const float c = coefficients[i];
    if (c == 0) continue;
    const float value = values[i * stride];
    if (first) {
      sum = c == 1 ? value : c * value;
    } else if (c == 1) {
      sum += value;
    } else if (c == -1) {
      sum -= value;
    } else {
      sum = __builtin_fmaf(c, value, sum);
    }
    first = false;
  }
  return sum;
}

// out = matrix * in * matrix^T
template <int Rows, int Columns>
__device__ inline void transform(const float (&matrix)[Rows][Columns], const float* in,
                                 float* out) {
  float half[Rows * Columns];  // (Rows,Columns)
#pragma unroll
  for (int i = 0; i < Rows; ++i)
#pragma unroll
    for (int j = 0; j < Columns; ++j) half[i * Columns + j] = combine(matrix[i], in + j, Columns);
#pragma unroll
  for (int i = 0; i < Rows; ++i)
#pragma unroll
    for (int j = 0; j < Rows; ++j)
      out[i * Rows + j] = combine(matrix[j], half + i * Columns, 1);
}

template <int M>
__device__ inline void filter_transform(const WinogradFilterParams& p) {
  using Matrices = WinogradMatrices<float, M>;
  constexpr int kTile = Matrices::kTile;
  const uint32_t filter = blockIdx.x * kWinogradThreads + threadIdx.x;
  if (filter >= p.filters) return;
  float w[kWinogradFilter * kWinogradFilter];  // (3,3)
#pragma unroll
  for (int i = 0; i < kWinogradFilter * kWinogradFilter; ++i)
    w[i] = p.w[uint64_t{filter} * (kWinogradFilter * kWinogradFilter) + i];
  float u[kTile * kTile];  // (kTile,kTile)
  transform(Matrices::kG, w, u);
#pragma unroll
  for (int f = 0; f < kTile * kTile; ++f) p.u[uint64_t{p.filters} * f + filter] = u[f];
}

template <int M>
__device__ inline void input_transform(const WinogradInputParams& p) {
  using Matrices = WinogradMatrices<float, M>;
  constexpr int kTile = Matrices::kTile;
  const uint32_t element = blockIdx.x * kWinogradThreads + threadIdx.x;
  if (element >= p.elements) return;
  const uint32_t channel = quotient(element, p.tiles);
  const uint32_t tile = p.first_tile + remainder(element, channel, p.tiles);
  const uint32_t image = quotient(tile, p.image_tiles);
  const uint32_t in_image = remainder(tile, image, p.image_tiles);
  const uint32_t tile_h = quotient(in_image, p.tiles_w);
  const uint32_t tile_w = remainder(in_image, tile_h, p.tiles_w);
  const int32_t h0 = static_cast<int32_t>(tile_h * M) - p.pad_h;
  const int32_t w0 = static_cast<int32_t>(tile_w * M) - p.pad_w;

  const float* x = p.x + (uint64_t{image} * p.channels + channel) *
                             (static_cast<uint32_t>(p.h) * static_cast<uint32_t>(p.w));  // (h,w)
  float d[kTile * kTile];  // (kTile,kTile)
#pragma unroll
  for (int i = 0; i < kTile; ++i)
#pragma unroll
    for (int j = 0; j < kTile; ++j) {
      const int32_t h = h0 + i, w = w0 + j;
      const bool inside = static_cast<uint32_t>(h) < static_cast<uint32_t>(p.h) &&
                          static_cast<uint32_t>(w) < static_cast<uint32_t>(p.w);
      d[i * kTile + j] = 0;
      if (inside) d[i * kTile + j] = x[h * p.w + w];
    }
  float v[kTile * kTile];  // (kTile,kTile)
  transform(Matrices::kBT, d, v);
#pragma unroll
  for (int f = 0; f < kTile * kTile; ++f) p.v[uint64_t{p.elements} * f + element] = v[f];
}

template <int M>
__device__ inline void output_transform(const WinogradOutputParams& p) {
  using Matrices = WinogradMatrices<float, M>;
  constexpr int kTile = Matrices::kTile;
  const uint32_t element = blockIdx.x * kWinogradThreads + threadIdx.x;
  if (element >= p.elements) return;
  const uint32_t channel = quotient(element, p.tiles);
  const uint32_t tile = p.first_tile + remainder(element, channel, p.tiles);
  const uint32_t image = quotient(tile, p.image_tiles);
  const uint32_t in_image = remainder(tile, image, p.image_tiles);
  const uint32_t tile_h = quotient(in_image, p.tiles_w);
  const uint32_t tile_w = remainder(in_image, tile_h, p.tiles_w);

  float m[kTile * kTile];  // (kTile,kTile)
#pragma unroll
  for (int f = 0; f < kTile * kTile; ++f) m[f] = p.m[uint64_t{p.elements} * f + element];
  float out[M * M];  // (M,M)
  transform(Matrices::kAT, m, out);

  const uint32_t h0 = tile_h * M, w0 = tile_w * M;
  float* y = p.y + (uint64_t{image} * p.channels + channel) * (p.out_h * p.out_w);  // (out_h,out_w)
#pragma unroll
  for (int i = 0; i < M; ++i)
#pragma unroll
    for (int j = 0; j < M; ++j)
      if (h0 + i < p.out_h && w0 + j < p.out_w) y[(h0 + i) * p.out_w + w0 + j] = out[i * M + j];
}

}  // namespace

#define RDNA1CONV_WINOGRAD_KERNELS(NAME, M)                                  \
  extern "C" __global__ void __launch_bounds__(kWinogradThreads)             \
      winograd_##NAME##_filter(const WinogradFilterParams p) {               \
    filter_transform<M>(p);                                                  \
  }                                                                          \
  extern "C" __global__ void __launch_bounds__(kWinogradThreads)             \
      winograd_##NAME##_input(const WinogradInputParams p) {                 \
    input_transform<M>(p);                                                   \
  }                                                                          \
  extern "C" __global__ void __launch_bounds__(kWinogradThreads)             \
      winograd_##NAME##_output(const WinogradOutputParams p) {               \
    output_transform<M>(p);                                                  \
  }
RDNA1CONV_WINOGRAD_VARIANTS(RDNA1CONV_WINOGRAD_KERNELS)

}  // namespace rdna1conv
