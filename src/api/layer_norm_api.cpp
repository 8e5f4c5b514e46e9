// Layer normalization and its kin.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/layer_norm.h"

using namespace rdna1conv;

namespace {

using B = LayerNormBuffer;

// A tensor that a call may leave out, by a null pointer; then its descriptor may be null, too.
struct Optional {
  miopenTensorDescriptor_t descriptor;
  const void* data;
  const char *descriptor_name, *name;
};

// Which modes a function takes: the first without weights, the next one with them.
bool has_weights(miopenNormMode_t mode, miopenNormMode_t first) {
  if (mode == first) return false;
  if (static_cast<int>(mode) == static_cast<int>(first) + 1) return true;
  throw Error(Status::kBadParm, "mode " + std::to_string(mode) + " is not " +
                                    std::to_string(first) + " or " + std::to_string(first + 1));
}

std::int64_t weights_of(const LayerNormProblem& p) {
  return p.kind == LayerNormKind::kGroup ? p.lengths[1] * p.lengths[2] : p.members();
}
std::int64_t groups_of(const LayerNormProblem& p) { return count_of(p.lengths) / p.members(); }

// The problem of tensors like x, from the descriptor's dimension `first_member` on.
LayerNormProblem problem_of(LayerNormKind kind, const NamedTensor& x, std::int64_t first_member) {
  const TensorDims dims = dims_of(x.descriptor, x.name, 1, 5);
  LayerNormProblem p;
  p.kind = kind;
  p.type = x.descriptor.type();
  p.lengths = dims.lengths;
  p.x_strides = dims.strides;
  p.first_member = static_cast<std::int64_t>(
      place_of_dimension(static_cast<std::size_t>(first_member), x.descriptor.rank()));
  return p;
}

FiveDims strides_of(const NamedTensor& tensor, const NamedTensor& like) {
  return strides_like(tensor, like, 1, 5);
}

// Parameters and statistics: x's type, one element for each, packed, in whatever dimensions.
void add_values(OperatorRun& run, B slot, const Optional& tensor, const LayerNormProblem& p,
                std::int64_t count) {
  require_packed({object(tensor.descriptor, tensor.descriptor_name), tensor.descriptor_name},
                 p.type, count);
  run.add(slot, tensor.data, tensor.name, p.type);
}
void add_optional(OperatorRun& run, B slot, const Optional& tensor, const LayerNormProblem& p,
                  std::int64_t count) {
  if (tensor.data != nullptr) add_values(run, slot, tensor, p, count);
}

// What a forward call brings beside x and y.
struct ForwardCall {
  Optional weight, bias, mean, rstd;
  float epsilon;
};

// Once the problem's shapes are known.
void run_forward(Handle& handle, LayerNormProblem& p, OperatorRun& run, const void* x,
                 const void* y, const ForwardCall& call) {
  run.add(B::kX, x, "x", p.type);
  run.add(B::kY, y, "y", p.type);
  if (p.has_weights) {
    add_values(run, B::kWeight, call.weight, p, weights_of(p));
    if (p.kind != LayerNormKind::kT5) add_values(run, B::kBias, call.bias, p, weights_of(p));
  }
  add_optional(run, B::kMean, call.mean, p, groups_of(p));
  add_optional(run, B::kInverse, call.rstd, p, groups_of(p));
  const LayerNormScalars scalars{call.epsilon};
  run_operator(handle, "LogCmdLayerNorm", p, run.with(scalars),
               [&] { return to_driver_line(p, scalars); });
}

std::int64_t checked_dimension(const NamedTensor& x, std::int32_t dimension) {
  const auto rank = static_cast<std::int32_t>(x.descriptor.rank());
  if (dimension < 0 || dimension > rank) {
    throw Error(Status::kBadParm, "normalized_dim is " + std::to_string(dimension) + ", " + x.name +
                                      " has " + std::to_string(rank) + " dimensions");
  }
  return dimension;
}

}  // namespace

extern "C" {

miopenStatus_t miopenLayerNormForward(miopenHandle_t handle, miopenNormMode_t mode,
                                      const miopenTensorDescriptor_t xDesc, const void* x,
                                      const miopenTensorDescriptor_t weightDesc, const void* weight,
                                      const miopenTensorDescriptor_t biasDesc, const void* bias,
                                      const float epsilon, const int32_t normalized_dim,
                                      const miopenTensorDescriptor_t yDesc, void* y,
                                      const miopenTensorDescriptor_t meanDesc, void* mean,
                                      const miopenTensorDescriptor_t rstdDesc, void* rstd) {
  return guard({__func__,
                {{"handle", handle},
                 {"mode", mode},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"weight", weight},
                 {"bias", bias},
                 {"epsilon", epsilon},
                 {"normalized_dim", normalized_dim},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"mean", mean},
                 {"rstd", rstd}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor x_tensor{object(xDesc, "xDesc"), "xDesc"},
                     y_tensor{object(yDesc, "yDesc"), "yDesc"};
                 LayerNormProblem p = problem_of(LayerNormKind::kLayer, x_tensor,
                                                 checked_dimension(x_tensor, normalized_dim));
                 p.has_weights = has_weights(mode, MIOPEN_ELEMENTWISE_AFFINE);
                 p.y_strides = strides_of(y_tensor, x_tensor);
                 require_apart(y_tensor);
                 OperatorRun run(owner);
                 run_forward(owner, p, run, x, y,
                             {{weightDesc, weight, "weightDesc", "weight"},
                              {biasDesc, bias, "biasDesc", "bias"},
                              {meanDesc, mean, "meanDesc", "mean"},
                              {rstdDesc, rstd, "rstdDesc", "rstd"},
                              epsilon});
               });
}

