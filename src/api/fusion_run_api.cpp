// Runs of fused convolutions: by a plan, and by one call.
#include <miopen/miopen.h>

#include "api/device_arguments.h"
#include "api/objects.h"
#include "core/tensor_match.h"
#include "dispatch/convolution.h"
#include "fusion/fused_convolution.h"

using namespace rdna1conv;

namespace {

// Puts the activation's parameters into the numbers of a run call.
void set_activation(EpilogueScalars& scalars, double alpha, double beta, double gamma) {
  scalars.activation_alpha = static_cast<float>(alpha);
  scalars.activation_beta = static_cast<float>(beta);
  scalars.activation_gamma = static_cast<float>(gamma);
}

struct PlanRun {
  const char* function;
  miopenHandle_t handle;
  miopenFusionPlanDescriptor_t plan;
  miopenTensorDescriptor_t input_desc;
  const void* input;
  miopenTensorDescriptor_t output_desc;
  void* output;
  miopenOperatorArgs_t args;
  void* workspace = nullptr;
  std::size_t workspace_bytes = 0;
};

void run_plan(const PlanRun& run) {
  Handle& handle = object(run.handle);
  const FusionPlan& plan = object(run.plan);
  const TensorDescriptor& input = object(run.input_desc, "inputDesc");
  const TensorDescriptor& output = object(run.output_desc, "outputDesc");
  const OperatorArgs& args = object(run.args);
  Buffers buffers;
  if (plan.compiled) {
    const ConvProblem& problem = plan.compiled->problem;
    const auto [convolution, bias, norm, activation] = arguments_of(plan, args);
    buffers.x = device_argument(handle, run.input, "input", problem.x_type);
    buffers.y = device_argument(handle, run.output, "output", problem.y_type);
    buffers.w = device_argument(handle, convolution.w, "w", problem.w_type);
    buffers.workspace = workspace_argument(handle, run.workspace, "workspace");
    if (problem.epilogue.adds_bias) {
      buffers.bias = device_argument(handle, bias.bias, "bias", problem.y_type);
    }
    if (problem.epilogue.batch_norm != BatchNorm::kNone) {
      const auto parameter = [&](const void* address, const char* name) {
        return device_argument(handle, address, name, DataType::kFloat);
      };
      buffers.norm_scale = parameter(norm.scale, "bnScale");
      buffers.norm_shift = parameter(norm.shift, "bnBias");
      buffers.norm_mean = parameter(norm.mean, "estimatedMean");
      buffers.norm_variance = parameter(norm.variance, "estimatedVariance");
      buffers.scalars.norm_epsilon = static_cast<float>(norm.epsilon);
    }
    set_activation(buffers.scalars, activation.alpha, activation.beta, activation.gamma);
  }
  execute(run.function, handle, plan, input, output, buffers, run.workspace_bytes);
}

// A float on the host that may be left out.
float value_or(const void* value, float otherwise) {
  return value == nullptr ? otherwise : *static_cast<const float*>(value);
}

}  // namespace

extern "C" {

miopenStatus_t miopenExecuteFusionPlan(const miopenHandle_t handle,
                                       const miopenFusionPlanDescriptor_t fusePlanDesc,
                                       const miopenTensorDescriptor_t inputDesc, const void* input,
                                       const miopenTensorDescriptor_t outputDesc, void* output,
                                       miopenOperatorArgs_t args) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"fusePlanDesc", fusePlanDesc},
        {"inputDesc", inputDesc},
        {"input", input},
        {"outputDesc", outputDesc},
        {"output", output},
        {"args", args}}},
      [&, function = __func__] {
        run_plan({function, handle, fusePlanDesc, inputDesc, input, outputDesc, output, args});
      });
}

miopenStatus_t miopenExecuteFusionPlan_v2(const miopenHandle_t handle,
                                          const miopenFusionPlanDescriptor_t fusePlanDesc,
                                          const miopenTensorDescriptor_t inputDesc,
                                          const void* input,
                                          const miopenTensorDescriptor_t outputDesc, void* output,
                                          miopenOperatorArgs_t args, void* workspace,
                                          size_t workspaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"fusePlanDesc", fusePlanDesc},
                 {"inputDesc", inputDesc},
                 {"input", input},
                 {"outputDesc", outputDesc},
                 {"output", output},
                 {"args", args},
                 {"workspace", workspace},
                 {"workspaceSize", workspaceSize}}},
               [&, function = __func__] {
                 run_plan({function, handle, fusePlanDesc, inputDesc, input, outputDesc, output,
                           args, workspace, workspaceSize});
               });
}

miopenStatus_t miopenConvolutionBiasActivationForward(
    miopenHandle_t handle, const void* alpha1, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, miopenConvFwdAlgorithm_t algo, void* workspace,
    size_t workspaceSizeInBytes, const void* alpha2, const miopenTensorDescriptor_t zDesc,
    const void* z, const miopenTensorDescriptor_t biasDesc, const void* bias,
    const miopenActivationDescriptor_t activationDesc, const miopenTensorDescriptor_t yDesc,
    void* y) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"alpha1", alpha1},
        {"xDesc", xDesc},
        {"x", x},
        {"wDesc", wDesc},
        {"w", w},
        {"convDesc", convDesc},
        {"algo", algo},
        {"workspace", workspace},
        {"workspaceSizeInBytes", workspaceSizeInBytes},
        {"alpha2", alpha2},
        {"zDesc", zDesc},
        {"z", z},
        {"biasDesc", biasDesc},
        {"bias", bias},
        {"activationDesc", activationDesc},
        {"yDesc", yDesc},
        {"y", y}}},
      [&, function = __func__] {
        Handle& owner = object(handle);
        const ConvolutionDescriptor& convolution = object(convDesc);
        const TensorDescriptor& output = object(yDesc, "yDesc");
        const TensorDescriptor& addend = object(zDesc, "zDesc");
        const TensorDescriptor& bias_tensor = object(biasDesc, "biasDesc");
        const ActivationDescriptor& activation = object(activationDesc, "activationDesc");
        ConvProblem problem = make_problem(convolution, Direction::kForward, object(xDesc, "xDesc"),
                                           object(wDesc, "wDesc"), output);
        check_bias("biasDesc", bias_tensor, problem);
        if (!is_described_by(addend, problem.y_type, problem.y_lengths(), problem.y_strides)) {
          throw Error(Status::kBadParm, "zDesc is not as yDesc");
        }
        Buffers buffers;
        buffers.x = device_argument(owner, x, "x", problem.x_type);
        buffers.w = device_argument(owner, w, "w", problem.w_type);
        buffers.y = device_argument(owner, y, "y", problem.y_type);
        buffers.z = device_argument(owner, z, "z", problem.y_type);
        buffers.bias = device_argument(owner, bias, "bias", problem.y_type);
        buffers.workspace = workspace_argument(owner, workspace, "workspace");
        buffers.scalars.alpha = value_or(alpha1, 1);
        buffers.scalars.z_scale = value_or(alpha2, 1);
        set_activation(buffers.scalars, activation.alpha, activation.beta, activation.gamma);
        problem.epilogue = {.scaled = buffers.scalars.alpha != 1,
                            .adds_z = buffers.scalars.z_scale != 0,
                            .adds_bias = true,
                            .activation = activation.mode};
        run(owner, make_call(function, owner, convolution, problem), static_cast<Algorithm>(algo),
            buffers, workspaceSizeInBytes);
      });
}

}  // extern "C"
