// The implicit GEMM for fp32.
#include "implicit_gemm_kernels.h"

#define GATHER(...) \
  RDNA1CONV_IMPLICIT_GEMM_KERNEL(implicit_gemm_f32_gather, float, false, false, __VA_ARGS__)
#define GATHER_WIDE(...) \
  RDNA1CONV_IMPLICIT_GEMM_KERNEL(implicit_gemm_f32_gather_wide, float, false, true, __VA_ARGS__)
#define WEIGHTS(...) \
  RDNA1CONV_IMPLICIT_GEMM_KERNEL(implicit_gemm_f32_weights, float, true, false, __VA_ARGS__)
#define WEIGHTS_WIDE(...) \
  RDNA1CONV_IMPLICIT_GEMM_KERNEL(implicit_gemm_f32_weights_wide, float, true, true, __VA_ARGS__)

RDNA1CONV_IMPLICIT_GEMM_TILES(GATHER)
RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(GATHER_WIDE)
RDNA1CONV_IMPLICIT_GEMM_TILES(WEIGHTS)
RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(WEIGHTS_WIDE)
RDNA1CONV_IMPLICIT_GEMM_SUM(implicit_gemm_f32_gather_sum, float, false)
RDNA1CONV_IMPLICIT_GEMM_SUM(implicit_gemm_f32_weights_sum, float, true)
