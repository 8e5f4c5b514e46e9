#include "bench/workload.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "core/driver_line.h"

namespace rdna1conv::bench {
namespace {

constexpr const char* kLine =
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1";

Workload from_stdin(const std::string& text) {
  std::istringstream stream(text);
  return load_workload("-", networks_directory(), stream);
}

std::string error_of(const std::string& what, const std::string& text = {}) {
  std::istringstream stream(text);
  try {
    static_cast<void>(load_workload(what, networks_directory(), stream));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

// GFLOP of the convolutions, a multiply-add as two. torchvision publishes the multiply-adds of its
// models with the fully connected layers, which are a few per mille: resnet50 4.09, resnet18 1.81,
// vgg16 15.47, mobilenet_v2 0.30, r3d_18 40.70 thousand million.
struct NetworkCase {
  const char* name;
  std::size_t distinct;
  std::int64_t convolutions;
  double gflop;
};
class Networks : public testing::TestWithParam<NetworkCase> {};

TEST_P(Networks, HaveTheKnownWork) {
  const NetworkCase& expected = GetParam();
  std::istringstream none;
  const Workload workload = load_workload(expected.name, networks_directory(), none);
  EXPECT_EQ(workload.layers.size(), expected.distinct);
  double gflop = 0;
  std::int64_t convolutions = 0;
  for (const Layer& layer : workload.layers) {
    convolutions += layer.count;
    gflop += static_cast<double>(layer.count) * layer.problem.direct_flops() * 1e-9;
  }
  EXPECT_EQ(convolutions, expected.convolutions);
  EXPECT_NEAR(gflop, expected.gflop, 0.005 * expected.gflop);
}

INSTANTIATE_TEST_SUITE_P(Known, Networks,
                         testing::Values(NetworkCase{"resnet50", 23, 53, 8.174},
                                         NetworkCase{"resnet18", 11, 20, 3.627},
                                         NetworkCase{"vgg16", 9, 13, 30.69},
                                         NetworkCase{"mobilenet_v2", 30, 52, 0.599},
                                         NetworkCase{"r3d_18", 11, 20, 81.39},
                                         NetworkCase{"dcgan_generator", 5, 5, 13.39}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(NetworkFiles, AllLinesRoundTripAndNamesSayTheShape) {
  const std::vector<NetworkSummary> networks = list_networks(networks_directory());
  EXPECT_EQ(networks.size(), 32u);
  std::size_t lines = 0;
  for (const NetworkSummary& network : networks) {
    std::istringstream none;
    const Workload workload = load_workload(network.name, networks_directory(), none);
    EXPECT_NE(network.description.find("; "), std::string::npos) << network.name;
    for (const Layer& layer : workload.layers) {
      ++lines;
      EXPECT_EQ(layer.name, shape_name(layer.problem)) << network.name;
      const std::string line = to_driver_line(layer.problem);
      EXPECT_EQ(parse_driver_line(line).problem, layer.problem) << network.name << ": " << line;
    }
  }
  EXPECT_EQ(lines, 625u);
}

TEST(Workloads, ReadCountsNamesCommentsAndEveryDirection) {
  const std::string line = kLine;
  const Workload workload =
      from_stdin("# a comment\n\n" + line + " *3 first\n" + line + "  # no name\n" + line +
                 "\nMIOpen(HIP): Command "
                 "[LogCmdConvolution] ./bin/MIOpenDriver conv -n 2 -c 8 -H 5 "
                 "-W 6 -k 4 -y 1 -x 1 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv "
                 "-g 1 -F 3 -t 1\n");
  ASSERT_EQ(workload.layers.size(), 5u);
  EXPECT_EQ(workload.layers[0].name, "first");
  EXPECT_EQ(workload.layers[0].count, 3);
  EXPECT_EQ(workload.layers[1].name, "3x3_s1_c64_k64_56x56");
  EXPECT_EQ(workload.layers[1].count, 1);
  EXPECT_EQ(workload.layers[2].name, "3x3_s1_c64_k64_56x56#2");
  EXPECT_EQ(workload.layers[3].problem.direction, Direction::kForward);
  EXPECT_EQ(workload.layers[4].problem.direction, Direction::kBackwardData);
  EXPECT_EQ(workload.layers[4].problem.n, 2);
}

TEST(Workloads, SayWhatIsWrongAndWhere) {
  EXPECT_NE(error_of("resnet51").find("no network and no file 'resnet51'"), std::string::npos);
  EXPECT_NE(error_of("/etc").find("is a directory"), std::string::npos);
  EXPECT_NE(error_of("-", "# nothing\n").find("stdin has no convolution in it"), std::string::npos);
  const std::string bad = error_of("-", std::string(kLine) + "\nconv -n 1 -c x\n");
  EXPECT_NE(bad.find("stdin:2: "), std::string::npos) << bad;
  EXPECT_NE(bad.find("-c"), std::string::npos) << bad;
}

TEST(Workloads, CannotLeaveTheNetworksDirectoryByName) {
  EXPECT_NE(error_of("../networks/resnet50").find("no network and no file"), std::string::npos);
}

TEST(Workloads, BatchOverrideChangesTheWorkInProportion) {
  const Workload before = workload_of_line(kLine), after = workload_of_line(kLine, {.batch = 16});
  EXPECT_EQ(after.layers[0].problem.n, 16);
  EXPECT_DOUBLE_EQ(after.layers[0].problem.direct_flops(),
                   16 * before.layers[0].problem.direct_flops());
  EXPECT_TRUE(after.layers[0].problem.is_packed_nchw());
}

TEST(Workloads, ChangesApplyToEveryLine) {
  std::istringstream stream(std::string(kLine) + "\n" + kLine + " *2 named\n");
  const Workload workload =
      load_workload("-", networks_directory(), stream,
                    {.type = DataType::kHalf,
                     .layout = Layout::kNhwc,
                     .directions = {Direction::kForward, Direction::kBackwardWeights}});
  ASSERT_EQ(workload.layers.size(), 4u);
  for (const Layer& layer : workload.layers) {
    EXPECT_TRUE(layer.problem.is_all(DataType::kHalf));
    EXPECT_TRUE(layer.problem.is_packed_nhwc());
  }
  EXPECT_EQ(workload.layers[0].name, "3x3_s1_c64_k64_56x56");
  EXPECT_EQ(workload.layers[1].name, "3x3_s1_c64_k64_56x56_backward_weights");
  EXPECT_EQ(workload.layers[3].name, "named_backward_weights");
  EXPECT_EQ(workload.layers[3].problem.direction, Direction::kBackwardWeights);

  const Layer int8 = workload_of_line(kLine, {.type = DataType::kInt8}).layers.front();
  EXPECT_EQ(int8.problem.w_type, DataType::kInt8);
  EXPECT_EQ(int8.problem.y_type, DataType::kInt32);
}

TEST(Workloads, RefuseABatchSizeForStridesOfTheLinesOwn) {
  const std::string line = std::string(kLine) + " --in_strides 1000000,4000,64,1";
  EXPECT_THROW(workload_of_line(line, {.batch = 2}), std::runtime_error);
  EXPECT_EQ(workload_of_line(line, {.batch = 2, .layout = Layout::kNchw}).layers[0].problem.n, 2);
}

TEST(ShapeName, NamesWhatDiffersFromTheDefault) {
  const auto name = [](const std::string& line) {
    return workload_of_line(line).layers.front().name;
  };
  EXPECT_EQ(name("conv -n 1 -c 32 -H 9 -W 8 -k 32 -y 3 -x 5 -u 1 -v 2 -l 2 -j 2 -g 32 -F 1"),
            "depthwise_3x5_s1x2_d2_c32_9x8");
  EXPECT_EQ(name("conv -n 1 -c 32 -H 9 -W 8 -k 64 -y 3 -x 3 -g 4 -F 1"), "3x3_s1_g4_c32_k64_9x8");
  EXPECT_EQ(name("conv -n 1 -c 8 -H 9 -W 8 -k 16 -y 2 -x 2 -u 2 -v 2 -m trans -F 1"),
            "transposed_2x2_s2_c8_k16_9x8");
}

}  // namespace
}  // namespace rdna1conv::bench
