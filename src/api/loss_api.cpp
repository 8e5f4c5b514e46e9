// Losses, and the gradients of a rectifier whose slope is learned.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/loss.h"

using namespace rdna1conv;

namespace {

using B = LossBuffer;

FiveDims strides_of(const NamedTensor& tensor, const NamedTensor& like) {
  return strides_like(tensor, like, 1, 5);
}

[[noreturn]] void fail(const NamedTensor& tensor, const std::string& needs) {
  throw Error(Status::kBadParm, text_of(tensor) + ", needs " + needs);
}

LossReduction checked(miopenLossReductionMode_t reduction) {
  require_enumerator(reduction, {MIOPEN_LOSS_REDUCTION_NONE, MIOPEN_LOSS_REDUCTION_MEAN},
                     "reduction", "miopenLossReductionMode_t");
  return static_cast<LossReduction>(reduction);
}

void check_sum(const NamedTensor& y, DataType type) {
  if (y.descriptor.elements() != 1 || y.descriptor.type() != type)
    fail(y, "one element of " + std::string(name_of(type)) + ", for the losses are added up");
}

void add_workspace(Handle& handle, OperatorRun& run, void* workspace, std::size_t has,
                   std::size_t needs) {
  if (needs == 0) return;
  if (workspace_argument(handle, workspace, "workspace") == nullptr || has < needs) {
    throw Error(Status::kBadParm, "workspace has " +
                                      std::to_string(workspace == nullptr ? 0 : has) +
                                      " bytes, needs " + std::to_string(needs));
  }
  run.add(B::kWorkspace, workspace, "workspace", DataType::kFloat);
}

// ---- Soft margin -------------------------------------------------------------------------------

SoftMarginProblem soft_problem(const NamedTensor& x, const NamedTensor& target,
                               miopenLossReductionMode_t reduction) {
  const TensorDims dims = dims_of(x.descriptor, x.name, 1, 5);
  SoftMarginProblem p;
  p.reduction = checked(reduction);
  p.type = x.descriptor.type();
  p.lengths = dims.lengths;
  p.x_strides = dims.strides;
  p.target_strides = strides_of(target, x);
  return p;
}
SoftMarginProblem soft_forward(miopenTensorDescriptor_t x_desc,
                               miopenTensorDescriptor_t target_desc,
                               miopenTensorDescriptor_t y_desc,
                               miopenLossReductionMode_t reduction) {
  const NamedTensor x{object(x_desc, "inputDesc"), "inputDesc"},
      y{object(y_desc, "outputDesc"), "outputDesc"};
  SoftMarginProblem p =
      soft_problem(x, {object(target_desc, "targetDesc"), "targetDesc"}, reduction);
  if (p.reduction == LossReduction::kNone) {
    p.y_strides = strides_of(y, x);
    require_apart(y);
  } else {
    check_sum(y, p.type);
  }
  return p;
}

// ---- Multi margin ------------------------------------------------------------------------------

std::int64_t step_of(const TensorDescriptor& row) {
  return row.lengths()[0] == 1 ? 1 : row.strides()[0];
}

MultiMarginProblem multi_problem(miopenTensorDescriptor_t x_desc,
                                 miopenTensorDescriptor_t target_desc,
                                 miopenTensorDescriptor_t weight_desc,
                                 miopenTensorDescriptor_t y_desc, long power,
                                 miopenLossReductionMode_t reduction) {
  const NamedTensor x{object(x_desc, "inputDesc"), "inputDesc"},
      target{object(target_desc, "targetDesc"), "targetDesc"},
      weight{object(weight_desc, "weightDesc"), "weightDesc"},
      y{object(y_desc, "outputDesc"), "outputDesc"};
  const TensorDims dims = dims_of(x.descriptor, x.name, 2, 2);
  MultiMarginProblem p;
  p.reduction = checked(reduction);
  p.type = x.descriptor.type();
  p.rows = dims.lengths[0];
  p.classes = dims.lengths[1];
  p.x_row = dims.strides[0];
  p.x_class = dims.strides[1];
  const auto is_row = [](const NamedTensor& tensor, std::int64_t length, DataType type) {
    return tensor.descriptor.rank() == 1 && tensor.descriptor.lengths()[0] == length &&
           tensor.descriptor.type() == type;
  };
  const auto row_text = [](DataType type, std::int64_t length) {
    return std::string(name_of(type)) + " [" + std::to_string(length) + "]";
  };
  if (!is_row(target, p.rows, DataType::kInt64)) fail(target, row_text(DataType::kInt64, p.rows));
  if (!is_row(weight, p.classes, p.type)) fail(weight, row_text(p.type, p.classes));
  if (p.reduction != LossReduction::kNone)
    check_sum(y, p.type);
  else if (!is_row(y, p.rows, p.type))
    fail(y, row_text(p.type, p.rows));
  if (power != 1 && power != 2)
    throw Error(Status::kBadParm, "p is " + std::to_string(power) + ", must be 1 or 2");
  if (p.rows >= std::int64_t{1} << 31 || p.classes >= std::int64_t{1} << 31)
    throw Error(Status::kNotImplemented, "inputDesc has 2^31 rows or classes");
  p.target_step = step_of(target.descriptor);
  p.weight_step = step_of(weight.descriptor);
  if (p.reduction == LossReduction::kNone) p.y_step = step_of(y.descriptor);
  return p;
}

}  // namespace

