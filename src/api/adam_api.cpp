// Steps of Adam and AdamW. The variants differ in what is stored where; all of them become one list
// of arguments.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/adam.h"

using namespace rdna1conv;

namespace {

using B = AdamBuffer;

// A tensor of a call; those that may be left out have a null pointer then.
struct AdamTensor {
  B slot;  // of single numbers that come with the run's: any
  miopenTensorDescriptor_t descriptor;
  const void* data;
  const char *descriptor_name, *name;
};
NamedTensor named(const AdamTensor& tensor) {
  return {object(tensor.descriptor, tensor.descriptor_name), tensor.descriptor_name};
}

struct AdamCall {
  // Values, means and squares, before and after: of one type and as many elements.
  std::initializer_list<AdamTensor> tensors;
  AdamTensor gradient, half, gradient_scale, found_infinity, steps, new_steps;
  AdamProblem problem;
  AdamScalars scalars;
};

void run_step(const char* function, miopenHandle_t handle, AdamCall call) {
  Handle& owner = object(handle);
  AdamProblem& p = call.problem;
  const AdamTensor& values = *call.tensors.begin();
  const TensorDescriptor& descriptor = named(values).descriptor;
  p.type = descriptor.type();
  p.elements = descriptor.elements();
  OperatorRun run(owner);
  for (const AdamTensor& tensor : call.tensors) {
    const bool is_largest = tensor.slot == B::kLargest || tensor.slot == B::kNewLargest;
    if (is_largest && !p.uses_largest) continue;
    require_packed(named(tensor), p.type, p.elements);
    run.add(tensor.slot, tensor.data, tensor.name, p.type);
  }
  const NamedTensor gradient = named(call.gradient);
  p.gradient_is_half = p.type != DataType::kHalf && gradient.descriptor.type() == DataType::kHalf;
  require_packed(gradient, p.gradient_is_half ? DataType::kHalf : p.type, p.elements);
  run.add(B::kGradient, call.gradient.data, call.gradient.name, gradient.descriptor.type());
  if (call.half.data != nullptr) {
    require_packed(named(call.half), DataType::kHalf, p.elements);
    run.add(B::kNewHalf, call.half.data, call.half.name, DataType::kHalf);
  }
  // Single numbers, whose descriptors may be missing.
  AdamScalars& scalars = call.scalars;
  const auto number = [&](const AdamTensor& tensor, DataType type) {
    return tensor.data == nullptr ? nullptr
                                  : device_argument(owner, tensor.data, tensor.name, type);
  };
  scalars.gradient_scale =
      static_cast<const std::int32_t*>(number(call.gradient_scale, DataType::kInt32));
  scalars.found_infinity =
      static_cast<const std::uint8_t*>(number(call.found_infinity, DataType::kInt8));
  scalars.done_steps = static_cast<const std::int32_t*>(number(call.steps, DataType::kInt32));
  p.counts_steps = scalars.done_steps != nullptr;
  if (p.counts_steps) {
    run.add(B::kSteps, call.steps.data, call.steps.name, DataType::kInt32);
    run.add(B::kNewSteps, call.new_steps.data, call.new_steps.name, DataType::kInt32);
    if (scalars.found_infinity != nullptr)
      run.add(B::kFoundInfinity, scalars.found_infinity, call.found_infinity.name, DataType::kInt8);
  } else if (scalars.step == 0) {
    throw Error(Status::kBadParm, "state_step is 0, steps are counted from 1");
  }
  run_operator(owner, function, p, run.with(scalars), [&] { return to_driver_line(p, scalars); });
}

AdamScalars scalars_of(unsigned int step, float rate, float beta1, float beta2, float weight_decay,
                       float epsilon) {
  AdamScalars scalars;
  scalars.step = step;
  scalars.rate = rate;
  scalars.beta1 = beta1;
  scalars.beta2 = beta2;
  scalars.weight_decay = weight_decay;
  scalars.epsilon = epsilon;
  return scalars;
}

AdamProblem adam_problem(bool amsgrad, bool maximize, bool adamw) {
  AdamProblem p;
  p.uses_largest = amsgrad;
  p.maximizes = maximize;
  p.decays_values = adamw;
  return p;
}
AdamProblem transformers_problem(bool correct_bias) {
  AdamProblem p;
  p.is_transformers = true;
  p.corrects_bias = correct_bias;
  return p;
}

}  // namespace

