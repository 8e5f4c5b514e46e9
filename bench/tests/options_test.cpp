#include "bench/options.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace rdna1conv::bench {
namespace {

Options parse(const std::vector<std::string>& args) {
  std::string help;
  const std::optional<Options> options = parse_options(args, help);
  return options.value();
}

TEST(Options, TakeWorkloadsAndFlagsInAnyOrder) {
  const Options options =
      parse({"--batch", "4", "resnet50", "--no-cpu", "--benchmark_format=json", "-", "--solver=X"});
  EXPECT_EQ(options.workloads, (std::vector<std::string>{"resnet50", "-"}));
  EXPECT_EQ(options.changes.batch, 4);
  EXPECT_FALSE(options.cpu);
  EXPECT_EQ(options.solver, "X");
  EXPECT_EQ(options.benchmark_args, std::vector<std::string>{"--benchmark_format=json"});
  EXPECT_TRUE(options.driver_line.empty());
}

TEST(Options, KeepADriverLineWholeButForOurOwnOptions) {
  const Options options =
      parse({"conv", "-n", "1", "--solver", "X", "--batchsize", "2", "-_", "2", "--no-cpu"});
  EXPECT_EQ(options.driver_line, "conv -n 1 --batchsize 2 -_ 2");
  EXPECT_EQ(options.solver, "X");
  EXPECT_FALSE(options.cpu);
  EXPECT_FALSE(options.changes.batch.has_value());
  EXPECT_EQ(parse({"./bin/MIOpenDriver", "conv", "-n", "1"}).driver_line,
            "./bin/MIOpenDriver conv -n 1");
}

TEST(Options, TypeLayoutAndDirectionAreByName) {
  const Changes changes =
      parse({"resnet50", "--type", "fp16", "--layout=NHWC", "--direction", "all"}).changes;
  EXPECT_EQ(changes.type, DataType::kHalf);
  EXPECT_EQ(changes.layout, Layout::kNhwc);
  EXPECT_EQ(changes.directions.size(), 3u);
  EXPECT_EQ(parse({"conv", "-n", "1", "--type", "int8"}).changes.type, DataType::kInt8);
  for (const char* bad : {"--type=half", "--layout=CHWN", "--direction=backward"}) {
    EXPECT_THROW(parse({"resnet50", bad}), UsageError) << bad;
  }
}

TEST(Options, RandomProblemsNeedNoName) {
  const Options options = parse({"--random", "20", "--seed=7", "--all-plans"});
  EXPECT_EQ(options.random, 20);
  EXPECT_EQ(options.seed, 7u);
  EXPECT_THROW(parse({"--seed=7"}), UsageError);
  EXPECT_THROW(parse({"--random=0"}), UsageError);
}

TEST(Options, EpilogueIsOfWords) {
  for (const char* text : {"bias,relu", "bias+relu"}) {
    const auto epilogue = parse({"resnet50", "--epilogue", text}).changes.epilogue;
    ASSERT_TRUE(epilogue.has_value()) << text;
    EXPECT_TRUE(epilogue->adds_bias) << text;
    EXPECT_EQ(epilogue->activation, Activation::kRelu) << text;
  }
  EXPECT_FALSE(parse({"resnet50"}).changes.epilogue.has_value());
  EXPECT_THROW(parse({"resnet50", "--epilogue=bias,gelu"}), UsageError);
  EXPECT_THROW(parse({"resnet50", "--epilogue=bias", "--all-plans"}), UsageError);
}

TEST(Options, HelpComesFromAnywhere) {
  std::string help;
  EXPECT_FALSE(parse_options({"conv", "-n", "1", "--help"}, help));
  EXPECT_NE(help.find("--no-cpu"), std::string::npos);
}

TEST(Options, RefuseWhatTheyDoNotKnow) {
  EXPECT_THROW(parse({}), UsageError);
  EXPECT_THROW(parse({"--solver"}), UsageError);
  EXPECT_THROW(parse({"resnet50", "--batch", "0"}), UsageError);
  EXPECT_THROW(parse({"resnet50", "--batch", "many"}), UsageError);
  EXPECT_THROW(parse({"resnet50", "--fast"}), UsageError);
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A find-db that the user's environment switches on does not decide in secret.
TEST(Options, DecideAboutTheFindDbWhateverTheEnvironmentSays) {
  for (const char* const before : {"0", "1", "off"}) {
    setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", before, 1);
    set_environment(parse({"resnet50"}));
    EXPECT_EQ(variable("MIOPEN_DEBUG_DISABLE_FIND_DB"), "1") << before;
    set_environment(parse({"conv", "-n", "1", "--find-db"}));
    EXPECT_EQ(variable("MIOPEN_DEBUG_DISABLE_FIND_DB"), "0") << before;
  }
  unsetenv("MIOPEN_DEBUG_DISABLE_FIND_DB");
}

TEST(Options, ForceOneSolver) {
  set_environment(parse({"resnet50", "--solver", "DirectReference"}));
  EXPECT_EQ(variable("MIOPEN_DEBUG_FIND_ONLY_SOLVER"), "DirectReference");
  EXPECT_THROW(set_environment(parse({"resnet50", "--solver", "Fastest"})), UsageError);
  unsetenv("MIOPEN_DEBUG_FIND_ONLY_SOLVER");
}

}  // namespace
}  // namespace rdna1conv::bench
