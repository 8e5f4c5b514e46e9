// Batch normalization. The variants of a pass differ in what their clients leave out; all of them
// become one list of arguments.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <string>
#include <vector>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/host_scaling.h"
#include "api/named_tensor.h"
#include "api/objects.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/batch_norm.h"

using namespace rdna1conv;

namespace {

// alpha and beta, floats on the host, which may be 1 and 0 alone.
struct Scaling {
  const char* alpha_name;
  const void* alpha;
  const char* beta_name;
  const void* beta;
};

// Descriptors of scale, bias, mean and variance; the oldest variants have one for all.
struct ParameterDescriptors {
  miopenTensorDescriptor_t of[4];
};
ParameterDescriptors all_of(miopenTensorDescriptor_t one) { return {{one, one, one, one}}; }
ParameterDescriptors each_of(miopenTensorDescriptor_t scale, miopenTensorDescriptor_t bias,
                             miopenTensorDescriptor_t mean, miopenTensorDescriptor_t variance) {
  return {{scale, bias, mean, variance}};
}

// A mean with a variance, or with the inverse of the standard deviation; each counts only with the
// other.
struct Statistics {
  const void *mean = nullptr, *variance = nullptr;

  bool is_there() const { return mean != nullptr && variance != nullptr; }
};

// What a call brings, first what every call does. Of backward y is dy.
struct BatchNormArguments {
  miopenHandle_t handle;
  miopenBatchNormMode_t mode;
  miopenTensorDescriptor_t x_desc;
  const void* x;
  miopenTensorDescriptor_t y_desc;
  const void* y;
  ParameterDescriptors parameters;
  const void *scale, *bias;
  double epsilon;
  miopenActivationDescriptor_t activation = nullptr;
  bool has_activation = false;

