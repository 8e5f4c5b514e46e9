#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/operators/bias.h"
#include "core/tensor_dims.h"
#include "device/device_query.h"
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

// What the client allots no workspace for comes from the handle, where its stream allows that.
void run_backward(Handle& owner, const ReduceProblem& whole, OperatorRun& run,
                  const ReduceScalars& scalars) {
  ReduceProblem reduce = whole;
  reduce.may_split = StreamScratch::serves(owner.stream);
  const std::size_t bytes = operator_plan(owner, reduce).instance.workspace_bytes;
  if (bytes == 0) {
    queue_operator(owner, reduce, run.with(scalars));
    return;
  }
  const ScopedDevice current(owner.device);
  owner.scratch.use(owner.stream, bytes, [&](void* memory) {
    run.set(ReduceBuffer::kWorkspace, memory);
    queue_operator(owner, reduce, run.with(scalars));
  });
}

// Whose text form is logged.
void log_bias(const char* function, const BiasProblem& problem, const BiasScalars& scalars) {
  if (are_commands_logged()) log_command(function, to_driver_line(problem, scalars));
}

}  // namespace

extern "C" {

miopenStatus_t miopenConvolutionForwardBias(miopenHandle_t handle, const void* alpha,
                                            const miopenTensorDescriptor_t bDesc, const void* b,
                                            const void* beta, const miopenTensorDescriptor_t yDesc,
                                            void* y) {
  return guard({__func__,
                {{"handle", handle},
                 {"alpha", alpha},
                 {"bDesc", bDesc},
                 {"b", b},
                 {"beta", beta},
                 {"yDesc", yDesc},
                 {"y", y}}},
               [&] {
                 Handle& owner = object(handle);
                 const BiasProblem problem = problem_of(false, object(yDesc, "yDesc"), "yDesc",
                                                        object(bDesc, "bDesc"), "bDesc");
                 require_apart({object(yDesc, "yDesc"), "yDesc"});
                 const BiasScalars scalars{require(static_cast<const float*>(alpha), "alpha"),
                                           require(static_cast<const float*>(beta), "beta")};
                 OperatorRun run(owner);
                 run.add(TensorBuffer::kA, b, "b", problem.type);
                 run.add(TensorBuffer::kY, y, "y", problem.type);
                 log_bias("ConvolutionForwardBias", problem, scalars);
                 queue_operator(owner, forward_bias(problem),
                                run.with(TensorScalars{scalars.alpha, 1, scalars.beta}));
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
                 require_apart({object(dbDesc, "dbDesc"), "dbDesc"});
                 const BiasScalars scalars{require(static_cast<const float*>(alpha), "alpha"),
                                           require(static_cast<const float*>(beta), "beta")};
                 OperatorRun run(owner);
                 run.add(ReduceBuffer::kA, dy, "dy", problem.type);
                 run.add(ReduceBuffer::kC, db, "db", problem.type);
                 log_bias("ConvolutionBackwardBias", problem, scalars);
                 run_backward(owner, backward_bias(problem), run, {scalars.alpha, scalars.beta});
               });
}

}  // extern "C"