miopenStatus_t miopenAddLayerNormForward(miopenHandle_t handle, miopenNormMode_t mode,
                                         const miopenTensorDescriptor_t xDesc, const void* x,
                                         const miopenTensorDescriptor_t x2Desc, const void* x2,
                                         const miopenTensorDescriptor_t weightDesc,
                                         const void* weight,
                                         const miopenTensorDescriptor_t biasDesc, const void* bias,
                                         const float epsilon, const int32_t normalized_dim,
                                         const miopenTensorDescriptor_t yDesc, void* y,
                                         const miopenTensorDescriptor_t meanDesc, void* mean,
                                         const miopenTensorDescriptor_t rstdDesc, void* rstd) {
  return guard({__func__,
                {{"handle", handle},
                 {"mode", mode},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"x2Desc", x2Desc},
                 {"x2", x2},
                 {"weight", weight},
                 {"bias", bias},
                 {"epsilon", epsilon},
                 {"normalized_dim", normalized_dim},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"mean", mean},
                 {"rstd", rstd}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor x_tensor{object(xDesc, "xDesc"), "xDesc"},
                     y_tensor{object(yDesc, "yDesc"), "yDesc"};
                 LayerNormProblem p = problem_of(LayerNormKind::kAddLayer, x_tensor,
                                                 checked_dimension(x_tensor, normalized_dim));
                 p.has_weights = has_weights(mode, MIOPEN_ELEMENTWISE_AFFINE_FUSED_ADD);
                 p.other_strides = strides_of({object(x2Desc, "x2Desc"), "x2Desc"}, x_tensor);
                 p.y_strides = strides_of(y_tensor, x_tensor);
                 require_apart(y_tensor);
                 OperatorRun run(owner);
                 run.add(B::kOther, x2, "x2", p.type);
                 run_forward(owner, p, run, x, y,
                             {{weightDesc, weight, "weightDesc", "weight"},
                              {biasDesc, bias, "biasDesc", "bias"},
                              {meanDesc, mean, "meanDesc", "mean"},
                              {rstdDesc, rstd, "rstdDesc", "rstd"},
                              epsilon});
               });
}

miopenStatus_t miopenT5LayerNormForward(miopenHandle_t handle, miopenNormMode_t mode,
                                        const miopenTensorDescriptor_t xDesc, const void* x,
                                        const miopenTensorDescriptor_t weightDesc,
                                        const void* weight, const float epsilon,
                                        const miopenTensorDescriptor_t yDesc, void* y,
                                        const miopenTensorDescriptor_t rstdDesc, void* rstd) {
  return guard({__func__,
                {{"handle", handle},
                 {"mode", mode},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"weight", weight},
                 {"epsilon", epsilon},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"rstd", rstd}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor x_tensor{object(xDesc, "xDesc"), "xDesc"},
                     y_tensor{object(yDesc, "yDesc"), "yDesc"};
                 LayerNormProblem p =
                     problem_of(LayerNormKind::kT5, x_tensor,
                                static_cast<std::int64_t>(x_tensor.descriptor.rank()) - 1);
                 p.has_weights = has_weights(mode, MIOPEN_ELEMENTWISE_AFFINE_T5);
                 p.y_strides = strides_of(y_tensor, x_tensor);
                 require_apart(y_tensor);
                 OperatorRun run(owner);
                 run_forward(owner, p, run, x, y,
                             {{weightDesc, weight, "weightDesc", "weight"},
                              {},
                              {},
                              {rstdDesc, rstd, "rstdDesc", "rstd"},
                              epsilon});
               });
}

miopenStatus_t miopenGetT5LayerNormBackwardWorkspaceSize(
    miopenHandle_t handle, miopenNormMode_t mode, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t xDesc, const miopenTensorDescriptor_t weightDesc,
    const miopenTensorDescriptor_t rstdDesc, const miopenTensorDescriptor_t dxDesc,
    const miopenTensorDescriptor_t dwDesc, size_t* sizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"mode", mode},
                 {"dyDesc", dyDesc},
                 {"xDesc", xDesc},
                 {"weightDesc", weightDesc},
                 {"rstdDesc", rstdDesc},
                 {"dxDesc", dxDesc},
                 {"dwDesc", dwDesc},
                 {"sizeInBytes", sizeInBytes}}},
               [&] {
                 object(handle);
                 object(xDesc, "xDesc");
                 has_weights(mode, MIOPEN_ELEMENTWISE_AFFINE_T5);
                 require(sizeInBytes, "sizeInBytes") = 0;
               });
}