  // Training: running statistics before and after; inference: those given; backward: saved ones.
  Statistics given{}, updated{}, saved{};
  double factor = 0;
  bool inverse_variance = false;
  // Backward.
  miopenTensorDescriptor_t dx_desc = nullptr;
  void* dx = nullptr;
  void *scale_gradient = nullptr, *bias_gradient = nullptr;
};

// Names of the arguments, as the entry points have them.
struct Names {
  const char *y_desc, *y;
};
constexpr Names kForwardNames{"yDesc", "y"}, kBackwardNames{"dyDesc", "dy"};
constexpr const char* kParameterNames[] = {"the descriptor of scale", "the descriptor of bias",
                                           "the descriptor of the mean",
                                           "the descriptor of the variance"};

std::string differs(const char* a, std::string_view a_is, const char* b, std::string_view b_is) {
  return std::string(a) + " is " + std::string(a_is) + ", " + b + " is " + std::string(b_is);
}

void require_same(const TensorDescriptor& x, const TensorDescriptor& y, const char* y_name) {
  if (y.rank() != x.rank()) {
    throw Error(Status::kBadParm, std::string(y_name) + " has " + std::to_string(y.rank()) +
                                      " dimensions, xDesc has " + std::to_string(x.rank()));
  }
}

void require_same_lengths(const TensorDims& x, const TensorDims& y, const TensorDescriptor& x_desc,
                          const TensorDescriptor& y_desc, const char* y_name) {
  if (x.lengths == y.lengths) return;
  throw Error(Status::kBadParm, differs(y_name, lengths_text(y_desc.lengths()), "xDesc",
                                        lengths_text(x_desc.lengths())));
}

// One value for each group of the mode, whose descriptor's strides do not matter.
void check_parameter(const BatchNormProblem& p, const TensorDescriptor& descriptor,
                     const char* name) {
  std::int64_t expected = p.lengths[1];
  if (p.per_activation) expected *= p.lengths[2] * p.lengths[3] * p.lengths[4];
  if (descriptor.elements() != expected) {
    throw Error(Status::kBadParm, std::string(name) + " is " + lengths_text(descriptor.lengths()) +
                                      ", needs " + std::to_string(expected) + " values");
  }
  if (descriptor.type() != DataType::kFloat) {
    throw Error(Status::kNotImplemented, std::string(name) + " is " +
                                             std::string(name_of(descriptor.type())) +
                                             ", parameters and statistics must be fp32");
  }
}

// The problem, in the order in which MIOpen checks what it is made of.
BatchNormProblem problem_of(const BatchNormArguments& a, BatchNormPass pass) {
  const bool backward = pass == BatchNormPass::kBackward;
  const Names& names = backward ? kBackwardNames : kForwardNames;
  const TensorDescriptor& x = object(a.x_desc, "xDesc");
  const TensorDescriptor& y = object(a.y_desc, names.y_desc);
  require_pointer(a.x, "x");
  require_pointer(a.y, names.y);
  require_pointer(a.scale, "bnScale");
  if (backward) {
    require_pointer(a.dx, "dx");
    require_pointer(a.scale_gradient, "resultBnScaleDiff");
    require_pointer(a.bias_gradient, "resultBnBiasDiff");
    if (a.has_activation) require_pointer(a.bias, "bnBias");
  } else {
    require_pointer(a.bias, "bnBias");
  }
  const TensorDescriptor* const dx = backward ? &object(a.dx_desc, "dxDesc") : nullptr;

  require_same(x, y, names.y_desc);
  if (dx != nullptr) require_same(x, *dx, "dxDesc");
  for (std::size_t i = 0; i < std::size(a.parameters.of); ++i)
    require_same(x, object(a.parameters.of[i], kParameterNames[i]), kParameterNames[i]);
  for (const auto& [descriptor, name] : {std::pair(&y, names.y_desc), std::pair(dx, "dxDesc")}) {
    if (descriptor == nullptr || descriptor->type() == x.type()) continue;
    throw Error(Status::kBadParm,
                differs(name, name_of(descriptor->type()), "xDesc", name_of(x.type())));
  }
  require_enumerator(a.mode, {miopenBNPerActivation, miopenBNSpatial}, "bn_mode",
                     "miopenBatchNormMode_t");

  BatchNormProblem p;
  p.pass = pass;
  p.per_activation = a.mode == miopenBNPerActivation;
  p.type = x.type();
  const TensorDims x_dims = dims_of(x, "xDesc", 3, 5), y_dims = dims_of(y, names.y_desc, 3, 5);
  require_same_lengths(x_dims, y_dims, x, y, names.y_desc);
  p.lengths = x_dims.lengths;
  p.x_strides = x_dims.strides;
  p.y_strides = y_dims.strides;
  if (dx != nullptr) {
    const TensorDims dx_dims = dims_of(*dx, "dxDesc", 3, 5);
    require_same_lengths(x_dims, dx_dims, x, *dx, "dxDesc");
    p.dx_strides = dx_dims.strides;
  }
  require_apart(backward ? NamedTensor{*dx, "dxDesc"} : NamedTensor{y, names.y_desc});
  if (pass == BatchNormPass::kTraining && !is_packed(p.lengths, p.x_strides))
    throw Error(Status::kBadParm, "xDesc is not packed");
  if (pass != BatchNormPass::kInference && p.members() <= 1) {
    throw Error(Status::kBadParm, "there is one element for each mean and variance, in xDesc " +
                                      lengths_text(x.lengths()));
  }
  for (std::size_t i = 0; i < std::size(a.parameters.of); ++i)
    check_parameter(p, object(a.parameters.of[i], kParameterNames[i]), kParameterNames[i]);
  if (a.activation != nullptr) p.activation = object(a.activation).mode;
  return p;
}

BatchNormScalars scalars_of(const BatchNormArguments& a) {
  BatchNormScalars scalars;
  scalars.epsilon = static_cast<float>(a.epsilon);
  scalars.factor = static_cast<float>(a.factor);
  if (a.activation != nullptr) {
    const ActivationDescriptor& activation = object(a.activation);
    scalars.activation_alpha = static_cast<float>(activation.alpha);
    scalars.activation_beta = static_cast<float>(activation.beta);
  }
  return scalars;
}

void check(const Scaling& scaling, Status wrong) {
  require_no_scaling(scaling.alpha, scaling.beta, wrong, scaling.alpha_name, scaling.beta_name);
}

using B = BatchNormBuffer;

void train(const BatchNormArguments& a, const Scaling& scaling, Status wrong_scaling) {
  Handle& handle = object(a.handle);
  BatchNormProblem p = problem_of(a, BatchNormPass::kTraining);
  check(scaling, wrong_scaling);
  p.running = a.given.is_there() && a.updated.is_there();
  p.saved = a.saved.is_there();
  OperatorRun run(handle);
  run.add(B::kX, a.x, "x", p.type);
  run.add(B::kY, a.y, "y", p.type);
  run.add(B::kScale, a.scale, "bnScale", DataType::kFloat);
  run.add(B::kBias, a.bias, "bnBias", DataType::kFloat);
  if (p.running) {
    run.add(B::kMean, a.given.mean, "the running mean", DataType::kFloat);
    run.add(B::kVariance, a.given.variance, "the running variance", DataType::kFloat);
    run.add(B::kNewMean, a.updated.mean, "the new running mean", DataType::kFloat);
    run.add(B::kNewVariance, a.updated.variance, "the new running variance", DataType::kFloat);
  }
  if (p.saved) {
    run.add(B::kSavedMean, a.saved.mean, "resultSaveMean", DataType::kFloat);
    run.add(B::kSavedInverse, a.saved.variance, "resultSaveInvVariance", DataType::kFloat);
  }
  const BatchNormScalars scalars = scalars_of(a);
  run_operator(handle, "LogCmdBNorm", p, run.with(scalars));
}

void infer(const BatchNormArguments& a, const Scaling& scaling) {
  if (!a.given.is_there()) {
    // With this batch's statistics, as MIOpen does.
    BatchNormArguments training = a;
    training.given = {};
    return train(training, scaling, Status::kBadParm);
  }
  Handle& handle = object(a.handle);
  BatchNormProblem p = problem_of(a, BatchNormPass::kInference);
  check(scaling, Status::kBadParm);
  p.inverse_variance = a.inverse_variance;
  OperatorRun run(handle);
  run.add(B::kX, a.x, "x", p.type);
  run.add(B::kY, a.y, "y", p.type);
  run.add(B::kScale, a.scale, "bnScale", DataType::kFloat);
  run.add(B::kBias, a.bias, "bnBias", DataType::kFloat);
  run.add(B::kMean, a.given.mean, "estimatedMean", DataType::kFloat);
  run.add(B::kVariance, a.given.variance, "estimatedVariance", DataType::kFloat);
  const BatchNormScalars scalars = scalars_of(a);
  run_operator(handle, "LogCmdBNorm", p, run.with(scalars));
}

void differentiate(const BatchNormArguments& a, const Scaling& data, const Scaling& parameters) {
  Handle& handle = object(a.handle);
  BatchNormProblem p = problem_of(a, BatchNormPass::kBackward);
  check(data, Status::kBadParm);
  check(parameters, Status::kBadParm);
  p.saved = a.saved.is_there();
  OperatorRun run(handle);
  run.add(B::kX, a.x, "x", p.type);
  run.add(B::kY, a.y, "dy", p.type);
  run.add(B::kDx, a.dx, "dx", p.type);
  run.add(B::kScale, a.scale, "bnScale", DataType::kFloat);
  if (p.activation != Activation::kPassThrough)
    run.add(B::kBias, a.bias, "bnBias", DataType::kFloat);
  run.add(B::kScaleGradient, a.scale_gradient, "resultBnScaleDiff", DataType::kFloat);
  run.add(B::kBiasGradient, a.bias_gradient, "resultBnBiasDiff", DataType::kFloat);
  if (p.saved) {
    run.add(B::kSavedMean, a.saved.mean, "savedMean", DataType::kFloat);
    run.add(B::kSavedInverse, a.saved.variance, "savedInvVariance", DataType::kFloat);
  }
  const BatchNormScalars scalars = scalars_of(a);
  run_operator(handle, "LogCmdBNorm", p, run.with(scalars));
}

template <class Pass>
miopenStatus_t forward(const char* function, const BatchNormArguments& a, Pass pass) {
  return guard({function,
                {{"handle", a.handle},
                 {"bn_mode", a.mode},
                 {"xDesc", a.x_desc},
                 {"x", a.x},
                 {"yDesc", a.y_desc},
                 {"y", a.y},
                 {"bnScale", a.scale},
                 {"bnBias", a.bias},
                 {"mean", a.given.mean},
                 {"variance", a.given.variance},
                 {"epsilon", a.epsilon},
                 {"expAvgFactor", a.factor}}},
               pass);
}

// The passes, as the entry points have their arguments.

miopenStatus_t training(const char* function, const void* alpha, const void* beta,
                        BatchNormArguments a, double factor, const Statistics& before,
                        const Statistics& after, const Statistics& saved,
                        miopenActivationDescriptor_t activation = nullptr) {
  a.factor = factor;
  a.given = before;
  a.updated = after;
  a.saved = saved;
  a.activation = activation;
  return forward(function, a, [&] {
    train(a, {"alpha", alpha, "beta", beta}, Status::kUnknownError);
  });
}

miopenStatus_t inference(const char* function, const void* alpha, const void* beta,
                         BatchNormArguments a, const Statistics& estimated, bool inverse_variance,
                         miopenActivationDescriptor_t activation = nullptr) {
  a.given = estimated;
  a.inverse_variance = inverse_variance;
  a.activation = activation;
  return forward(function, a, [&] { infer(a, {"alpha", alpha, "beta", beta}); });
}

// What a backward call writes.
struct Gradients {
  miopenTensorDescriptor_t dx_desc;
  void* dx;
  void *scale, *bias;
};

// alpha and beta of the data's gradients, then those of the parameters'.
miopenStatus_t backward(const char* function, const void* const (&scaling)[4], BatchNormArguments a,
                        const Gradients& gradients, const Statistics& saved,
                        bool has_activation = false,
                        miopenActivationDescriptor_t activation = nullptr) {
  a.saved = saved;
  a.dx_desc = gradients.dx_desc;
  a.dx = gradients.dx;
  a.scale_gradient = gradients.scale;
  a.bias_gradient = gradients.bias;
  a.has_activation = has_activation;
  a.activation = activation;
  return guard({function,
                {{"handle", a.handle},
                 {"bn_mode", a.mode},
                 {"xDesc", a.x_desc},
                 {"x", a.x},
                 {"dyDesc", a.y_desc},
                 {"dy", a.y},
                 {"dxDesc", a.dx_desc},
                 {"dx", a.dx},
                 {"bnScale", a.scale},
                 {"resultBnScaleDiff", a.scale_gradient},
                 {"resultBnBiasDiff", a.bias_gradient},
                 {"epsilon", a.epsilon},
                 {"savedMean", a.saved.mean},
                 {"savedInvVariance", a.saved.variance}}},
               [&] {
                 differentiate(a, {"alphaDataDiff", scaling[0], "betaDataDiff", scaling[1]},
                               {"alphaParamDiff", scaling[2], "betaParamDiff", scaling[3]});
               });
}

}  // namespace