extern "C" {

miopenStatus_t miopenFusedAdam(miopenHandle_t handle, const miopenTensorDescriptor_t paramDesc,
                               void* param, const miopenTensorDescriptor_t gradDesc,
                               const void* grad, const miopenTensorDescriptor_t expAvgDesc,
                               void* expAvg, const miopenTensorDescriptor_t expAvgSqDesc,
                               void* expAvgSq, const miopenTensorDescriptor_t maxExpAvgSqDesc,
                               void* maxExpAvgSq, const miopenTensorDescriptor_t stateStepDesc,
                               void* stateStep, const unsigned int state_step, const float lr,
                               const float beta1, const float beta2, const float weight_decay,
                               const float eps, const bool amsgrad, const bool maximize,
                               const bool adamw, const miopenTensorDescriptor_t gradScaleDesc,
                               const void* gradScale, const miopenTensorDescriptor_t foundInfDesc,
                               const void* foundInf) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"param", param},
        {"grad", grad},
        {"expAvg", expAvg},
        {"expAvgSq", expAvgSq},
        {"maxExpAvgSq", maxExpAvgSq},
        {"stateStep", stateStep},
        {"state_step", state_step},
        {"lr", double{lr}},
        {"weight_decay", double{weight_decay}},
        {"amsgrad", amsgrad},
        {"gradScale", gradScale},
        {"foundInf", foundInf}}},
      [&] {
        run_step(
            "LogCmdAdam", handle,
            {{{B::kValues, paramDesc, param, "paramDesc", "param"},
              {B::kNewValues, paramDesc, param, "paramDesc", "param"},
              {B::kMean, expAvgDesc, expAvg, "expAvgDesc", "expAvg"},
              {B::kNewMean, expAvgDesc, expAvg, "expAvgDesc", "expAvg"},
              {B::kSquare, expAvgSqDesc, expAvgSq, "expAvgSqDesc", "expAvgSq"},
              {B::kNewSquare, expAvgSqDesc, expAvgSq, "expAvgSqDesc", "expAvgSq"},
              {B::kLargest, maxExpAvgSqDesc, maxExpAvgSq, "maxExpAvgSqDesc", "maxExpAvgSq"},
              {B::kNewLargest, maxExpAvgSqDesc, maxExpAvgSq, "maxExpAvgSqDesc", "maxExpAvgSq"}},
             {B::kGradient, gradDesc, grad, "gradDesc", "grad"},
             {},
             {B::kSteps, gradScaleDesc, gradScale, "gradScaleDesc", "gradScale"},
             {B::kFoundInfinity, foundInfDesc, foundInf, "foundInfDesc", "foundInf"},
             {B::kSteps, stateStepDesc, stateStep, "stateStepDesc", "stateStep"},
             {B::kNewSteps, stateStepDesc, stateStep, "stateStepDesc", "stateStep"},
             adam_problem(amsgrad, maximize, adamw),
             scalars_of(state_step, lr, beta1, beta2, weight_decay, eps)});
      });
}

