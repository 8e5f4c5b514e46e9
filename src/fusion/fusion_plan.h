#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/activation_descriptor.h"
#include "core/convolution_descriptor.h"
#include "core/tensor_descriptor.h"
#include "dispatch/plan_cache.h"

namespace rdna1conv {

struct ConvolutionOp {
  ConvolutionDescriptor convolution;
  TensorDescriptor w;
};
struct BiasOp {
  TensorDescriptor bias;
};
struct NormOp {
  BatchNorm mode = BatchNorm::kSpatial;
  TensorDescriptor parameters;
};
struct ActivationOp {
  Activation mode = Activation::kPassThrough;
};
// An operator that no plan with it can run.
struct TrainingOp {
  const char* name;
};

// What a miopenFusionOpDescriptor_t points to.
using FusionOp = std::variant<ConvolutionOp, BiasOp, NormOp, ActivationOp, TrainingOp>;

// What a miopenFusionPlanDescriptor_t points to.
struct FusionPlan {
  // What compiling gives: the problem with a packed output, and the best choice without workspace
  // for the device of these modules.
  struct Compiled {
    ConvProblem problem;
    std::shared_ptr<KernelModules> modules;
    std::shared_ptr<const Choice> choice;
  };

  explicit FusionPlan(const TensorDescriptor& input_descriptor) : input(input_descriptor) {}

  // Adds an operator at the end. It lives as long as the plan.
  FusionOp& add(const FusionOp& op);

  const TensorDescriptor input;
  std::vector<std::unique_ptr<FusionOp>> ops;
  std::optional<Algorithm> algorithm;  // that must be used
  std::optional<Compiled> compiled;
};

// The arguments of one operator.
struct ConvolutionArgs {
  const void* w = nullptr;
};
struct BiasArgs {
  const void* bias = nullptr;
};
struct NormArgs {
  const void *scale = nullptr, *shift = nullptr, *mean = nullptr, *variance = nullptr;
  double epsilon = 0;
};
struct ActivationArgs {
  double alpha = 0, beta = 0, gamma = 0;
};
using OpArguments = std::variant<ConvolutionArgs, BiasArgs, NormArgs, ActivationArgs>;

// What a miopenOperatorArgs_t points to. The operators are only compared, so plans may go first.
using OperatorArgs = std::unordered_map<const FusionOp*, OpArguments>;

// The convolution of a plan with the rest as its epilogue, y being `output`; without an output, y
// is packed in the layout of the input. Throws Error: kUnsupportedOp if the operators are not a
// convolution followed by bias, normalization and activation (each or none, in this order),
// kBadParm if descriptors do not fit together.
ConvProblem problem_of(const FusionPlan& plan, const TensorDescriptor* output);
const ConvolutionDescriptor& convolution_of(const FusionPlan& plan);

// Throws Error unless the tensor is one value, of the output's type, for each channel of the
// problem's output: kUnsupportedOp if it is of another type, kBadParm if it does not fit.
void check_bias(const char* name, const TensorDescriptor& bias, const ConvProblem& problem);

// The arguments of the plan's operators as a run call takes them. Throws Error (kBadParm) if an
// operator has none. The pointers are not checked.
struct FusionArguments {
  ConvolutionArgs convolution;
  BiasArgs bias;
  NormArgs norm;
  ActivationArgs activation;
};
FusionArguments arguments_of(const FusionPlan& plan, const OperatorArgs& args);

}  // namespace rdna1conv
