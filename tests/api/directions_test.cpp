// What clients do with the convolution entry points, in every direction and for every kind of
// problem.
#include <cstring>
#include <thread>

#include "api_convolution.h"

namespace rdna1conv {
namespace {

struct Row {
  std::string line;
  int dimensions = 0;  // 1: described with [N, C, W]
};

std::vector<Row> rows() {
  std::vector<Row> all;
  const auto in_each_direction = [&](const std::string& line, int dimensions = 0) {
    for (const char* direction : {" -F 1", " -F 2", " -F 4"}) {
      all.push_back({line + direction, dimensions});
    }
  };
  for (const char* line : {
           "conv -n 1 -c 4 -H 8 -W 8 -k 6 -y 3 -x 3 -p 1 -q 1",
           "conv -n 2 -c 3 -H 15 -W 17 -k 8 -y 7 -x 7 -p 3 -q 3 -u 2 -v 2",
           "conv -n 1 -c 16 -H 7 -W 7 -k 32 -y 1 -x 1",
           "conv -n 1 -c 16 -H 9 -W 9 -k 8 -y 1 -x 1 -u 2 -v 2",
           "conv -n 3 -c 8 -H 10 -W 6 -k 16 -y 3 -x 3 -p 1 -q 1 -g 8",   // depthwise, multiplier 2
           "conv -n 1 -c 8 -H 10 -W 10 -k 12 -y 3 -x 3 -p 1 -q 1 -g 4",  // groups
           "conv -n 1 -c 5 -H 14 -W 11 -k 3 -y 3 -x 3 -p 2 -q 2 -l 2 -j 2",
           "conv -n 1 -c 4 -H 9 -W 12 -k 5 -y 5 -x 2 -p 4 -q 0 -u 3 -v 2",
           "conv -n 1 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1",
           "conv -n 1 -c 4 -H 2 -W 3 -k 4 -y 5 -x 5 -p 2 -q 1",  // filter larger than the image
           "conv -n 2 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 -I NHWC -f NHWC -O NHWC",
           "conv -n 2 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 --in_strides 500,100,11,1 --fil_strides "
           "90,20,6,2 --out_strides 1000,81,9,1",
           "convfp16 -n 2 -c 6 -H 9 -W 8 -k 5 -y 3 -x 3 -p 1 -q 1",
           "convbfp16 -n 2 -c 6 -H 9 -W 8 -k 5 -y 3 -x 3 -p 1 -q 1",
           "convfp16 -n 1 -c 8 -H 9 -W 9 -k 8 -p 1 -q 1 -I NHWC -f NHWC -O NHWC",
           "conv -n 1 -c 3 -! 4 -H 6 -W 5 -k 4 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -_ 3",
           "conv -n 1 -c 3 -! 4 -H 6 -W 5 -k 4 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -_ 3 --epilogue scale",
           "convfp16 -n 1 -c 4 -! 5 -H 6 -W 5 -k 4 -@ 2 -y 3 -x 3 -$ 0 -p 1 -q 1 -# 2 -_ 3 -g 2",
           // Transposed: x is the smaller image.
           "conv -n 1 -c 6 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -Y 1 -X 1 -m trans",
           "conv -n 2 -c 6 -H 5 -W 7 -k 4 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans -g 2",
           "convfp16 -n 1 -c 4 -H 5 -W 7 -k 4 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans -I NHWC -f "
           "NHWC -O NHWC",
           "conv -n 1 -c 3 -! 3 -H 4 -W 4 -k 2 -@ 2 -y 2 -x 2 -# 2 -u 2 -v 2 -_ 3 -m trans",
       }) {
    in_each_direction(line);
  }
  // A row of pixels, as clients send 1-D convolutions, and as they might.
  in_each_direction("conv -n 2 -c 4 -H 1 -W 20 -k 6 -y 1 -x 5 -p 0 -q 2 -u 1 -v 2");
  in_each_direction("conv -n 2 -c 4 -H 1 -W 20 -k 6 -y 1 -x 5 -p 0 -q 2 -u 1 -v 2", 1);
  in_each_direction("conv -n 2 -c 4 -H 1 -W 9 -k 6 -y 1 -x 4 -p 0 -q 1 -u 1 -v 2 -m trans", 1);
  all.push_back({"convint8 -n 1 -c 8 -H 9 -W 9 -k 6 -y 3 -x 3 -p 1 -q 1 -F 1"});
  all.push_back({"convint8 -n 1 -c 8 -H 9 -W 9 -k 6 -y 3 -x 3 -p 1 -q 1 --out_type fp32 -F 1"});
  all.push_back({"convint8 -n 1 -c 8 -H 9 -W 9 -k 6 -y 3 -x 3 -p 1 -q 1 --out_type int8 -F 1"});
  return all;
}

class EveryKind : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Problems, EveryKind, testing::ValuesIn(rows()));

TEST_P(EveryKind, RunsWithoutFindAndWithoutWorkspace) {
  ApiConvolution conv(GetParam().line, GetParam().dimensions);
  CallArguments a = conv.arguments();
  a.workspace = nullptr;
  a.workspace_bytes = 0;
  ASSERT_EQ(conv.call(kRun, a), miopenStatusSuccess) << conv.line() << rdna1convLastErrorText();
  EXPECT_TRUE(conv.is_correct());
}

// PyTorch runs GEMM with the size of GetWorkSpaceSize when it cannot allocate what Find asked for,
// whatever Find returned: any algorithm must run any problem.
TEST_P(EveryKind, RunsByEveryAlgorithmWithTheSizeAskedFor) {
  ApiConvolution conv(GetParam().line, GetParam().dimensions);
  for (const unsigned algorithm : {0u, 1u, 3u, 5u}) {
    conv.reset_output();
    CallArguments a = conv.arguments();
    a.algo = algorithm;
    ASSERT_EQ(conv.call(kRun, a), miopenStatusSuccess) << conv.line() << rdna1convLastErrorText();
    EXPECT_TRUE(conv.is_correct()) << "algorithm " << algorithm;
  }
}

// Immediate mode has no alpha and beta: it runs what the problem is without them.
TEST_P(EveryKind, RunsByEverySolution) {
  if (GetParam().line.find("--epilogue") != std::string::npos) return;
  ApiConvolution conv(GetParam().line, GetParam().dimensions);
  const auto solutions = conv.solutions(conv.arguments());
  // PyTorch refuses more than 10.
  ASSERT_GE(solutions.size(), 1u);
  ASSERT_LE(solutions.size(), 10u);
  std::size_t largest = 0;
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    const miopenConvSolution_t& solution = solutions[i];
    const std::string what = "solution " + std::to_string(solution.solution_id);
    conv.reset_output();
    CallArguments a = conv.arguments();
    std::size_t bytes = ~std::size_t{0};
    a.size = &bytes;
    a.solution_id = solution.solution_id;
    EXPECT_EQ(conv.call(kGetSolutionWorkspaceSize, a), miopenStatusSuccess) << what;
    EXPECT_EQ(bytes, solution.workspace_size) << what;
    EXPECT_EQ(conv.call(kCompileSolution, a), miopenStatusSuccess) << what;
    a.workspace = conv.workspace(bytes);
    a.workspace_bytes = bytes;
    ASSERT_EQ(conv.call(kImmediate, a), miopenStatusSuccess) << what << rdna1convLastErrorText();
    EXPECT_TRUE(conv.is_correct()) << what;
    EXPECT_GT(solution.time, 0) << what;
    if (i > 0) {
      EXPECT_GE(solution.time, solutions[i - 1].time) << what;
    }
    largest = std::max(largest, bytes);
  }
  // What GetWorkSpaceSize says is enough for each.
  EXPECT_LE(largest, conv.arguments().workspace_bytes) << conv.line();
}

