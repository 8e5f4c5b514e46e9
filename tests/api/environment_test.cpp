#include <cstdlib>

#include "device_fixture.h"
#include "expect_failure.h"

namespace {

// Sets a variable for a scope; handles read the environment when they are created.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~ScopedVariable() { unsetenv(name_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
};

// What `body` logs while the variable is set; what setting up logs is dropped.
template <class Body>
std::string logged(const char* name, const std::string& value, Body&& body) {
  std::string log;
  testing::internal::CaptureStderr();
  {
    const ScopedVariable variable(name, value);
    Convolution conv{Shape{}};
    testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
    body(conv);
    log = testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
  }
  Convolution settings_back{Shape{}};
  testing::internal::GetCapturedStderr();
  return log;
}

TEST(EnvironmentApi, FindOnlySolver) {
  for (const char* name : {"DirectReference", "1", "nothing;DirectReference"}) {
    testing::internal::CaptureStderr();
    const ScopedVariable variable("MIOPEN_DEBUG_FIND_ONLY_SOLVER", name);
    Convolution conv{Shape{}};
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(log.find("there is no solver 'nothing'") != std::string::npos,
              std::string(name).starts_with("nothing"));
    const auto solutions = conv.solutions();
    ASSERT_EQ(solutions.size(), 1u) << name;
    EXPECT_EQ(solutions[0].solution_id, 1u) << name;
    ASSERT_EQ(conv.forward(nullptr, 0), miopenStatusSuccess);
    conv.expect_correct(name);
  }
}

TEST(EnvironmentApi, NothingLeftIsAnErrorWithReasons) {
  testing::internal::CaptureStderr();
  const ScopedVariable variable("MIOPEN_DEBUG_FIND_ONLY_SOLVER", "nothing");
  Convolution conv{Shape{}};
  testing::internal::GetCapturedStderr();
  expect_failure("nothing left", miopenStatusNotImplemented,
                 "DirectReference: not named by MIOPEN_DEBUG_FIND_ONLY_SOLVER",
                 [&] { return conv.forward(nullptr, 0); });
}

TEST(EnvironmentApi, FamiliesCanBeSwitchedOff) {
  struct Row {
    const char* variable;
    miopenConvAlgorithm_t algorithm;
  };
  for (const Row& row : {Row{"MIOPEN_DEBUG_CONV_DIRECT", miopenConvolutionAlgoDirect},
                         Row{"MIOPEN_DEBUG_CONV_GEMM", miopenConvolutionAlgoGEMM},
                         Row{"MIOPEN_DEBUG_CONV_WINOGRAD", miopenConvolutionAlgoWinograd}}) {
    const ScopedVariable variable(row.variable, "0");
    Convolution conv{Shape{.c = 16, .h = 12, .w = 12, .k = 16}};
    std::size_t count = 0;
    testing::internal::CaptureStderr();
    const miopenStatus_t status = miopenConvolutionForwardGetSolutionCount(
        conv.handle, conv.w_desc, conv.x_desc, conv.conv_desc, conv.y_desc, &count);
    testing::internal::GetCapturedStderr();
    if (status != miopenStatusSuccess) {
      EXPECT_NE(std::string(rdna1convLastErrorText()).find(row.variable), std::string::npos);
      continue;
    }
    for (const auto& solution : conv.solutions()) EXPECT_NE(solution.algorithm, row.algorithm);
  }
}

TEST(EnvironmentApi, CommandLog) {
  const std::string line =
      "./bin/MIOpenDriver conv -n 1 -c 4 -H 8 -W 8 -k 6 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m "
      "conv -g 1 -F 1 -t 1";
  EXPECT_EQ(
      logged("MIOPEN_ENABLE_LOGGING_CMD", "1", [](Convolution& conv) { conv.forward(nullptr, 0); }),
      "MIOpen(HIP): Command [LogCmdConvolution] " + line + "\n");
  EXPECT_EQ(logged("MIOPEN_ENABLE_LOGGING_CMD", "1",
                   [](Convolution& conv) { conv.find(1, false, conv.workspace_bytes()); }),
            "MIOpen(HIP): Command [LogCmdFindConvolution] " + line + "\n");
  EXPECT_EQ(logged("MIOPEN_ENABLE_LOGGING_CMD", "1",
                   [](Convolution& conv) { conv.immediate(1, nullptr, 0); }),
            "MIOpen(HIP): Command [LogCmdConvolution] " + line + " -S 1\n");
}

TEST(EnvironmentApi, Level6SaysWhatRuns) {
  const std::string log =
      logged("MIOPEN_LOG_LEVEL", "6", [](Convolution& conv) { conv.forward(nullptr, 0); });
  EXPECT_NE(log.find("MIOpen(HIP): Info2 [miopenConvolutionForward] runs "), std::string::npos)
      << log;
}

TEST(EnvironmentApi, Level1SaysNothingEvenOfErrors) {
  const std::string log = logged("MIOPEN_LOG_LEVEL", "1", [](Convolution& conv) {
    conv.alpha = 3;
    EXPECT_EQ(conv.forward(nullptr, 0), miopenStatusNotImplemented);
  });
  EXPECT_EQ(log, "");
}

TEST(EnvironmentApi, CallLogNamesFunctionAndArguments) {
  const std::string log =
      logged("MIOPEN_ENABLE_LOGGING", "1", [](Convolution& conv) { conv.forward(nullptr, 0); });
  EXPECT_NE(log.find("MIOpen(HIP): miopenConvolutionForward(){\n"), std::string::npos) << log;
  EXPECT_NE(log.find("MIOpen(HIP): workSpaceSize = 0\n"), std::string::npos) << log;
}

}  // namespace
