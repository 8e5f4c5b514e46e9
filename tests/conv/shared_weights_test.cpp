// The gradient of filters through LDS, at the edges of its tiles: in channels,
// pixels of a step and taps; in both layouts, with and without splits.
#include <gtest/gtest.h>

#include <string_view>

#include "gradient_check.h"

namespace rdna1conv {
namespace {

const SolverRow& solver_of_table() {
  return *find_solver(std::string_view("SharedTilesBwdWeights"));
}

// n, c, h, w, k, r, s, pad, stride, dilation, groups
constexpr Shape kEdges[] = {
    Shape{1, 64, 1, 1, 32, 1, 1},                        // a single pixel
    Shape{1, 128, 4, 8, 128, 1, 1},                      // a workgroup, a step
    Shape{1, 129, 3, 11, 129, 1, 1},                     // one more
    Shape{1, 257, 1, 31, 65, 1, 1},                      // of the other tile; one less
    Shape{37, 65, 1, 1, 33, 1, 1},                       // an image a pixel
    Shape{3, 64, 7, 7, 32, 3, 3, 1, 1, 2, 2},            // strided
    Shape{2, 64, 30, 40, 32, 1, 1},                      // splits
    Shape{1, 66, 9, 8, 47, 3, 3, 2, 2, 1, 1, 2, 2},      // dilated
    Shape{1, 64, 2, 3, 32, 3, 5, 4, 5},                  // mostly padding
    Shape{2, 192, 6, 5, 96, 3, 3, 1, 1, 2, 1, 1, 1, 3},  // groups
};

TEST(SharedWeightsEdges, AreExact) {
  expect_exact_gradients(solver_of_table(), DataType::kFloat, kEdges);
}

TEST(SharedWeightsEdges, RepeatBitForBit) {
  expect_repeated_gradients(solver_of_table(), gradient_of(Shape{2, 64, 30, 30, 40, 1, 1},
                                                           DataType::kFloat, Layout::kNchw));
}

class SharedWeightsRefusal : public testing::TestWithParam<GradientRefusal> {};
INSTANTIATE_TEST_SUITE_P(
    Rows, SharedWeightsRefusal,
    testing::Values(GradientRefusal{"conv -n 1 -c 64 -H 9 -W 9 -k 64 -y 1 -x 1 -F 1",
                                    "direction is not backward weights"},
                    GradientRefusal{"convfp16 -n 1 -c 64 -H 9 -W 9 -k 64 -y 1 -x 1 -F 4",
                                    "needs all fp32"},
                    GradientRefusal{"conv -n 1 -c 63 -H 9 -W 9 -k 64 -y 1 -x 1 -F 4",
                                    "a group has 63 channels and 64"},
                    GradientRefusal{"conv -n 1 -c 64 -H 9 -W 9 -k 31 -y 1 -x 1 -F 4",
                                    "a group has 64 channels and 31"},
                    GradientRefusal{"conv -n 64 -c 64 -H 512 -W 512 -k 64 -y 1 -x 1 -F 4",
                                    "the images of a group span 2 GB or more"}));
TEST_P(SharedWeightsRefusal, GivesItsReason) { expect_refusal(solver_of_table(), GetParam()); }

}  // namespace
}  // namespace rdna1conv
