// Tile sizes that were measured on Navi 21 with waves of 32 lanes (RDNA2), and rocBLAS's fallback
// kernel (asm_full/hip_Cijk_Ailk_Bljk_SB.yaml), which hipcc compiles for such waves.
#include "bench/calibration/gemm_kernel.h"
#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

// As in gemm_nn_kernels.hip. What was measured is known by tile and thread tile alone.
template <int... kNumbers>
using NN = GemmShape<32, false, false, kNumbers...>;
template <int... kNumbers>
using NT = GemmShape<32, false, true, kNumbers...>;
template <int... kNumbers>
using TN = GemmShape<32, true, false, kNumbers...>;

}  // namespace

const std::vector<GemmKernel>& gemm_wave32_kernels() {
  // None of 8x16 a thread: LLVM spills registers there, and spilling would be what is timed.
  static const auto kernels = gemm_instances<
      // clang-format off
        NN<8, 8, 16, 8, 8, 4, 4, 4, 1, 1, 0, 4>,
        NN<8, 8, 16, 16, 8, 4, 4, 4, 1, 1, 0, 4>,
        NN<4, 4, 16, 16, 8, 4, 2, 2, 1, 1, 0, 4>,
        NN<8, 4, 16, 16, 8, 1, 1, 1, 0, 0, 0, 0>,
        NT<8, 8, 16, 8, 8, 4, 4, 4, 1, 1, 0, 0>,
        NT<8, 8, 16, 16, 16, 4, 4, 4, 1, 1, 0, 0>,
        TN<8, 8, 16, 16, 8, 4, 4, 4, 1, 1, 4, 4>
      // clang-format on
      >();
  return kernels;
}

}  // namespace rdna1conv::calibration
