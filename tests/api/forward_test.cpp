#include <thread>

#include "device_fixture.h"

namespace {

const Shape kShapes[] = {
    {},
    {.n = 2,
     .c = 3,
     .h = 15,
     .w = 17,
     .k = 8,
     .r = 7,
     .s = 7,
     .pad_h = 3,
     .pad_w = 3,
     .stride_h = 2,
     .stride_w = 2},
    {.c = 16, .h = 7, .w = 7, .k = 32, .r = 1, .s = 1, .pad_h = 0, .pad_w = 0},
    {.c = 16,
     .h = 9,
     .w = 9,
     .k = 8,
     .r = 1,
     .s = 1,
     .pad_h = 0,
     .pad_w = 0,
     .stride_h = 2,
     .stride_w = 2},
    {.n = 3, .c = 8, .h = 10, .w = 6, .k = 8, .groups = 8},
    {.c = 8, .h = 10, .w = 10, .k = 12, .groups = 4},
    {.c = 5, .h = 14, .w = 11, .k = 3, .pad_h = 2, .pad_w = 2, .dilation_h = 2, .dilation_w = 2},
    {.c = 4,
     .h = 9,
     .w = 12,
     .k = 5,
     .r = 5,
     .s = 2,
     .pad_h = 4,
     .pad_w = 0,
     .stride_h = 3,
     .stride_w = 2},
    {.c = 1, .h = 1, .w = 1, .k = 1, .r = 1, .s = 1, .pad_h = 0, .pad_w = 0},
    {.c = 4, .h = 2, .w = 3, .k = 4, .r = 5, .s = 5, .pad_h = 2, .pad_w = 1},
    // Channels last, and gaps between rows.
    {.c = 4,
     .h = 8,
     .w = 8,
     .k = 6,
     .x_strides = {256, 1, 32, 4},
     .w_strides = {36, 1, 12, 4},
     .y_strides = {384, 1, 48, 6}},
    {.n = 2, .x_strides = {500, 100, 11, 1}, .y_strides = {1000, 81, 9, 1}},
};

class ForwardShape : public testing::TestWithParam<Shape> {};
INSTANTIATE_TEST_SUITE_P(Shapes, ForwardShape, testing::ValuesIn(kShapes));

TEST_P(ForwardShape, WithoutFindAndWithoutWorkspace) {
  Convolution conv(GetParam());
  ASSERT_EQ(conv.forward(nullptr, 0), miopenStatusSuccess) << rdna1convLastErrorText();
  conv.expect_correct("forward");
}

// PyTorch falls back to GEMM whatever Find returned: any algorithm must run any supported problem.
TEST_P(ForwardShape, ByEveryAlgorithm) {
  Convolution conv(GetParam());
  for (const auto algo :
       {miopenConvolutionFwdAlgoGEMM, miopenConvolutionFwdAlgoDirect, miopenConvolutionFwdAlgoFFT,
        miopenConvolutionFwdAlgoWinograd, miopenConvolutionFwdAlgoImplicitGEMM}) {
    conv.algo = algo;
    conv.poison_y();
    ASSERT_EQ(conv.forward(conv.workspace_buffer.get(), conv.workspace_bytes()),
              miopenStatusSuccess)
        << rdna1convLastErrorText();
    conv.expect_correct("algorithm " + std::to_string(algo));
  }
}

TEST_P(ForwardShape, ByEverySolution) {
  Convolution conv(GetParam());
  for (const miopenConvSolution_t& solution : conv.solutions()) {
    ASSERT_LE(solution.workspace_size, conv.workspace_bytes());
    conv.poison_y();
    ASSERT_EQ(
        conv.immediate(solution.solution_id, conv.workspace_buffer.get(), solution.workspace_size),
        miopenStatusSuccess)
        << rdna1convLastErrorText();
    conv.expect_correct("solution " + std::to_string(solution.solution_id));
  }
}

// Launches in a captured stream become graph nodes, in order: nothing runs until the graph does,
// and then as often as it does. Winograd and im2col have several kernels in a row.
TEST(Forward, InAGraph) {
  Convolution conv{Shape{.c = 16, .h = 12, .w = 12, .k = 16}};
  hipStream_t stream = nullptr;
  ASSERT_EQ(hipStreamCreate(&stream), hipSuccess);
  ASSERT_EQ(miopenSetStream(conv.handle, stream), miopenStatusSuccess);
  for (const miopenConvSolution_t& solution : conv.solutions()) {
    const std::string what = "graph of solution " + std::to_string(solution.solution_id);
    const auto run = [&] {
      return conv.immediate(solution.solution_id, conv.workspace_buffer.get(),
                            conv.workspace_bytes());
    };
    ASSERT_EQ(run(), miopenStatusSuccess) << rdna1convLastErrorText();
    ASSERT_EQ(hipStreamSynchronize(stream), hipSuccess);

    conv.poison_y();
    hipGraph_t graph = nullptr;
    hipGraphExec_t executable = nullptr;
    ASSERT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal), hipSuccess);
    EXPECT_EQ(run(), miopenStatusSuccess) << rdna1convLastErrorText();
    ASSERT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess);
    ASSERT_EQ(hipGraphInstantiate(&executable, graph, nullptr, nullptr, 0), hipSuccess);
    conv.expect_untouched(what + " before its launch");
    for (int i = 0; i < 2; ++i) {
      conv.poison_y();
      ASSERT_EQ(hipGraphLaunch(executable, stream), hipSuccess);
      ASSERT_EQ(hipStreamSynchronize(stream), hipSuccess);
      conv.expect_correct(what);
    }
    EXPECT_EQ(hipGraphExecDestroy(executable), hipSuccess);
    EXPECT_EQ(hipGraphDestroy(graph), hipSuccess);
  }
  ASSERT_EQ(miopenSetStream(conv.handle, nullptr), miopenStatusSuccess);
  EXPECT_EQ(hipStreamDestroy(stream), hipSuccess);
}

TEST(Forward, ThreadsWithTheirOwnHandles) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      Shape shape;
      shape.k = 4 + i % 2;
      Convolution conv(shape);
      for (int repetition = 0; repetition < 3; ++repetition) {
        conv.poison_y();
        EXPECT_EQ(conv.forward(nullptr, 0), miopenStatusSuccess) << rdna1convLastErrorText();
        conv.expect_correct("thread " + std::to_string(i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Forward, WorkspaceSizeIsEnoughForEverySolution) {
  for (const Shape& shape : kShapes) {
    Convolution conv(shape);
    std::size_t bytes = 0;
    ASSERT_EQ(miopenConvolutionForwardGetWorkSpaceSize(conv.handle, conv.w_desc, conv.x_desc,
                                                       conv.conv_desc, conv.y_desc, &bytes),
              miopenStatusSuccess);
    for (const auto& solution : conv.solutions()) {
      EXPECT_LE(solution.workspace_size, bytes) << shape.line();
    }
  }
}

}  // namespace