extern "C" {

miopenStatus_t miopenGetSoftMarginLossForwardWorkspaceSize(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, miopenTensorDescriptor_t targetDesc,
    miopenTensorDescriptor_t outputDesc, miopenLossReductionMode_t reduction, size_t* sizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"inputDesc", inputDesc},
                 {"targetDesc", targetDesc},
                 {"outputDesc", outputDesc},
                 {"reduction", reduction},
                 {"sizeInBytes", sizeInBytes}}},
               [&] {
                 object(handle);
                 require(sizeInBytes, "sizeInBytes") =
                     loss_workspace(soft_forward(inputDesc, targetDesc, outputDesc, reduction));
               });
}

miopenStatus_t miopenSoftMarginLossForward(miopenHandle_t handle,
                                           miopenTensorDescriptor_t inputDesc, const void* input,
                                           miopenTensorDescriptor_t targetDesc, const void* target,
                                           miopenTensorDescriptor_t outputDesc, void* output,
                                           miopenLossReductionMode_t reduction, void* workspace,
                                           size_t workspaceSizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"inputDesc", inputDesc},
                 {"input", input},
                 {"targetDesc", targetDesc},
                 {"target", target},
                 {"outputDesc", outputDesc},
                 {"output", output},
                 {"reduction", reduction},
                 {"workspace", workspace},
                 {"workspaceSizeInBytes", workspaceSizeInBytes}}},
               [&] {
                 Handle& owner = object(handle);
                 const SoftMarginProblem p =
                     soft_forward(inputDesc, targetDesc, outputDesc, reduction);
                 OperatorRun run(owner);
                 run.add(B::kX, input, "input", p.type);
                 run.add(B::kTarget, target, "target", p.type);
                 run.add(B::kY, output, "output", p.type);
                 add_workspace(owner, run, workspace, workspaceSizeInBytes, loss_workspace(p));
                 run_operator(owner, "LogCmdSoftMarginLoss", p, run.arguments());
               });
}

miopenStatus_t miopenSoftMarginLossBackward(miopenHandle_t handle,
                                            miopenTensorDescriptor_t inputDesc, const void* input,
                                            miopenTensorDescriptor_t targetDesc, const void* target,
                                            miopenTensorDescriptor_t doutputDesc,
                                            const void* doutput,
                                            miopenTensorDescriptor_t dinputDesc, void* dinput,
                                            miopenLossReductionMode_t reduction) {
  return guard({__func__,
                {{"handle", handle},
                 {"inputDesc", inputDesc},
                 {"input", input},
                 {"targetDesc", targetDesc},
                 {"target", target},
                 {"doutputDesc", doutputDesc},
                 {"doutput", doutput},
                 {"dinputDesc", dinputDesc},
                 {"dinput", dinput},
                 {"reduction", reduction}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor x{object(inputDesc, "inputDesc"), "inputDesc"};
                 SoftMarginProblem p =
                     soft_problem(x, {object(targetDesc, "targetDesc"), "targetDesc"}, reduction);
                 p.backward = true;
                 p.y_strides = strides_of({object(doutputDesc, "doutputDesc"), "doutputDesc"}, x);
                 const NamedTensor dx{object(dinputDesc, "dinputDesc"), "dinputDesc"};
                 p.dx_strides = strides_of(dx, x);
                 require_apart(dx);
                 OperatorRun run(owner);
                 run.add(B::kX, input, "input", p.type);
                 run.add(B::kTarget, target, "target", p.type);
                 run.add(B::kDy, doutput, "doutput", p.type);
                 run.add(B::kDx, dinput, "dinput", p.type);
                 run_operator(owner, "LogCmdSoftMarginLoss", p, run.arguments());
               });
}

miopenStatus_t miopenGetMultiMarginLossForwardWorkspaceSize(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, miopenTensorDescriptor_t targetDesc,
    miopenTensorDescriptor_t weightDesc, miopenTensorDescriptor_t outputDesc, long p, float margin,
    miopenLossReductionMode_t reduction, size_t* sizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"inputDesc", inputDesc},
                 {"targetDesc", targetDesc},
                 {"weightDesc", weightDesc},
                 {"outputDesc", outputDesc},
                 {"p", p},
                 {"margin", double{margin}},
                 {"reduction", reduction},
                 {"sizeInBytes", sizeInBytes}}},
               [&] {
                 object(handle);
                 require(sizeInBytes, "sizeInBytes") = loss_workspace(
                     multi_problem(inputDesc, targetDesc, weightDesc, outputDesc, p, reduction));
               });
}

