#include "child_process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>

#include "scratch_folder.h"

namespace rdna1conv::tool {
namespace {

using End = ChildResult::End;
constexpr std::chrono::seconds kLong{60};

ChildResult run_shell(const std::string& command, std::chrono::milliseconds limit = kLong,
                      const Variables& variables = {}) {
  return run_child({"/bin/sh", "-c", command}, limit, variables);
}

TEST(ChildProcess, GivesStatusAndOutput) {
  const ChildResult result = run_shell("echo one; echo two >&2; exit 3");
  EXPECT_EQ(result.end, End::kExited);
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.output, "one\ntwo\n");
}

TEST(ChildProcess, SetsVariables) {
  EXPECT_EQ(run_shell("echo $A-$B", kLong, {{"A", "1"}, {"B", "x y"}}).output, "1-x y\n");
}

TEST(ChildProcess, SurvivesACrash) {
  const ChildResult result = run_shell("echo before; kill -SEGV $$");
  EXPECT_EQ(result.end, End::kSignalled);
  EXPECT_EQ(result.status, SIGSEGV);
  EXPECT_EQ(result.output, "before\n");
}

TEST(ChildProcess, EndsAHangAndAllThatItStarted) {
  const ScratchFolder folder;
  const std::string file = (folder.path() / "pid").string();
  const ChildResult result = run_shell("echo begun; sleep 1000 & echo $! > " + file + "; wait",
                                       std::chrono::milliseconds(500));
  EXPECT_EQ(result.end, End::kTimedOut);
  EXPECT_EQ(result.output, "begun\n");
  pid_t grandchild = 0;
  std::ifstream(file) >> grandchild;
  ASSERT_GT(grandchild, 0);
  // Gone, or at most a zombie that nobody has waited for.
  const ChildResult state = run_shell("cat /proc/" + std::to_string(grandchild) + "/stat");
  EXPECT_TRUE(state.status != 0 || state.output.find(") Z ") != std::string::npos) << state.output;
}

// A program that closes its output and goes on.
TEST(ChildProcess, EndsAHangThatSaysNothing) {
  const ChildResult result = run_shell("exec >&- 2>&-; sleep 1000", std::chrono::milliseconds(300));
  EXPECT_EQ(result.end, End::kTimedOut);
}

TEST(ChildProcess, KeepsABoundedOutput) {
  const ChildResult result = run_shell("head -c 3000000 /dev/zero; echo end");
  EXPECT_EQ(result.end, End::kExited);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output.size(), kMostOutput);
}

TEST(ChildProcess, SaysWhyItDoesNotStart) {
  const ChildResult result = run_child({"/nowhere/program"}, kLong);
  EXPECT_EQ(result.end, End::kNotStarted);
  EXPECT_EQ(result.status, ENOENT);
}

}  // namespace
}  // namespace rdna1conv::tool
