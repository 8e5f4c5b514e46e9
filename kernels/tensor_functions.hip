// OpTensor, TransformTensor, ScaleTensor and SetTensor; params/elementwise.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "elementwise.h"
#include "params/element_types.h"
#include "params/elementwise.h"

namespace rdna1conv {
namespace {

// A vector, or the same element for all of it where the tensor is broadcast along the fastest
// dimension.
template <int Width, class T>
__device__ inline Vector<float, Width> load_broadcast(const T* address, uint32_t stride) {
  if (Width == 1 || stride != 0) return load_floats<Width>(address);
  const float value = load_floats<1>(address).at[0];
  Vector<float, Width> values;
#pragma unroll
  for (int j = 0; j < Width; ++j) values.at[j] = value;
  return values;
}

__device__ inline float combined(float a, float b, TensorOperation operation) {
  switch (operation) {
    case TensorOperation::kMultiply:
      return a * b;
    case TensorOperation::kMin:
      return a < b ? a : b;
    case TensorOperation::kMax:
      return a > b ? a : b;
    default:
      return a + b;
  }
}

template <class T, int Width>
__device__ inline void op_tensor(const OpTensorParams& p) {
  for_elements(p.elements, [&](const Place<3>& place) {
    const auto a = load_broadcast<Width>(static_cast<const T*>(p.a) + place.offset[0],
                                         p.elements.inner.stride[0][0]);
    const auto b = load_broadcast<Width>(static_cast<const T*>(p.b) + place.offset[1],
                                         p.elements.inner.stride[1][0]);
    T* const c = static_cast<T*>(p.c) + place.offset[2];
    Vector<float, Width> old{};
    if (p.scalars.beta != 0) old = load_floats<Width>(c);
    Vector<float, Width> result;
#pragma unroll
    for (int j = 0; j < Width; ++j) {
      result.at[j] = combined(p.scalars.alpha1 * a.at[j], p.scalars.alpha2 * b.at[j], p.operation);
      if (p.scalars.beta != 0)
        result.at[j] = __builtin_fmaf(p.scalars.beta, old.at[j], result.at[j]);
    }
    store_floats(c, result);
  });
}

template <class T, int Width>
__device__ inline void transform(const TransformParams& p) {
  for_elements(p.elements, [&](const Place<2>& place) {
    auto value = load_broadcast<Width>(static_cast<const T*>(p.x) + place.offset[0],
                                       p.elements.inner.stride[0][0]);
    T* const y = static_cast<T*>(p.y) + place.offset[1];
    Vector<float, Width> old{};
    if (p.scalars.beta != 0) old = load_floats<Width>(y);
#pragma unroll
    for (int j = 0; j < Width; ++j) {
      value.at[j] *= p.scalars.alpha1;
      if (p.scalars.beta != 0) value.at[j] = __builtin_fmaf(p.scalars.beta, old.at[j], value.at[j]);
    }
    store_floats(y, value);
  });
}

template <class Word, int Width>
__device__ inline void copy(const CopyParams& p) {
  for_elements(p.elements, [&](const Place<2>& place) {
    store_vector(static_cast<Word*>(p.y) + place.offset[1],
                 load_vector<Width>(static_cast<const Word*>(p.x) + place.offset[0]));
  });
}

template <class Word, int Width>
__device__ inline void set(const SetParams& p) {
  Vector<Word, Width> value;
#pragma unroll
  for (int j = 0; j < Width; ++j)
    value.at[j] = static_cast<Word>(uint64_t{p.word[1]} << 32 | p.word[0]);
  for_elements(p.elements, [&](const Place<1>& place) {
    store_vector(static_cast<Word*>(p.y) + place.offset[0], value);
  });
}

// A workgroup has a tile of 32 x 32. Lanes have neighbours of x when they load and neighbours of y
// when they store; the odd row length of the LDS keeps both free of bank conflicts.
template <class Word>
__device__ inline void transpose(const TransposeParams& p) {
  constexpr uint32_t kRows = kTransposeThreads / kTransposeTile;
  __shared__ Word tile[kTransposeTile][kTransposeTile + 1];  // (row of x, column of x)
  const Word* const x = static_cast<const Word*>(p.x) + blockIdx.z * p.x_matrix;
  Word* const y = static_cast<Word*>(p.y) + blockIdx.z * p.y_matrix;
  const uint32_t lane = threadIdx.x % kTransposeTile, first = threadIdx.x / kTransposeTile;
  const uint32_t row = blockIdx.y * kTransposeTile, column = blockIdx.x * kTransposeTile;
#pragma unroll
  for (uint32_t i = 0; i < kTransposeTile; i += kRows) {
    if (row + first + i < p.rows && column + lane < p.columns)
      tile[first + i][lane] = x[uint64_t{row + first + i} * p.x_row + column + lane];
  }
  __syncthreads();
#pragma unroll
  for (uint32_t i = 0; i < kTransposeTile; i += kRows) {
    if (column + first + i < p.columns && row + lane < p.rows)
      y[uint64_t{column + first + i} * p.y_column + row + lane] = tile[lane][first + i];
  }
}

// Words of 2 bytes in pairs, rows and columns even in number: a workgroup has a tile of 64 x 64, in
// which a lane loads two neighbours of x and stores two of y, so that waves move 128 bytes at a
// time as with words of 4.
__device__ inline void transpose_pairs(const TransposeParams& p) {
  constexpr uint32_t kLanes = kTransposePairs, kRows = kTransposeThreads / kLanes;
  __shared__ uint32_t tile[2 * kLanes][kLanes + 1];  // (row of x, pair of columns of x)
  const uint16_t* const x = static_cast<const uint16_t*>(p.x) + blockIdx.z * p.x_matrix;
  uint16_t* const y = static_cast<uint16_t*>(p.y) + blockIdx.z * p.y_matrix;
  const uint32_t lane = threadIdx.x % kLanes, first = threadIdx.x / kLanes;
  const uint32_t row = blockIdx.y * 2 * kLanes, column = blockIdx.x * 2 * kLanes;
#pragma unroll
  for (uint32_t i = 0; i < 2 * kLanes; i += kRows) {
    if (row + first + i < p.rows && column + 2 * lane < p.columns) {
      const auto pair = load_vector<2>(x + uint64_t{row + first + i} * p.x_row + column + 2 * lane);
      tile[first + i][lane] = __builtin_bit_cast(uint32_t, pair);
    }
  }
  __syncthreads();
#pragma unroll
  for (uint32_t i = 0; i < kLanes; i += kRows) {
    const uint32_t pair = first + i;  // of columns of x
    if (column + 2 * pair >= p.columns || row + 2 * lane >= p.rows) continue;
    const uint32_t upper = tile[2 * lane][pair], lower = tile[2 * lane + 1][pair];
    uint16_t* const to = y + uint64_t{column + 2 * pair} * p.y_column + row + 2 * lane;
    store_vector(to, __builtin_bit_cast(Vector<uint16_t, 2>, (upper & 0xffff) | lower << 16));
    store_vector(to + p.y_column,
                 __builtin_bit_cast(Vector<uint16_t, 2>, upper >> 16 | (lower & 0xffff0000)));
  }
}

}  // namespace

#define RDNA1CONV_TENSOR_KERNEL(FUNCTION, NAME, PARAMS, ...)                               \
  extern "C" __global__ void __launch_bounds__(kElementwiseThreads) NAME(const PARAMS p) { \
    FUNCTION<__VA_ARGS__>(p);                                                              \
  }
#define RDNA1CONV_TENSOR_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)                         \
  RDNA1CONV_TENSOR_KERNEL(op_tensor, op_tensor_##SUFFIX##_4, OpTensorParams, OUT,         \
                          kElementwiseVector)                                             \
  RDNA1CONV_TENSOR_KERNEL(op_tensor, op_tensor_##SUFFIX##_1, OpTensorParams, OUT, 1)      \
  RDNA1CONV_TENSOR_KERNEL(transform, transform_tensor_##SUFFIX##_4, TransformParams, OUT, \
                          kElementwiseVector)                                             \
  RDNA1CONV_TENSOR_KERNEL(transform, transform_tensor_##SUFFIX##_1, TransformParams, OUT, 1)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_TENSOR_KERNELS)

#define RDNA1CONV_WORD_KERNELS(BYTES, WORD)                                                     \
  RDNA1CONV_TENSOR_KERNEL(copy, copy_tensor_b##BYTES##_4, CopyParams, WORD, kElementwiseVector) \
  RDNA1CONV_TENSOR_KERNEL(copy, copy_tensor_b##BYTES##_1, CopyParams, WORD, 1)                  \
  RDNA1CONV_TENSOR_KERNEL(set, set_tensor_b##BYTES##_4, SetParams, WORD, kElementwiseVector)    \
  RDNA1CONV_TENSOR_KERNEL(set, set_tensor_b##BYTES##_1, SetParams, WORD, 1)                     \
  RDNA1CONV_TENSOR_KERNEL(transpose, transpose_tensor_b##BYTES, TransposeParams, WORD)
RDNA1CONV_WORD_KERNELS(1, uint8_t)
RDNA1CONV_WORD_KERNELS(2, uint16_t)
RDNA1CONV_WORD_KERNELS(4, uint32_t)
RDNA1CONV_WORD_KERNELS(8, uint64_t)

extern "C" __global__ void __launch_bounds__(kTransposeThreads)
    transpose_tensor_pairs(const TransposeParams p) {
  transpose_pairs(p);
}

}  // namespace rdna1conv
