#include <miopen/miopen.h>

#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/lrn.h"

using namespace rdna1conv;

namespace {

using B = LrnBuffer;

LrnDescriptor& lrn_object(miopenLRNDescriptor_t descriptor) {
  return *reinterpret_cast<LrnDescriptor*>(&require(descriptor, "lrnDesc"));
}

FiveDims strides_of(const NamedTensor& tensor, const NamedTensor& x) {
  return strides_like(tensor, x, 4, 4);
}

LrnProblem problem_of(const LrnDescriptor& lrn, const NamedTensor& x, const NamedTensor& y) {
  const TensorDims dims = dims_of(x.descriptor, x.name, 4, 4);
  LrnProblem p;
  p.cross_channel = lrn.cross_channel;
  p.size = lrn.size;
  p.type = x.descriptor.type();
  p.lengths = dims.lengths;
  p.x_strides = dims.strides;
  p.y_strides = strides_of(y, x);
  return p;
}

LrnScalars scalars_of(const LrnDescriptor& lrn) {
  return {static_cast<float>(lrn.alpha), static_cast<float>(lrn.beta), static_cast<float>(lrn.k)};
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateLRNDescriptor(miopenLRNDescriptor_t* lrnDesc) {
  return guard({__func__, {{"lrnDesc", lrnDesc}}}, [&] {
    miopenLRNDescriptor_t& result = require(lrnDesc, "lrnDesc");
    result = reinterpret_cast<miopenLRNDescriptor_t>(new LrnDescriptor);
  });
}

miopenStatus_t miopenDestroyLRNDescriptor(miopenLRNDescriptor_t lrnDesc) {
  return guard({__func__, {{"lrnDesc", lrnDesc}}}, [&] { delete &lrn_object(lrnDesc); });
}

miopenStatus_t miopenSetLRNDescriptor(const miopenLRNDescriptor_t lrnDesc, miopenLRNMode_t mode,
                                      unsigned int lrnN, double lrnAlpha, double lrnBeta,
                                      double lrnK) {
  return guard({__func__,
                {{"lrnDesc", lrnDesc},
                 {"mode", mode},
                 {"lrnN", lrnN},
                 {"lrnAlpha", lrnAlpha},
                 {"lrnBeta", lrnBeta},
                 {"lrnK", lrnK}}},
               [&] {
                 LrnDescriptor& lrn = lrn_object(lrnDesc);
                 require_enumerator(mode, {miopenLRNWithinChannel, miopenLRNCrossChannel}, "mode",
                                    "miopenLRNMode_t");
                 // A window of nothing would divide by zero.
                 require_at_least(1, {{"lrnN", lrnN}});
                 lrn = {mode == miopenLRNCrossChannel, lrnN, lrnAlpha, lrnBeta, lrnK};
               });
}

miopenStatus_t miopenGetLRNDescriptor(const miopenLRNDescriptor_t lrnDesc, miopenLRNMode_t* mode,
                                      unsigned int* lrnN, double* lrnAlpha, double* lrnBeta,
                                      double* lrnK) {
  return guard({__func__, {{"lrnDesc", lrnDesc}}}, [&] {
    const LrnDescriptor& lrn = lrn_object(lrnDesc);
    require(mode, "mode") = lrn.cross_channel ? miopenLRNCrossChannel : miopenLRNWithinChannel;
    require(lrnN, "lrnN") = static_cast<unsigned>(lrn.size);
    require(lrnAlpha, "lrnAlpha") = lrn.alpha;
    require(lrnBeta, "lrnBeta") = lrn.beta;
    require(lrnK, "lrnK") = lrn.k;
  });
}

miopenStatus_t miopenLRNGetWorkSpaceSize(const miopenTensorDescriptor_t yDesc,
                                         size_t* workSpaceSize) {
  return guard({__func__, {{"yDesc", yDesc}, {"workSpaceSize", workSpaceSize}}}, [&] {
    const TensorDescriptor& y = object(yDesc, "yDesc");
    const TensorDims dims = dims_of(y, "yDesc", 4, 4);
    require(workSpaceSize, "workSpaceSize") =
        static_cast<std::size_t>(count_of(dims.lengths)) * sizeof(float);
  });
}

miopenStatus_t miopenLRNForward(miopenHandle_t handle, const miopenLRNDescriptor_t lrnDesc,
                                const void* alpha, const miopenTensorDescriptor_t xDesc,
                                const void* x, const void* beta,
                                const miopenTensorDescriptor_t yDesc, void* y, bool do_backward,
                                void* workSpace) {
  return guard({__func__,
                {{"handle", handle},
                 {"lrnDesc", lrnDesc},
                 {"alpha", alpha},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"beta", beta},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"do_backward", do_backward},
                 {"workSpace", workSpace}}},
               [&] {
                 Handle& owner = object(handle);
                 const LrnDescriptor& lrn = lrn_object(lrnDesc);
                 const NamedTensor x_tensor{object(xDesc, "xDesc"), "xDesc"},
                     y_tensor{object(yDesc, "yDesc"), "yDesc"};
                 LrnProblem p = problem_of(lrn, x_tensor, y_tensor);
                 for (const auto& [strides, name] :
                      {std::pair(p.x_strides, "xDesc"), std::pair(p.y_strides, "yDesc")}) {
                   if (!is_packed(p.lengths, strides))
                     throw Error(Status::kUnknownError, std::string(name) + " is not packed");
                 }
                 if (lrn.k == 0) throw Error(Status::kUnknownError, "lrnK is 0");
                 require_apart(y_tensor);
                 p.saves = do_backward;
                 const LrnScalars scalars = scalars_of(lrn);
                 OperatorRun run(owner);
                 run.add(B::kX, x, "x", p.type);
                 run.add(B::kY, y, "y", p.type);
                 if (p.saves) run.add(B::kSums, workSpace, "workSpace", DataType::kFloat);
                 run_operator(owner, "LogCmdLRN", p, run.with(scalars),
                              [&] { return to_driver_line(p, scalars); });
               });
}

