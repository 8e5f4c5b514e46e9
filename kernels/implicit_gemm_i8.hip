// The implicit GEMM for int8, forward only.
#include "implicit_gemm.h"
#include "params/implicit_gemm_tiles.h"

#define RDNA1CONV_KERNEL(ROLE, WEIGHTS, WIDE, BM, BN, BK, TM, TN)                           \
  extern "C" __global__ void __launch_bounds__((BM / TM) * (BN / TN))                       \
      implicit_gemm_i8_##ROLE##_##BM##x##BN##x##BK(const rdna1conv::ImplicitGemmParams p) { \
    rdna1conv::implicit_gemm_tile<int8_t, WEIGHTS, WIDE, BM, BN, BK, TM, TN>(p);            \
  }
#define RDNA1CONV_GATHER(...) RDNA1CONV_KERNEL(gather, false, false, __VA_ARGS__)
#define RDNA1CONV_GATHER_WIDE(...) RDNA1CONV_KERNEL(gather_wide, false, true, __VA_ARGS__)

RDNA1CONV_IMPLICIT_GEMM_TILES(RDNA1CONV_GATHER)
RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(RDNA1CONV_GATHER_WIDE)
extern "C" __global__ void __launch_bounds__(rdna1conv::kImplicitGemmSumThreads)
    implicit_gemm_i8_gather_sum(const rdna1conv::ImplicitGemmParams p) {
  rdna1conv::implicit_gemm_sum<int8_t, false>(p);
}
