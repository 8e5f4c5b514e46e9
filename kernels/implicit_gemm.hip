// The implicit GEMM of one element type, each a code object of its own: kernels/CMakeLists.txt
// compiles this file for every input type of params/element_types.h, with
//   RDNA1CONV_SUFFIX         f16
//   RDNA1CONV_ELEMENT        Half
//   RDNA1CONV_HAS_GRADIENTS  0 of integers, which are for the role gather only
#include "implicit_gemm.h"
#include "params/implicit_gemm_tiles.h"

namespace rdna1conv {

// Twice, so that the suffix is expanded before it is joined.
#define RDNA1CONV_JOIN(SUFFIX, REST) implicit_gemm_##SUFFIX##_##REST
#define RDNA1CONV_NAME(SUFFIX, REST) RDNA1CONV_JOIN(SUFFIX, REST)

#define RDNA1CONV_KERNEL(ROLE, WEIGHTS, WIDE, BM, BN, BK, TM, TN)                               \
  extern "C" __global__ void __launch_bounds__((BM / TM) * (BN / TN))                           \
      RDNA1CONV_NAME(RDNA1CONV_SUFFIX, ROLE##_##BM##x##BN##x##BK)(const ImplicitGemmParams p) { \
    implicit_gemm_tile<RDNA1CONV_ELEMENT, WEIGHTS, WIDE, BM, BN, BK, TM, TN>(p);                \
  }
#define RDNA1CONV_GATHER(...) RDNA1CONV_KERNEL(gather, false, false, __VA_ARGS__)
#define RDNA1CONV_GATHER_WIDE(...) RDNA1CONV_KERNEL(gather_wide, false, true, __VA_ARGS__)
#define RDNA1CONV_WEIGHTS(...) RDNA1CONV_KERNEL(weights, true, false, __VA_ARGS__)
#define RDNA1CONV_WEIGHTS_WIDE(...) RDNA1CONV_KERNEL(weights_wide, true, true, __VA_ARGS__)

RDNA1CONV_IMPLICIT_GEMM_TILES(RDNA1CONV_GATHER)
RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(RDNA1CONV_GATHER_WIDE)
extern "C" __global__ void __launch_bounds__(kImplicitGemmSumThreads)
    RDNA1CONV_NAME(RDNA1CONV_SUFFIX, gather_sum)(const ImplicitGemmParams p) {
  implicit_gemm_sum<RDNA1CONV_ELEMENT, false>(p);
}

#if RDNA1CONV_HAS_GRADIENTS
RDNA1CONV_IMPLICIT_GEMM_TILES(RDNA1CONV_WEIGHTS)
RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(RDNA1CONV_WEIGHTS_WIDE)
extern "C" __global__ void __launch_bounds__(kImplicitGemmSumThreads)
    RDNA1CONV_NAME(RDNA1CONV_SUFFIX, weights_sum)(const ImplicitGemmParams p) {
  implicit_gemm_sum<RDNA1CONV_ELEMENT, true>(p);
}
#endif

}  // namespace rdna1conv
