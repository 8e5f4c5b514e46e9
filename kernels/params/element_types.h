#pragma once

// The combinations of element types that kernels are built for: X(suffix, data type of what is read
// (x and w, or y and w), data type of what is written, their types on the device
// (kernels/element_types.h)). Kernel names end in the suffix.

#define RDNA1CONV_FLOAT_TYPES(X)       \
  X(f32, kFloat, kFloat, float, float) \
  X(f16, kHalf, kHalf, Half, Half)     \
  X(bf16, kBFloat16, kBFloat16, BFloat16, BFloat16)

// Forward and transposed forward only; products are summed in 32-bit integers.
#define RDNA1CONV_INT8_TYPES(X)             \
  X(i8_i32, kInt8, kInt32, int8_t, int32_t) \
  X(i8_f32, kInt8, kFloat, int8_t, float)   \
  X(i8_i8, kInt8, kInt8, int8_t, int8_t)
