#include "fusion_objects.h"

namespace rdna1conv {
namespace {

std::optional<GuardedTensor> upload(DataType type, const std::vector<float>& values) {
  if (values.empty()) return std::nullopt;
  StridedTensor tensor{.type = type,
                       .lengths = {1, 1, 1, 1, static_cast<std::int64_t>(values.size())}};
  tensor.strides = packed_strides(tensor.lengths, Layout::kNchw);
  return std::optional<GuardedTensor>(std::in_place, tensor, GuardedTensor::Use::kRead, values);
}

std::optional<GuardedTensor> upload_like_output(const ConvCase& conv_case,
                                                const std::vector<float>& values) {
  if (values.empty()) return std::nullopt;
  return std::optional<GuardedTensor>(std::in_place, conv_case.output(), GuardedTensor::Use::kRead,
                                      values);
}

void* address_of(const std::optional<GuardedTensor>& tensor) {
  return tensor ? tensor->address() : nullptr;
}

}  // namespace

Tensor make_tensor(DataType type, const std::vector<int>& lengths) {
  miopenTensorDescriptor_t tensor = nullptr;
  EXPECT_OK(miopenCreateTensorDescriptor(&tensor));
  EXPECT_OK(miopenSetTensorDescriptor(tensor, static_cast<miopenDataType_t>(type),
                                      static_cast<int>(lengths.size()), lengths.data(), nullptr));
  return Tensor(tensor);
}

Tensor parameter_tensor(const ConvProblem& problem, DataType type, bool per_pixel) {
  const Spatial pixels = per_pixel ? problem.out : Spatial{};
  std::vector<int> lengths{1, static_cast<int>(problem.k)};
  if (problem.spatial_dims == 3) lengths.push_back(static_cast<int>(pixels.d));
  lengths.push_back(static_cast<int>(pixels.h));
  lengths.push_back(static_cast<int>(pixels.w));
  return make_tensor(type, lengths);
}

Plan make_plan(miopenTensorDescriptor_t input) {
  miopenFusionPlanDescriptor_t plan = nullptr;
  EXPECT_OK(miopenCreateFusionPlan(&plan, miopenVerticalFusion, input));
  return Plan(plan);
}

Args make_args() {
  miopenOperatorArgs_t args = nullptr;
  EXPECT_OK(miopenCreateOperatorArgs(&args));
  return Args(args);
}

EpilogueTensors::EpilogueTensors(const ConvCase& c)
    : z(upload_like_output(c, c.z)),
      bias(upload(c.output().type, c.bias)),
      norm_scale(upload(DataType::kFloat, c.norm_scale)),
      norm_shift(upload(DataType::kFloat, c.norm_shift)),
      norm_mean(upload(DataType::kFloat, c.norm_mean)),
      norm_variance(upload(DataType::kFloat, c.norm_variance)) {}

FusedConvolution::FusedConvolution(const std::string& line)
    : conv(line),
      tensors(conv.conv_case()),
      arguments(conv.bare_arguments()),
      plan(make_plan(arguments.x_desc)),
      args(make_args()) {
  const ConvProblem& problem = conv.problem();
  const Epilogue& epilogue = problem.epilogue;
  EXPECT_OK(miopenCreateOpConvForward(plan.get(), &conv_op, arguments.conv_desc, arguments.w_desc));
  if (epilogue.adds_bias) {
    EXPECT_OK(miopenCreateOpBiasForward(plan.get(), &bias_op,
                                        parameter_tensor(problem, problem.y_type).get()));
  }
  if (epilogue.batch_norm != BatchNorm::kNone) {
    const bool per_pixel = epilogue.batch_norm == BatchNorm::kPerActivation;
    EXPECT_OK(miopenCreateOpBatchNormInference(
        plan.get(), &norm_op, per_pixel ? miopenBNPerActivation : miopenBNSpatial,
        parameter_tensor(problem, DataType::kFloat, per_pixel).get()));
  }
  if (epilogue.activation != Activation::kPassThrough) {
    EXPECT_OK(miopenCreateOpActivationForward(
        plan.get(), &activation_op, static_cast<miopenActivationMode_t>(epilogue.activation)));
  }
}

void FusedConvolution::set_args() {
  const float one = 1, zero = 0;
  const EpilogueScalars& scalars = conv.scalars();
  EXPECT_OK(miopenSetOpArgsConvForward(args.get(), conv_op, &one, &zero, arguments.w));
  if (bias_op != nullptr) {
    EXPECT_OK(
        miopenSetOpArgsBiasForward(args.get(), bias_op, &one, &zero, address_of(tensors.bias)));
  }
  if (norm_op != nullptr) {
    EXPECT_OK(miopenSetOpArgsBatchNormInference(
        args.get(), norm_op, &one, &zero, address_of(tensors.norm_scale),
        address_of(tensors.norm_shift), address_of(tensors.norm_mean),
        address_of(tensors.norm_variance), static_cast<double>(scalars.norm_epsilon)));
  }
  if (activation_op != nullptr) {
    EXPECT_OK(miopenSetOpArgsActivForward(args.get(), activation_op, &one, &zero,
                                          static_cast<double>(scalars.activation_alpha),
                                          static_cast<double>(scalars.activation_beta),
                                          static_cast<double>(scalars.activation_gamma)));
  }
}

miopenStatus_t FusedConvolution::execute() {
  return miopenExecuteFusionPlan(conv.handle(), plan.get(), arguments.x_desc, arguments.x,
                                 arguments.y_desc, arguments.y, args.get());
}

miopenStatus_t FusedConvolution::execute(void* workspace, std::size_t bytes) {
  return miopenExecuteFusionPlan_v2(conv.handle(), plan.get(), arguments.x_desc, arguments.x,
                                    arguments.y_desc, arguments.y, args.get(), workspace, bytes);
}

}  // namespace rdna1conv
