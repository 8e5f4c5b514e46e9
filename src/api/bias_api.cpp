#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"

using namespace rdna1conv;

namespace {

// The bias call of these descriptors, or Error (kBadParm) naming the one at fault.
BiasProblem problem_of(bool backward, const TensorDescriptor& y, const char* y_name,
                       const TensorDescriptor& bias, const char* bias_name) {
  const TensorDims dims = dims_of(y, y_name, 3, 5);
  const auto is_one = [](std::int64_t length) { return length == 1; };
  const auto lengths = bias.lengths();
  if (bias.rank() != y.rank() || lengths[0] != 1 || lengths[1] != y.lengths()[1] ||
      !std::all_of(lengths.begin() + 2, lengths.end(), is_one)) {
    throw Error(Status::kBadParm, std::string(bias_name) + " is " + lengths_text(lengths) +
                                      ", must have one value for each channel of " + y_name + " " +
                                      lengths_text(y.lengths()) + " and as many dimensions");
  }
  if (bias.type() != y.type()) {
    throw Error(Status::kBadParm, std::string(bias_name) + " is " +
                                      std::string(name_of(bias.type())) + ", " + y_name + " is " +
                                      std::string(name_of(y.type())));
  }
  BiasProblem problem;
  problem.backward = backward;
  problem.type = y.type();
  problem.lengths = dims.lengths;
  problem.strides = dims.strides;
  problem.bias_stride = bias.strides()[1];
  return problem;
}

Buffers buffers_of(const void* y, const void* bias, const EpilogueScalars& scalars) {
  Buffers buffers;
  buffers.y = const_cast<void*>(y);
  buffers.bias = bias;
  buffers.scalars = scalars;
  return buffers;
}

}  // namespace

extern "C" {

miopenStatus_t miopenConvolutionForwardBias(miopenHandle_t handle, const void* alpha,
                                            const miopenTensorDescriptor_t bDesc, const void* b,
                                            const void* beta, const miopenTensorDescriptor_t yDesc,
                                            void* y) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"alpha", alpha},
        {"bDesc", bDesc},
        {"b", b},
        {"beta", beta},
        {"yDesc", yDesc},
        {"y", y}}},
      [&] {
        Handle& owner = object(handle);
        const BiasProblem problem =
            problem_of(false, object(yDesc, "yDesc"), "yDesc", object(bDesc, "bDesc"), "bDesc");
        require_apart({object(yDesc, "yDesc"), "yDesc"});
        EpilogueScalars scalars;
        scalars.alpha = require(static_cast<const float*>(alpha), "alpha");
        scalars.beta = require(static_cast<const float*>(beta), "beta");
        const void* const bias = device_argument(owner, b, "b", problem.type);
        const void* const out = device_argument(owner, y, "y", problem.type);
        run_operator(owner, "ConvolutionForwardBias", problem, buffers_of(out, bias, scalars));
      });
}

miopenStatus_t miopenConvolutionBackwardBias(miopenHandle_t handle, const void* alpha,
                                             const miopenTensorDescriptor_t dyDesc, const void* dy,
                                             const void* beta,
                                             const miopenTensorDescriptor_t dbDesc, void* db) {
  return guard({__func__,
                {{"handle", handle},
                 {"alpha", alpha},
                 {"dyDesc", dyDesc},
                 {"dy", dy},
                 {"beta", beta},
                 {"dbDesc", dbDesc},
                 {"db", db}}},
               [&] {
                 Handle& owner = object(handle);
                 const BiasProblem problem = problem_of(true, object(dyDesc, "dyDesc"), "dyDesc",
                                                        object(dbDesc, "dbDesc"), "dbDesc");
                 const float scale = require(static_cast<const float*>(alpha), "alpha");
                 const float kept = require(static_cast<const float*>(beta), "beta");
                 if (scale != 1.0f || kept != 0.0f) {
                   throw Error(Status::kUnknownError, "alpha is " + std::to_string(scale) +
                                                          " and beta " + std::to_string(kept) +
                                                          ", only 1 and 0 are supported");
                 }
                 const void* const in = device_argument(owner, dy, "dy", problem.type);
                 const void* const bias = device_argument(owner, db, "db", problem.type);
                 run_operator(owner, "ConvolutionBackwardBias", problem, buffers_of(in, bias, {}));
               });
}

}  // extern "C"