miopenStatus_t miopenFusedAdamWithOutput(
    miopenHandle_t handle, const miopenTensorDescriptor_t paramInDesc, void* paramIn,
    const miopenTensorDescriptor_t paramOutDesc, void* paramOut,
    const miopenTensorDescriptor_t paramOutFloat16Desc, void* paramOutFloat16,
    const miopenTensorDescriptor_t gradInDesc, const void* gradIn,
    const miopenTensorDescriptor_t expAvgInDesc, void* expAvgIn,
    const miopenTensorDescriptor_t expAvgOutDesc, void* expAvgOut,
    const miopenTensorDescriptor_t expAvgSqInDesc, void* expAvgSqIn,
    const miopenTensorDescriptor_t expAvgSqOutDesc, void* expAvgSqOut,
    const miopenTensorDescriptor_t maxExpAvgSqInDesc, void* maxExpAvgSqIn,
    const miopenTensorDescriptor_t maxExpAvgSqOutDesc, void* maxExpAvgSqOut,
    const miopenTensorDescriptor_t stateStepInDesc, void* stateStepIn,
    const miopenTensorDescriptor_t stateStepOutDesc, void* stateStepOut,
    const unsigned int state_step, const float lr, const float beta1, const float beta2,
    const float weight_decay, const float eps, const bool amsgrad, const bool maximize,
    const bool adamw, const miopenTensorDescriptor_t gradScaleDesc, const void* gradScale,
    const miopenTensorDescriptor_t foundInfDesc, const void* foundInf) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"paramIn", paramIn},
        {"paramOut", paramOut},
        {"paramOutFloat16", paramOutFloat16},
        {"gradIn", gradIn},
        {"expAvgIn", expAvgIn},
        {"expAvgSqIn", expAvgSqIn},
        {"maxExpAvgSqIn", maxExpAvgSqIn},
        {"stateStepIn", stateStepIn},
        {"state_step", state_step},
        {"lr", double{lr}},
        {"weight_decay", double{weight_decay}},
        {"amsgrad", amsgrad},
        {"gradScale", gradScale},
        {"foundInf", foundInf}}},
      [&] {
        run_step(
            "LogCmdAdam", handle,
            {{{B::kValues, paramInDesc, paramIn, "paramInDesc", "paramIn"},
              {B::kNewValues, paramOutDesc, paramOut, "paramOutDesc", "paramOut"},
              {B::kMean, expAvgInDesc, expAvgIn, "expAvgInDesc", "expAvgIn"},
              {B::kNewMean, expAvgOutDesc, expAvgOut, "expAvgOutDesc", "expAvgOut"},
              {B::kSquare, expAvgSqInDesc, expAvgSqIn, "expAvgSqInDesc", "expAvgSqIn"},
              {B::kNewSquare, expAvgSqOutDesc, expAvgSqOut, "expAvgSqOutDesc", "expAvgSqOut"},
              {B::kLargest, maxExpAvgSqInDesc, maxExpAvgSqIn, "maxExpAvgSqInDesc", "maxExpAvgSqIn"},
              {B::kNewLargest, maxExpAvgSqOutDesc, maxExpAvgSqOut, "maxExpAvgSqOutDesc",
               "maxExpAvgSqOut"}},
             {B::kGradient, gradInDesc, gradIn, "gradInDesc", "gradIn"},
             {B::kNewHalf, paramOutFloat16Desc, paramOutFloat16, "paramOutFloat16Desc",
              "paramOutFloat16"},
             {B::kSteps, gradScaleDesc, gradScale, "gradScaleDesc", "gradScale"},
             {B::kFoundInfinity, foundInfDesc, foundInf, "foundInfDesc", "foundInf"},
             {B::kSteps, stateStepInDesc, stateStepIn, "stateStepInDesc", "stateStepIn"},
             {B::kNewSteps, stateStepOutDesc, stateStepOut, "stateStepOutDesc", "stateStepOut"},
             adam_problem(amsgrad, maximize, adamw),
             scalars_of(state_step, lr, beta1, beta2, weight_decay, eps)});
      });
}

miopenStatus_t miopenTransformersAdamW(
    miopenHandle_t handle, const miopenTensorDescriptor_t paramDesc, void* param,
    const miopenTensorDescriptor_t gradDesc, const void* grad,
    const miopenTensorDescriptor_t expAvgDesc, void* expAvg,
    const miopenTensorDescriptor_t expAvgSqDesc, void* expAvgSq,
    const miopenTensorDescriptor_t stateStepDesc, void* stateStep, const unsigned int state_step,
    const float lr, const float beta1, const float beta2, const float weight_decay, const float eps,
    const bool correct_bias, const miopenTensorDescriptor_t gradScaleDesc, const void* gradScale,
    const miopenTensorDescriptor_t foundInfDesc, const void* foundInf) {
  return guard({__func__,
                {{"handle", handle},
                 {"param", param},
                 {"grad", grad},
                 {"expAvg", expAvg},
                 {"expAvgSq", expAvgSq},
                 {"stateStep", stateStep},
                 {"state_step", state_step},
                 {"lr", double{lr}},
                 {"weight_decay", double{weight_decay}},
                 {"correct_bias", correct_bias},
                 {"gradScale", gradScale},
                 {"foundInf", foundInf}}},
               [&] {
                 run_step("LogCmdTransformersAdamW", handle,
                          {{{B::kValues, paramDesc, param, "paramDesc", "param"},
                            {B::kNewValues, paramDesc, param, "paramDesc", "param"},
                            {B::kMean, expAvgDesc, expAvg, "expAvgDesc", "expAvg"},
                            {B::kNewMean, expAvgDesc, expAvg, "expAvgDesc", "expAvg"},
                            {B::kSquare, expAvgSqDesc, expAvgSq, "expAvgSqDesc", "expAvgSq"},
                            {B::kNewSquare, expAvgSqDesc, expAvgSq, "expAvgSqDesc", "expAvgSq"}},
                           {B::kGradient, gradDesc, grad, "gradDesc", "grad"},
                           {},
                           {B::kSteps, gradScaleDesc, gradScale, "gradScaleDesc", "gradScale"},
                           {B::kFoundInfinity, foundInfDesc, foundInf, "foundInfDesc", "foundInf"},
                           {B::kSteps, stateStepDesc, stateStep, "stateStepDesc", "stateStep"},
                           {B::kNewSteps, stateStepDesc, stateStep, "stateStepDesc", "stateStep"},
                           transformers_problem(correct_bias),
                           scalars_of(state_step, lr, beta1, beta2, weight_decay, eps)});
               });
}

