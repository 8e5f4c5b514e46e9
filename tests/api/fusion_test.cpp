// Fusion plans as their clients use them, against the convolution and what follows in double
// precision.
#include <cmath>
#include <optional>
#include <string>

#include "fusion_objects.h"

namespace {

struct ActivationRow {
  miopenActivationMode_t mode;
  const char* name;
  double alpha, beta, gamma;
  double (*f)(double v, const ActivationRow& p);
};
const ActivationRow kActivations[] = {
    {miopenActivationPASTHRU, "pass through", 5, 6, 7,
     [](double v, const ActivationRow&) { return v; }},
    {miopenActivationLOGISTIC, "logistic", 0, 0, 0,
     [](double v, const ActivationRow&) { return 1 / (1 + std::exp(-v)); }},
    {miopenActivationTANH, "tanh", 0.75, 1.25, 0,
     [](double v, const ActivationRow& p) { return p.beta * std::tanh(p.alpha * v); }},
    {miopenActivationRELU, "relu", 0, 0, 0,
     [](double v, const ActivationRow&) { return std::max(v, 0.0); }},
    {miopenActivationSOFTRELU, "soft relu", 0, 0, 0,
     [](double v, const ActivationRow&) { return std::log1p(std::exp(v)); }},
    {miopenActivationABS, "abs", 0, 0, 0,
     [](double v, const ActivationRow&) { return std::abs(v); }},
    {miopenActivationPOWER, "power", 40, 0.5, 1.5,
     [](double v, const ActivationRow& p) { return std::pow(p.alpha + p.beta * v, p.gamma); }},
    {miopenActivationCLIPPEDRELU, "clipped relu", 0.8, 0, 0,
     [](double v, const ActivationRow& p) { return std::min(p.alpha, std::max(v, 0.0)); }},
    {miopenActivationLEAKYRELU, "leaky relu", 0.3, 0, 0,
     [](double v, const ActivationRow& p) { return v > 0 ? v : p.alpha * v; }},
    {miopenActivationELU, "elu", 1.7, 0, 0,
     [](double v, const ActivationRow& p) { return v > 0 ? v : p.alpha * std::expm1(v); }},
    {miopenActivationCLAMP, "clamp", -0.5, 0.7, 0,
     [](double v, const ActivationRow& p) { return std::min(p.beta, std::max(p.alpha, v)); }},
};

// What a plan has behind its convolution.
struct PlanCase {
  bool bias = false;
  std::optional<miopenBatchNormMode_t> norm;
  const ActivationRow* activation = nullptr;

  std::string text() const {
    std::string words = "convolution";
    if (bias) words += " + bias";
    if (norm) words += *norm == miopenBNSpatial ? " + norm" : " + norm per activation";
    if (activation != nullptr) words += " + " + std::string(activation->name);
    return words;
  }
};

std::vector<float> some_values(std::size_t count, float least, float step) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = least + step * static_cast<float>(i * 5 % 13);
  }
  return values;
}

constexpr double kEpsilon = 1e-3;

