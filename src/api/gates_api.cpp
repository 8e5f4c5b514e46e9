// Gated linear units and rotary position embedding.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/gates.h"

using namespace rdna1conv;

namespace {

using B = GateBuffer;

// Of tensors like `half`, which is y or dy; x and dx are twice as long along `dimension`.
GluProblem problem_of(const NamedTensor& half, const NamedTensor& x, std::uint32_t dimension) {
  const TensorDims y = dims_of(half.descriptor, half.name, 1, 5),
                   whole = dims_of(x.descriptor, x.name, 1, 5);
  const std::size_t rank = x.descriptor.rank();
  const std::size_t at = place_of_dimension(checked_dimension(x, dimension), rank);
  FiveDims doubled = y.lengths;
  doubled[at] *= 2;
  if (doubled != whole.lengths || half.descriptor.rank() != rank ||
      half.descriptor.type() != x.descriptor.type()) {
    throw Error(Status::kBadParm, text_of(half) + ", needs half of " + x.name + " " +
                                      std::string(name_of(x.descriptor.type())) + " " +
                                      lengths_text(x.descriptor.lengths()) + " along " +
                                      std::to_string(dimension));
  }
  GluProblem p;
  p.type = x.descriptor.type();
  p.lengths = y.lengths;
  p.dimension = static_cast<std::int64_t>(at);
  p.y_strides = y.strides;
  p.x_strides = whole.strides;
  p.x_half = y.lengths[at] * whole.strides[at];
  canonicalize_strides(p.lengths, p.x_strides);
  return p;
}

// Packed tensors of which the first two and the last two are alike.
RopeProblem rope_problem(const NamedTensor& x, const NamedTensor& y, const NamedTensor& cos,
                         const NamedTensor& sin) {
  for (const NamedTensor& tensor : {x, y, cos, sin}) {
    const bool is_angle = tensor.name == cos.name || tensor.name == sin.name;
    strides_like(tensor, is_angle ? cos : x, 1, 5);
    const TensorDims dims = dims_of(tensor.descriptor, tensor.name, 1, 5);
    FiveDims packed = packed_strides(dims.lengths, Layout::kNchw);
    canonicalize_strides(dims.lengths, packed);
    if (dims.strides != packed)
      throw Error(Status::kNotImplemented, std::string(tensor.name) + " is not packed");
  }
  RopeProblem p;
  p.type = x.descriptor.type();
  p.elements = x.descriptor.elements();
  p.period = cos.descriptor.elements();
  if (cos.descriptor.type() != p.type || p.period % 2 != 0 || p.elements % p.period != 0) {
    throw Error(Status::kBadParm, text_of(cos) + ", needs pairs of " +
                                      std::string(name_of(p.type)) + " of which " + x.name + " " +
                                      lengths_text(x.descriptor.lengths()) + " is a multiple");
  }
  return p;
}

void run_rope(Handle& handle, RopeProblem p, bool backward, const void* x, const void* cos,
              const void* sin, const void* y) {
  p.backward = backward;
  OperatorRun run(handle);
  run.add(B::kX, x, backward ? "dy" : "x", p.type);
  run.add(B::kCos, cos, "cos", p.type);
  run.add(B::kSin, sin, "sin", p.type);
  run.add(B::kY, y, backward ? "dx" : "y", p.type);
  run_operator(handle, "LogCmdRoPE", p, run.arguments());
}

}  // namespace

extern "C" {

miopenStatus_t miopenGLUForward(miopenHandle_t handle, const miopenTensorDescriptor_t inputDesc,
                                const void* input, const miopenTensorDescriptor_t outputDesc,
                                void* output, const uint32_t dim) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"inputDesc", inputDesc},
        {"input", input},
        {"outputDesc", outputDesc},
        {"output", output},
        {"dim", dim}}},
      [&] {
        Handle& owner = object(handle);
        const NamedTensor y{object(outputDesc, "outputDesc"), "outputDesc"};
        const GluProblem p = problem_of(y, {object(inputDesc, "inputDesc"), "inputDesc"}, dim);
        require_apart(y);
        OperatorRun run(owner);
        run.add(B::kX, input, "input", p.type);
        run.add(B::kY, output, "output", p.type);
        run_operator(owner, "LogCmdGLU", p, run.arguments());
      });
}

