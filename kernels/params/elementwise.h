#pragma once

// Operators that compute each element from those at the same place of other tensors.

#include <cstdint>

#include "activation.h"
#include "walk.h"

namespace rdna1conv {

inline constexpr std::uint32_t kElementwiseThreads = 256;
inline constexpr std::uint32_t kElementwiseSteps = 2;  // vectors of a work item and outer place
inline constexpr int kElementwiseVector = 4;           // elements

// ---- Activations -------------------------------------------------------------------------------

// A descriptor's alpha, beta and gamma.
struct ActivationScalars {
  float alpha = 0, beta = 0, gamma = 0;
};

struct ActivationForwardParams {
  const void* x;
  void* y;
  SplitWalk<2> elements;  // of x, y
  Activation activation;
  float least_base;  // POWER takes what is not above it for zero
  ActivationScalars scalars;
};

struct ActivationBackwardParams {
  const void *x, *y, *dy;
  void* dx;
  SplitWalk<4> elements;  // of x, y, dy, dx
  Activation activation;
  float least_base;
  ActivationScalars scalars;
};

// ---- Tensor functions --------------------------------------------------------------------------

// The values are those of miopenTensorOp_t.
enum class TensorOperation : std::uint32_t { kAdd = 0, kMultiply = 1, kMin = 2, kMax = 3 };

struct TensorScalars {
  float alpha1 = 1, alpha2 = 1, beta = 0;
};

// c = operation(alpha1 * a, alpha2 * b) + beta * c; what c holds is read only with beta.
struct OpTensorParams {
  const void *a, *b;
  void* c;
  SplitWalk<3> elements;  // of a, b, c; strides of 0 broadcast
  TensorOperation operation;
  TensorScalars scalars;
};

// y = alpha1 * x + beta * y; strides of 0 broadcast x. Also y = alpha1 * y, with x the same as y.
struct TransformParams {
  const void* x;
  void* y;
  SplitWalk<2> elements;  // of x, y
  TensorScalars scalars;
};

// Words of any type.
struct CopyParams {
  const void* x;
  void* y;
  SplitWalk<2> elements;  // of x, y
};
struct SetParams {
  void* y;
  SplitWalk<1> elements;
  std::uint32_t word[2];  // the value's bits
};

// Tiles of a matrix that lies the other way round in y: rows are neighbours in x, columns in y.
struct TransposeParams {
  const void* x;
  void* y;
  std::uint32_t rows, columns;       // x: a row has `columns` neighbours
  std::uint64_t x_row, y_column;     // strides of the other dimension
  std::uint64_t x_matrix, y_matrix;  // from matrix to matrix, gridDim.z
};
inline constexpr std::uint32_t kTransposeTile = 32;
inline constexpr std::uint32_t kTransposePairs = 32;  // of words of 2 bytes: tiles of 64 x 64
inline constexpr std::uint32_t kTransposeThreads = 256;

}  // namespace rdna1conv
