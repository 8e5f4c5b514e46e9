#pragma once

// The element types that kernels are built for, a row each. From here come the kernels' instances
// and names, what solvers take, driver words, texts and tests; CONTRIBUTING.md says what else a new
// type needs.
//   X(suffix of kernel names, data type of what is read, data type of what is written,
//     their types on the device (kernels/element_types.h), ...)
// where `...` is what a list was given beside X, for kernels that have rows of something else too.

// Read and written alike, in every direction and by every operator; sums in fp32.
#define RDNA1CONV_FLOAT_TYPES_WITH(X, ...)          \
  X(f32, kFloat, kFloat, float, float, __VA_ARGS__) \
  X(f16, kHalf, kHalf, Half, Half, __VA_ARGS__)     \
  X(bf16, kBFloat16, kBFloat16, BFloat16, BFloat16, __VA_ARGS__)

// Convolutions alone, forward and transposed forward; products are summed in 32-bit integers. The
// first row is what a driver word means.
#define RDNA1CONV_INT8_TYPES_WITH(X, ...)                \
  X(i8_i32, kInt8, kInt32, int8_t, int32_t, __VA_ARGS__) \
  X(i8_f32, kInt8, kFloat, int8_t, float, __VA_ARGS__)   \
  X(i8_i8, kInt8, kInt8, int8_t, int8_t, __VA_ARGS__)

// What is read of these, for kernels that are told at run time what they write.
#define RDNA1CONV_INT8_INPUTS_WITH(X, ...) X(i8, kInt8, kInt8, int8_t, int8_t, __VA_ARGS__)

#define RDNA1CONV_TYPES_WITH(X, ...)         \
  RDNA1CONV_FLOAT_TYPES_WITH(X, __VA_ARGS__) \
  RDNA1CONV_INT8_TYPES_WITH(X, __VA_ARGS__)
#define RDNA1CONV_INPUT_TYPES_WITH(X, ...)   \
  RDNA1CONV_FLOAT_TYPES_WITH(X, __VA_ARGS__) \
  RDNA1CONV_INT8_INPUTS_WITH(X, __VA_ARGS__)

// The lists with nothing beside X.
#define RDNA1CONV_WITHOUT(SUFFIX, READ, WRITTEN, IN, OUT, X) X(SUFFIX, READ, WRITTEN, IN, OUT)
#define RDNA1CONV_FLOAT_TYPES(X) RDNA1CONV_FLOAT_TYPES_WITH(RDNA1CONV_WITHOUT, X)
#define RDNA1CONV_TYPES(X) RDNA1CONV_TYPES_WITH(RDNA1CONV_WITHOUT, X)
#define RDNA1CONV_INPUT_TYPES(X) RDNA1CONV_INPUT_TYPES_WITH(RDNA1CONV_WITHOUT, X)