// GetWorkSpaceSize, Find, and a run of each result with the memory that the result names.
TEST_P(EveryKind, RunsWhatFindFound) {
  ApiConvolution conv(GetParam().line, GetParam().dimensions);
  const auto results = conv.find(conv.arguments());
  ASSERT_LE(results.size(), 5u);
  unsigned seen = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const unsigned algorithm = algorithm_in(conv.direction(), results[i]);
    EXPECT_EQ(seen >> algorithm & 1u, 0u) << "algorithm " << algorithm << " twice";
    seen |= 1u << algorithm;
    unsigned first_bytes = ~0u;  // where PyTorch reads it
    std::memcpy(&first_bytes, &results[i], sizeof first_bytes);
    EXPECT_EQ(first_bytes, algorithm);
    EXPECT_GT(results[i].time, 0);
    if (i > 0) {
      EXPECT_GE(results[i].time, results[i - 1].time);
    }
    conv.reset_output();
    CallArguments a = conv.arguments();
    a.algo = algorithm;
    a.workspace = conv.workspace(results[i].memory);
    a.workspace_bytes = results[i].memory;
    ASSERT_EQ(conv.call(kRun, a), miopenStatusSuccess) << conv.line() << rdna1convLastErrorText();
    EXPECT_TRUE(conv.is_correct()) << "algorithm " << algorithm;
  }
}