// Builds, compiles and executes the plan, and checks the result.
void expect_plan_runs(const Shape& shape, const PlanCase& c) {
  SCOPED_TRACE(c.text() + "\n" + shape.line());
  Convolution conv(shape);
  const auto channels = static_cast<std::size_t>(shape.k);
  const auto pixels = static_cast<std::size_t>(shape.out_h() * shape.out_w());
  const bool per_pixel = c.norm == miopenBNPerActivation;
  const std::size_t parameters = per_pixel ? channels * pixels : channels;
  const auto bias = some_values(channels, -0.6f, 0.1f);
  const auto scale = some_values(parameters, 0.5f, 0.1f), shift = some_values(parameters, -1, 0.2f),
             mean = some_values(parameters, -0.3f, 0.05f),
             variance = some_values(parameters, 0.2f, 0.3f);
  DeviceBuffer device_bias(channels * sizeof(float));
  device_bias.upload(bias);
  std::vector<DeviceBuffer> norm;
  for (const auto* values : {&scale, &shift, &mean, &variance}) {
    norm.emplace_back(parameters * sizeof(float)).upload(*values);
  }

  const Plan plan = make_plan(conv.x_desc);
  const Args args = make_args();
  const float one = 1, zero = 0;
  miopenFusionOpDescriptor_t conv_op, bias_op, norm_op, activation_op;
  ASSERT_OK(miopenCreateOpConvForward(plan.get(), &conv_op, conv.conv_desc, conv.w_desc));
  const Tensor bias_desc = make_tensor(1, shape.k, 1, 1);
  const Tensor norm_desc = per_pixel ? make_tensor(1, shape.k, shape.out_h(), shape.out_w())
                                     : make_tensor(1, shape.k, 1, 1);
  if (c.bias) ASSERT_OK(miopenCreateOpBiasForward(plan.get(), &bias_op, bias_desc.get()));
  if (c.norm) {
    ASSERT_OK(miopenCreateOpBatchNormInference(plan.get(), &norm_op, *c.norm, norm_desc.get()));
  }
  if (c.activation != nullptr) {
    ASSERT_OK(miopenCreateOpActivationForward(plan.get(), &activation_op, c.activation->mode));
  }
  ASSERT_OK(miopenCompileFusionPlan(conv.handle, plan.get()));
  ASSERT_OK(miopenSetOpArgsConvForward(args.get(), conv_op, &one, &zero, conv.w_buffer.get()));
  if (c.bias) {
    ASSERT_OK(miopenSetOpArgsBiasForward(args.get(), bias_op, &one, &zero, device_bias.get()));
  }
  if (c.norm) {
    ASSERT_OK(miopenSetOpArgsBatchNormInference(args.get(), norm_op, &one, &zero, norm[0].get(),
                                                norm[1].get(), norm[2].get(), norm[3].get(),
                                                kEpsilon));
  }
  if (c.activation != nullptr) {
    ASSERT_OK(miopenSetOpArgsActivForward(args.get(), activation_op, &one, &zero,
                                          c.activation->alpha, c.activation->beta,
                                          c.activation->gamma));
  }
  ASSERT_OK(execute(conv, plan, args));
  conv.transform_expected([&](double v, int k, std::size_t offset) {
    const auto channel = static_cast<std::size_t>(k);
    if (c.bias) v += static_cast<double>(bias[channel]);
    if (c.norm) {
      const std::size_t at = per_pixel ? channel * pixels + offset % pixels : channel;
      v = (v - static_cast<double>(mean[at])) /
              std::sqrt(static_cast<double>(variance[at]) + kEpsilon) *
              static_cast<double>(scale[at]) +
          static_cast<double>(shift[at]);
    }
    return c.activation == nullptr ? v : c.activation->f(v, *c.activation);
  });
  conv.expect_correct(c.text());
}

const ActivationRow* const kRelu = &kActivations[3];

TEST(Fusion, EveryActivation) {
  for (const ActivationRow& row : kActivations) {
    expect_plan_runs({.n = 2}, {.bias = true, .activation = &row});
  }
}

TEST(Fusion, EverySequence) {
  for (const bool bias : {false, true}) {
    for (const std::optional<miopenBatchNormMode_t> norm :
         {std::optional<miopenBatchNormMode_t>(), std::optional(miopenBNSpatial),
          std::optional(miopenBNPerActivation)}) {
      for (const ActivationRow* const activation :
           {static_cast<const ActivationRow*>(nullptr), kRelu}) {
        expect_plan_runs({.h = 6}, {bias, norm, activation});
      }
    }
  }
}

TEST(Fusion, ConvolutionsOfManyKinds) {
  const Shape shapes[] = {
      {.c = 16, .h = 14, .w = 14, .k = 16},
      {.c = 16, .h = 8, .w = 8, .k = 32, .r = 1, .s = 1, .pad_h = 0, .pad_w = 0},
      {.c = 3,
       .h = 17,
       .w = 15,
       .k = 8,
       .r = 7,
       .s = 7,
       .pad_h = 3,
       .pad_w = 3,
       .stride_h = 2,
       .stride_w = 2},
      {.c = 8, .h = 9, .w = 9, .k = 8, .groups = 8},
      {.c = 4, .h = 12, .w = 12, .k = 6, .pad_h = 2, .pad_w = 2, .dilation_h = 2, .dilation_w = 2},
      // NHWC: clients of channels-last images give all three so.
      {.n = 2,
       .c = 4,
       .h = 6,
       .w = 5,
       .k = 6,
       .x_strides = {120, 1, 20, 4},
       .w_strides = {36, 1, 12, 4},
       .y_strides = {180, 1, 30, 6}},
  };
  for (const Shape& shape : shapes) {
    expect_plan_runs(shape, {.bias = true, .activation = kRelu});
    expect_plan_runs(shape, {.bias = true, .norm = miopenBNSpatial, .activation = kRelu});
  }
}