miopenStatus_t miopenTransformersAdamWWithOutput(
    miopenHandle_t handle, const miopenTensorDescriptor_t paramInDesc, void* paramIn,
    const miopenTensorDescriptor_t paramOutDesc, void* paramOut,
    const miopenTensorDescriptor_t paramOutFloat16Desc, void* paramOutFloat16,
    const miopenTensorDescriptor_t gradInDesc, const void* gradIn,
    const miopenTensorDescriptor_t expAvgInDesc, void* expAvgIn,
    const miopenTensorDescriptor_t expAvgOutDesc, void* expAvgOut,
    const miopenTensorDescriptor_t expAvgSqInDesc, void* expAvgSqIn,
    const miopenTensorDescriptor_t expAvgSqOutDesc, void* expAvgSqOut,
    const miopenTensorDescriptor_t stateStepInDesc, void* stateStepIn,
    const miopenTensorDescriptor_t stateStepOutDesc, void* stateStepOut,
    const unsigned int state_step, const float lr, const float beta1, const float beta2,
    const float weight_decay, const float eps, const float step_size, const bool correct_bias,
    const miopenTensorDescriptor_t gradScaleDesc, const void* gradScale,
    const miopenTensorDescriptor_t foundInfDesc, const void* foundInf) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"paramIn", paramIn},
        {"paramOut", paramOut},
        {"paramOutFloat16", paramOutFloat16},
        {"gradIn", gradIn},
        {"expAvgIn", expAvgIn},
        {"expAvgSqIn", expAvgSqIn},
        {"stateStepIn", stateStepIn},
        {"state_step", state_step},
        {"lr", double{lr}},
        {"weight_decay", double{weight_decay}},
        {"step_size", double{step_size}},
        {"correct_bias", correct_bias},
        {"gradScale", gradScale},
        {"foundInf", foundInf}}},
      [&] {
        AdamScalars scalars = scalars_of(state_step, lr, beta1, beta2, weight_decay, eps);
        scalars.step_size = step_size;
        run_step(
            "LogCmdTransformersAdamW", handle,
            {{{B::kValues, paramInDesc, paramIn, "paramInDesc", "paramIn"},
              {B::kNewValues, paramOutDesc, paramOut, "paramOutDesc", "paramOut"},
              {B::kMean, expAvgInDesc, expAvgIn, "expAvgInDesc", "expAvgIn"},
              {B::kNewMean, expAvgOutDesc, expAvgOut, "expAvgOutDesc", "expAvgOut"},
              {B::kSquare, expAvgSqInDesc, expAvgSqIn, "expAvgSqInDesc", "expAvgSqIn"},
              {B::kNewSquare, expAvgSqOutDesc, expAvgSqOut, "expAvgSqOutDesc", "expAvgSqOut"}},
             {B::kGradient, gradInDesc, gradIn, "gradInDesc", "gradIn"},
             {B::kNewHalf, paramOutFloat16Desc, paramOutFloat16, "paramOutFloat16Desc",
              "paramOutFloat16"},
             {B::kSteps, gradScaleDesc, gradScale, "gradScaleDesc", "gradScale"},
             {B::kFoundInfinity, foundInfDesc, foundInf, "foundInfDesc", "foundInf"},
             {B::kSteps, stateStepInDesc, stateStepIn, "stateStepInDesc", "stateStepIn"},
             {B::kNewSteps, stateStepOutDesc, stateStepOut, "stateStepOutDesc", "stateStepOut"},
             transformers_problem(correct_bias),
             scalars});
      });
}

}  // extern "C"
