#include "core/logging.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <regex>

namespace rdna1conv {
namespace {

// Restores the default settings afterwards, so that tests do not depend on their order.
class Logging : public testing::Test {
 protected:
  void TearDown() override { configure_logging({}); }

  static std::string logged(const Environment& environment, void (*body)()) {
    configure_logging(environment);
    testing::internal::CaptureStderr();
    body();
    return testing::internal::GetCapturedStderr();
  }
};

void log_every_level() {
  for (int level = 1; level <= 7; ++level) log_line(static_cast<LogLevel>(level), "f", "text");
}

TEST_F(Logging, LevelsFilter) {
  const std::string lines[] = {
      "MIOpen(HIP): Quiet [f] text\n", "MIOpen(HIP): Fatal [f] text\n",
      "MIOpen(HIP): Error [f] text\n", "MIOpen(HIP): Warning [f] text\n",
      "MIOpen(HIP): Info [f] text\n",  "MIOpen(HIP): Info2 [f] text\n",
      "MIOpen(HIP): Trace [f] text\n",
  };
  for (int level = 0; level <= 7; ++level) {
    std::string expected;
    for (int i = 0; i < (level == 0 ? 4 : level); ++i) expected += lines[i];
    Environment environment;
    environment.log_level = level;
    EXPECT_EQ(logged(environment, log_every_level), expected) << "level " << level;
  }
}

TEST_F(Logging, CommandLine) {
  EXPECT_EQ(logged({}, [] { log_command("LogCmdConvolution", "conv -n 1 -F 1 -t 1"); }),
            "MIOpen(HIP): Command [LogCmdConvolution] ./bin/MIOpenDriver conv -n 1 -F 1 -t 1\n");
}

TEST_F(Logging, ThreadAndElapsedTimePrefix) {
  Environment environment;
  environment.log_thread = true;
  EXPECT_EQ(logged(environment, [] { log_raw("x"); }),
            std::to_string(gettid()) + " MIOpen(HIP): x\n");
  environment.log_thread = false;
  environment.log_elapsed_time = true;
  const std::string line = logged(environment, [] { log_raw("x"); });
  EXPECT_TRUE(std::regex_match(line, std::regex(R"(MIOpen\(HIP\)[ 0-9]{4,}\.[0-9]{3}: x\n)")))
      << line;
}

TEST_F(Logging, SwitchesAreReported) {
  Environment environment;
  environment.log_calls = true;
  configure_logging(environment);
  EXPECT_TRUE(are_calls_logged());
  EXPECT_FALSE(are_commands_logged());
  environment = {};
  environment.log_commands = true;
  configure_logging(environment);
  EXPECT_FALSE(are_calls_logged());
  EXPECT_TRUE(are_commands_logged());
  EXPECT_TRUE(is_logged(LogLevel::kWarning));
  EXPECT_FALSE(is_logged(LogLevel::kInfo));
}

}  // namespace
}  // namespace rdna1conv
