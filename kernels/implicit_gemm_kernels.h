#pragma once

// The kernels of one element type: implicit_gemm_<type>_<role>[_wide]_<m>x<n>x<r> and
// implicit_gemm_<type>_<role>_sum.

#include "implicit_gemm.h"
#include "params/implicit_gemm_tiles.h"

#define RDNA1CONV_IMPLICIT_GEMM_KERNEL(NAME, ELEMENT, WEIGHTS, WIDE, BM, BN, BK, TM, TN)       \
  extern "C" __global__ void __launch_bounds__((BM / TM) * (BN / TN))                          \
      NAME##_##BM##x##BN##x##BK(const rdna1conv::ImplicitGemmParams p) {                       \
    rdna1conv::implicit_gemm_tile<ELEMENT, WEIGHTS, WIDE, BM, BN, BK, TM, TN>(p);              \
  }
#define RDNA1CONV_IMPLICIT_GEMM_SUM(NAME, ELEMENT, WEIGHTS)                  \
  extern "C" __global__ void __launch_bounds__(rdna1conv::kImplicitGemmSumThreads) \
      NAME(const rdna1conv::ImplicitGemmParams p) {                          \
    rdna1conv::implicit_gemm_sum<ELEMENT, WEIGHTS>(p);                       \
  }
