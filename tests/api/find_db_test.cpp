// What Find leaves for later handles and processes, and the variables that rule it.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "api_convolution.h"
#include "scoped_variable.h"

namespace rdna1conv {
namespace {

namespace fs = std::filesystem;

class FindDbApi : public testing::Test {
 protected:
  FindDbApi() {
    std::string name = (fs::temp_directory_path() / "rdna1conv_api_XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_.emplace("MIOPEN_USER_DB_PATH", folder_.string());
  }
  ~FindDbApi() override { fs::remove_all(folder_); }

  // The database's text, "" if there is none.
  std::string text() const {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (!entry.path().string().ends_with(".ufdb.txt")) continue;
      file_ = entry.path();
      std::ifstream stream(file_);
      return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }
    return "";
  }

  fs::path folder_;
  mutable fs::path file_;
  std::optional<ScopedVariable> path_;
  const ScopedVariable enable_{"MIOPEN_DEBUG_DISABLE_FIND_DB", "0"};
};

constexpr const char* kProblem = "conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F ";

TEST_F(FindDbApi, LaterHandlesFindWhatWasFound) {
  for (const char* direction : {"1", "2", "4"}) {
    const std::string line = std::string(kProblem) + direction;
    std::vector<miopenConvAlgoPerf_t> first;
    {
      ApiConvolution conv(line);
      first = conv.find(conv.arguments());
    }
    ApiConvolution conv(line);
    // The default mode is a hybrid one.
    const auto second = conv.find(conv.arguments());
    EXPECT_TRUE(conv.is_untouched()) << "measured again";
    // GetWorkSpaceSize asks for what the best one needs, so others may not fit any more.
    ASSERT_FALSE(second.empty());
    EXPECT_EQ(algorithm_in(conv.direction(), second[0]), algorithm_in(conv.direction(), first[0]));
    EXPECT_EQ(second[0].time, first[0].time);
    EXPECT_EQ(second[0].memory, first[0].memory);
    // Immediate mode goes by it too, and what it says to run is right.
    const auto solutions = conv.solutions(conv.arguments());
    EXPECT_EQ(solutions[0].time, first[0].time);
    CallArguments a = conv.arguments();
    a.solution_id = solutions[0].solution_id;
    EXPECT_EQ(conv.call(kImmediate, a), miopenStatusSuccess) << rdna1convLastErrorText();
    EXPECT_TRUE(conv.is_correct());
  }
}

TEST_F(FindDbApi, DeterministicProblemsHaveTheirOwnRecords) {
  ApiConvolution conv(std::string(kProblem) + "1");
  conv.find(conv.arguments());
  EXPECT_EQ(text().find(" deterministic = "), std::string::npos);
  ASSERT_EQ(
      miopenSetConvolutionAttribute(conv.descriptor(), MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, 1),
      miopenStatusSuccess);
  conv.find(conv.arguments());
  EXPECT_NE(text().find(" deterministic = "), std::string::npos);

  fs::remove(file_);
  const ScopedVariable variable("MIOPEN_DEBUG_CONVOLUTION_DETERMINISTIC", "1");
  ApiConvolution all(std::string(kProblem) + "1");
  all.find(all.arguments());
  EXPECT_NE(text().find(" deterministic = "), std::string::npos);
}

TEST_F(FindDbApi, VariablesThatRuleIt) {
  struct Row {
    const char* variable;
    const char* value;
    bool measures_again;   // what is in the file already
    const char* expected;  // part of the file's text afterwards
  };
  const Row rows[] = {
      {"MIOPEN_FIND_ENFORCE", "1", false, " = measured "},
      {"MIOPEN_FIND_ENFORCE", "DB_UPDATE", true, " = measured "},
      {"MIOPEN_FIND_ENFORCE", "SEARCH", true, " = searched "},
      {"MIOPEN_FIND_ENFORCE", "SEARCH_DB_UPDATE", true, " = searched "},
      {"MIOPEN_FIND_MODE", "NORMAL", true, " = measured "},
      {"MIOPEN_FIND_MODE", "FAST", false, " = measured "},
      {"MIOPEN_FIND_MODE", "HYBRID", false, " = measured "},
      {"MIOPEN_FIND_MODE", "TRUST_VERIFY", false, " = measured "},
  };
  const std::string line = std::string(kProblem) + "1";
  for (const Row& row : rows) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    {
      ApiConvolution conv(line);
      conv.find(conv.arguments());
    }
    const ScopedVariable variable(row.variable, row.value);
    ApiConvolution conv(line);
    conv.find(conv.arguments());
    EXPECT_EQ(!conv.is_untouched(), row.measures_again) << row.variable << "=" << row.value;
    EXPECT_NE(text().find(row.expected), std::string::npos) << row.value << "\n" << text();
  }
}

// The same by the handle: a policy counts from the next Find on.
TEST_F(FindDbApi, TuningPolicyOfTheHandle) {
  struct Row {
    miopenTuningPolicy_t policy;
    bool measures_again;   // what the handle knows already
    const char* expected;  // part of the file's text afterwards
  };
  const Row rows[] = {
      {miopenTuningPolicyNone, false, " = measured "},
      {miopenTuningPolicyDbUpdate, true, " = measured "},
      {miopenTuningPolicySearch, true, " = searched "},
      {miopenTuningPolicySearchDbUpdate, true, " = searched "},
      // What the handle itself has learned it keeps.
      {miopenTuningPolicyDbClean, false, "rdna1conv find-db 1\n"},
  };
  for (const Row& row : rows) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    ApiConvolution conv(std::string(kProblem) + "1");
    conv.find(conv.arguments());
    ASSERT_EQ(miopenSetTuningPolicy(conv.handle(), row.policy), miopenStatusSuccess);
    miopenTuningPolicy_t policy{};
    EXPECT_EQ(miopenGetTuningPolicy(conv.handle(), &policy), miopenStatusSuccess);
    EXPECT_EQ(policy, row.policy);
    conv.reset_output();
    conv.find(conv.arguments());
    EXPECT_EQ(!conv.is_untouched(), row.measures_again) << row.policy;
    EXPECT_NE(text().find(row.expected), std::string::npos) << row.policy << "\n" << text();
  }
}

