// Which solvers take typical layers: a solver that stops taking what it should, or takes what it
// should not, shows as a difference here. No device.
#include <gtest/gtest.h>

#include <string>

#include "core/driver_line.h"
#include "dispatch/solver_table.h"

namespace rdna1conv {
namespace {

struct Layer {
  const char* line;
  const char* solvers;  // in the order of the solver table
};
std::ostream& operator<<(std::ostream& out, const Layer& layer) { return out << layer.line; }

constexpr Layer kLayers[] = {
    {"conv -n 1 -c 3 -H 224 -W 224 -k 64 -y 7 -x 7 -p 3 -q 3 -u 2 -v 2 -F 1",
     "Im2colGemmFwd DirectTiledFwd DirectGroupedFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1",
     "WinogradF4x3Fwd WinogradF2x3Fwd Im2colGemmFwd DirectTiledFwd ImplicitGemmFwd "
     "DirectReference"},
    {"conv -n 1 -c 64 -H 56 -W 56 -k 256 -y 1 -x 1 -F 1",
     "Gemm1x1Fwd DirectTiledFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 256 -H 56 -W 56 -k 512 -y 1 -x 1 -u 2 -v 2 -F 1",
     "Gemm1x1Fwd DirectTiledFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 128 -H 56 -W 56 -k 128 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -F 1",
     "Im2colGemmFwd DirectTiledFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 64 -c 512 -H 7 -W 7 -k 512 -y 3 -x 3 -p 1 -q 1 -F 1",
     "WinogradF4x3Fwd WinogradF2x3Fwd Im2colGemmFwd DirectTiledFwd ImplicitGemmFwd "
     "DirectReference"},
    {"conv -n 1 -c 128 -H 28 -W 28 -k 128 -y 3 -x 3 -p 1 -q 1 -g 32 -F 1",
     "WinogradF4x3Fwd WinogradF2x3Fwd Im2colGemmFwd DirectTiledFwd DirectGroupedFwd "
     "ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 96 -H 112 -W 112 -k 96 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -g 96 -F 1",
     "Im2colGemmFwd DirectTiledFwd DirectGroupedFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 32 -H 33 -W 33 -k 32 -y 3 -x 3 -p 2 -q 2 -l 2 -j 2 -F 1",
     "Im2colGemmFwd DirectTiledFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 64 -H 14 -W 14 -k 128 -y 1 -x 7 -q 3 -F 1",
     "Im2colGemmFwd DirectTiledFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 3 -H 224 -W 224 -k 96 -y 4 -x 4 -u 4 -v 4 -F 1",
     "Im2colGemmFwd DirectTiledFwd DirectGroupedFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -I NHWC -f NHWC -O NHWC -F 1",
     "WinogradF4x3Fwd WinogradF2x3Fwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 --epilogue bias+relu -F 1",
     "WinogradF4x3Fwd WinogradF2x3Fwd Im2colGemmFwd ImplicitGemmFwd DirectReference"},
    {"conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 2",
     "WinogradF4x3BwdData WinogradF2x3BwdData ImplicitGemmBwdData DirectReference"},
    {"conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 4",
     "WinogradF3x2BwdWeights SharedTilesBwdWeights ImplicitGemmBwdWeights DirectReference"},
    {"conv -n 1 -c 96 -H 56 -W 56 -k 96 -y 3 -x 3 -p 1 -q 1 -g 96 -F 2",
     "WinogradF4x3BwdData WinogradF2x3BwdData DirectGroupedBwdData ImplicitGemmBwdData "
     "DirectReference"},
    {"conv -n 1 -c 96 -H 56 -W 56 -k 96 -y 3 -x 3 -p 1 -q 1 -g 96 -F 4",
     "WinogradF3x2BwdWeights DirectGroupedBwdWeights ImplicitGemmBwdWeights DirectReference"},
    {"conv -n 1 -c 128 -H 14 -W 14 -k 64 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans -F 1",
     "ImplicitGemmBwdData DirectReference"},
    {"conv -n 1 -c 32 -! 8 -H 28 -W 28 -k 32 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -_ 3 -F 1",
     "ImplicitGemmFwd DirectReference"},
    {"convfp16 -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1",
     "WinogradF4x3Fwd WinogradF2x3Fwd ImplicitGemmFwd DirectReference"},
    {"convfp16 -n 1 -c 64 -H 56 -W 56 -k 64 -y 1 -x 1 -I NHWC -f NHWC -O NHWC -F 1",
     "Gemm1x1Fwd ImplicitGemmFwd DirectReference"},
    {"convbfp16 -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 2",
     "WinogradF4x3BwdData WinogradF2x3BwdData ImplicitGemmBwdData DirectReference"},
    {"convint8 -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1",
     "ImplicitGemmFwd DirectReference"},
    {"convint8 -n 1 -c 64 -H 56 -W 56 -k 64 -y 1 -x 1 -g 64 --out_type int8 -F 1",
     "DirectGroupedFwd ImplicitGemmFwd DirectReference"},
};

class TypicalLayers : public testing::TestWithParam<Layer> {};
INSTANTIATE_TEST_SUITE_P(Rows, TypicalLayers, testing::ValuesIn(kLayers));

TEST_P(TypicalLayers, AreTakenByTheseSolvers) {
  const ConvProblem problem = untransposed(parse_driver_line(GetParam().line).problem);
  std::string taking, reasons;
  for (const SolverRow& solver : solver_table()) {
    const std::string name(solver.name);
    if (const auto reason = solver.refusal(problem, rx_5700_xt())) {
      reasons += "\n  " + name + ": " + *reason;
    } else {
      taking += (taking.empty() ? "" : " ") + name;
    }
  }
  EXPECT_EQ(taking, GetParam().solvers) << "refused by" << reasons;
}

}  // namespace
}  // namespace rdna1conv
