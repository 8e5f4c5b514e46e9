#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "api/objects.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/softmax.h"

using namespace rdna1conv;

namespace {

using B = SoftmaxBuffer;

FiveDims strides_of(const NamedTensor& tensor, const NamedTensor& like) {
  return strides_like(tensor, like, 4, 5);
}

void check(miopenSoftmaxAlgorithm_t algorithm, miopenSoftmaxMode_t mode) {
  require_enumerator(algorithm, {MIOPEN_SOFTMAX_FAST, MIOPEN_SOFTMAX_LOG}, "algorithm",
                     "miopenSoftmaxAlgorithm_t");
  require_enumerator(mode, {MIOPEN_SOFTMAX_MODE_INSTANCE, MIOPEN_SOFTMAX_MODE_CHANNEL}, "mode",
                     "miopenSoftmaxMode_t");
}

// FAST is served as ACCURATE: the same numbers, and no overflow.
SoftmaxProblem problem_of(const NamedTensor& like, miopenSoftmaxAlgorithm_t algorithm,
                          miopenSoftmaxMode_t mode) {
  check(algorithm, mode);
  SoftmaxProblem p;
  p.is_log = algorithm == MIOPEN_SOFTMAX_LOG;
  p.of_channels = mode == MIOPEN_SOFTMAX_MODE_CHANNEL;
  p.type = like.descriptor.type();
  p.lengths = dims_of(like.descriptor, like.name, 4, 5).lengths;
  return p;
}

SoftmaxScalars scalars_of(const void* alpha, const void* beta) {
  return {require(static_cast<const float*>(alpha), "alpha"),
          require(static_cast<const float*>(beta), "beta")};
}

miopenStatus_t forward(const char* function, miopenHandle_t handle, const void* alpha,
                       miopenTensorDescriptor_t x_desc, const void* x, const void* beta,
                       miopenTensorDescriptor_t y_desc, void* y, miopenSoftmaxAlgorithm_t algorithm,
                       miopenSoftmaxMode_t mode) {
  return guard({function,
                {{"handle", handle},
                 {"alpha", alpha},
                 {"xDesc", x_desc},
                 {"x", x},
                 {"beta", beta},
                 {"yDesc", y_desc},
                 {"y", y},
                 {"algorithm", algorithm},
                 {"mode", mode}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor in{object(x_desc, "xDesc"), "xDesc"},
                     out{object(y_desc, "yDesc"), "yDesc"};
                 const SoftmaxScalars scalars = scalars_of(alpha, beta);
                 SoftmaxProblem p = problem_of(in, algorithm, mode);
                 p.x_strides = strides_of(in, in);
                 p.y_strides = strides_of(out, in);
                 require_apart(out);
                 OperatorRun run(owner);
                 run.add(B::kX, x, "x", p.type);
                 run.add(B::kY, y, "y", p.type);
                 run_operator(owner, "LogCmdSoftmax", p, run.with(scalars),
                              [&] { return to_driver_line(p, scalars); });
               });
}

miopenStatus_t backward(const char* function, miopenHandle_t handle, const void* alpha,
                        miopenTensorDescriptor_t y_desc, const void* y,
                        miopenTensorDescriptor_t dy_desc, const void* dy, const void* beta,
                        miopenTensorDescriptor_t dx_desc, void* dx,
                        miopenSoftmaxAlgorithm_t algorithm, miopenSoftmaxMode_t mode) {
  return guard({function,
                {{"handle", handle},
                 {"alpha", alpha},
                 {"yDesc", y_desc},
                 {"y", y},
                 {"dyDesc", dy_desc},
                 {"dy", dy},
                 {"beta", beta},
                 {"dxDesc", dx_desc},
                 {"dx", dx},
                 {"algorithm", algorithm},
                 {"mode", mode}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor out{object(y_desc, "yDesc"), "yDesc"};
                 const SoftmaxScalars scalars = scalars_of(alpha, beta);
                 SoftmaxProblem p = problem_of(out, algorithm, mode);
                 p.backward = true;
                 p.y_strides = strides_of(out, out);
                 p.dy_strides = strides_of({object(dy_desc, "dyDesc"), "dyDesc"}, out);
                 const NamedTensor gradient{object(dx_desc, "dxDesc"), "dxDesc"};
                 p.dx_strides = strides_of(gradient, out);
                 require_apart(gradient);
                 OperatorRun run(owner);
                 run.add(B::kY, y, "y", p.type);
                 run.add(B::kDy, dy, "dy", p.type);
                 run.add(B::kDx, dx, "dx", p.type);
                 run_operator(owner, "LogCmdSoftmax", p, run.with(scalars),
                              [&] { return to_driver_line(p, scalars); });
               });
}

}  // namespace

extern "C" {

miopenStatus_t miopenSoftmaxForward(miopenHandle_t handle, const void* alpha,
                                    const miopenTensorDescriptor_t xDesc, const void* x,
                                    const void* beta, const miopenTensorDescriptor_t yDesc,
                                    void* y) {
  return forward(__func__, handle, alpha, xDesc, x, beta, yDesc, y, MIOPEN_SOFTMAX_ACCURATE,
                 MIOPEN_SOFTMAX_MODE_CHANNEL);
}

miopenStatus_t miopenSoftmaxForward_V2(miopenHandle_t handle, const void* alpha,
                                       const miopenTensorDescriptor_t xDesc, const void* x,
                                       const void* beta, const miopenTensorDescriptor_t yDesc,
                                       void* y, miopenSoftmaxAlgorithm_t algorithm,
                                       miopenSoftmaxMode_t mode) {
  return forward(__func__, handle, alpha, xDesc, x, beta, yDesc, y, algorithm, mode);
}

miopenStatus_t miopenSoftmaxBackward(miopenHandle_t handle, const void* alpha,
                                     const miopenTensorDescriptor_t yDesc, const void* y,
                                     const miopenTensorDescriptor_t dyDesc, const void* dy,
                                     const void* beta, const miopenTensorDescriptor_t dxDesc,
                                     void* dx) {
  return backward(__func__, handle, alpha, yDesc, y, dyDesc, dy, beta, dxDesc, dx,
                  MIOPEN_SOFTMAX_ACCURATE, MIOPEN_SOFTMAX_MODE_CHANNEL);
}

miopenStatus_t miopenSoftmaxBackward_V2(miopenHandle_t handle, const void* alpha,
                                        const miopenTensorDescriptor_t yDesc, const void* y,
                                        const miopenTensorDescriptor_t dyDesc, const void* dy,
                                        const void* beta, const miopenTensorDescriptor_t dxDesc,
                                        void* dx, miopenSoftmaxAlgorithm_t algorithm,
                                        miopenSoftmaxMode_t mode) {
  return backward(__func__, handle, alpha, yDesc, y, dyDesc, dy, beta, dxDesc, dx, algorithm, mode);
}

miopenStatus_t miopenCreateSoftmaxDescriptor(miopenSoftmaxDescriptor_t* softmaxDesc) {
  return guard({__func__, {{"softmaxDesc", softmaxDesc}}}, [&] {
    miopenSoftmaxDescriptor_t& result = require(softmaxDesc, "softmaxDesc");
    result = reinterpret_cast<miopenSoftmaxDescriptor_t>(new SoftmaxDescriptor);
  });
}

miopenStatus_t miopenSetSoftmaxDescriptor(miopenSoftmaxDescriptor_t softmaxDesc, float alpha,
                                          float beta, miopenSoftmaxAlgorithm_t algorithm,
                                          miopenSoftmaxMode_t mode) {
  return guard({__func__,
                {{"softmaxDesc", softmaxDesc},
                 {"alpha", static_cast<double>(alpha)},
                 {"beta", static_cast<double>(beta)},
                 {"algorithm", algorithm},
                 {"mode", mode}}},
               [&] {
                 SoftmaxDescriptor& softmax = object(softmaxDesc);
                 check(algorithm, mode);
                 softmax = {{alpha, beta},
                            algorithm == MIOPEN_SOFTMAX_LOG,
                            algorithm == MIOPEN_SOFTMAX_FAST,
                            mode == MIOPEN_SOFTMAX_MODE_CHANNEL};
               });
}

miopenStatus_t miopenGetSoftmaxDescriptor(const miopenSoftmaxDescriptor_t softmaxDesc, float* alpha,
                                          float* beta, miopenSoftmaxAlgorithm_t* algorithm,
                                          miopenSoftmaxMode_t* mode) {
  return guard({__func__, {{"softmaxDesc", softmaxDesc}}}, [&] {
    const SoftmaxDescriptor& softmax = object(softmaxDesc);
    require(alpha, "alpha") = softmax.scalars.alpha;
    require(beta, "beta") = softmax.scalars.beta;
    require(algorithm, "algorithm") = softmax.is_log    ? MIOPEN_SOFTMAX_LOG
                                      : softmax.is_fast ? MIOPEN_SOFTMAX_FAST
                                                        : MIOPEN_SOFTMAX_ACCURATE;
    require(mode, "mode") =
        softmax.of_channels ? MIOPEN_SOFTMAX_MODE_CHANNEL : MIOPEN_SOFTMAX_MODE_INSTANCE;
  });
}

}  // extern "C"
