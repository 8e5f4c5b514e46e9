// The TN products that were measured on gfx1010 boards: waves of 64 lanes, one instance a set of
// parameters that a measured row has. HIP's headers refuse wave64 on this card, so the source is
// compiled with options that hide the card from them.
#include "bench/calibration/gemm_kernel.h"
#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

// Thread tile, threads, depth, elements of an LDS read and of a load of A and of B, whether global
// loads and LDS reads run ahead, padding of A and of B.
template <int... kNumbers>
using TN = GemmShape<64, true, false, kNumbers...>;

}  // namespace

const std::vector<GemmKernel>& gemm_tn_kernels() {
  static const auto kernels = gemm_instances<
      // clang-format off
        TN<8, 8, 8, 32, 16, 4, 4, 4, 1, 1, 0, 4>,
        TN<8, 8, 16, 16, 32, 4, 4, 4, 1, 1, 0, 0>,
        TN<8, 8, 16, 16, 16, 4, 4, 4, 1, 0, 0, 0>,
        TN<8, 8, 16, 16, 16, 4, 4, 4, 1, 0, 4, 4>,
        TN<8, 8, 16, 16, 16, 4, 4, 4, 1, 1, 0, 0>,
        TN<8, 8, 16, 16, 16, 4, 4, 4, 1, 1, 4, 4>,
        TN<8, 4, 8, 32, 32, 2, 2, 2, 1, 1, 2, 2>,
        TN<8, 4, 8, 32, 32, 2, 2, 2, 1, 1, 4, 2>,
        TN<4, 8, 16, 16, 32, 2, 2, 2, 1, 1, 2, 2>,
        TN<4, 4, 8, 16, 32, 2, 2, 2, 0, 0, 2, 2>,
        TN<4, 4, 8, 16, 32, 2, 2, 2, 0, 1, 2, 2>,
        TN<4, 4, 8, 16, 32, 2, 2, 2, 0, 1, 4, 2>,
        TN<4, 4, 8, 16, 32, 2, 2, 2, 1, 1, 2, 2>,
        TN<4, 4, 8, 16, 32, 4, 4, 4, 1, 1, 4, 4>,
        TN<4, 2, 8, 16, 32, 1, 1, 1, 0, 1, 1, 1>,
        TN<4, 2, 8, 16, 32, 1, 1, 1, 0, 1, 1, 2>,
        TN<4, 2, 8, 16, 32, 2, 2, 2, 1, 1, 2, 2>,
        TN<2, 4, 16, 8, 32, 1, 1, 1, 0, 0, 1, 2>,
        TN<2, 4, 16, 8, 32, 1, 1, 1, 0, 1, 1, 1>,
        TN<2, 4, 16, 8, 32, 1, 1, 1, 0, 1, 1, 2>,
        TN<2, 4, 16, 8, 32, 1, 1, 1, 1, 1, 1, 1>,
        TN<2, 4, 16, 8, 32, 1, 1, 1, 1, 1, 2, 2>,
        TN<2, 4, 16, 8, 32, 2, 2, 2, 1, 1, 2, 2>
      // clang-format on
      >();
  return kernels;
}

}  // namespace rdna1conv::calibration
