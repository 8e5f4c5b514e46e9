// Fusion plans and their operators.
#include <miopen/miopen.h>

#include <algorithm>

#include "api/objects.h"
#include "dispatch/convolution.h"
#include "fusion/fused_convolution.h"

using namespace rdna1conv;

namespace {

BatchNorm norm_of(miopenBatchNormMode_t mode) {
  switch (mode) {
    case miopenBNPerActivation:
      return BatchNorm::kPerActivation;
    case miopenBNSpatial:
      return BatchNorm::kSpatial;
  }
  throw Error(Status::kBadParm,
              "bn_mode " + std::to_string(mode) + " is not a miopenBatchNormMode_t");
}

miopenFusionOpDescriptor_t add(FusionPlan& plan, const FusionOp& op) {
  return reinterpret_cast<miopenFusionOpDescriptor_t>(&plan.add(op));
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateFusionPlan(miopenFusionPlanDescriptor_t* fusePlanDesc,
                                      const miopenFusionDirection_t fuseDirection,
                                      const miopenTensorDescriptor_t inputDesc) {
  return guard({__func__,
                {{"fusePlanDesc", fusePlanDesc},
                 {"fuseDirection", fuseDirection},
                 {"inputDesc", inputDesc}}},
               [&] {
                 miopenFusionPlanDescriptor_t& result = require(fusePlanDesc, "fusePlanDesc");
                 if (fuseDirection != miopenVerticalFusion) {
                   throw Error(Status::kUnsupportedOp,
                               "fuseDirection is " + std::to_string(fuseDirection) +
                                   ", only miopenVerticalFusion (0) is supported");
                 }
                 const TensorDescriptor& input = object(inputDesc, "inputDesc");
                 result = reinterpret_cast<miopenFusionPlanDescriptor_t>(new FusionPlan(input));
               });
}

miopenStatus_t miopenDestroyFusionPlan(miopenFusionPlanDescriptor_t fusePlanDesc) {
  return guard({__func__, {{"fusePlanDesc", fusePlanDesc}}}, [&] { delete &object(fusePlanDesc); });
}

miopenStatus_t miopenFusionPlanGetOp(miopenFusionPlanDescriptor_t fusePlanDesc, const int op_idx,
                                     miopenFusionOpDescriptor_t* op) {
  return guard({__func__, {{"fusePlanDesc", fusePlanDesc}, {"op_idx", op_idx}, {"op", op}}}, [&] {
    const FusionPlan& plan = object(fusePlanDesc);
    miopenFusionOpDescriptor_t& result = require(op, "op");
    if (op_idx < 0 || static_cast<std::size_t>(op_idx) >= plan.ops.size()) {
      throw Error(Status::kBadParm, "op_idx is " + std::to_string(op_idx) + ", the plan has " +
                                        std::to_string(plan.ops.size()) + " operators");
    }
    result = reinterpret_cast<miopenFusionOpDescriptor_t>(
        plan.ops[static_cast<std::size_t>(op_idx)].get());
  });
}

miopenStatus_t miopenCreateOpConvForward(miopenFusionPlanDescriptor_t fusePlanDesc,
                                         miopenFusionOpDescriptor_t* convOp,
                                         miopenConvolutionDescriptor_t convDesc,
                                         const miopenTensorDescriptor_t wDesc) {
  return guard(
      {__func__,
       {{"fusePlanDesc", fusePlanDesc},
        {"convOp", convOp},
        {"convDesc", convDesc},
        {"wDesc", wDesc}}},
      [&] {
        FusionPlan& plan = object(fusePlanDesc);
        miopenFusionOpDescriptor_t& result = require(convOp, "convOp");
        const ConvolutionOp op{object(convDesc), object(wDesc, "wDesc")};
        // What cannot be a convolution is refused here, where the descriptors come from.
        static_cast<void>(make_problem(op.convolution, plan.input, op.w, "inputDesc", "wDesc"));
        result = add(plan, op);
      });
}

miopenStatus_t miopenCreateOpBiasForward(miopenFusionPlanDescriptor_t fusePlanDesc,
                                         miopenFusionOpDescriptor_t* biasOp,
                                         const miopenTensorDescriptor_t bDesc) {
  return guard({__func__, {{"fusePlanDesc", fusePlanDesc}, {"biasOp", biasOp}, {"bDesc", bDesc}}},
               [&] {
                 FusionPlan& plan = object(fusePlanDesc);
                 miopenFusionOpDescriptor_t& result = require(biasOp, "biasOp");
                 result = add(plan, BiasOp{object(bDesc, "bDesc")});
               });
}

miopenStatus_t miopenCreateOpActivationForward(miopenFusionPlanDescriptor_t fusePlanDesc,
                                               miopenFusionOpDescriptor_t* activFwdOp,
                                               miopenActivationMode_t mode) {
  return guard(
      {__func__, {{"fusePlanDesc", fusePlanDesc}, {"activFwdOp", activFwdOp}, {"mode", mode}}},
      [&] {
        FusionPlan& plan = object(fusePlanDesc);
        miopenFusionOpDescriptor_t& result = require(activFwdOp, "activFwdOp");
        result = add(plan, ActivationOp{activation_of(mode)});
      });
}

miopenStatus_t miopenCreateOpBatchNormInference(
    miopenFusionPlanDescriptor_t fusePlanDesc, miopenFusionOpDescriptor_t* bnOp,
    const miopenBatchNormMode_t bn_mode, const miopenTensorDescriptor_t bnScaleBiasMeanVarDesc) {
  return guard({__func__,
                {{"fusePlanDesc", fusePlanDesc},
                 {"bnOp", bnOp},
                 {"bn_mode", bn_mode},
                 {"bnScaleBiasMeanVarDesc", bnScaleBiasMeanVarDesc}}},
               [&] {
                 FusionPlan& plan = object(fusePlanDesc);
                 miopenFusionOpDescriptor_t& result = require(bnOp, "bnOp");
                 result = add(plan, NormOp{norm_of(bn_mode), object(bnScaleBiasMeanVarDesc,
                                                                    "bnScaleBiasMeanVarDesc")});
               });
}

miopenStatus_t miopenCreateOpActivationBackward(miopenFusionPlanDescriptor_t fusePlanDesc,
                                                miopenFusionOpDescriptor_t* activBwdOp,
                                                miopenActivationMode_t mode) {
  return guard(
      {__func__, {{"fusePlanDesc", fusePlanDesc}, {"activBwdOp", activBwdOp}, {"mode", mode}}},
      [&] {
        FusionPlan& plan = object(fusePlanDesc);
        miopenFusionOpDescriptor_t& result = require(activBwdOp, "activBwdOp");
        activation_of(mode);
        result = add(plan, TrainingOp{"activation backward"});
      });
}

miopenStatus_t miopenCreateOpBatchNormForward(miopenFusionPlanDescriptor_t fusePlanDesc,
                                              miopenFusionOpDescriptor_t* bnFwdOp,
                                              const miopenBatchNormMode_t bn_mode,
                                              bool runningMeanVariance) {
  return guard({__func__,
                {{"fusePlanDesc", fusePlanDesc},
                 {"bnFwdOp", bnFwdOp},
                 {"bn_mode", bn_mode},
                 {"runningMeanVariance", runningMeanVariance}}},
               [&] {
                 FusionPlan& plan = object(fusePlanDesc);
                 miopenFusionOpDescriptor_t& result = require(bnFwdOp, "bnFwdOp");
                 norm_of(bn_mode);
                 result = add(plan, TrainingOp{"batch normalization for training"});
               });
}

miopenStatus_t miopenCreateOpBatchNormBackward(miopenFusionPlanDescriptor_t fusePlanDesc,
                                               miopenFusionOpDescriptor_t* bnBwdOp,
                                               const miopenBatchNormMode_t bn_mode) {
  return guard(
      {__func__, {{"fusePlanDesc", fusePlanDesc}, {"bnBwdOp", bnBwdOp}, {"bn_mode", bn_mode}}},
      [&] {
        FusionPlan& plan = object(fusePlanDesc);
        miopenFusionOpDescriptor_t& result = require(bnBwdOp, "bnBwdOp");
        norm_of(bn_mode);
        result = add(plan, TrainingOp{"batch normalization backward"});
      });
}

miopenStatus_t miopenCompileFusionPlan(miopenHandle_t handle,
                                       miopenFusionPlanDescriptor_t fusePlanDesc) {
  return guard({__func__, {{"handle", handle}, {"fusePlanDesc", fusePlanDesc}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 compile(function, owner, object(fusePlanDesc));
               });
}

miopenStatus_t miopenFusionPlanGetWorkSpaceSize(miopenHandle_t handle,
                                                miopenFusionPlanDescriptor_t fusePlanDesc,
                                                size_t* workSpaceSize,
                                                miopenConvFwdAlgorithm_t algo) {
  return guard({__func__,
                {{"handle", handle},
                 {"fusePlanDesc", fusePlanDesc},
                 {"workSpaceSize", workSpaceSize},
                 {"algo", algo}}},
               [&, function = __func__] {
                 Handle& owner = object(handle);
                 const FusionPlan& plan = object(fusePlanDesc);
                 require(workSpaceSize, "workSpaceSize") = workspace_of(function, owner, plan);
               });
}

miopenStatus_t miopenFusionPlanConvolutionGetAlgo(miopenFusionPlanDescriptor_t fusePlanDesc,
                                                  const int requestAlgoCount,
                                                  int* returnedAlgoCount,
                                                  miopenConvFwdAlgorithm_t* returnedAlgos) {
  return guard({__func__,
                {{"fusePlanDesc", fusePlanDesc},
                 {"requestAlgoCount", requestAlgoCount},
                 {"returnedAlgoCount", returnedAlgoCount},
                 {"returnedAlgos", returnedAlgos}}},
               [&, function = __func__] {
                 const FusionPlan& plan = object(fusePlanDesc);
                 require_at_least(1, {{"requestAlgoCount", requestAlgoCount}});
                 require(returnedAlgoCount, "returnedAlgoCount");
                 require(returnedAlgos, "returnedAlgos");
                 const auto algorithms = algorithms_of(function, plan);
                 const auto count =
                     std::min(algorithms.size(), static_cast<std::size_t>(requestAlgoCount));
                 for (std::size_t i = 0; i < count; ++i) {
                   returnedAlgos[i] = static_cast<miopenConvFwdAlgorithm_t>(algorithms[i]);
                 }
                 *returnedAlgoCount = static_cast<int>(count);
               });
}

miopenStatus_t miopenFusionPlanConvolutionSetAlgo(miopenFusionPlanDescriptor_t fusePlanDesc,
                                                  miopenConvFwdAlgorithm_t algo) {
  return guard({__func__, {{"fusePlanDesc", fusePlanDesc}, {"algo", algo}}}, [&] {
    FusionPlan& plan = object(fusePlanDesc);
    switch (algo) {
      case miopenConvolutionFwdAlgoGEMM:
      case miopenConvolutionFwdAlgoDirect:
      case miopenConvolutionFwdAlgoFFT:
      case miopenConvolutionFwdAlgoWinograd:
      case miopenConvolutionFwdAlgoImplicitGEMM:
        plan.algorithm = static_cast<Algorithm>(algo);
        plan.compiled.reset();
        return;
    }
    throw Error(Status::kBadParm,
                "algo " + std::to_string(algo) + " is not a miopenConvFwdAlgorithm_t");
  });
}

}  // extern "C"