miopenStatus_t miopenT5LayerNormBackward(miopenHandle_t handle, miopenNormMode_t mode,
                                         void* workspace, size_t workspaceSizeInBytes,
                                         const miopenTensorDescriptor_t dyDesc, const void* dy,
                                         const miopenTensorDescriptor_t xDesc, const void* x,
                                         const miopenTensorDescriptor_t weightDesc,
                                         const void* weight,
                                         const miopenTensorDescriptor_t rstdDesc, const void* rstd,
                                         const miopenTensorDescriptor_t dxDesc, void* dx,
                                         const miopenTensorDescriptor_t dwDesc, void* dw) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"mode", mode},
        {"workspace", workspace},
        {"workspaceSizeInBytes", workspaceSizeInBytes},
        {"dy", dy},
        {"xDesc", xDesc},
        {"x", x},
        {"weight", weight},
        {"rstd", rstd},
        {"dxDesc", dxDesc},
        {"dx", dx},
        {"dw", dw}}},
      [&] {
        Handle& owner = object(handle);
        const NamedTensor x_tensor{object(xDesc, "xDesc"), "xDesc"};
        LayerNormProblem p = problem_of(LayerNormKind::kT5Backward, x_tensor,
                                        static_cast<std::int64_t>(x_tensor.descriptor.rank()) - 1);
        p.has_weights = has_weights(mode, MIOPEN_ELEMENTWISE_AFFINE_T5);
        p.has_weight_gradient = dw != nullptr;
        p.other_strides = dy == nullptr
                              ? p.x_strides
                              : strides_of({object(dyDesc, "dyDesc"), "dyDesc"}, x_tensor);
        const NamedTensor gradient{object(dxDesc, "dxDesc"), "dxDesc"};
        p.y_strides = strides_of(gradient, x_tensor);
        require_apart(gradient);
        OperatorRun run(owner);
        run.add(B::kX, x, "x", p.type);
        if (dy != nullptr) run.add(B::kOther, dy, "dy", p.type);
        run.add(B::kY, dx, "dx", p.type);
        add_values(run, B::kInverse, {rstdDesc, rstd, "rstdDesc", "rstd"}, p, groups_of(p));
        if (p.has_weights) {
          add_values(run, B::kWeight, {weightDesc, weight, "weightDesc", "weight"}, p,
                     weights_of(p));
        }
        add_optional(run, B::kWeightGradient, {dwDesc, dw, "dwDesc", "dw"}, p, weights_of(p));
        run_operator(owner, "LogCmdT5LayerNorm", p, run.arguments(),
                     [&] { return to_driver_line(p, {}); });
      });
}

miopenStatus_t miopenGroupNormForward(miopenHandle_t handle, miopenNormMode_t mode,
                                      const miopenTensorDescriptor_t xDesc, const void* x,
                                      const miopenTensorDescriptor_t weightDesc, const void* weight,
                                      const miopenTensorDescriptor_t biasDesc, const void* bias,
                                      const uint64_t num_groups, const float epsilon,
                                      const miopenTensorDescriptor_t yDesc, void* y,
                                      const miopenTensorDescriptor_t meanDesc, void* mean,
                                      const miopenTensorDescriptor_t rstdDesc, void* rstd) {
  return guard({__func__,
                {{"handle", handle},
                 {"mode", mode},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"weight", weight},
                 {"bias", bias},
                 {"num_groups", num_groups},
                 {"epsilon", epsilon},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"mean", mean},
                 {"rstd", rstd}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor x_tensor{object(xDesc, "xDesc"), "xDesc"},
                     y_tensor{object(yDesc, "yDesc"), "yDesc"};
                 dims_of(x_tensor.descriptor, "xDesc", 3, 5);
                 LayerNormProblem p = problem_of(LayerNormKind::kGroup, x_tensor, 0);
                 p.has_weights = has_weights(mode, MIOPEN_ELEMENTWISE_AFFINE);
                 p.y_strides = strides_of(y_tensor, x_tensor);
                 require_apart(y_tensor);
                 const auto channels = static_cast<std::uint64_t>(p.lengths[1]);
                 if (num_groups == 0 || channels % num_groups != 0) {
                   throw Error(Status::kBadParm, "num_groups " + std::to_string(num_groups) +
                                                     " does not divide the " +
                                                     std::to_string(channels) + " channels");
                 }
                 const auto groups = static_cast<std::int64_t>(num_groups);
                 FiveDims lengths = p.lengths;
                 split_channels(groups, lengths, p.y_strides, "yDesc");
                 split_channels(groups, p.lengths, p.x_strides, "xDesc");
                 p.first_member = 2;
                 OperatorRun run(owner);
                 run_forward(owner, p, run, x, y,
                             {{weightDesc, weight, "weightDesc", "weight"},
                              {biasDesc, bias, "biasDesc", "bias"},
                              {meanDesc, mean, "meanDesc", "mean"},
                              {rstdDesc, rstd, "rstdDesc", "rstd"},
                              epsilon});
               });
}

}  // extern "C"