// PyTorch caches what Find returned and runs it later from another thread, with another handle.
TEST(Clients, RunWithAnotherHandleWhatFindFoundWithThis) {
  for (const char* direction : {"1", "2", "4"}) {
    ApiConvolution conv(std::string("conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F ") + direction);
    const auto results = conv.find(conv.arguments(), 1);
    ASSERT_EQ(results.size(), 1u);
    conv.reset_output();
    CallArguments a = conv.arguments();
    a.algo = algorithm_in(conv.direction(), results[0]);
    a.workspace = conv.workspace(results[0].memory);
    a.workspace_bytes = results[0].memory;
    std::thread([&] {
      const ScopedHandle other;
      a.handle = other;
      EXPECT_EQ(conv.call(kRun, a), miopenStatusSuccess) << rdna1convLastErrorText();
      EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
    }).join();
    EXPECT_TRUE(conv.is_correct());
  }
}

// PyTorch's channels-last views have odd strides where the length is 1.
TEST(Clients, PutAnythingIntoStridesOfLengthOne) {
  for (const char* direction : {"1", "2", "4"}) {
    ApiConvolution conv(
        std::string("conv -n 1 -c 8 -H 5 -W 6 -k 4 -y 1 -x 1 -I NHWC -f NHWC -O NHWC -F ") +
        direction);
    CallArguments a = conv.arguments();
    EXPECT_EQ(miopenSet4dTensorDescriptorEx(a.x_desc, miopenFloat, 1, 8, 5, 6, 7, 1, 48, 8),
              miopenStatusSuccess);
    EXPECT_EQ(miopenSet4dTensorDescriptorEx(a.w_desc, miopenFloat, 4, 8, 1, 1, 8, 1, 3, 99),
              miopenStatusSuccess);
    EXPECT_EQ(conv.call(kRun, a), miopenStatusSuccess) << rdna1convLastErrorText();
    EXPECT_TRUE(conv.is_correct());
  }
}

TEST(Clients, GetNoMoreResultsThanTheyHaveRoomFor) {
  for (const char* direction : {"1", "2", "4"}) {
    ApiConvolution conv(std::string("conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F ") + direction);
    EXPECT_EQ(conv.find(conv.arguments(), 1).size(), 1u);
    CallArguments a = conv.arguments();
    a.max_solutions = 1;
    a.solutions[1].solution_id = 77;
    EXPECT_EQ(conv.call(kGetSolution, a), miopenStatusSuccess);
    EXPECT_EQ(*a.size, 1u);
    EXPECT_EQ(a.solutions[0].solution_id, conv.solutions(conv.arguments())[0].solution_id);
    EXPECT_EQ(a.solutions[1].solution_id, 77u);
  }
}

// Profiling gives the time of the last call, in every direction and mode.
TEST(Clients, ReadKernelTimes) {
  for (const char* direction : {"1", "2", "4"}) {
    ApiConvolution conv(std::string("conv -n 1 -c 8 -H 9 -W 9 -k 8 -p 1 -q 1 -F ") + direction);
    float time = -1;
    EXPECT_EQ(miopenGetKernelTime(conv.handle(), &time), miopenStatusSuccess);
    EXPECT_EQ(time, 0);
    ASSERT_EQ(miopenEnableProfiling(conv.handle(), true), miopenStatusSuccess);
    for (const EntryPoint entry : {kRun, kImmediate, kFind}) {
      conv.reset_output();
      ASSERT_EQ(conv.call(entry, conv.arguments()), miopenStatusSuccess);
      EXPECT_EQ(miopenGetKernelTime(conv.handle(), &time), miopenStatusSuccess);
      EXPECT_GT(time, 0) << name_of(conv.direction(), entry);
      EXPECT_TRUE(conv.is_correct());
    }
  }
}

}  // namespace
}  // namespace rdna1conv
