#include <miopen/miopen.h>

#include <array>
#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/host_scaling.h"
#include "api/named_tensor.h"
#include "api/objects.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/activation.h"

using namespace rdna1conv;

namespace {

using B = ActivationBuffer;

// The tensors' dimensions. Those of as many elements but other lengths are taken in the order in
// which they lie in memory, if they are packed: as one row.
// An array, for a call must not allocate.
using DimsOfAll = std::array<TensorDims, 4>;
DimsOfAll dims_of_all(std::initializer_list<NamedTensor> tensors) {
  const NamedTensor& first = *tensors.begin();
  DimsOfAll all;
  std::size_t count = 0;
  bool same_lengths = true, packed = true;
  for (const NamedTensor& tensor : tensors) {
    if (tensor.descriptor.type() != first.descriptor.type()) {
      throw Error(Status::kNotImplemented, std::string(tensor.name) + " is " +
                                               std::string(name_of(tensor.descriptor.type())) +
                                               ", " + first.name + " is " +
                                               std::string(name_of(first.descriptor.type())));
    }
    if (tensor.descriptor.elements() != first.descriptor.elements()) {
      throw Error(Status::kNotImplemented,
                  std::string(tensor.name) + " is " + lengths_text(tensor.descriptor.lengths()) +
                      ", " + first.name + " is " + lengths_text(first.descriptor.lengths()));
    }
    TensorDims& dims = all[count++];
    dims = dims_of(tensor.descriptor, tensor.name, 1, 5);
    same_lengths = same_lengths && dims.lengths == all.front().lengths;
    packed = packed && is_packed(dims.lengths, dims.strides);
  }
  if (same_lengths) return all;
  if (!packed) {
    throw Error(Status::kNotImplemented,
                "tensors of different lengths, of which one is not packed");
  }
  for (TensorDims& dims : all) {
    dims.lengths = {1, 1, 1, 1, first.descriptor.elements()};
    dims.strides = packed_strides(dims.lengths, Layout::kNchw);
  }
  return all;
}

ActivationProblem problem_of(const ActivationDescriptor& activation, DataType type,
                             const DimsOfAll& dims) {
  ActivationProblem p;
  p.activation = activation.mode;
  p.type = type;
  p.lengths = dims[0].lengths;
  p.x_strides = dims[0].strides;
  p.y_strides = dims[1].strides;
  return p;
}

ActivationScalars scalars_of(const ActivationDescriptor& activation) {
  return {static_cast<float>(activation.alpha), static_cast<float>(activation.beta),
          static_cast<float>(activation.gamma)};
}

}  // namespace

extern "C" {

miopenStatus_t miopenActivationForward(miopenHandle_t handle,
                                       const miopenActivationDescriptor_t activDesc,
                                       const void* alpha, const miopenTensorDescriptor_t xDesc,
                                       const void* x, const void* beta,
                                       const miopenTensorDescriptor_t yDesc, void* y) {
  return guard({__func__,
                {{"handle", handle},
                 {"activDesc", activDesc},
                 {"alpha", alpha},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"beta", beta},
                 {"yDesc", yDesc},
                 {"y", y}}},
               [&] {
                 Handle& owner = object(handle);
                 const ActivationDescriptor& activation = object(activDesc);
                 const TensorDescriptor& in = object(xDesc, "xDesc");
                 const TensorDescriptor& out = object(yDesc, "yDesc");
                 require_no_scaling(alpha, beta, Status::kUnknownError);
                 const ActivationProblem p = problem_of(
                     activation, in.type(), dims_of_all({{in, "xDesc"}, {out, "yDesc"}}));
                 require_apart({out, "yDesc"});
                 const ActivationScalars scalars = scalars_of(activation);
                 OperatorRun run(owner);
                 run.add(B::kX, x, "x", p.type);
                 run.add(B::kY, y, "y", p.type);
                 run_operator(owner, "LogCmdActivation", p, run.with(scalars),
                              [&] { return to_driver_line(p, scalars); });
               });
}

miopenStatus_t miopenActivationBackward(miopenHandle_t handle,
                                        const miopenActivationDescriptor_t activDesc,
                                        const void* alpha, const miopenTensorDescriptor_t yDesc,
                                        const void* y, const miopenTensorDescriptor_t dyDesc,
                                        const void* dy, const miopenTensorDescriptor_t xDesc,
                                        const void* x, const void* beta,
                                        const miopenTensorDescriptor_t dxDesc, void* dx) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"activDesc", activDesc},
        {"alpha", alpha},
        {"yDesc", yDesc},
        {"y", y},
        {"dyDesc", dyDesc},
        {"dy", dy},
        {"xDesc", xDesc},
        {"x", x},
        {"beta", beta},
        {"dxDesc", dxDesc},
        {"dx", dx}}},
      [&] {
        Handle& owner = object(handle);
        const ActivationDescriptor& activation = object(activDesc);
        const TensorDescriptor& in = object(xDesc, "xDesc");
        const TensorDescriptor& out = object(yDesc, "yDesc");
        const TensorDescriptor& out_gradient = object(dyDesc, "dyDesc");
        const TensorDescriptor& in_gradient = object(dxDesc, "dxDesc");
        require_no_scaling(alpha, beta, Status::kUnknownError);
        const auto dims = dims_of_all(
            {{in, "xDesc"}, {out, "yDesc"}, {out_gradient, "dyDesc"}, {in_gradient, "dxDesc"}});
        require_apart({in_gradient, "dxDesc"});
        ActivationProblem p = problem_of(activation, in.type(), dims);
        p.backward = true;
        p.dy_strides = dims[2].strides;
        p.dx_strides = dims[3].strides;
        const ActivationScalars scalars = scalars_of(activation);
        OperatorRun run(owner);
        run.add(B::kX, x, "x", p.type);
        run.add(B::kY, y, "y", p.type);
        run.add(B::kDy, dy, "dy", p.type);
        run.add(B::kDx, dx, "dx", p.type);
        run_operator(owner, "LogCmdActivation", p, run.with(scalars),
                     [&] { return to_driver_line(p, scalars); });
      });
}

}  // extern "C"
