// Arguments of the operators of a fusion plan.
#include <miopen/miopen.h>

#include "api/objects.h"

using namespace rdna1conv;

namespace {

// The plan's kernels have no use for a scaling of single operators. Null stands for 1 and 0.
void check_unscaled(const void* alpha, const void* beta) {
  const auto check = [](const char* name, const void* value, float expected) {
    if (value == nullptr || *static_cast<const float*>(value) == expected) return;
    throw Error(Status::kNotImplemented,
                std::string(name) + " is " + std::to_string(*static_cast<const float*>(value)) +
                    ", an operator of a plan supports only " + (expected == 1 ? "1" : "0"));
  };
  check("alpha", alpha, 1);
  check("beta", beta, 0);
}

// Sets the arguments of an operator of this kind.
template <class Op, class Args>
void set(miopenOperatorArgs_t args, miopenFusionOpDescriptor_t op, const char* op_name,
         const void* alpha, const void* beta, const Args& values) {
  OperatorArgs& target = object(args);
  const FusionOp& operation = object(op, op_name);
  if (!std::holds_alternative<Op>(operation)) {
    throw Error(Status::kBadParm, std::string(op_name) + " is an operator of another kind");
  }
  check_unscaled(alpha, beta);
  target[&operation] = values;
}

[[noreturn]] void refuse_training() {
  throw Error(Status::kNotImplemented, "plans with operators for training are not supported");
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateOperatorArgs(miopenOperatorArgs_t* args) {
  return guard({__func__, {{"args", args}}}, [&] {
    miopenOperatorArgs_t& result = require(args, "args");
    result = reinterpret_cast<miopenOperatorArgs_t>(new OperatorArgs);
  });
}

miopenStatus_t miopenDestroyOperatorArgs(miopenOperatorArgs_t args) {
  return guard({__func__, {{"args", args}}}, [&] { delete &object(args); });
}

miopenStatus_t miopenSetOpArgsConvForward(miopenOperatorArgs_t args,
                                          const miopenFusionOpDescriptor_t convOp,
                                          const void* alpha, const void* beta, const void* w) {
  return guard(
      {__func__, {{"args", args}, {"convOp", convOp}, {"alpha", alpha}, {"beta", beta}, {"w", w}}},
      [&] { set<ConvolutionOp>(args, convOp, "convOp", alpha, beta, ConvolutionArgs{w}); });
}

miopenStatus_t miopenSetOpArgsBiasForward(miopenOperatorArgs_t args,
                                          const miopenFusionOpDescriptor_t biasOp,
                                          const void* alpha, const void* beta, const void* bias) {
  return guard(
      {__func__,
       {{"args", args}, {"biasOp", biasOp}, {"alpha", alpha}, {"beta", beta}, {"bias", bias}}},
      [&] { set<BiasOp>(args, biasOp, "biasOp", alpha, beta, BiasArgs{bias}); });
}

miopenStatus_t miopenSetOpArgsActivForward(miopenOperatorArgs_t args,
                                           const miopenFusionOpDescriptor_t activFwdOp,
                                           const void* alpha, const void* beta, double activAlpha,
                                           double activBeta, double activGamma) {
  return guard({__func__,
                {{"args", args},
                 {"activFwdOp", activFwdOp},
                 {"alpha", alpha},
                 {"beta", beta},
                 {"activAlpha", activAlpha},
                 {"activBeta", activBeta},
                 {"activGamma", activGamma}}},
               [&] {
                 set<ActivationOp>(args, activFwdOp, "activFwdOp", alpha, beta,
                                   ActivationArgs{activAlpha, activBeta, activGamma});
               });
}

miopenStatus_t miopenSetOpArgsBatchNormInference(miopenOperatorArgs_t args,
                                                 const miopenFusionOpDescriptor_t bnOp,
                                                 const void* alpha, const void* beta,
                                                 const void* bnScale, const void* bnBias,
                                                 const void* estimatedMean,
                                                 const void* estimatedVariance, double epsilon) {
  return guard({__func__,
                {{"args", args},
                 {"bnOp", bnOp},
                 {"alpha", alpha},
                 {"beta", beta},
                 {"bnScale", bnScale},
                 {"bnBias", bnBias},
                 {"estimatedMean", estimatedMean},
                 {"estimatedVariance", estimatedVariance},
                 {"epsilon", epsilon}}},
               [&] {
                 if (!(epsilon >= 0)) {
                   throw Error(Status::kBadParm,
                               "epsilon is " + std::to_string(epsilon) + ", must be at least 0");
                 }
                 set<NormOp>(args, bnOp, "bnOp", alpha, beta,
                             NormArgs{bnScale, bnBias, estimatedMean, estimatedVariance, epsilon});
               });
}

miopenStatus_t miopenSetOpArgsActivBackward(miopenOperatorArgs_t args,
                                            const miopenFusionOpDescriptor_t activBwdOp,
                                            const void*, const void*, const void*, const void*,
                                            double, double, double) {
  return guard({__func__, {{"args", args}, {"activBwdOp", activBwdOp}}}, [&] {
    object(args);
    object(activBwdOp, "activBwdOp");
    refuse_training();
  });
}

miopenStatus_t miopenSetOpArgsBatchNormForward(miopenOperatorArgs_t args,
                                               const miopenFusionOpDescriptor_t bnOp, const void*,
                                               const void*, const void*, const void*, void*, void*,
                                               void*, void*, double, double) {
  return guard({__func__, {{"args", args}, {"bnOp", bnOp}}}, [&] {
    object(args);
    object(bnOp, "bnOp");
    refuse_training();
  });
}

miopenStatus_t miopenSetOpArgsBatchNormBackward(miopenOperatorArgs_t args,
                                                const miopenFusionOpDescriptor_t bnOp, const void*,
                                                const void*, const void*, const void*, const void*,
                                                void*, void*, const void*, const void*) {
  return guard({__func__, {{"args", args}, {"bnOp", bnOp}}}, [&] {
    object(args);
    object(bnOp, "bnOp");
    refuse_training();
  });
}

}  // extern "C"
