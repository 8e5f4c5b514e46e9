// Whole solvers on the shapes of networks, on combinations of options and on random problems.
#include <gtest/gtest.h>

#include "plan_check.h"
#include "shapes.h"

namespace rdna1conv {
namespace {

class AllInstances : public testing::TestWithParam<Shape> {};

TEST_P(AllInstances, AgreeWithTheReference) {
  EXPECT_GE(PlanChecker(problem_of(GetParam())).check_all(), 1);
}

// ResNet-50's distinct layers with an eighth of the channels and, beyond 14x14, a quarter of the
// width and height.
constexpr Shape kResNet50[] = {
    {1, 3, 56, 56, 64, 7, 7, 3, 3, 2, 2},     // conv1
    {1, 8, 14, 14, 8, 1, 1},                  // layer1.0.conv1
    {1, 8, 14, 14, 8, 3, 3, 1, 1},            // layer1.*.conv2
    {1, 8, 14, 14, 32, 1, 1},                 // layer1.*.conv3
    {1, 32, 14, 14, 8, 1, 1},                 // layer1.1.conv1
    {1, 32, 14, 14, 16, 1, 1},                // layer2.0.conv1
    {1, 16, 14, 14, 16, 3, 3, 1, 1, 2, 2},    // layer2.0.conv2
    {1, 32, 14, 14, 64, 1, 1, 0, 0, 2, 2},    // layer2.0.downsample
    {1, 16, 7, 7, 64, 1, 1},                  // layer2.*.conv3
    {1, 64, 7, 7, 16, 1, 1},                  // layer2.1.conv1
    {1, 16, 7, 7, 16, 3, 3, 1, 1},            // layer2.1.conv2
    {1, 64, 14, 14, 128, 1, 1, 0, 0, 2, 2},   // layer3.0.downsample
    {1, 32, 14, 14, 32, 3, 3, 1, 1, 2, 2},    // layer3.0.conv2
    {1, 32, 14, 14, 32, 3, 3, 1, 1},          // layer3.1.conv2
    {1, 128, 14, 14, 32, 1, 1},               // layer3.1.conv1
    {1, 64, 14, 14, 64, 3, 3, 1, 1, 2, 2},    // layer4.0.conv2
    {1, 128, 14, 14, 256, 1, 1, 0, 0, 2, 2},  // layer4.0.downsample
    {1, 64, 7, 7, 64, 3, 3, 1, 1},            // layer4.1.conv2
    {1, 64, 7, 7, 256, 1, 1},                 // layer4.*.conv3
    {1, 256, 7, 7, 64, 1, 1},                 // layer4.1.conv1
    {2, 512, 7, 7, 32, 3, 3, 1, 1},           // the longest sums, two images
};
INSTANTIATE_TEST_SUITE_P(ResNet50, AllInstances, testing::ValuesIn(kResNet50));

// n, c, h, w, k, r, s, pad, pad, stride, stride, dilation, dilation, groups
constexpr Shape kOptions[] = {
    {1, 1, 1, 1, 1, 1, 1},                            // the smallest convolution
    {1, 1, 1, 1, 1, 3, 3, 1, 1},                      // mostly padding
    {1, 2, 2, 2, 3, 3, 3, 2, 2},                      // padding beyond the image
    {1, 2, 5, 5, 3, 3, 3, 4, 3},                      // outputs that see padding only
    {2, 5, 9, 11, 7, 3, 3, 0, 0},                     // no padding
    {1, 5, 9, 11, 7, 3, 3, 1, 0},                     // padding of one side
    {2, 6, 10, 9, 8, 3, 3, 1, 1, 1, 1, 1, 1, 2},      // groups
    {1, 12, 10, 9, 12, 3, 3, 1, 1, 1, 1, 1, 1, 12},   // depthwise
    {2, 9, 15, 15, 18, 3, 3, 1, 1, 2, 2, 1, 1, 9},    // depthwise, two filters a channel, stride 2
    {1, 33, 7, 7, 33, 5, 5, 2, 2, 1, 1, 1, 1, 33},    // depthwise 5x5
    {1, 10, 14, 14, 10, 5, 5, 2, 2, 2, 2, 1, 1, 10},  // depthwise 5x5, stride 2
    {1, 6, 14, 14, 6, 7, 7, 3, 3, 1, 1, 1, 1, 6},     // depthwise 7x7
    {1, 32, 14, 14, 32, 3, 3, 1, 1, 1, 1, 1, 1, 8},   // ResNeXt's groups of four
    {1, 32, 14, 14, 32, 3, 3, 1, 1, 2, 2, 1, 1, 8},   // and with stride 2
    {1, 8, 17, 17, 8, 1, 7, 0, 3},                    // Inception's 1x7
    {1, 8, 17, 17, 8, 7, 1, 3, 0},                    // and 7x1
    {1, 8, 20, 20, 8, 3, 3, 2, 2, 1, 1, 2, 2},        // dilated
    {1, 4, 20, 20, 5, 3, 3, 6, 6, 1, 1, 6, 6},        // widely dilated
    {2, 4, 13, 17, 5, 3, 2, 1, 1, 2, 3, 2, 1},        // everything unequal
    {1, 3, 35, 35, 9, 11, 11, 2, 2, 4, 4},            // AlexNet's stem
    {1, 3, 19, 19, 8, 3, 3, 1, 1, 2, 2},              // MobileNet's stem
    {1, 4, 12, 12, 6, 2, 2, 0, 0, 2, 2},              // patches
    {1, 3, 16, 16, 11, 4, 4, 0, 0, 4, 4},             // ConvNeXt's stem
    {4, 7, 1, 23, 5, 1, 3, 0, 1},                     // one-dimensional
    {1, 7, 9, 9, 5, 1, 1, 1, 1},                      // 1x1 with padding
    {3, 6, 9, 8, 10, 1, 1, 0, 0, 2, 3, 1, 1, 2},      // 1x1 with strides and groups
    {1, 2, 6, 6, 2, 6, 6},                            // filter as large as the image
    {1, 2, 9, 9, 2, 3, 3, 0, 0, 5, 5},                // stride beyond the filter
    {5, 3, 4, 4, 4, 3, 3, 1, 1},                      // Winograd tiles of several images
    {1, 4, 6, 5, 4, 3, 3, 1, 1},                      // output no multiple of 4 or 2
};
INSTANTIATE_TEST_SUITE_P(Options, AllInstances, testing::ValuesIn(kOptions));

class RandomProblem : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, RandomProblem, testing::Range(0u, 60u));

TEST_P(RandomProblem, AgreesWithTheReference) {
  EXPECT_GE(PlanChecker(problem_of(random_shape(GetParam()))).check_some(GetParam()), 1);
}

// Problems whose intermediate data is processed in several chunks.
struct ChunkedCase {
  const char* solver;
  Shape shape;
  std::size_t launches_of_a_chunk;
};
std::ostream& operator<<(std::ostream& out, const ChunkedCase& row) {
  return out << row.shape << " -S " << row.solver;
}
constexpr ChunkedCase kChunked[] = {
    {"Im2colGemmFwd", {3, 16, 224, 224, 4, 3, 3, 1, 1}, 2},
};

class Chunked : public testing::TestWithParam<ChunkedCase> {};
INSTANTIATE_TEST_SUITE_P(Rows, Chunked, testing::ValuesIn(kChunked));

TEST_P(Chunked, AgreesWithTheReference) {
  const auto& [name, shape, launches] = GetParam();
  const ConvProblem problem = problem_of(shape);
  const SolverRow* solver = find_solver(std::string_view(name));
  ASSERT_NE(solver, nullptr) << name;
  const Plan plan = make_plan(*solver, problem, test_device_facts());
  EXPECT_GE(plan.launches.size(), 2 * launches) << shape << " is one chunk";
  EXPECT_TRUE(PlanChecker(problem).check(*solver, plan));
}

// The table's claim of determinism, where an order could vary: sums split over workgroups.
class Determinism : public testing::TestWithParam<Shape> {};
INSTANTIATE_TEST_SUITE_P(Shapes, Determinism,
                         testing::Values(Shape{1, 256, 7, 7, 33, 3, 3, 1, 1},
                                         Shape{2, 300, 5, 5, 40, 1, 1}));

TEST_P(Determinism, HoldsBitForBit) {
  const ConvProblem problem = problem_of(GetParam());
  const PlanChecker checker(problem);
  for (const SolverRow& solver : solver_table()) {
    if (!solver.deterministic || solver.refusal(problem, test_device_facts())) continue;
    for (const Plan& plan : make_plans(solver, problem, test_device_facts()))
      EXPECT_TRUE(checker.check_repeats(solver, plan));
  }
}

}  // namespace
}  // namespace rdna1conv
