#include "api_fusion_check.h"

#include <memory>
#include <optional>
#include <string>

#include "core/epilogue.h"

namespace rdna1conv {
namespace {

using client::check_miopen;

struct DestroyPlan {
  using pointer = miopenFusionPlanDescriptor_t;
  void operator()(pointer plan) const { static_cast<void>(miopenDestroyFusionPlan(plan)); }
};
struct DestroyArgs {
  using pointer = miopenOperatorArgs_t;
  void operator()(pointer args) const { static_cast<void>(miopenDestroyOperatorArgs(args)); }
};

// One value a channel, or a channel and pixel.
client::TensorDescriptor parameters(const ConvProblem& p, DataType type, bool per_pixel) {
  const Spatial pixels = per_pixel ? p.out : Spatial{};
  const FiveDims lengths{1, p.k, pixels.d, pixels.h, pixels.w};
  return {type, p.spatial_dims, lengths, packed_strides(lengths, Layout::kNchw)};
}

}  // namespace

void check_fusion_plan(const ApiClient& client, const GuardedRun& guarded) {
  const ConvProblem& problem = guarded.conv_case().problem;
  const Epilogue& epilogue = problem.epilogue;
  const std::string how = "fusion plan of " + to_text(epilogue);

  miopenFusionPlanDescriptor_t created_plan = nullptr;
  check_miopen(miopenCreateFusionPlan(&created_plan, miopenVerticalFusion, client.x()),
               "miopenCreateFusionPlan");
  const std::unique_ptr<miopenFusionPlanDescriptor_t, DestroyPlan> plan(created_plan);
  miopenOperatorArgs_t created_args = nullptr;
  check_miopen(miopenCreateOperatorArgs(&created_args), "miopenCreateOperatorArgs");
  const std::unique_ptr<miopenOperatorArgs_t, DestroyArgs> args(created_args);

  const client::TensorDescriptor bias = parameters(problem, problem.y_type, false);
  const client::TensorDescriptor norm =
      parameters(problem, DataType::kFloat, epilogue.batch_norm == BatchNorm::kPerActivation);
  miopenFusionOpDescriptor_t conv_op = nullptr, bias_op = nullptr, norm_op = nullptr,
                             activation_op = nullptr;
  check_miopen(miopenCreateOpConvForward(plan.get(), &conv_op, client.convolution(), client.w()),
               "miopenCreateOpConvForward");
  if (epilogue.adds_bias) {
    check_miopen(miopenCreateOpBiasForward(plan.get(), &bias_op, bias),
                 "miopenCreateOpBiasForward");
  }
  if (epilogue.batch_norm != BatchNorm::kNone) {
    const auto mode =
        epilogue.batch_norm == BatchNorm::kSpatial ? miopenBNSpatial : miopenBNPerActivation;
    check_miopen(miopenCreateOpBatchNormInference(plan.get(), &norm_op, mode, norm),
                 "miopenCreateOpBatchNormInference");
  }
  if (epilogue.activation != Activation::kPassThrough) {
    check_miopen(
        miopenCreateOpActivationForward(plan.get(), &activation_op,
                                        static_cast<miopenActivationMode_t>(epilogue.activation)),
        "miopenCreateOpActivationForward");
  }
  check_miopen(miopenCompileFusionPlan(client.handle(), plan.get()), (how + ", compiled").c_str());

  const EpilogueScalars scalars = scalars_for(problem, true);
  const float one = 1, zero = 0;
  const std::vector<double> result = guarded.run(0, scalars, [&](const Buffers& b) {
    check_miopen(miopenSetOpArgsConvForward(args.get(), conv_op, &one, &zero, b.w),
                 "miopenSetOpArgsConvForward");
    if (bias_op != nullptr) {
      check_miopen(miopenSetOpArgsBiasForward(args.get(), bias_op, &one, &zero, b.bias),
                   "miopenSetOpArgsBiasForward");
    }
    if (norm_op != nullptr) {
      check_miopen(miopenSetOpArgsBatchNormInference(args.get(), norm_op, &one, &zero, b.norm_scale,
                                                     b.norm_shift, b.norm_mean, b.norm_variance,
                                                     double{scalars.norm_epsilon}),
                   "miopenSetOpArgsBatchNormInference");
    }
    if (activation_op != nullptr) {
      check_miopen(miopenSetOpArgsActivForward(
                       args.get(), activation_op, &one, &zero, double{scalars.activation_alpha},
                       double{scalars.activation_beta}, double{scalars.activation_gamma}),
                   "miopenSetOpArgsActivForward");
    }
    check_miopen(miopenExecuteFusionPlan(client.handle(), plan.get(), client.x(), b.x, client.y(),
                                         b.y, args.get()),
                 how.c_str());
  });
  require_correct(guarded, result, scalars, Algorithm::kDirect, how);
}

}  // namespace rdna1conv
