// The implicit GEMM for fp32.
#include "implicit_gemm.h"
#include "params/implicit_gemm_tiles.h"

#define RDNA1CONV_KERNEL(ROLE, WEIGHTS, WIDE, BM, BN, BK, TM, TN)                            \
  extern "C" __global__ void __launch_bounds__((BM / TM) * (BN / TN))                        \
      implicit_gemm_f32_##ROLE##_##BM##x##BN##x##BK(const rdna1conv::ImplicitGemmParams p) { \
    rdna1conv::implicit_gemm_tile<float, WEIGHTS, WIDE, BM, BN, BK, TM, TN>(p);              \
  }
#define RDNA1CONV_GATHER(...) RDNA1CONV_KERNEL(gather, false, false, __VA_ARGS__)
#define RDNA1CONV_GATHER_WIDE(...) RDNA1CONV_KERNEL(gather_wide, false, true, __VA_ARGS__)
#define RDNA1CONV_WEIGHTS(...) RDNA1CONV_KERNEL(weights, true, false, __VA_ARGS__)
#define RDNA1CONV_WEIGHTS_WIDE(...) RDNA1CONV_KERNEL(weights_wide, true, true, __VA_ARGS__)

RDNA1CONV_IMPLICIT_GEMM_TILES(RDNA1CONV_GATHER)
RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(RDNA1CONV_GATHER_WIDE)
extern "C" __global__ void __launch_bounds__(rdna1conv::kImplicitGemmSumThreads)
    implicit_gemm_f32_gather_sum(const rdna1conv::ImplicitGemmParams p) {
  rdna1conv::implicit_gemm_sum<float, false>(p);
}

RDNA1CONV_IMPLICIT_GEMM_TILES(RDNA1CONV_WEIGHTS)
RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(RDNA1CONV_WEIGHTS_WIDE)
extern "C" __global__ void __launch_bounds__(rdna1conv::kImplicitGemmSumThreads)
    implicit_gemm_f32_weights_sum(const rdna1conv::ImplicitGemmParams p) {
  rdna1conv::implicit_gemm_sum<float, true>(p);
}