extern "C" {

miopenStatus_t miopenDeriveBNTensorDescriptor(miopenTensorDescriptor_t derivedBnDesc,
                                              const miopenTensorDescriptor_t xDesc,
                                              miopenBatchNormMode_t bn_mode) {
  return guard(
      {__func__, {{"derivedBnDesc", derivedBnDesc}, {"xDesc", xDesc}, {"bn_mode", bn_mode}}}, [&] {
        TensorDescriptor& derived = object(derivedBnDesc, "derivedBnDesc");
        const TensorDescriptor& x = object(xDesc, "xDesc");
        if (x.rank() != 4 && x.rank() != 5) {
          throw Error(Status::kBadParm,
                      "xDesc has " + std::to_string(x.rank()) + " dimensions, must have 4 or 5");
        }
        std::vector<std::int64_t> lengths(x.lengths().begin(), x.lengths().end());
        lengths[0] = 1;
        if (bn_mode == miopenBNSpatial) std::fill(lengths.begin() + 2, lengths.end(), 1);
        derived = TensorDescriptor(DataType::kFloat, lengths, std::nullopt);
      });
}

miopenStatus_t miopenBatchNormalizationForwardTraining(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t bnScaleBiasMeanVarDesc, void* bnScale, void* bnBias,
    double expAvgFactor, void* resultRunningMean, void* resultRunningVariance, double epsilon,
    void* resultSaveMean, void* resultSaveInvVariance) {
  return training(__func__, alpha, beta,
                  {handle, bn_mode, xDesc, x, yDesc, y, all_of(bnScaleBiasMeanVarDesc), bnScale,
                   bnBias, epsilon},
                  expAvgFactor, {resultRunningMean, resultRunningVariance},
                  {resultRunningMean, resultRunningVariance},
                  {resultSaveMean, resultSaveInvVariance});
}

miopenStatus_t miopenBatchNormalizationForwardTraining_V2(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasVarDesc,
    const miopenTensorDescriptor_t savedMeanDesc, const miopenTensorDescriptor_t savedVarDesc,
    void* bnScale, void* bnBias, double expAvgFactor, void* resultRunningMean,
    void* resultRunningVariance, double epsilon, void* resultSaveMean,
    void* resultSaveInvVariance) {
  return training(
      __func__, alpha, beta,
      {handle, bn_mode, xDesc, x, yDesc, y,
       each_of(scaleDesc, biasVarDesc, savedMeanDesc, savedVarDesc), bnScale, bnBias, epsilon},
      expAvgFactor, {resultRunningMean, resultRunningVariance},
      {resultRunningMean, resultRunningVariance}, {resultSaveMean, resultSaveInvVariance});
}

miopenStatus_t miopenBatchNormalizationForwardInference(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t bnScaleBiasMeanVarDesc, void* bnScale, void* bnBias,
    void* estimatedMean, void* estimatedVariance, double epsilon) {
  return inference(__func__, alpha, beta,
                   {handle, bn_mode, xDesc, x, yDesc, y, all_of(bnScaleBiasMeanVarDesc), bnScale,
                    bnBias, epsilon},
                   {estimatedMean, estimatedVariance}, false);
}

miopenStatus_t miopenBatchNormalizationForwardInference_V2(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasDesc,
    const miopenTensorDescriptor_t estMeanDesc, const miopenTensorDescriptor_t estVarianceDesc,
    void* bnScale, void* bnBias, void* estimatedMean, void* estimatedVariance, double epsilon) {
  return inference(
      __func__, alpha, beta,
      {handle, bn_mode, xDesc, x, yDesc, y,
       each_of(scaleDesc, biasDesc, estMeanDesc, estVarianceDesc), bnScale, bnBias, epsilon},
      {estimatedMean, estimatedVariance}, false);
}

miopenStatus_t miopenBatchNormalizationBackward(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, const void* alphaDataDiff,
    const void* betaDataDiff, const void* alphaParamDiff, const void* betaParamDiff,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t dyDesc,
    const void* dy, const miopenTensorDescriptor_t dxDesc, void* dx,
    const miopenTensorDescriptor_t bnScaleBiasDiffDesc, const void* bnScale,
    void* resultBnScaleDiff, void* resultBnBiasDiff, double epsilon, const void* savedMean,
    const void* savedInvVariance) {
  return backward(__func__, {alphaDataDiff, betaDataDiff, alphaParamDiff, betaParamDiff},
                  {handle, bn_mode, xDesc, x, dyDesc, dy, all_of(bnScaleBiasDiffDesc), bnScale,
                   nullptr, epsilon},
                  {dxDesc, dx, resultBnScaleDiff, resultBnBiasDiff}, {savedMean, savedInvVariance});
}

miopenStatus_t miopenBatchNormalizationBackward_V2(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, const void* alphaDataDiff,
    const void* betaDataDiff, const void* alphaParamDiff, const void* betaParamDiff,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t dyDesc,
    const void* dy, const miopenTensorDescriptor_t dxDesc, void* dx,
    const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasDesc,
    const miopenTensorDescriptor_t savedMeanDesc, const miopenTensorDescriptor_t savedVarDesc,
    const void* bnScale, void* resultBnScaleDiff, void* resultBnBiasDiff, double epsilon,
    const void* savedMean, const void* savedInvVariance) {
  return backward(
      __func__, {alphaDataDiff, betaDataDiff, alphaParamDiff, betaParamDiff},
      {handle, bn_mode, xDesc, x, dyDesc, dy,
       each_of(scaleDesc, biasDesc, savedMeanDesc, savedVarDesc), bnScale, nullptr, epsilon},
      {dxDesc, dx, resultBnScaleDiff, resultBnBiasDiff}, {savedMean, savedInvVariance});
}

miopenStatus_t miopenBatchNormalizationForwardTraining_V3(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasVarDesc,
    const miopenTensorDescriptor_t savedMeanDesc, const miopenTensorDescriptor_t savedVarDesc,
    void* bnScale, void* bnBias, double expAvgFactor, const void* prevResultRunningMean,
    const void* prevResultRunningVariance, void* nextResultRunningMean,
    void* nextResultRunningVariance, double epsilon, void* resultSaveMean,
    void* resultSaveInvVariance) {
  return training(
      __func__, alpha, beta,
      {handle, bn_mode, xDesc, x, yDesc, y,
       each_of(scaleDesc, biasVarDesc, savedMeanDesc, savedVarDesc), bnScale, bnBias, epsilon},
      expAvgFactor, {prevResultRunningMean, prevResultRunningVariance},
      {nextResultRunningMean, nextResultRunningVariance}, {resultSaveMean, resultSaveInvVariance});
}

miopenStatus_t miopenBatchNormalizationForwardInferenceInvVariance(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasDesc,
    const miopenTensorDescriptor_t estMeanDesc, const miopenTensorDescriptor_t estInvVarianceDesc,
    void* bnScale, void* bnBias, void* estimatedMean, void* estimatedInvVariance) {
  return inference(
      __func__, alpha, beta,
      {handle, bn_mode, xDesc, x, yDesc, y,
       each_of(scaleDesc, biasDesc, estMeanDesc, estInvVarianceDesc), bnScale, bnBias, 0},
      {estimatedMean, estimatedInvVariance}, true);
}

miopenStatus_t miopenBatchNormForwardTrainingActivation(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasVarDesc,
    const miopenTensorDescriptor_t savedMeanDesc, const miopenTensorDescriptor_t savedVarDesc,
    void* bnScale, void* bnBias, double expAvgFactor, void* resultRunningMean,
    void* resultRunningVariance, double epsilon, void* resultSaveMean, void* resultSaveInvVariance,
    const miopenActivationDescriptor_t activDesc) {
  return training(
      __func__, alpha, beta,
      {handle, bn_mode, xDesc, x, yDesc, y,
       each_of(scaleDesc, biasVarDesc, savedMeanDesc, savedVarDesc), bnScale, bnBias, epsilon},
      expAvgFactor, {resultRunningMean, resultRunningVariance},
      {resultRunningMean, resultRunningVariance}, {resultSaveMean, resultSaveInvVariance},
      activDesc);
}

miopenStatus_t miopenBatchNormForwardTrainingActivation_V2(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasVarDesc,
    const miopenTensorDescriptor_t savedMeanDesc, const miopenTensorDescriptor_t savedVarDesc,
    void* bnScale, void* bnBias, double expAvgFactor, const void* prevResultRunningMean,
    const void* prevResultRunningVariance, void* nextResultRunningMean,
    void* nextResultRunningVariance, double epsilon, void* resultSaveMean,
    void* resultSaveInvVariance, const miopenActivationDescriptor_t activDesc) {
  return training(
      __func__, alpha, beta,
      {handle, bn_mode, xDesc, x, yDesc, y,
       each_of(scaleDesc, biasVarDesc, savedMeanDesc, savedVarDesc), bnScale, bnBias, epsilon},
      expAvgFactor, {prevResultRunningMean, prevResultRunningVariance},
      {nextResultRunningMean, nextResultRunningVariance}, {resultSaveMean, resultSaveInvVariance},
      activDesc);
}

miopenStatus_t miopenBatchNormForwardInferenceActivation(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasDesc,
    const miopenTensorDescriptor_t estMeanDesc, const miopenTensorDescriptor_t estVarianceDesc,
    void* bnScale, void* bnBias, void* estimatedMean, void* estimatedVariance, double epsilon,
    const miopenActivationDescriptor_t activDesc) {
  return inference(
      __func__, alpha, beta,
      {handle, bn_mode, xDesc, x, yDesc, y,
       each_of(scaleDesc, biasDesc, estMeanDesc, estVarianceDesc), bnScale, bnBias, epsilon},
      {estimatedMean, estimatedVariance}, false, activDesc);
}

miopenStatus_t miopenBatchNormForwardInferenceActivationInvVariance(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, void* alpha, void* beta,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t yDesc,
    void* y, const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasDesc,
    const miopenTensorDescriptor_t estMeanDesc, const miopenTensorDescriptor_t estInvVarianceDesc,
    void* bnScale, void* bnBias, void* estimatedMean, void* estimatedInvVariance,
    const miopenActivationDescriptor_t activDesc) {
  return inference(
      __func__, alpha, beta,
      {handle, bn_mode, xDesc, x, yDesc, y,
       each_of(scaleDesc, biasDesc, estMeanDesc, estInvVarianceDesc), bnScale, bnBias, 0},
      {estimatedMean, estimatedInvVariance}, true, activDesc);
}

miopenStatus_t miopenBatchNormBackwardActivation(
    miopenHandle_t handle, miopenBatchNormMode_t bn_mode, const void* alphaDataDiff,
    const void* betaDataDiff, const void* alphaParamDiff, const void* betaParamDiff,
    const miopenTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t dyDesc,
    const void* dy, const miopenTensorDescriptor_t dxDesc, void* dx,
    const miopenTensorDescriptor_t scaleDesc, const miopenTensorDescriptor_t biasDesc,
    const miopenTensorDescriptor_t savedMeanDesc, const miopenTensorDescriptor_t savedVarianceDesc,
    const void* bnScale, const void* bnBias, void* resultBnScaleDiff, void* resultBnBiasDiff,
    double epsilon, const void* savedMean, const void* savedInvVariance,
    const miopenActivationDescriptor_t activDesc) {
  return backward(
      __func__, {alphaDataDiff, betaDataDiff, alphaParamDiff, betaParamDiff},
      {handle, bn_mode, xDesc, x, dyDesc, dy,
       each_of(scaleDesc, biasDesc, savedMeanDesc, savedVarianceDesc), bnScale, bnBias, epsilon},
      {dxDesc, dx, resultBnScaleDiff, resultBnBiasDiff}, {savedMean, savedInvVariance}, true,
      activDesc);
}

}  // extern "C"