miopenStatus_t miopenGLUBackward(miopenHandle_t handle, const miopenTensorDescriptor_t inputDesc,
                                 const void* input, const miopenTensorDescriptor_t outputGradDesc,
                                 const void* outputGrad,
                                 const miopenTensorDescriptor_t inputGradDesc, void* inputGrad,
                                 const uint32_t dim) {
  return guard({__func__,
                {{"handle", handle},
                 {"inputDesc", inputDesc},
                 {"input", input},
                 {"outputGradDesc", outputGradDesc},
                 {"outputGrad", outputGrad},
                 {"inputGradDesc", inputGradDesc},
                 {"inputGrad", inputGrad},
                 {"dim", dim}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor dy{object(outputGradDesc, "outputGradDesc"), "outputGradDesc"};
                 GluProblem p = problem_of(dy, {object(inputDesc, "inputDesc"), "inputDesc"}, dim);
                 const NamedTensor dx{object(inputGradDesc, "inputGradDesc"), "inputGradDesc"};
                 const GluProblem of_dx = problem_of(dy, dx, dim);
                 require_apart(dx);
                 p.backward = true;
                 p.dx_strides = of_dx.x_strides;
                 p.dx_half = of_dx.x_half;
                 OperatorRun run(owner);
                 run.add(B::kX, input, "input", p.type);
                 run.add(B::kDy, outputGrad, "outputGrad", p.type);
                 run.add(B::kY, inputGrad, "inputGrad", p.type);
                 run_operator(owner, "LogCmdGLU", p, run.arguments());
               });
}

miopenStatus_t miopenRoPEForward(miopenHandle_t handle, const miopenTensorDescriptor_t xDesc,
                                 const void* x, const miopenTensorDescriptor_t cosDesc,
                                 const void* cos, const miopenTensorDescriptor_t sinDesc,
                                 const void* sin, const miopenTensorDescriptor_t yDesc, void* y) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"xDesc", xDesc},
        {"x", x},
        {"cosDesc", cosDesc},
        {"cos", cos},
        {"sinDesc", sinDesc},
        {"sin", sin},
        {"yDesc", yDesc},
        {"y", y}}},
      [&] {
        Handle& owner = object(handle);
        run_rope(owner,
                 rope_problem({object(xDesc, "xDesc"), "xDesc"}, {object(yDesc, "yDesc"), "yDesc"},
                              {object(cosDesc, "cosDesc"), "cosDesc"},
                              {object(sinDesc, "sinDesc"), "sinDesc"}),
                 false, x, cos, sin, y);
      });
}

miopenStatus_t miopenRoPEBackward(miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
                                  const void* dy, const miopenTensorDescriptor_t cosDesc,
                                  const void* cos, const miopenTensorDescriptor_t sinDesc,
                                  const void* sin, const miopenTensorDescriptor_t dxDesc,
                                  void* dx) {
  return guard({__func__,
                {{"handle", handle},
                 {"dyDesc", dyDesc},
                 {"dy", dy},
                 {"cosDesc", cosDesc},
                 {"cos", cos},
                 {"sinDesc", sinDesc},
                 {"sin", sin},
                 {"dxDesc", dxDesc},
                 {"dx", dx}}},
               [&] {
                 Handle& owner = object(handle);
                 run_rope(owner,
                          rope_problem({object(dyDesc, "dyDesc"), "dyDesc"},
                                       {object(dxDesc, "dxDesc"), "dxDesc"},
                                       {object(cosDesc, "cosDesc"), "cosDesc"},
                                       {object(sinDesc, "sinDesc"), "sinDesc"}),
                          true, dy, cos, sin, dx);
               });
}

}  // extern "C"
