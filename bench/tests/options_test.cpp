#include "options.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(options.batch, 4);
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
  EXPECT_FALSE(options.batch.has_value());
  EXPECT_EQ(parse({"./bin/MIOpenDriver", "conv", "-n", "1"}).driver_line,
            "./bin/MIOpenDriver conv -n 1");
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

}  // namespace
}  // namespace rdna1conv::bench
