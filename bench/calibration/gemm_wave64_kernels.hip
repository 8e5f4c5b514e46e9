// The products that were measured on gfx1010 boards: waves of 64 lanes, one instance a row of tile
// sizes. HIP's headers refuse wave64 on this card, so the source is compiled with options that hide
// the card from them.
#include "bench/calibration/gemm_kernel.h"
#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

// Thread tile, threads, depth, vector width.
template <int... kNumbers>
using NN = GemmShape<64, false, false, kNumbers...>;
template <int... kNumbers>
using NT = GemmShape<64, false, true, kNumbers...>;
template <int... kNumbers>
using TN = GemmShape<64, true, false, kNumbers...>;

}  // namespace

const std::vector<GemmKernel>& gemm_wave64_kernels() {
  static const auto kernels = gemm_instances<
      // clang-format off
        NN<8, 8, 16, 16, 16, 4>,
        NN<8, 8, 16, 16, 32, 4>,
        NN<8, 4, 16, 16, 32, 2>,
        NN<4, 8, 32, 8, 16, 4>,
        NN<4, 8, 64, 4, 8, 4>,
        NN<2, 2, 16, 16, 8, 1>,
        NN<4, 2, 16, 8, 16, 1>,
        NN<4, 2, 16, 8, 8, 1>,
        NN<4, 4, 16, 16, 32, 1>,
        NN<6, 4, 16, 16, 16, 2>,
        NT<8, 8, 16, 16, 16, 4>,
        NT<8, 8, 16, 16, 8, 4>,
        NT<8, 8, 8, 8, 8, 4>,
        NT<8, 6, 16, 16, 16, 2>,
        NT<6, 8, 16, 16, 16, 2>,
        NT<8, 4, 16, 8, 16, 4>,
        NT<8, 4, 16, 16, 16, 2>,
        NT<8, 4, 8, 16, 8, 2>,
        NT<4, 8, 8, 16, 4, 4>,
        NT<4, 8, 16, 16, 16, 1>,
        NT<4, 8, 16, 8, 16, 4>,
        NT<4, 6, 16, 16, 8, 2>,
        NT<4, 4, 8, 16, 16, 2>,
        NT<4, 4, 8, 16, 8, 2>,
        NT<4, 4, 16, 8, 16, 2>,
        NT<4, 2, 16, 8, 16, 1>,
        NT<4, 2, 16, 8, 8, 1>,
        TN<8, 8, 16, 16, 16, 4>,
        TN<8, 8, 16, 16, 32, 4>,
        TN<8, 8, 8, 32, 16, 4>,
        TN<8, 4, 8, 32, 32, 2>,
        TN<8, 4, 16, 16, 8, 2>,
        TN<4, 8, 16, 16, 32, 2>,
        TN<4, 4, 8, 16, 32, 2>,
        TN<4, 4, 8, 16, 32, 4>,
        TN<2, 4, 16, 8, 32, 1>,
        TN<4, 2, 8, 16, 32, 1>
      // clang-format on
      >();
  return kernels;
}

}  // namespace rdna1conv::calibration
