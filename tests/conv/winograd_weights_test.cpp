// The Winograd gradient of filters, in every type, at the edges of its tiles: in outputs, tiles of
// a step, channels of a wave and of a workgroup; in both layouts, with and without splits.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "gradient_check.h"

namespace rdna1conv {
namespace {

const SolverRow& solver_of_table() {
  return *find_solver(std::string_view("WinogradF3x2BwdWeights"));
}

// n, c, h, w, k, r, s, pad, stride, dilation, groups
constexpr Shape kEdges[] = {
    Shape{1, 1, 3, 3, 1, 3, 3},                         // a single product
    Shape{1, 32, 2, 16, 64, 3, 3, 1, 1},                // a workgroup, a step
    Shape{1, 33, 2, 17, 65, 3, 3, 1, 1},                // one more
    Shape{1, 31, 1, 13, 7, 3, 3, 1, 1},                 // one less; a wave
    Shape{19, 5, 2, 1, 9, 3, 3, 1, 1},                  // an image a tile
    Shape{3, 70, 7, 7, 66, 3, 3, 1, 1},                 // steps across images
    Shape{2, 8, 33, 40, 8, 3, 3, 1, 1},                 // splits
    Shape{2, 5, 9, 5, 7, 3, 3, 2, 0},                   // paddings that differ
    Shape{1, 4, 1, 2, 5, 3, 3, 4, 5},                   // mostly padding
    Shape{2, 12, 6, 5, 15, 3, 3, 1, 1, 1, 1, 1, 1, 3},  // groups
};

class WinogradWeightsEdges : public testing::TestWithParam<DataType> {};
INSTANTIATE_TEST_SUITE_P(Types, WinogradWeightsEdges,
                         testing::Values(DataType::kFloat, DataType::kHalf, DataType::kBFloat16),
                         [](const auto& row) { return std::string(name_of(row.param)); });

TEST_P(WinogradWeightsEdges, AreExact) {
  expect_exact_gradients(solver_of_table(), GetParam(), kEdges);
}

TEST_P(WinogradWeightsEdges, RepeatBitForBit) {
  expect_repeated_gradients(solver_of_table(), gradient_of(Shape{2, 40, 30, 30, 40, 3, 3, 1, 1},
                                                           GetParam(), Layout::kNchw));
}

class WinogradWeightsRefusal : public testing::TestWithParam<GradientRefusal> {};
INSTANTIATE_TEST_SUITE_P(
    Rows, WinogradWeightsRefusal,
    testing::Values(
        GradientRefusal{"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -F 1",
                        "direction is not backward weights"},
        GradientRefusal{"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 5 -x 3 -F 4", "filter is 5x3, needs 3x3"},
        GradientRefusal{"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -u 2 -v 1 -F 4", "stride is 2x1"},
        GradientRefusal{"conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -l 1 -j 2 -F 4",
                        "dilation is 1x2"},
        GradientRefusal{"conv -n 64 -c 64 -H 512 -W 512 -k 8 -y 3 -x 3 -F 4",
                        "the images of a group span 2 GB or more"}));
TEST_P(WinogradWeightsRefusal, GivesItsReason) { expect_refusal(solver_of_table(), GetParam()); }

}  // namespace
}  // namespace rdna1conv