miopenStatus_t miopenMultiMarginLossForward(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, const void* input,
    miopenTensorDescriptor_t targetDesc, const void* target, miopenTensorDescriptor_t weightDesc,
    const void* weight, miopenTensorDescriptor_t outputDesc, void* output, long p, float margin,
    miopenLossReductionMode_t reduction, void* workspace, size_t workspaceSizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"inputDesc", inputDesc},
                 {"input", input},
                 {"target", target},
                 {"weight", weight},
                 {"outputDesc", outputDesc},
                 {"output", output},
                 {"p", p},
                 {"margin", double{margin}},
                 {"reduction", reduction},
                 {"workspace", workspace},
                 {"workspaceSizeInBytes", workspaceSizeInBytes}}},
               [&] {
                 Handle& owner = object(handle);
                 const MultiMarginProblem problem =
                     multi_problem(inputDesc, targetDesc, weightDesc, outputDesc, p, reduction);
                 const MultiMarginScalars scalars{static_cast<std::uint32_t>(p), margin};
                 OperatorRun run(owner);
                 run.add(B::kX, input, "input", problem.type);
                 run.add(B::kTarget, target, "target", DataType::kInt64);
                 run.add(B::kWeight, weight, "weight", problem.type);
                 run.add(B::kY, output, "output", problem.type);
                 add_workspace(owner, run, workspace, workspaceSizeInBytes,
                               loss_workspace(problem));
                 run_operator(owner, "LogCmdMultiMarginLoss", problem, run.with(scalars),
                              [&] { return to_driver_line(problem, scalars); });
               });
}

miopenStatus_t miopenGetPReLUBackwardWorkspaceSize(miopenHandle_t handle,
                                                   miopenTensorDescriptor_t inputDesc,
                                                   miopenTensorDescriptor_t weightDesc,
                                                   size_t* sizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"inputDesc", inputDesc},
                 {"weightDesc", weightDesc},
                 {"sizeInBytes", sizeInBytes}}},
               [&] {
                 object(handle);
                 object(inputDesc, "inputDesc");
                 object(weightDesc, "weightDesc");
                 require(sizeInBytes, "sizeInBytes") = 0;
               });
}

miopenStatus_t miopenPReLUBackward(miopenHandle_t handle, void* workspace,
                                   size_t workspaceSizeInBytes, miopenTensorDescriptor_t inputDesc,
                                   const void* input, miopenTensorDescriptor_t weightDesc,
                                   const void* weight, miopenTensorDescriptor_t doutputDesc,
                                   const void* doutput, miopenTensorDescriptor_t dinputDesc,
                                   void* dinput, miopenTensorDescriptor_t dweightDesc,
                                   void* dweight) {
  return guard({__func__,
                {{"handle", handle},
                 {"workspace", workspace},
                 {"workspaceSizeInBytes", workspaceSizeInBytes},
                 {"inputDesc", inputDesc},
                 {"input", input},
                 {"weightDesc", weightDesc},
                 {"weight", weight},
                 {"doutputDesc", doutputDesc},
                 {"doutput", doutput},
                 {"dinput", dinput},
                 {"dweight", dweight}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor x{object(inputDesc, "inputDesc"), "inputDesc"},
                     w{object(weightDesc, "weightDesc"), "weightDesc"};
                 const TensorDims dims = dims_of(x.descriptor, x.name, 1, 5);
                 PreluProblem p;
                 p.type = x.descriptor.type();
                 p.lengths = dims.lengths;
                 p.x_strides = dims.strides;
                 p.dy_strides = strides_of({object(doutputDesc, "doutputDesc"), "doutputDesc"}, x);
                 p.per_channel = w.descriptor.elements() != 1;
                 const auto is_weight = [&](const TensorDescriptor& descriptor) {
                   const auto count = static_cast<std::size_t>(p.per_channel ? p.lengths[1] : 1);
                   return descriptor.type() == p.type &&
                          descriptor.elements() == static_cast<std::int64_t>(count) &&
                          descriptor.bytes() == count * bytes_of(p.type);
                 };
                 const auto require_weight = [&](const NamedTensor& tensor) {
                   if (!is_weight(tensor.descriptor))
                     fail(tensor, "one element or as many as channels, packed, of " +
                                      std::string(name_of(p.type)));
                 };
                 require_weight(w);
                 p.has_dx = dinput != nullptr;
                 p.has_dw = dweight != nullptr;
                 OperatorRun run(owner);
                 run.add(B::kX, input, "input", p.type);
                 run.add(B::kWeight, weight, "weight", p.type);
                 run.add(B::kDy, doutput, "doutput", p.type);
                 if (p.has_dx) {
                   const NamedTensor dx{object(dinputDesc, "dinputDesc"), "dinputDesc"};
                   p.dx_strides = strides_of(dx, x);
                   require_apart(dx);
                   run.add(B::kDx, dinput, "dinput", p.type);
                 }
                 if (p.has_dw) {
                   require_weight({object(dweightDesc, "dweightDesc"), "dweightDesc"});
                   run.add(B::kDw, dweight, "dweight", p.type);
                 }
                 if (!p.has_dx && !p.has_dw)
                   throw Error(Status::kBadParm, "dinput and dweight are both null");
                 run_operator(owner, "LogCmdPReLU", p, run.arguments());
               });
}

}  // extern "C"
