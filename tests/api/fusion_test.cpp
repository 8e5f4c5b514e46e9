// Fusion plans as their clients use them, against the convolution and what follows it in double
// precision.
#include <hip/hip_runtime_api.h>

#include <cstdlib>

#include "fusion_objects.h"
#include "problem_kinds.h"

namespace rdna1conv {
namespace {

// Convolutions without their epilogues.
const char* const kConvolutions[] = {
    "conv -n 2 -c 4 -H 8 -W 7 -k 6 -p 1 -q 1",
    "conv -n 1 -c 16 -H 14 -W 14 -k 16 -p 1 -q 1",
    "conv -n 1 -c 16 -H 8 -W 8 -k 32 -y 1 -x 1",
    "conv -n 1 -c 3 -H 17 -W 15 -k 8 -y 7 -x 7 -p 3 -q 3 -u 2 -v 2",
    "conv -n 1 -c 8 -H 9 -W 9 -k 8 -p 1 -q 1 -g 8",
    "conv -n 1 -c 4 -H 12 -W 12 -k 6 -p 2 -q 2 -l 2 -j 2",
    "conv -n 1 -c 6 -H 5 -W 5 -k 4 -p 1 -q 1 -u 2 -v 2 -Y 1 -X 1 -m trans",
    "conv -n 1 -c 3 -! 4 -H 6 -W 5 -k 4 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -_ 3",
    "convfp16 -n 2 -c 8 -H 8 -W 7 -k 6 -p 1 -q 1",
    "convbfp16 -n 1 -c 8 -H 8 -W 8 -k 8 -p 1 -q 1",
    "conv -n 2 -c 4 -H 6 -W 5 -k 6 -p 1 -q 1 -I NHWC -f NHWC -O NHWC",
    "convfp16 -n 1 -c 16 -H 6 -W 6 -k 16 -p 1 -q 1 -I NHWC -f NHWC -O NHWC",
};
const char* const kSequences[] = {
    "bias",
    "relu",
    "bias+relu",
    "norm",
    "norm+relu",
    "bias+norm",
    "bias+norm+relu",
    "norm_per_activation",
    "bias+norm_per_activation+relu",
};
const char* const kActivations[] = {"logistic", "tanh",        "relu",      "softrelu", "abs",
                                    "power",    "clippedrelu", "leakyrelu", "elu",      "clamp"};

std::string fused(const std::string& line, const std::string& epilogue) {
  return line + " --epilogue " + epilogue + " -F 1";
}

void expect_plan_runs(const std::string& line) {
  SCOPED_TRACE(line);
  FusedConvolution fused_conv(line);
  ASSERT_OK(fused_conv.compile());
  fused_conv.set_args();
  ASSERT_OK(fused_conv.execute());
  EXPECT_TRUE(fused_conv.conv.is_correct());
}

TEST(Fusion, EveryActivation) {
  for (const char* const activation : kActivations) {
    expect_plan_runs(fused(kConvolutions[0], std::string("bias+") + activation));
  }
}

TEST(Fusion, EverySequence) {
  for (const char* const sequence : kSequences) {
    expect_plan_runs(fused(kConvolutions[0], sequence));
  }
}

TEST(Fusion, ConvolutionsOfEveryKind) {
  for (const char* const convolution : kConvolutions) {
    expect_plan_runs(fused(convolution, "bias+relu"));
    expect_plan_runs(fused(convolution, "norm+leakyrelu"));
  }
}

// A plan that was never compiled, or failed to compile, errs and runs nothing: ONNX Runtime takes
// a failed miopenCompileFusionPlan for a success and relies on this to fall back.
TEST(Fusion, APlanThatIsNotCompiledErrs) {
  FusedConvolution f(fused(kConvolutions[0], "relu"));
  f.set_args();
  EXPECT_EQ(f.execute(), miopenStatusBadParm);
  EXPECT_TRUE(f.conv.is_untouched());
  ASSERT_OK(f.compile());
  ASSERT_OK(f.execute());
  EXPECT_TRUE(f.conv.is_correct());

  // Another operator makes it another plan; this one no solver can run.
  miopenFusionOpDescriptor_t op;
  ASSERT_OK(miopenCreateOpBatchNormForward(f.plan.get(), &op, miopenBNSpatial, true));
  f.conv.reset_output();
  f.arguments = f.conv.bare_arguments();
  EXPECT_EQ(f.execute(), miopenStatusBadParm);
  EXPECT_EQ(f.compile(), miopenStatusUnsupportedOp);
  EXPECT_EQ(f.execute(), miopenStatusBadParm);
  EXPECT_TRUE(f.conv.is_untouched());
}

// PyTorch keeps neither plan nor arguments, and leaks the arguments: they may be of a plan that is
// gone, and a plan may have other arguments each time.
TEST(Fusion, PlansAndArgumentsAreIndependent) {
  FusedConvolution f(fused(kConvolutions[0], "bias+relu"));
  ASSERT_OK(f.compile());
  f.set_args();
  ASSERT_OK(f.execute());
  EXPECT_TRUE(f.conv.is_correct());
  Args first = std::exchange(f.args, make_args());
  f.set_args();
  f.conv.reset_output();
  f.arguments = f.conv.bare_arguments();
  ASSERT_OK(f.execute());
  EXPECT_TRUE(f.conv.is_correct());
  f.plan.reset();
  first.reset();
}

TEST(Fusion, OperatorsAreKnownByPosition) {
  FusedConvolution f(fused(kConvolutions[0], "bias+norm+relu"));
  const miopenFusionOpDescriptor_t expected[] = {f.conv_op, f.bias_op, f.norm_op, f.activation_op};
  for (int i = 0; i < 4; ++i) {
    miopenFusionOpDescriptor_t op = nullptr;
    ASSERT_OK(miopenFusionPlanGetOp(f.plan.get(), i, &op));
    EXPECT_EQ(op, expected[i]) << i;
  }
}

TEST(Fusion, EachAlgorithmThatItOffersRuns) {
  for (const char* const convolution : kConvolutions) {
    const std::string line = fused(convolution, "bias+relu");
    SCOPED_TRACE(line);
    FusedConvolution f(line);
    f.set_args();
    miopenConvFwdAlgorithm_t algorithms[8];
    int count = 0;
    ASSERT_OK(miopenFusionPlanConvolutionGetAlgo(f.plan.get(), 8, &count, algorithms));
    ASSERT_GE(count, 1);
    for (int i = 0; i < count; ++i) {
      ASSERT_OK(miopenFusionPlanConvolutionSetAlgo(f.plan.get(), algorithms[i]));
      EXPECT_EQ(f.execute(), miopenStatusBadParm) << "it must be compiled again";
      ASSERT_OK(f.compile());
      std::size_t bytes = 0;
      ASSERT_OK(
          miopenFusionPlanGetWorkSpaceSize(f.conv.handle(), f.plan.get(), &bytes, algorithms[i]));
      for (const bool with_workspace : {false, true}) {
        f.conv.reset_output();
        f.arguments = f.conv.bare_arguments();
        ASSERT_OK(with_workspace ? f.execute(f.conv.workspace(bytes), bytes) : f.execute());
        EXPECT_TRUE(f.conv.is_correct()) << "algorithm " << algorithms[i];
      }
    }
    // No solver of this library works by FFT.
    ASSERT_OK(miopenFusionPlanConvolutionSetAlgo(f.plan.get(), miopenConvolutionFwdAlgoFFT));
    EXPECT_EQ(f.compile(), miopenStatusUnsupportedOp);
  }
}

// The convolution's result is never in memory: the reference solver, of one kernel, has one kernel
// for all of the plan.
TEST(Fusion, IsOneKernel) {
  ASSERT_EQ(setenv("MIOPEN_DEBUG_FIND_ONLY_SOLVER", "1", 1), 0);
  FusedConvolution f(fused(kConvolutions[0], "bias+norm+elu"));
  unsetenv("MIOPEN_DEBUG_FIND_ONLY_SOLVER");
  ASSERT_OK(f.compile());
  f.set_args();
  hipStream_t stream = nullptr;
  hipGraph_t graph = nullptr;
  std::size_t nodes = 0;
  ASSERT_EQ(hipStreamCreate(&stream), hipSuccess);
  ASSERT_OK(miopenSetStream(f.conv.handle(), stream));
  ASSERT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal), hipSuccess);
  EXPECT_OK(f.execute());
  ASSERT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess);
  ASSERT_EQ(hipGraphGetNodes(graph, nullptr, &nodes), hipSuccess);
  EXPECT_EQ(nodes, 1u);
  ASSERT_EQ(hipGraphDestroy(graph), hipSuccess);
  ASSERT_OK(miopenSetStream(f.conv.handle(), nullptr));
  ASSERT_EQ(hipStreamDestroy(stream), hipSuccess);
}

}  // namespace
}  // namespace rdna1conv