TEST_F(FindDbApi, TuningPolicyBeginsAsTheEnvironmentSays) {
  const ScopedVariable variable("MIOPEN_FIND_ENFORCE", "SEARCH");
  const ScopedHandle handle;
  miopenTuningPolicy_t policy{};
  EXPECT_EQ(miopenGetTuningPolicy(handle, &policy), miopenStatusSuccess);
  EXPECT_EQ(policy, miopenTuningPolicySearch);
}

TEST_F(FindDbApi, DbCleanForgets) {
  const std::string line = std::string(kProblem) + "1";
  {
    ApiConvolution conv(line);
    conv.find(conv.arguments());
  }
  EXPECT_NE(text().find(" = "), std::string::npos);
  const ScopedVariable variable("MIOPEN_FIND_ENFORCE", "5");
  ApiConvolution conv(line);
  conv.find(conv.arguments());
  EXPECT_EQ(text(), "rdna1conv find-db 1\n");
}

// A record would keep later processes from what this one was not allowed to try.
TEST_F(FindDbApi, HalfTruthsAreNotWritten) {
  const std::string line = std::string(kProblem) + "1";
  {
    const ScopedVariable variable("MIOPEN_DEBUG_CONV_DIRECT", "0");
    ApiConvolution conv(line);
    conv.find(conv.arguments());
  }
  EXPECT_EQ(text(), "");
  ApiConvolution conv(line);
  CallArguments a = conv.arguments();
  a.workspace = nullptr;
  a.workspace_bytes = 0;
  testing::internal::CaptureStderr();
  conv.find(a);
  const bool some_want_workspace =
      testing::internal::GetCapturedStderr().find("IsEnoughWorkspace") != std::string::npos;
  EXPECT_EQ(text().empty(), some_want_workspace);
}

TEST_F(FindDbApi, CorruptOrUnwritableFilesFailNothing) {
  const std::string line = std::string(kProblem) + "1";
  {
    ApiConvolution conv(line);
    conv.find(conv.arguments());
  }
  ASSERT_NE(text(), "");
  std::ofstream(file_) << "garbage\n";
  testing::internal::CaptureStderr();
  {
    ApiConvolution conv(line);
    EXPECT_FALSE(conv.solutions(conv.arguments()).empty());
    conv.find(conv.arguments());
    EXPECT_TRUE(conv.is_correct());
  }
  std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("Warning [FindDb] " + file_.string()), std::string::npos) << log;
  EXPECT_NE(text().find(" = measured "), std::string::npos) << "the file is not mended";

  const ScopedVariable nowhere("MIOPEN_USER_DB_PATH", "/dev/null/miopen");
  testing::internal::CaptureStderr();
  {
    ApiConvolution conv(line);
    conv.find(conv.arguments());
    EXPECT_TRUE(conv.is_correct());
  }
  log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("is not written: "), std::string::npos) << log;
}

TEST_F(FindDbApi, SystemDatabaseIsRead) {
  const std::string line = std::string(kProblem) + "1";
  {
    ApiConvolution conv(line);
    conv.find(conv.arguments());
  }
  ASSERT_NE(text(), "");
  const fs::path system = folder_ / "system";
  fs::create_directories(system);
  std::string name = file_.filename();
  name.replace(name.find(".ufdb."), 6, ".fdb.");
  fs::rename(file_, system / name);
  const ScopedVariable variable("MIOPEN_SYSTEM_DB_PATH", system.string());
  ApiConvolution conv(line);
  conv.find(conv.arguments());
  EXPECT_TRUE(conv.is_untouched()) << "measured although the system database has it";
}

// Immediate mode without and in spite of what Find found.
TEST_F(FindDbApi, Fallback) {
  const std::string line = std::string(kProblem) + "1";
  {
    const ScopedVariable variable("MIOPEN_DEBUG_CONV_IMMED_FALLBACK", "0");
    ApiConvolution conv(line);
    testing::internal::CaptureStderr();
    EXPECT_EQ(conv.call(kGetSolutionCount, conv.bare_arguments()), miopenStatusNotImplemented);
    testing::internal::GetCapturedStderr();
    const auto found = conv.find(conv.arguments());
    EXPECT_EQ(conv.solutions(conv.bare_arguments())[0].time, found[0].time);
  }
  const ScopedVariable variable("MIOPEN_DEBUG_FORCE_IMMED_MODE_FALLBACK", "1");
  ApiConvolution forced(line);
  const float estimate = forced.solutions(forced.bare_arguments())[0].time;
  const ScopedVariable off("MIOPEN_DEBUG_DISABLE_FIND_DB", "1");
  ApiConvolution without(line);
  EXPECT_EQ(without.solutions(without.bare_arguments())[0].time, estimate);
}

}  // namespace
}  // namespace rdna1conv