// A plan that was never compiled, or failed to compile, errs and runs nothing: ONNX Runtime takes
// a failed miopenCompileFusionPlan for a success and relies on this to fall back.
TEST(Fusion, APlanThatIsNotCompiledErrs) {
  Convolution conv{Shape{}};
  const Plan plan = make_plan(conv.x_desc);
  const Args args = make_args();
  miopenFusionOpDescriptor_t op;
  ASSERT_OK(miopenCreateOpConvForward(plan.get(), &op, conv.conv_desc, conv.w_desc));
  ASSERT_OK(miopenSetOpArgsConvForward(args.get(), op, nullptr, nullptr, conv.w_buffer.get()));
  EXPECT_EQ(execute(conv, plan, args), miopenStatusBadParm);
  conv.expect_untouched("uncompiled");
  ASSERT_OK(miopenCompileFusionPlan(conv.handle, plan.get()));
  ASSERT_OK(execute(conv, plan, args));
  conv.expect_correct("compiled");

  // Another operator makes it another plan; this one no solver can run.
  ASSERT_OK(miopenCreateOpBatchNormForward(plan.get(), &op, miopenBNSpatial, true));
  conv.poison_y();
  EXPECT_EQ(execute(conv, plan, args), miopenStatusBadParm);
  EXPECT_EQ(miopenCompileFusionPlan(conv.handle, plan.get()), miopenStatusUnsupportedOp);
  EXPECT_EQ(execute(conv, plan, args), miopenStatusBadParm);
  conv.expect_untouched("not supported");
}

// PyTorch keeps arguments and plan for later, with other weights, and never destroys the arguments
// before the plan.
TEST(Fusion, ArgumentsMayChangeBetweenExecutions) {
  Convolution conv{Shape{}}, other{Shape{}};
  const Args args = make_args();
  Plan plan = make_plan(conv.x_desc);
  miopenFusionOpDescriptor_t conv_op, activation_op;
  ASSERT_OK(miopenCreateOpConvForward(plan.get(), &conv_op, conv.conv_desc, conv.w_desc));
  ASSERT_OK(miopenCreateOpActivationForward(plan.get(), &activation_op, miopenActivationRELU));
  ASSERT_OK(miopenCompileFusionPlan(conv.handle, plan.get()));
  ASSERT_OK(miopenSetOpArgsActivForward(args.get(), activation_op, nullptr, nullptr, 0, 0, 0));
  for (Convolution* const current : {&conv, &other}) {
    ASSERT_OK(
        miopenSetOpArgsConvForward(args.get(), conv_op, nullptr, nullptr, current->w_buffer.get()));
    ASSERT_OK(execute(*current, plan, args));
    current->transform_expected([](double v, int, std::size_t) { return std::max(v, 0.0); });
    current->expect_correct("with other buffers");
  }
  plan.reset();
}

