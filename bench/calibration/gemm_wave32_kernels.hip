// Tile sizes that were measured on Navi 21 with waves of 32 lanes (RDNA2).
#include "bench/calibration/gemm_kernel.h"
#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

// Thread tile, threads, depth, vector width.
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
        NN<8, 8, 16, 8, 8, 4>,
        NN<8, 8, 16, 16, 8, 4>,
        NN<4, 4, 16, 16, 8, 4>,
        NT<8, 8, 16, 8, 8, 4>,
        NT<8, 8, 16, 16, 16, 4>,
        TN<8, 8, 16, 16, 8, 4>
      // clang-format on
      >();
  return kernels;
}

}  // namespace rdna1conv::calibration