miopenStatus_t miopenLRNBackward(miopenHandle_t handle, const miopenLRNDescriptor_t lrnDesc,
                                 const void* alpha, const miopenTensorDescriptor_t yDesc,
                                 const void* y, const miopenTensorDescriptor_t dyDesc,
                                 const void* dy, const miopenTensorDescriptor_t xDesc,
                                 const void* x, const void* beta,
                                 const miopenTensorDescriptor_t dxDesc, void* dx,
                                 const void* workSpace) {
  return guard({__func__,
                {{"handle", handle},
                 {"lrnDesc", lrnDesc},
                 {"alpha", alpha},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"dyDesc", dyDesc},
                 {"dy", dy},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"beta", beta},
                 {"dxDesc", dxDesc},
                 {"dx", dx},
                 {"workSpace", workSpace}}},
               [&] {
                 Handle& owner = object(handle);
                 const LrnDescriptor& lrn = lrn_object(lrnDesc);
                 const NamedTensor x_tensor{object(xDesc, "xDesc"), "xDesc"},
                     y_tensor{object(yDesc, "yDesc"), "yDesc"};
                 LrnProblem p = problem_of(lrn, x_tensor, y_tensor);
                 p.backward = true;
                 p.dy_strides = strides_of({object(dyDesc, "dyDesc"), "dyDesc"}, x_tensor);
                 const NamedTensor gradient{object(dxDesc, "dxDesc"), "dxDesc"};
                 p.dx_strides = strides_of(gradient, x_tensor);
                 require_apart(gradient);
                 const LrnScalars scalars = scalars_of(lrn);
                 OperatorRun run(owner);
                 run.add(B::kX, x, "x", p.type);
                 run.add(B::kY, y, "y", p.type);
                 run.add(B::kDy, dy, "dy", p.type);
                 run.add(B::kDx, dx, "dx", p.type);
                 run.add(B::kSums, workSpace, "workSpace", DataType::kFloat);
                 run_operator(owner, "LogCmdLRN", p, run.with(scalars),
                              [&] { return to_driver_line(p, scalars); });
               });
}

}  // extern "C"
