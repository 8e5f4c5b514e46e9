#include <algorithm>
#include <cstdlib>

#include "api_convolution.h"
#include "expect_failure.h"
#include "scoped_variable.h"

namespace rdna1conv {
namespace {

constexpr const char* kLine = "conv -n 1 -c 4 -H 8 -W 8 -k 6 -y 3 -x 3 -p 1 -q 1 -F 1";

miopenStatus_t run(ApiConvolution& conv) { return conv.call(kRun, conv.bare_arguments()); }

// What `body` logs while the variable is set; what setting up logs is dropped.
template <class Body>
std::string logged(const char* name, const std::string& value, Body&& body,
                   const char* line = kLine) {
  std::string log;
  testing::internal::CaptureStderr();
  {
    const ScopedVariable variable(name, value);
    ApiConvolution conv(line);
    testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
    body(conv);
    log = testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
  }
  const ScopedHandle settings_back;
  testing::internal::GetCapturedStderr();
  return log;
}

TEST(EnvironmentApi, FindOnlySolver) {
  for (const char* name : {"DirectReference", "1", "nothing;DirectReference"}) {
    testing::internal::CaptureStderr();
    const ScopedVariable variable("MIOPEN_DEBUG_FIND_ONLY_SOLVER", name);
    ApiConvolution conv(kLine);
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(log.find("there is no solver 'nothing'") != std::string::npos,
              std::string(name).starts_with("nothing"));
    const auto solutions = conv.solutions(conv.bare_arguments());
    ASSERT_EQ(solutions.size(), 1u) << name;
    EXPECT_EQ(solutions[0].solution_id, 1u) << name;
    ASSERT_EQ(run(conv), miopenStatusSuccess);
    EXPECT_TRUE(conv.is_correct()) << name;
  }
}

TEST(EnvironmentApi, NothingLeftIsAnErrorWithReasons) {
  testing::internal::CaptureStderr();
  const ScopedVariable variable("MIOPEN_DEBUG_FIND_ONLY_SOLVER", "nothing");
  ApiConvolution conv(kLine);
  testing::internal::GetCapturedStderr();
  expect_failure("nothing left", miopenStatusNotImplemented,
                 "DirectReference: not named by MIOPEN_DEBUG_FIND_ONLY_SOLVER",
                 [&] { return run(conv); });
}

TEST(EnvironmentApi, FamiliesCanBeSwitchedOff) {
  struct Row {
    const char* variable;
    miopenConvAlgorithm_t algorithm;
  };
  for (const Row& row : {Row{"MIOPEN_DEBUG_CONV_DIRECT", miopenConvolutionAlgoDirect},
                         Row{"MIOPEN_DEBUG_CONV_GEMM", miopenConvolutionAlgoGEMM},
                         Row{"MIOPEN_DEBUG_CONV_FFT", miopenConvolutionAlgoFFT},
                         Row{"MIOPEN_DEBUG_CONV_IMPLICIT_GEMM", miopenConvolutionAlgoImplicitGEMM},
                         Row{"MIOPEN_DEBUG_CONV_WINOGRAD", miopenConvolutionAlgoWinograd}}) {
    const ScopedVariable variable(row.variable, "0");
    ApiConvolution conv("conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F 1");
    testing::internal::CaptureStderr();
    const miopenStatus_t status = conv.call(kGetSolutionCount, conv.bare_arguments());
    testing::internal::GetCapturedStderr();
    if (status != miopenStatusSuccess) {
      EXPECT_NE(std::string(rdna1convLastErrorText()).find(row.variable), std::string::npos);
      continue;
    }
    for (const auto& solution : conv.solutions(conv.bare_arguments()))
      EXPECT_NE(solution.algorithm, row.algorithm);
  }
}

// Users of RDNA cards switch MIOpen's naive kernels off. Ours is the last resort, and stays it.
TEST(EnvironmentApi, ReferenceIsLeftOutWhereAnotherSolverIs) {
  struct Row {
    const char* variable;
    const char* direction;
  };
  for (const Row& row : {Row{"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_FWD", "1"},
                         Row{"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_BWD", "2"},
                         Row{"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_WRW", "4"}}) {
    const std::string line =
        std::string("conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F ") + row.direction;
    const auto has_reference = [](ApiConvolution& conv) {
      const auto solutions = conv.solutions(conv.bare_arguments());
      return std::any_of(solutions.begin(), solutions.end(),
                         [](const auto& solution) { return solution.solution_id == 1; });
    };
    ApiConvolution before(line);
    const bool has_others = before.solutions(before.bare_arguments()).size() > 1;
    EXPECT_TRUE(has_reference(before));
    const ScopedVariable variable(row.variable, "0");
    ApiConvolution conv(line);
    EXPECT_EQ(has_reference(conv), !has_others) << row.variable;
    const ScopedVariable only("MIOPEN_DEBUG_FIND_ONLY_SOLVER", "DirectReference");
    ApiConvolution alone(line);
    EXPECT_TRUE(has_reference(alone)) << row.variable;
  }
}

TEST(EnvironmentApi, DescriptorsWithoutAFindModeFollowTheVariable) {
  const ScopedVariable variable("MIOPEN_FIND_MODE", "FAST");
  ApiConvolution conv(kLine);
  miopenConvolutionFindMode_t mode{};
  EXPECT_EQ(miopenGetConvolutionFindMode(conv.descriptor(), &mode), miopenStatusSuccess);
  EXPECT_EQ(mode, miopenConvolutionFindModeFast);
  conv.find(conv.arguments());
  EXPECT_TRUE(conv.is_untouched());
  EXPECT_EQ(miopenSetConvolutionFindMode(conv.descriptor(), miopenConvolutionFindModeNormal),
            miopenStatusSuccess);
  conv.find(conv.arguments());
  EXPECT_TRUE(conv.is_correct());
}

// MIOpen's lines, which its users' scripts and conv-bench read. What they say beyond that is ours:
// options that the driver does not know, and only where it cannot say it.
TEST(EnvironmentApi, CommandLog) {
  struct Row {
    const char* problem;
    const char* line;
  };
  const Row rows[] = {
      {"conv -n 1 -c 4 -H 8 -W 9 -k 6 -y 3 -x 2 -p 1 -q 0 -F 1",
       "conv -n 1 -c 4 -H 8 -W 9 -k 6 -y 3 -x 2 -p 1 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1"},
      {"conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 -F 2",
       "conv -n 1 -c 4 -H 8 -W 8 -k 6 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 2"},
      {"conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 -g 2 -F 4",
       "conv -n 1 -c 4 -H 8 -W 8 -k 6 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 2 -F 4"},
      {"convfp16 -n 2 -c 4 -H 5 -W 5 -k 6 -u 2 -v 2 -m trans -F 1",
       "convfp16 -n 2 -c 4 -H 5 -W 5 -k 6 -y 3 -x 3 -p 0 -q 0 -u 2 -v 2 -l 1 -j 1 -m trans -g 1 -F "
       "1"},
      {"convbfp16 -n 2 -c 4 -H 8 -W 8 -k 6 -I NHWC -f NHWC -O NHWC -F 2",
       "convbfp16 -n 2 -c 4 -H 8 -W 8 -k 6 -y 3 -x 3 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 --in_layout "
       "NHWC "
       "--fil_layout NHWC --out_layout NHWC -m conv -g 1 -F 2"},
      {"convint8 -n 1 -c 4 -H 5 -W 5 -k 4 -F 1",
       "convint8 -n 1 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F "
       "1"},
      {"conv -n 1 -c 3 -! 4 -H 6 -W 5 -k 4 -@ 2 -y 3 -x 3 -$ 1 -# 2 -^ 2 -_ 3 -F 4",
       "conv -n 1 -c 3 --in_d 4 -H 6 -W 5 -k 4 --fil_d 2 -y 3 -x 3 --pad_d 1 -p 0 -q 0 "
       "--conv_stride_d 2 -u 1 -v 1 --dilation_d 2 -l 1 -j 1 --spatial_dim 3 -m conv -g 1 -F 4"},
  };
  struct Call {
    EntryPoint entry;
    const char* word;
    const char* suffix;
  };
  for (const Row& row : rows) {
    for (const Call& call :
         {Call{kRun, "LogCmdConvolution", ""}, Call{kFind, "LogCmdFindConvolution", ""},
          Call{kImmediate, "LogCmdConvolution", " -S 1"}}) {
      const auto body = [&](ApiConvolution& conv) {
        EXPECT_EQ(conv.call(call.entry, conv.bare_arguments()), miopenStatusSuccess);
      };
      // Solvers without workspace are passed over with warnings, which are other lines.
      std::string log = logged("MIOPEN_ENABLE_LOGGING_CMD", "1", body, row.problem);
      log = log.substr(0, log.find('\n') + 1);
      EXPECT_EQ(log, std::string("MIOpen(HIP): Command [") + call.word + "] ./bin/MIOpenDriver " +
                         row.line + " -t 1" + call.suffix + "\n");
    }
  }
}

TEST(EnvironmentApi, Level6SaysWhatRuns) {
  const std::string log = logged("MIOPEN_LOG_LEVEL", "6", [](ApiConvolution& conv) { run(conv); });
  EXPECT_NE(log.find("MIOpen(HIP): Info2 [miopenConvolutionForward] runs "), std::string::npos)
      << log;
}

TEST(EnvironmentApi, Level1SaysNothingEvenOfErrors) {
  const std::string log = logged("MIOPEN_LOG_LEVEL", "1", [](ApiConvolution& conv) {
    static const float kThree = 3;
    CallArguments a = conv.bare_arguments();
    a.alpha = &kThree;
    EXPECT_EQ(conv.call(kRun, a), miopenStatusNotImplemented);
  });
  EXPECT_EQ(log, "");
}

TEST(EnvironmentApi, CallLogNamesFunctionAndArguments) {
  const std::string log =
      logged("MIOPEN_ENABLE_LOGGING", "1", [](ApiConvolution& conv) { run(conv); });
  EXPECT_NE(log.find("MIOpen(HIP): miopenConvolutionForward(){\n"), std::string::npos) << log;
  EXPECT_NE(log.find("MIOpen(HIP): workSpaceSize = 0\n"), std::string::npos) << log;
}

}  // namespace

}  // namespace rdna1conv
