#include "fusion/fusion_plan.h"

#include <string>

#include "core/error.h"
#include "core/tensor_match.h"

namespace rdna1conv {
namespace {

const char* name_of(const FusionOp& op) {
  if (const auto* training = std::get_if<TrainingOp>(&op)) return training->name;
  constexpr const char* kNames[] = {"convolution", "bias", "batch normalization", "activation"};
  return kNames[op.index()];
}

[[noreturn]] void fail_unsupported(const std::string& text) {
  throw Error(Status::kUnsupportedOp, text);
}

// Convolution, bias, normalization, activation: the order of the alternatives of FusionOp.
void check_sequence(const FusionPlan& plan) {
  if (plan.ops.empty()) fail_unsupported("the plan has no operators");
  for (std::size_t i = 0; i < plan.ops.size(); ++i) {
    const FusionOp& op = *plan.ops[i];
    if (std::holds_alternative<TrainingOp>(op)) {
      fail_unsupported(std::string(name_of(op)) + " cannot be fused");
    }
    if (i == 0 && !std::holds_alternative<ConvolutionOp>(op)) {
      fail_unsupported("the plan begins with " + std::string(name_of(op)) +
                       ", only plans that begin with a convolution are supported");
    }
    if (i > 0 && op.index() <= plan.ops[i - 1]->index()) {
      fail_unsupported(std::string(name_of(op)) + " cannot follow " + name_of(*plan.ops[i - 1]));
    }
  }
}

// A packed tensor with one value for each channel, or for each channel and pixel, of the output.
void check_parameters(const char* name, const TensorDescriptor& tensor, const ConvProblem& problem,
                      bool per_pixel, DataType type) {
  const Spatial pixels = per_pixel ? problem.out : Spatial{};
  const FiveDims lengths{1, problem.k, pixels.d, pixels.h, pixels.w};
  const FiveDims strides = packed_strides(lengths, Layout::kNchw);
  if (is_described_by(tensor, type, lengths, strides)) return;
  if (tensor.type() != type) {
    fail_unsupported(std::string(name) + " is " + std::string(rdna1conv::name_of(tensor.type())) +
                     ", only " + std::string(rdna1conv::name_of(type)) + " is supported");
  }
  throw Error(Status::kBadParm, std::string(name) + " is not a packed tensor of one value for " +
                                    "each of the " + std::to_string(problem.k) +
                                    " channels of the output" +
                                    (per_pixel ? " and each of its pixels" : ""));
}

template <class Args>
void take(const FusionPlan& plan, const OperatorArgs& args, std::size_t index, Args& target) {
  const auto entry = args.find(plan.ops[index].get());
  if (entry == args.end()) {
    throw Error(Status::kBadParm, "args has nothing for operator " + std::to_string(index) + ", " +
                                      name_of(*plan.ops[index]));
  }
  target = std::get<Args>(entry->second);
}

}  // namespace

FusionOp& FusionPlan::add(const FusionOp& op) {
  ops.push_back(std::make_unique<FusionOp>(op));
  compiled.reset();
  return *ops.back();
}

const ConvolutionDescriptor& convolution_of(const FusionPlan& plan) {
  check_sequence(plan);
  return std::get<ConvolutionOp>(*plan.ops.front()).convolution;
}

void check_bias(const char* name, const TensorDescriptor& bias, const ConvProblem& problem) {
  check_parameters(name, bias, problem, false, problem.y_type);
}

ConvProblem problem_of(const FusionPlan& plan, const TensorDescriptor* output) {
  check_sequence(plan);
  const auto& [convolution, w] = std::get<ConvolutionOp>(*plan.ops.front());
  ConvProblem problem = make_problem(convolution, plan.input, w, "inputDesc", "wDesc");
  if (output != nullptr) {
    problem = make_problem(convolution, Direction::kForward, plan.input, w, *output);
  } else if (layout_of(problem.x_lengths(), problem.x_strides) == Layout::kNhwc) {
    problem.y_strides = packed_strides(problem.y_lengths(), Layout::kNhwc);
    canonicalize(problem);
  }
  Epilogue& epilogue = problem.epilogue;
  for (const auto& op : plan.ops) {
    if (const auto* bias = std::get_if<BiasOp>(op.get())) {
      check_bias("bDesc", bias->bias, problem);
      epilogue.adds_bias = true;
    } else if (const auto* norm = std::get_if<NormOp>(op.get())) {
      check_parameters("bnScaleBiasMeanVarDesc", norm->parameters, problem,
                       norm->mode == BatchNorm::kPerActivation, DataType::kFloat);
      epilogue.batch_norm = norm->mode;
    } else if (const auto* activation = std::get_if<ActivationOp>(op.get())) {
      epilogue.activation = activation->mode;
    }
  }
  return problem;
}

FusionArguments arguments_of(const FusionPlan& plan, const OperatorArgs& args) {
  FusionArguments result;
  for (std::size_t i = 0; i < plan.ops.size(); ++i) {
    const FusionOp& op = *plan.ops[i];
    if (std::holds_alternative<ConvolutionOp>(op)) take(plan, args, i, result.convolution);
    if (std::holds_alternative<BiasOp>(op)) take(plan, args, i, result.bias);
    if (std::holds_alternative<NormOp>(op)) take(plan, args, i, result.norm);
    if (std::holds_alternative<ActivationOp>(op)) take(plan, args, i, result.activation);
  }
  return result;
}

}  // namespace rdna1conv
