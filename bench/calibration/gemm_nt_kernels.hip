// The NT products that were measured on gfx1010 boards: waves of 64 lanes, one instance a set of
// parameters that a measured row has. HIP's headers refuse wave64 on this card, so the source is
// compiled with options that hide the card from them.
#include "bench/calibration/gemm_kernel.h"
#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

// Thread tile, threads, depth, elements of an LDS read and of a load of A and of B, whether global
// loads and LDS reads run ahead, padding of A and of B.
template <int... kNumbers>
using NT = GemmShape<64, false, true, kNumbers...>;

}  // namespace

const std::vector<GemmKernel>& gemm_nt_kernels() {
  static const auto kernels = gemm_instances<
      // clang-format off
        NT<8, 8, 8, 8, 8, 4, 4, 4, 1, 1, 0, 0>,
        NT<8, 8, 16, 16, 16, 4, 4, 4, 1, 0, 0, 0>,
        NT<8, 8, 16, 16, 16, 4, 4, 4, 1, 1, 0, 0>,
        NT<8, 8, 16, 16, 8, 2, 2, 2, 1, 0, 0, 0>,
        NT<8, 8, 16, 16, 8, 4, 4, 4, 1, 1, 0, 0>,
        NT<8, 6, 16, 16, 16, 2, 2, 2, 1, 1, 0, 0>,
        NT<8, 4, 8, 16, 8, 2, 2, 2, 1, 0, 0, 0>,
        NT<8, 4, 8, 16, 8, 4, 4, 4, 1, 0, 0, 0>,
        NT<8, 4, 8, 16, 8, 4, 4, 4, 1, 1, 0, 0>,
        NT<8, 4, 16, 8, 16, 4, 4, 4, 0, 1, 0, 0>,
        NT<8, 4, 16, 16, 16, 2, 2, 2, 0, 0, 0, 0>,
        NT<8, 4, 16, 16, 16, 2, 2, 2, 0, 1, 0, 0>,
        NT<8, 4, 16, 16, 16, 2, 2, 2, 1, 0, 0, 0>,
        NT<8, 4, 16, 16, 16, 4, 4, 4, 0, 1, 0, 0>,
        NT<8, 4, 16, 16, 16, 4, 4, 4, 1, 1, 0, 0>,
        NT<6, 8, 16, 16, 16, 2, 2, 2, 1, 1, 0, 0>,
        NT<4, 8, 8, 16, 4, 4, 1, 4, 0, 1, 0, 0>,
        NT<4, 8, 16, 8, 16, 2, 2, 2, 1, 1, 0, 0>,
        NT<4, 8, 16, 8, 16, 4, 4, 4, 1, 0, 0, 0>,
        NT<4, 8, 16, 8, 16, 4, 4, 4, 1, 1, 0, 0>,
        NT<4, 8, 16, 16, 16, 1, 1, 1, 0, 0, 0, 0>,
        NT<4, 8, 16, 16, 16, 1, 1, 1, 1, 1, 0, 0>,
        NT<4, 8, 16, 16, 16, 2, 2, 2, 0, 0, 0, 0>,
        NT<4, 6, 16, 16, 8, 2, 2, 2, 1, 0, 0, 0>,
        NT<4, 6, 16, 16, 8, 2, 2, 2, 1, 1, 0, 0>,
        NT<4, 4, 8, 16, 16, 2, 2, 2, 0, 1, 0, 0>,
        NT<4, 4, 8, 16, 16, 2, 2, 2, 1, 1, 0, 0>,
        NT<4, 4, 8, 16, 8, 2, 2, 2, 1, 1, 0, 0>,
        NT<4, 4, 16, 8, 16, 1, 1, 1, 0, 0, 0, 0>,
        NT<4, 4, 16, 8, 16, 2, 2, 2, 0, 1, 0, 0>,
        NT<4, 4, 16, 8, 16, 2, 2, 2, 1, 1, 0, 0>,
        NT<4, 2, 16, 8, 16, 1, 1, 1, 0, 0, 0, 0>,
        NT<4, 2, 16, 8, 16, 1, 1, 1, 0, 1, 0, 0>,
        NT<4, 2, 16, 8, 16, 2, 2, 2, 1, 1, 0, 0>,
        NT<4, 2, 16, 8, 8, 1, 1, 1, 0, 0, 0, 0>,
        NT<4, 2, 16, 8, 8, 1, 1, 1, 0, 1, 0, 0>,
        NT<4, 2, 16, 8, 8, 1, 1, 1, 1, 1, 0, 0>,
        NT<4, 2, 16, 8, 8, 2, 2, 1, 1, 1, 0, 0>
      // clang-format on
      >();
  return kernels;
}

}  // namespace rdna1conv::calibration
