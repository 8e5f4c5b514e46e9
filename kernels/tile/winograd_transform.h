#pragma once

// Winograd's transforms of one tile in registers: out = matrix * in * matrix^T with the matrices of
// params/winograd_matrices.h.

#include <hip/hip_runtime.h>

#include <utility>

#include "params/winograd_matrices.h"
#include "tile/packed_multiply.h"

namespace rdna1conv::tile {

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

// The filter's transform: any matrix, entry by entry.
template <class Matrix>
__device__ inline void transform_by_entries(const float* in, float* out) {
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

// Points come in pairs a, -a: both rows of the input's matrix are an even part plus and minus an
// odd one, and both columns of the output's share a sum and a difference. For M = 4 that is 12
// operations instead of 18 a row, and 13 instead of 17.

// What the input's transform is calculated in: float, or halves of two channels.
__device__ inline float fused(float factor, float value, float addend) {
  return __builtin_fmaf(factor, value, addend);
}
__device__ inline HalfPair fused(float factor, HalfPair value, HalfPair addend) {
  const Half half = static_cast<Half>(factor);
  return fma_of_pairs(HalfPair{half, half}, value, addend);
}

// B^T d in place, of values[0], values[stride], ...
template <int M, class T>
__device__ inline void transform_input_line(T* values, int stride) {
  const auto at = [&](int i) -> T& { return values[i * stride]; };
  if constexpr (M == 2) {
    const T d1 = at(1), d2 = at(2);
    at(0) = d2 - at(0);
    at(3) = at(3) - d1;
    at(1) = d2 + d1;
    at(2) = d2 - d1;
  } else {
    constexpr float a = WinogradPoints<float, 4>::at(1), b = WinogradPoints<float, 4>::at(3);
    const T d1 = at(1), d2 = at(2), d3 = at(3), d4 = at(4);
    const T even_a = fused(-b * b, d2, d4), odd_a = fused(-b * b, d1, d3);
    const T even_b = fused(-a * a, d2, d4), odd_b = fused(-a * a, d1, d3);
    at(0) = fused(a * a * b * b, at(0), fused(-(a * a + b * b), d2, d4));
    at(5) = fused(a * a * b * b, d1, fused(-(a * a + b * b), d3, at(5)));
    at(1) = fused(a, odd_a, even_a);
    at(2) = fused(-a, odd_a, even_a);
    at(3) = fused(b, odd_b, even_b);
    at(4) = fused(-b, odd_b, even_b);
  }
}

// A^T m of M + 2 values to M.
template <int M>
__device__ inline void transform_output_line(const float* in, int stride, float* out,
                                             int out_stride) {
  const auto at = [&](int i) { return in[i * stride]; };
  const float sum_a = at(1) + at(2), difference_a = at(1) - at(2);
  if constexpr (M == 2) {
    out[0] = at(0) + sum_a;
    out[out_stride] = difference_a + at(3);
  } else {
    constexpr float a = WinogradPoints<float, 4>::at(1), b = WinogradPoints<float, 4>::at(3);
    const float sum_b = at(3) + at(4), difference_b = at(3) - at(4);
    out[0] = at(0) + sum_a + sum_b;
    out[out_stride] = __builtin_fmaf(b, difference_b, a * difference_a);
    out[2 * out_stride] = __builtin_fmaf(b * b, sum_b, a * a * sum_a);
    out[3 * out_stride] =
        __builtin_fmaf(b * b * b, difference_b, __builtin_fmaf(a * a * a, difference_a, at(5)));
  }
}

// G w of 3 values to M + 2: what opposite points give differs by the sign of the middle one.
template <int M>
__device__ inline void transform_filter_line(const float* in, int stride, float* out) {
  using Matrix = WinogradFilterMatrix<float, M>;
  const float w0 = in[0], w1 = in[stride], w2 = in[2 * stride];
  constexpr float kZero = Matrix::entry(0, 0);
  out[0] = kZero == 1 ? w0 : kZero * w0;
  unroll<M / 2>([&](auto pair) {
    constexpr float k0 = Matrix::entry(1 + 2 * pair, 0), k1 = Matrix::entry(1 + 2 * pair, 1),
                    k2 = Matrix::entry(1 + 2 * pair, 2);
    const float even = __builtin_fmaf(k2, w2, k0 * w0);
    out[1 + 2 * pair] = __builtin_fmaf(k1, w1, even);
    out[2 + 2 * pair] = __builtin_fmaf(-k1, w1, even);
  });
  out[M + 1] = w2;
}

template <int M, class T>
__device__ inline void transform_input(T* values) {  // (M+2,M+2)
  constexpr int kSide = M + 2;
#pragma unroll
  for (int j = 0; j < kSide; ++j) transform_input_line<M>(values + j, kSide);
#pragma unroll
  for (int i = 0; i < kSide; ++i) transform_input_line<M>(values + i * kSide, 1);
}

template <int M>
__device__ inline void transform_output(const float* in, float* out) {  // (M+2,M+2), (M,M)
  constexpr int kSide = M + 2;
  float half[M * kSide];  // (M,kSide)
#pragma unroll
  for (int j = 0; j < kSide; ++j) transform_output_line<M>(in + j, kSide, half + j, kSide);
#pragma unroll
  for (int i = 0; i < M; ++i) transform_output_line<M>(half + i * kSide, 1, out + i * M, 1);
}

}  // namespace rdna1conv::tile
