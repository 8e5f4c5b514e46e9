// Wrong arguments of the functions of fusion plans.
#include <limits>

#include "expect_failure.h"
#include "fusion_objects.h"

namespace rdna1conv {
namespace {

class FusionBadInput : public testing::Test {
 protected:
  ApiConvolution conv{"conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 -F 1"};
  CallArguments a = conv.bare_arguments();
  Plan plan = make_plan(a.x_desc);
  Args args = make_args();
  miopenFusionOpDescriptor_t op = nullptr;

  miopenFusionOpDescriptor_t add_convolution() {
    EXPECT_OK(miopenCreateOpConvForward(plan.get(), &op, a.conv_desc, a.w_desc));
    return op;
  }
  miopenFusionOpDescriptor_t add_bias(miopenTensorDescriptor_t bias) {
    EXPECT_OK(miopenCreateOpBiasForward(plan.get(), &op, bias));
    return op;
  }
  miopenFusionOpDescriptor_t add_activation() {
    EXPECT_OK(miopenCreateOpActivationForward(plan.get(), &op, miopenActivationRELU));
    return op;
  }
  miopenStatus_t execute() {
    return miopenExecuteFusionPlan(a.handle, plan.get(), a.x_desc, a.x, a.y_desc, a.y, args.get());
  }
  void expect_unsupported(const std::string& text) {
    expect_failure(text, miopenStatusUnsupportedOp, text,
                   [&] { return miopenCompileFusionPlan(a.handle, plan.get()); });
  }
};

TEST_F(FusionBadInput, Creation) {
  miopenFusionPlanDescriptor_t made = nullptr;
  expect_failure("plan", miopenStatusBadParm, "fusePlanDesc is null",
                 [&] { return miopenCreateFusionPlan(nullptr, miopenVerticalFusion, a.x_desc); });
  expect_failure("input", miopenStatusBadParm, "inputDesc is null",
                 [&] { return miopenCreateFusionPlan(&made, miopenVerticalFusion, nullptr); });
  expect_failure("direction", miopenStatusUnsupportedOp, "fuseDirection is 1",
                 [&] { return miopenCreateFusionPlan(&made, miopenHorizontalFusion, a.x_desc); });
  EXPECT_EQ(made, nullptr);
  expect_failure("convolution", miopenStatusBadParm, "convDesc is null",
                 [&] { return miopenCreateOpConvForward(plan.get(), &op, nullptr, a.w_desc); });
  expect_failure("filter", miopenStatusBadParm, "wDesc",
                 [&] { return miopenCreateOpConvForward(plan.get(), &op, a.conv_desc, a.y_desc); });
  expect_failure("activation", miopenStatusBadParm, "mode 11 is not a miopenActivationMode_t", [&] {
    return miopenCreateOpActivationForward(plan.get(), &op,
                                           static_cast<miopenActivationMode_t>(11));
  });
  expect_failure("norm", miopenStatusBadParm, "bn_mode 2", [&] {
    return miopenCreateOpBatchNormInference(plan.get(), &op, static_cast<miopenBatchNormMode_t>(2),
                                            a.x_desc);
  });
  expect_failure("no operators yet", miopenStatusBadParm, "op_idx is 0, the plan has 0 operators",
                 [&] { return miopenFusionPlanGetOp(plan.get(), 0, &op); });
  add_convolution();
  for (const int index : {-1, 1}) {
    expect_failure("index", miopenStatusBadParm, "the plan has 1 operators",
                   [&] { return miopenFusionPlanGetOp(plan.get(), index, &op); });
  }
  expect_failure("algo", miopenStatusBadParm, "algo 4 is not a miopenConvFwdAlgorithm_t", [&] {
    return miopenFusionPlanConvolutionSetAlgo(plan.get(), static_cast<miopenConvFwdAlgorithm_t>(4));
  });
  int count = 0;
  miopenConvFwdAlgorithm_t algorithm;
  expect_failure("count", miopenStatusBadParm, "requestAlgoCount is 0", [&] {
    return miopenFusionPlanConvolutionGetAlgo(plan.get(), 0, &count, &algorithm);
  });
}

TEST_F(FusionBadInput, NoOperators) { expect_unsupported("the plan has no operators"); }

TEST_F(FusionBadInput, NoConvolution) {
  add_activation();
  expect_unsupported("the plan begins with activation");
}

TEST_F(FusionBadInput, WrongOrder) {
  add_convolution();
  add_activation();
  add_bias(make_tensor(DataType::kFloat, {1, 6, 1, 1}).get());
  expect_unsupported("bias cannot follow activation");
}

TEST_F(FusionBadInput, Twice) {
  add_convolution();
  add_activation();
  add_activation();
  expect_unsupported("activation cannot follow activation");
}

TEST_F(FusionBadInput, Training) {
  add_convolution();
  EXPECT_OK(miopenCreateOpActivationBackward(plan.get(), &op, miopenActivationRELU));
  expect_unsupported("activation backward cannot be fused");
  expect_failure("args", miopenStatusNotImplemented, "for training", [&] {
    return miopenSetOpArgsActivBackward(args.get(), op, nullptr, nullptr, nullptr, nullptr, 0, 0,
                                        0);
  });
}

TEST_F(FusionBadInput, BiasOfAnotherSize) {
  add_convolution();
  add_bias(make_tensor(DataType::kFloat, {1, 7, 1, 1}).get());
  expect_failure("bias", miopenStatusBadParm, "bDesc is not a packed tensor of one value",
                 [&] { return miopenCompileFusionPlan(a.handle, plan.get()); });
}

TEST_F(FusionBadInput, BiasOfAnotherType) {
  add_convolution();
  add_bias(make_tensor(DataType::kHalf, {1, 6, 1, 1}).get());
  expect_unsupported("bDesc is fp16");
}

TEST_F(FusionBadInput, Arguments) {
  const auto conv_op = add_convolution();
  const auto activation_op = add_activation();
  const float two = 2, one = 1;
  expect_failure("args", miopenStatusBadParm, "args is null", [&] {
    return miopenSetOpArgsConvForward(nullptr, conv_op, nullptr, nullptr, a.w);
  });
  expect_failure("op", miopenStatusBadParm, "convOp is null", [&] {
    return miopenSetOpArgsConvForward(args.get(), nullptr, nullptr, nullptr, a.w);
  });
  expect_failure("kind", miopenStatusBadParm, "convOp is an operator of another kind", [&] {
    return miopenSetOpArgsConvForward(args.get(), activation_op, nullptr, nullptr, a.w);
  });
  expect_failure("alpha", miopenStatusNotImplemented, "alpha is 2", [&] {
    return miopenSetOpArgsConvForward(args.get(), conv_op, &two, nullptr, a.w);
  });
  expect_failure("beta", miopenStatusNotImplemented, "beta is 1", [&] {
    return miopenSetOpArgsConvForward(args.get(), conv_op, nullptr, &one, a.w);
  });
  miopenFusionOpDescriptor_t norm_op;
  ASSERT_OK(miopenCreateOpBatchNormInference(plan.get(), &norm_op, miopenBNSpatial,
                                             make_tensor(DataType::kFloat, {1, 6, 1, 1}).get()));
  for (const double epsilon : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
    expect_failure("epsilon", miopenStatusBadParm, "epsilon is", [&] {
      return miopenSetOpArgsBatchNormInference(args.get(), norm_op, nullptr, nullptr, nullptr,
                                               nullptr, nullptr, nullptr, epsilon);
    });
  }
}

TEST_F(FusionBadInput, Execution) {
  const auto conv_op = add_convolution();
  const auto activation_op = add_activation();
  ASSERT_OK(miopenCompileFusionPlan(a.handle, plan.get()));
  const auto fails = [&](const char* text) {
    expect_failure(text, miopenStatusBadParm, text, [&] { return execute(); });
  };
  fails("args has nothing for operator 0, convolution");
  ASSERT_OK(miopenSetOpArgsConvForward(args.get(), conv_op, nullptr, nullptr, nullptr));
  fails("args has nothing for operator 1, activation");
  ASSERT_OK(miopenSetOpArgsActivForward(args.get(), activation_op, nullptr, nullptr, 0, 0, 0));
  fails("w is null");
  ASSERT_OK(miopenSetOpArgsConvForward(args.get(), conv_op, nullptr, nullptr, a.w));
  expect_failure("input", miopenStatusBadParm, "inputDesc is not the one", [&] {
    return miopenExecuteFusionPlan(a.handle, plan.get(), a.w_desc, a.x, a.y_desc, a.y, args.get());
  });
  expect_failure("output", miopenStatusBadParm, "yDesc is", [&] {
    return miopenExecuteFusionPlan(a.handle, plan.get(), a.x_desc, a.x, a.x_desc, a.y, args.get());
  });
  expect_failure("no input", miopenStatusBadParm, "input is null", [&] {
    return miopenExecuteFusionPlan(a.handle, plan.get(), a.x_desc, nullptr, a.y_desc, a.y,
                                   args.get());
  });
  expect_failure("no handle", miopenStatusBadParm, "handle is null", [&] {
    return miopenExecuteFusionPlan(nullptr, plan.get(), a.x_desc, a.x, a.y_desc, a.y, args.get());
  });
  EXPECT_TRUE(conv.is_untouched());
  ASSERT_OK(execute());
}

}  // namespace
}  // namespace rdna1conv
