// What the compiler made of every kernel row.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include "device/device_query.h"
#include "device/hip_check.h"
#include "device/kernel_module.h"
#include "params/direct_tiles.h"
#include "params/gemm_tiles.h"
#include "params/grouped_tiles.h"
#include "params/grouped_weights_tiles.h"
#include "params/implicit_gemm_tiles.h"
#include "params/winograd.h"

namespace rdna1conv {
namespace {

#define RDNA1CONV_GEMM_NAME(M, N, K, TM, TN) KernelRef{"gemm", "gemm_f32_" #M "x" #N "x" #K},
#define RDNA1CONV_DIRECT_NAME(K, H, R, STRIDE) \
  KernelRef{"direct", "direct_f32_k" #K "h" #H "r" #R "s" #STRIDE},
#define RDNA1CONV_WINOGRAD_NAMES(NAME, M)                \
  KernelRef{"winograd", "winograd_" #NAME "_filter"},    \
      KernelRef{"winograd", "winograd_" #NAME "_input"}, \
      KernelRef{"winograd", "winograd_" #NAME "_output"},
#define RDNA1CONV_IMPLICIT_GEMM_NAMES(TYPE, TILE)                          \
  KernelRef{"implicit_gemm_" TYPE, "implicit_gemm_" TYPE "_gather_" TILE}, \
      KernelRef{"implicit_gemm_" TYPE, "implicit_gemm_" TYPE "_weights_" TILE},
#define RDNA1CONV_IMPLICIT_GEMM_TYPES(TILE)   \
  RDNA1CONV_IMPLICIT_GEMM_NAMES("f32", TILE)  \
  RDNA1CONV_IMPLICIT_GEMM_NAMES("f16", TILE)  \
  RDNA1CONV_IMPLICIT_GEMM_NAMES("bf16", TILE) \
  KernelRef{"implicit_gemm_i8", "implicit_gemm_i8_gather_" TILE},
#define RDNA1CONV_IMPLICIT_GEMM_NARROW(M, N, R, ...) RDNA1CONV_IMPLICIT_GEMM_TYPES(#M "x" #N "x" #R)
#define RDNA1CONV_IMPLICIT_GEMM_WIDE(M, N, R, ...) \
  RDNA1CONV_IMPLICIT_GEMM_TYPES("wide_" #M "x" #N "x" #R)
#define RDNA1CONV_GROUPED_NAMES(K, P, R, STRIDE)                             \
  KernelRef{"grouped", "grouped_f32_k" #K "p" #P "r" #R "s" #STRIDE},        \
      KernelRef{"grouped", "grouped_f16_k" #K "p" #P "r" #R "s" #STRIDE},    \
      KernelRef{"grouped", "grouped_bf16_k" #K "p" #P "r" #R "s" #STRIDE},   \
      KernelRef{"grouped", "grouped_i8_i32_k" #K "p" #P "r" #R "s" #STRIDE}, \
      KernelRef{"grouped", "grouped_i8_f32_k" #K "p" #P "r" #R "s" #STRIDE}, \
      KernelRef{"grouped", "grouped_i8_i8_k" #K "p" #P "r" #R "s" #STRIDE},
#define RDNA1CONV_GROUPED_WEIGHTS_NAMES(K, R, S)                              \
  KernelRef{"grouped_weights", "grouped_weights_f32_k" #K "r" #R "s" #S},     \
      KernelRef{"grouped_weights", "grouped_weights_f16_k" #K "r" #R "s" #S}, \
      KernelRef{"grouped_weights", "grouped_weights_bf16_k" #K "r" #R "s" #S},
constexpr KernelRef kKernels[] = {
    RDNA1CONV_IMPLICIT_GEMM_TILES(RDNA1CONV_IMPLICIT_GEMM_NARROW)
        RDNA1CONV_IMPLICIT_GEMM_WIDE_TILES(RDNA1CONV_IMPLICIT_GEMM_WIDE)
            RDNA1CONV_IMPLICIT_GEMM_TYPES("sum") RDNA1CONV_GEMM_TILES(RDNA1CONV_GEMM_NAME)
                RDNA1CONV_DIRECT_TILES(RDNA1CONV_DIRECT_NAME)
                    RDNA1CONV_WINOGRAD_VARIANTS(RDNA1CONV_WINOGRAD_NAMES)
                        RDNA1CONV_GROUPED_TILES(RDNA1CONV_GROUPED_NAMES)
                            RDNA1CONV_GROUPED_WEIGHTS_TILES(RDNA1CONV_GROUPED_WEIGHTS_NAMES)
                                KernelRef{"gemm", "gemm_sum_splits"},
    KernelRef{"im2col", "im2col_f32"}};

// A register array that the compiler could not keep in registers ends up in scratch memory, and the
// kernel runs many times slower.
TEST(KernelResources, NoScratchMemory) {
  const auto modules = KernelModules::of_device(current_device());
  for (const KernelRef& kernel : kKernels) {
    int bytes = -1;
    check_hip(
        hipFuncGetAttribute(&bytes, HIP_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, modules->function(kernel)),
        "hipFuncGetAttribute");
    EXPECT_EQ(bytes, 0) << kernel.name;
  }
}

}  // namespace
}  // namespace rdna1conv
