#include "find2/find_problem.h"

#include <algorithm>
#include <iterator>

#include "core/error.h"
#include "fusion/fusion_plan.h"

namespace rdna1conv {
namespace {

enum class Kind { kX, kW, kBias, kInput, kOutput, kOther };

// kInput and kOutput: what an operator takes from the one before, and gives to the next.
struct TensorRow {
  TensorId id;
  const char* name;
  ProblemOp op;
  Kind kind;
};
constexpr TensorRow kTensors[] = {
    {1, "miopenTensorConvolutionX", ProblemOp::kConvolution, Kind::kX},
    {2, "miopenTensorConvolutionW", ProblemOp::kConvolution, Kind::kW},
    {3, "miopenTensorConvolutionY", ProblemOp::kConvolution, Kind::kOutput},
    {41, "miopenTensorBiasX", ProblemOp::kBias, Kind::kInput},
    {42, "miopenTensorBiasY", ProblemOp::kBias, Kind::kOutput},
    {43, "miopenTensorBias", ProblemOp::kBias, Kind::kBias},
    {37, "miopenTensorActivationX", ProblemOp::kActivation, Kind::kInput},
    {38, "miopenTensorActivationY", ProblemOp::kActivation, Kind::kOutput},
    {kSoftmaxX, "miopenTensorSoftmaxX", ProblemOp::kSoftmax, Kind::kOther},
    {kSoftmaxY, "miopenTensorSoftmaxY", ProblemOp::kSoftmax, Kind::kOther},
    {kSoftmaxDx, "miopenTensorSoftmaxDX", ProblemOp::kSoftmax, Kind::kOther},
    {kSoftmaxDy, "miopenTensorSoftmaxDY", ProblemOp::kSoftmax, Kind::kOther},
    {48, "miopenTensorBatchnormX", ProblemOp::kBatchNorm, Kind::kOther},
    {49, "miopenTensorBatchnormY", ProblemOp::kBatchNorm, Kind::kOther},
    {50, "miopenTensorBatchnormRunningMean", ProblemOp::kBatchNorm, Kind::kOther},
    {51, "miopenTensorBatchnormRunningVariance", ProblemOp::kBatchNorm, Kind::kOther},
    {52, "miopenTensorBatchnormSavedMean", ProblemOp::kBatchNorm, Kind::kOther},
    {53, "miopenTensorBatchnormSavedVariance", ProblemOp::kBatchNorm, Kind::kOther},
    {54, "miopenTensorBatchnormScale", ProblemOp::kBatchNorm, Kind::kOther},
    {55, "miopenTensorBatchnormScaleDiff", ProblemOp::kBatchNorm, Kind::kOther},
    {56, "miopenTensorBatchnormEstimatedMean", ProblemOp::kBatchNorm, Kind::kOther},
    {57, "miopenTensorBatchnormEstimatedVariance", ProblemOp::kBatchNorm, Kind::kOther},
    {58, "miopenTensorBatchnormBias", ProblemOp::kBatchNorm, Kind::kOther},
    {59, "miopenTensorBatchnormBiasDiff", ProblemOp::kBatchNorm, Kind::kOther},
    {60, "miopenTensorBatchnormDX", ProblemOp::kBatchNorm, Kind::kOther},
    {61, "miopenTensorBatchnormDY", ProblemOp::kBatchNorm, Kind::kOther},
};
constexpr TensorId kX = 1, kW = 2, kBias = 43;

[[noreturn]] void fail(Status status, const std::string& text) { throw Error(status, text); }

const TensorRow& row_of(TensorId id) {
  for (const TensorRow& row : kTensors) {
    if (row.id == id) return row;
  }
  fail(Status::kBadParm, "id " + std::to_string(id) + " names no tensor of a supported problem");
}

const TensorDescriptor& tensor_of(const FindProblem& problem, TensorId id) {
  const auto entry = problem.tensors.find(id);
  if (entry == problem.tensors.end()) {
    fail(Status::kBadParm, "problem has no descriptor of " + std::string(name_of_tensor(id)));
  }
  return entry->second;
}

// The output, under its own name or that of an input or output on the way to it: all are alike.
const TensorDescriptor& output_tensor_of(const FindProblem& problem, TensorId output) {
  if (problem.tensors.count(output) == 0) {
    for (const TensorRow& row : kTensors) {
      const bool is_alike = row.kind == Kind::kInput || row.kind == Kind::kOutput;
      if (is_alike && problem.tensors.count(row.id) != 0) return tensor_of(problem, row.id);
    }
  }
  return tensor_of(problem, output);
}

void check_sequence(const FindProblem& problem) {
  const auto& ops = problem.ops;
  if (std::find(ops.begin(), ops.end(), ProblemOp::kBatchNorm) != ops.end()) {
    fail(Status::kNotImplemented,
         "a batch normalization as a problem has no solution: miopenBatchNormalization* are its "
         "calls, fusion plans those of one behind a convolution");
  }
  if (ops.front() != ProblemOp::kConvolution) {
    fail(Status::kUnsupportedOp, "problem does not begin with a convolution");
  }
  const auto is_out_of_order = [](ProblemOp a, ProblemOp b) { return a >= b; };
  if (std::adjacent_find(ops.begin(), ops.end(), is_out_of_order) != ops.end()) {
    fail(Status::kUnsupportedOp,
         "problem is not a convolution, then bias, then activation, each at most once");
  }
  if (ops.size() > 1 && problem.direction != Direction::kForward) {
    fail(Status::kUnsupportedOp, "problem is fused to a convolution that is not forward");
  }
}

TensorDescriptor descriptor_of(DataType type, const FiveDims& lengths, const FiveDims& strides,
                               int spatial_dims) {
  const auto values_of = [&](const FiveDims& all) {
    std::vector<std::int64_t> values(all.begin(), all.end());
    if (spatial_dims == 2) values.erase(values.begin() + 2);
    return values;
  };
  return TensorDescriptor(type, values_of(lengths), values_of(strides));
}

ConvolutionDescriptor convolution_of(const ConvProblem& p) {
  const auto values_of = [&](const Spatial& spatial) {
    std::vector<int> values(static_cast<std::size_t>(p.spatial_dims));
    copy_spatial(spatial, values);
    return values;
  };
  ConvolutionDescriptor convolution = make_convolution_descriptor(
      values_of(p.pad), values_of(p.stride), values_of(p.dilation), p.transposed ? 1 : 0);
  convolution.groups = static_cast<int>(p.groups);
  convolution.output_pad = p.output_pad;
  return convolution;
}

}  // namespace

const char* name_of_tensor(TensorId id) { return row_of(id).name; }

TensorId output_of(ProblemOp op) {
  return std::find_if(
             std::begin(kTensors), std::end(kTensors),
             [op](const TensorRow& row) { return row.op == op && row.kind == Kind::kOutput; })
      ->id;
}

TensorRole role_of(TensorId id, TensorId output, bool has_bias) {
  const TensorRow& row = row_of(id);
  if (id == output) return TensorRole::kY;
  if (row.kind == Kind::kX) return TensorRole::kX;
  if (row.kind == Kind::kW) return TensorRole::kW;
  if (row.kind == Kind::kBias && has_bias) return TensorRole::kBias;
  fail(Status::kBadParm, std::string(row.name) + " is no tensor of the problem that is in memory");
}

void FindProblem::describe(TensorId id, const TensorDescriptor& tensor) {
  const TensorRow& row = row_of(id);
  if (std::find(ops.begin(), ops.end(), row.op) == ops.end()) {
    fail(Status::kBadParm, std::string(row.name) + " is no tensor of the problem");
  }
  tensors[id] = tensor;
}

void FindProblem::fuse(const FindProblem& next) {
  for (const ProblemOp op : next.ops) {
    if (op == ProblemOp::kConvolution) {
      convolution = next.convolution;
      direction = next.direction;
    }
    if (op == ProblemOp::kActivation) activation = next.activation;
    if (op == ProblemOp::kSoftmax) {
      softmax = next.softmax;
      softmax_backward = next.softmax_backward;
    }
    ops.push_back(op);
  }
  for (const auto& [id, tensor] : next.tensors) tensors[id] = tensor;
}

Direction direction_of(std::uint32_t value) {
  constexpr Direction kDirections[] = {Direction::kForward, Direction::kBackwardData,
                                       Direction::kBackwardWeights};
  if (value < std::size(kDirections)) return kDirections[value];
  fail(Status::kBadParm,
       "direction " + std::to_string(value) + " is none of a convolution (0, 1 or 2)");
}

ProblemDescription description_of(const FindProblem& problem) {
  check_sequence(problem);
  const TensorId output = output_of(problem.ops.back());
  const TensorDescriptor& x = tensor_of(problem, kX);
  const TensorDescriptor& w = tensor_of(problem, kW);
  const TensorDescriptor& y = output_tensor_of(problem, output);
  ProblemDescription result{make_problem(problem.convolution, problem.direction, x, w, y),
                            output,
                            {x.bytes(), w.bytes(), y.bytes(), 0}};
  Epilogue& epilogue = result.problem.epilogue;
  for (const ProblemOp op : problem.ops) {
    if (op == ProblemOp::kBias) {
      const TensorDescriptor& bias = tensor_of(problem, kBias);
      check_bias("miopenTensorBias", bias, result.problem);
      epilogue.adds_bias = true;
      result.bytes[static_cast<std::size_t>(TensorRole::kBias)] = bias.bytes();
    }
    if (op == ProblemOp::kActivation) epilogue.activation = problem.activation.mode;
  }
  return result;
}

FindProblem as_described(const ConvProblem& problem, TensorId output) {
  FindProblem described{.ops = {ProblemOp::kConvolution},
                        .convolution = convolution_of(problem),
                        .direction = problem.direction,
                        .activation = {.mode = problem.epilogue.activation}};
  const auto tensor = [&](DataType type, const FiveDims& lengths, const FiveDims& strides) {
    return descriptor_of(type, lengths, strides, problem.spatial_dims);
  };
  described.tensors = {{kX, tensor(problem.x_type, problem.x_lengths(), problem.x_strides)},
                       {kW, tensor(problem.w_type, problem.w_lengths(), problem.w_strides)},
                       {output, tensor(problem.y_type, problem.y_lengths(), problem.y_strides)}};
  if (problem.epilogue.adds_bias) {
    described.ops.push_back(ProblemOp::kBias);
    const FiveDims lengths{1, problem.k, 1, 1, 1};
    described.tensors[kBias] =
        tensor(problem.y_type, lengths, packed_strides(lengths, Layout::kNchw));
  }
  if (row_of(output).op == ProblemOp::kActivation) described.ops.push_back(ProblemOp::kActivation);
  return described;
}

}  // namespace rdna1conv
