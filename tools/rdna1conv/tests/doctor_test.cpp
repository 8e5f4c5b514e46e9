#include "doctor.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "scratch_folder.h"

namespace rdna1conv::tool {
namespace {

using End = ChildResult::End;

const CardTest kTest{"conv2d", "a convolution", "conv -n 1", "networks fail"};

struct Row {
  const char* what;
  ChildResult result;
  Level level;
  std::string text, next;
};
const Row kRows[] = {
    {"right",
     {End::kExited, 0, "noise\nrdna1conv-probe: all right\n", 0.25},
     Level::kFine,
     "a convolution: all right (0.2 s)",
     ""},
    {"wrong",
     {End::kExited, kProbeWrong, "rdna1conv-probe: element 3 is 5\n", 0},
     Level::kProblem,
     "gives a wrong result: element 3 is 5",
     "conv-bench conv -n 1"},
    {"failed",
     {End::kExited, kProbeFailed, "rdna1conv-probe: hipMalloc: out of memory\n", 0},
     Level::kProblem,
     "fails: hipMalloc: out of memory",
     "conv-bench"},
    {"no device",
     {End::kExited, kProbeNoDevice, "rdna1conv-probe: none\n", 0},
     Level::kProblem,
     "fails: none",
     "rocminfo"},
    {"no HIP",
     {End::kExited, 127, "probe: error while loading shared libraries: libamdhip64.so.5\n", 0},
     Level::kProblem,
     "libamdhip64.so.5",
     "apt-get install"},
    {"crash",
     {End::kSignalled, SIGSEGV, "Memory access fault by GPU node-1\n", 0},
     Level::kProblem,
     "crashes: Segmentation fault: Memory access fault by GPU node-1",
     "dmesg"},
    {"hang", {End::kTimedOut, 0, "", 60}, Level::kProblem, "hangs: ended after 60.0 s", "dmesg"},
    {"gone", {End::kNotStarted, ENOENT, "", 0}, Level::kProblem, "could not be started", "install"},
};

TEST(Doctor, SaysHowATestEndsAndWhatToDo) {
  for (const Row& row : kRows) {
    const Finding finding = finding_of(kTest, row.result);
    EXPECT_EQ(finding.level, row.level) << row.what;
    EXPECT_EQ(finding.subject, "test conv2d");
    EXPECT_NE(finding.text.find(row.text), std::string::npos) << row.what << ": " << finding.text;
    EXPECT_NE(finding.next.find(row.next), std::string::npos) << row.what << ": " << finding.next;
    EXPECT_EQ(finding.meaning, row.level == Level::kFine ? "" : "networks fail") << row.what;
  }
}

// A probe that is a script: what it does by the name of the test.
std::vector<Finding> run_with(const std::string& script, std::chrono::seconds limit) {
  const ScratchFolder folder;
  const Installation installation{.probe = folder.write("probe", "#!/bin/sh\n" + script, true)};
  return run_card_tests(installation, {.limit = limit}, nullptr);
}

TEST(Doctor, GoesOnAfterCrashAndHang) {
  const auto findings = run_with(
      "case $1 in\n"
      "  conv2d) kill -SEGV $$ ;;\n"
      "  conv2d-fp16) sleep 1000 ;;\n"
      "  conv2d-nhwc) echo 'rdna1conv-probe: bad'; exit 1 ;;\n"
      "esac\n"
      "echo 'rdna1conv-probe: good'\n",
      std::chrono::seconds(5));
  ASSERT_EQ(findings.size(), kCardTests.size());
  EXPECT_EQ(count(findings, Level::kProblem), 3u);
  EXPECT_EQ(count(findings, Level::kFine), kCardTests.size() - 3);
}

TEST(Doctor, RunsNothingAfterATestThatIsNeeded) {
  const auto findings = run_with("test $1 = allocate && exit 2; echo 'rdna1conv-probe: good'\n",
                                 std::chrono::seconds(60));
  ASSERT_EQ(findings.size(), kCardTests.size());
  EXPECT_EQ(findings[0].level, Level::kFine);
  EXPECT_EQ(findings[1].level, Level::kProblem);
  EXPECT_EQ(count(findings, Level::kSkipped), kCardTests.size() - 2);
}

TEST(Findings, AreToldToPeopleAndToPrograms) {
  const std::vector<Finding> findings{
      {Level::kFine, "card", "gfx1010", "", ""},
      {Level::kProblem, "test fill", "crashes: \xff \"quoted\"", "nothing runs", "sudo dmesg"}};
  EXPECT_EQ(to_text(findings[1], false),
            "problem test fill            crashes: \xff \"quoted\"\n"
            "           means: nothing runs\n"
            "           next:  sudo dmesg\n");
  EXPECT_NE(to_text(findings[1], true).find("\033["), std::string::npos);
  EXPECT_EQ(summary(findings), "1 problem, 0 notes, 1 fine");
  const auto json = nlohmann::json::parse(to_json(findings));
  EXPECT_EQ(json["problems"], 1);
  EXPECT_EQ(json["findings"].size(), 2u);
  EXPECT_EQ(json["findings"][1]["level"], "problem");
  EXPECT_EQ(json["findings"][1]["next"], "sudo dmesg");
}

}  // namespace
}  // namespace rdna1conv::tool
