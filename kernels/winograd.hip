// Transforms of Winograd convolution. A thread transforms one tile of one channel in registers;
// neighbouring lanes hold neighbouring tiles (filter transform: neighbouring filters), so that the
// accesses to the frequency planes are contiguous.
#include <hip/hip_runtime.h>

#include <cstdint>
#include <utility>

#include "params/winograd.h"
#include "params/winograd_matrices.h"

namespace rdna1conv {
namespace {

template <int... I, class Body>
__device__ inline void unroll(std::integer_sequence<int, I...>, const Body& body) {
  (body(std::integral_constant<int, I>{}), ...);
}

// body(0), ..., body(Count - 1) with each index a constant expression.
template <int Count, class Body>
__device__ inline void unroll(const Body& body) {
  unroll(std::make_integer_sequence<int, Count>{}, body);
}

// One row of a matrix times values[0], values[stride], ...: entries 0 and 1 cost nothing. The
// entries must be constant expressions: as memory, device variables are open to change by the host.
template <class Matrix, int Row>
__device__ inline float row_times(const float* values, int stride) {
  float sum = 0;
  constexpr int kFirst = Matrix::first_nonzero(Row);
  unroll<Matrix::kColumns>([&](auto column) {
    constexpr float kEntry = Matrix::entry(Row, column);
    const float value = values[column * stride];
    if constexpr (kEntry == 0) {
    } else if constexpr (column == kFirst) {
      sum = kEntry == 1 ? value : kEntry * value;
    } else if constexpr (kEntry == 1 || kEntry == -1) {
      sum = kEntry == 1 ? sum + value : sum - value;
    } else {
      sum = __builtin_fmaf(kEntry, value, sum);
    }
  });
  return sum;
}

// out = matrix * in * matrix^T
template <class Matrix>
__device__ inline void transform(const float* in, float* out) {
  constexpr int kRows = Matrix::kRows, kColumns = Matrix::kColumns;
  float half[kRows * kColumns];  // (kRows,kColumns)
  unroll<kRows>([&](auto i) {
    unroll<kColumns>(
        [&](auto j) { half[i * kColumns + j] = row_times<Matrix, i>(in + j, kColumns); });
  });
  unroll<kRows>([&](auto i) {
    unroll<kRows>(
        [&](auto j) { out[i * kRows + j] = row_times<Matrix, j>(half + i * kColumns, 1); });
  });
}

template <int M>
__device__ inline void filter_transform(const WinogradFilterParams& p) {
  constexpr int kTile = M + kWinogradFilter - 1;
  const uint32_t filter = blockIdx.x * kWinogradThreads + threadIdx.x;
  if (filter >= p.filters) return;
  float w[kWinogradFilter * kWinogradFilter];  // (3,3)
#pragma unroll
  for (int i = 0; i < kWinogradFilter * kWinogradFilter; ++i)
    w[i] = p.w[uint64_t{filter} * (kWinogradFilter * kWinogradFilter) + i];
  float u[kTile * kTile];  // (kTile,kTile)
  transform<WinogradFilterMatrix<float, M>>(w, u);
#pragma unroll
  for (int f = 0; f < kTile * kTile; ++f) p.u[uint64_t{p.filters} * f + filter] = u[f];
}

template <int M>
__device__ inline void input_transform(const WinogradInputParams& p) {
  constexpr int kTile = M + kWinogradFilter - 1;
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
  // Coordinates in the padding are clamped and what is read there is masked to zero. Selecting
  // instead would make the compiler branch around each load and wait for it.
  uint32_t row[kTile], column[kTile];            // elements from x
  uint32_t row_mask[kTile], column_mask[kTile];  // all ones inside the image, else 0
#pragma unroll
  for (int i = 0; i < kTile; ++i) {
    const bool row_inside = static_cast<uint32_t>(h0 + i) < static_cast<uint32_t>(p.h);
    const bool column_inside = static_cast<uint32_t>(w0 + i) < static_cast<uint32_t>(p.w);
    row_mask[i] = row_inside ? ~0u : 0;
    column_mask[i] = column_inside ? ~0u : 0;
    row[i] = row_inside ? (h0 + i) * p.w : 0;
    column[i] = column_inside ? w0 + i : 0;
  }
  float d[kTile * kTile];  // (kTile,kTile)
#pragma unroll
  for (int i = 0; i < kTile; ++i)
#pragma unroll
    for (int j = 0; j < kTile; ++j)
      d[i * kTile + j] =
          __uint_as_float(__float_as_uint(x[row[i] + column[j]]) & row_mask[i] & column_mask[j]);
  float v[kTile * kTile];  // (kTile,kTile)
  transform<WinogradInputMatrix<float, M>>(d, v);
#pragma unroll
  for (int f = 0; f < kTile * kTile; ++f) p.v[uint64_t{p.elements} * f + element] = v[f];
}

template <int M>
__device__ inline void output_transform(const WinogradOutputParams& p) {
  constexpr int kTile = M + kWinogradFilter - 1;
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
  transform<WinogradOutputMatrix<float, M>>(m, out);

  const uint32_t h0 = tile_h * M, w0 = tile_w * M;
  float* y = p.y + (uint64_t{image} * p.channels + channel) * (p.out_h * p.out_w);  // (out_h,out_w)
#pragma unroll
  for (int i = 0; i < M; ++i)
#pragma unroll
    for (int j = 0; j < M; ++j)
      if (h0 + i < p.out_h && w0 + j < p.out_w) y[(h0 + i) * p.out_w + w0 + j] = out[i * M + j];
}

}  // namespace

#define RDNA1CONV_WINOGRAD_KERNELS(NAME, M)                      \
  extern "C" __global__ void __launch_bounds__(kWinogradThreads) \
      winograd_##NAME##_filter(const WinogradFilterParams p) {   \
    filter_transform<M>(p);                                      \
  }                                                              \
  extern "C" __global__ void __launch_bounds__(kWinogradThreads) \
      winograd_##NAME##_input(const WinogradInputParams p) {     \
    input_transform<M>(p);                                       \
  }                                                              \
  extern "C" __global__ void __launch_bounds__(kWinogradThreads) \
      winograd_##NAME##_output(const WinogradOutputParams p) {   \
    output_transform<M>(p);                                      \
  }
RDNA1CONV_WINOGRAD_VARIANTS(RDNA1CONV_WINOGRAD_KERNELS)

}  // namespace rdna1conv