TEST(Fusion, OperatorsAndAlgorithms) {
  Convolution conv{Shape{}};
  const Plan plan = make_plan(conv.x_desc);
  miopenFusionOpDescriptor_t conv_op, activation_op, op;
  ASSERT_OK(miopenCreateOpConvForward(plan.get(), &conv_op, conv.conv_desc, conv.w_desc));
  ASSERT_OK(miopenCreateOpActivationForward(plan.get(), &activation_op, miopenActivationRELU));
  ASSERT_OK(miopenFusionPlanGetOp(plan.get(), 0, &op));
  EXPECT_EQ(op, conv_op);
  ASSERT_OK(miopenFusionPlanGetOp(plan.get(), 1, &op));
  EXPECT_EQ(op, activation_op);

  miopenConvFwdAlgorithm_t algorithms[8];
  int count = 0;
  ASSERT_OK(miopenFusionPlanConvolutionGetAlgo(plan.get(), 8, &count, algorithms));
  ASSERT_GE(count, 1);
  const Args args = make_args();
  ASSERT_OK(miopenSetOpArgsConvForward(args.get(), conv_op, nullptr, nullptr, conv.w_buffer.get()));
  ASSERT_OK(miopenSetOpArgsActivForward(args.get(), activation_op, nullptr, nullptr, 0, 0, 0));
  conv.transform_expected([](double v, int, std::size_t) { return std::max(v, 0.0); });
  for (int i = 0; i < count; ++i) {
    ASSERT_OK(miopenFusionPlanConvolutionSetAlgo(plan.get(), algorithms[i]));
    EXPECT_EQ(execute(conv, plan, args), miopenStatusBadParm) << "it must be compiled again";
    ASSERT_OK(miopenCompileFusionPlan(conv.handle, plan.get()));
    std::size_t bytes = 0;
    ASSERT_OK(miopenFusionPlanGetWorkSpaceSize(conv.handle, plan.get(), &bytes, algorithms[i]));
    conv.poison_y();
    ASSERT_OK(execute(conv, plan, args));
    conv.expect_correct("algorithm " + std::to_string(algorithms[i]));
    conv.poison_y();
    ASSERT_LE(bytes, conv.workspace_bytes());
    ASSERT_OK(miopenExecuteFusionPlan_v2(conv.handle, plan.get(), conv.x_desc, conv.x_buffer.get(),
                                         conv.y_desc, conv.y_buffer.get(), args.get(),
                                         conv.workspace_buffer.get(), bytes));
    conv.expect_correct("with workspace, algorithm " + std::to_string(algorithms[i]));
  }
  // No solver of this library works by FFT.
  ASSERT_OK(miopenFusionPlanConvolutionSetAlgo(plan.get(), miopenConvolutionFwdAlgoFFT));
  EXPECT_EQ(miopenCompileFusionPlan(conv.handle, plan.get()), miopenStatusUnsupportedOp);
}

// The result of the convolution is never in memory: a plan is as many kernels as the convolution
// alone, of which the reference solver has one.
TEST(Fusion, IsOneKernel) {
  ASSERT_EQ(setenv("MIOPEN_DEBUG_FIND_ONLY_SOLVER", "DirectReference", 1), 0);
  Convolution conv{Shape{}};
  unsetenv("MIOPEN_DEBUG_FIND_ONLY_SOLVER");
  DeviceBuffer bias(static_cast<std::size_t>(conv.shape.k) * sizeof(float));
  bias.upload(some_values(static_cast<std::size_t>(conv.shape.k), 0, 0.5f));
  const Tensor bias_desc = make_tensor(1, conv.shape.k, 1, 1);
  const Plan plan = make_plan(conv.x_desc);
  const Args args = make_args();
  miopenFusionOpDescriptor_t conv_op, bias_op, activation_op;
  ASSERT_OK(miopenCreateOpConvForward(plan.get(), &conv_op, conv.conv_desc, conv.w_desc));
  ASSERT_OK(miopenCreateOpBiasForward(plan.get(), &bias_op, bias_desc.get()));
  ASSERT_OK(miopenCreateOpActivationForward(plan.get(), &activation_op, miopenActivationELU));
  ASSERT_OK(miopenCompileFusionPlan(conv.handle, plan.get()));
  ASSERT_OK(miopenSetOpArgsConvForward(args.get(), conv_op, nullptr, nullptr, conv.w_buffer.get()));
  ASSERT_OK(miopenSetOpArgsBiasForward(args.get(), bias_op, nullptr, nullptr, bias.get()));
  ASSERT_OK(miopenSetOpArgsActivForward(args.get(), activation_op, nullptr, nullptr, 1, 0, 0));

  hipStream_t stream = nullptr;
  hipGraph_t graph = nullptr;
  std::size_t nodes = 0;
  ASSERT_EQ(hipStreamCreate(&stream), hipSuccess);
  ASSERT_OK(miopenSetStream(conv.handle, stream));
  ASSERT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal), hipSuccess);
  EXPECT_OK(execute(conv, plan, args));
  ASSERT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess);
  ASSERT_EQ(hipGraphGetNodes(graph, nullptr, &nodes), hipSuccess);
  EXPECT_EQ(nodes, 1u);
  ASSERT_EQ(hipGraphDestroy(graph), hipSuccess);
  ASSERT_OK(miopenSetStream(conv.handle, nullptr));
  ASSERT_EQ(hipStreamDestroy(stream), hipSuccess);
}

}  // namespace
