#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/element_value.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/tensor_functions.h"

using namespace rdna1conv;

namespace {

using B = TensorBuffer;
// MIOpen's status of what is wrong with descriptors here.
constexpr Status kWrong = Status::kUnknownError;

[[noreturn]] void fail(const NamedTensor& tensor, const std::string& text) {
  throw Error(kWrong, std::string(tensor.name) + " is " + text);
}

// Strides of an operand of y, 0 along dimensions in which it has one element for all of y's.
FiveDims operand_strides(const NamedTensor& operand, const NamedTensor& y) {
  if (operand.descriptor.type() != y.descriptor.type()) {
    fail(operand, std::string(name_of(operand.descriptor.type())) + ", " + y.name + " is " +
                      std::string(name_of(y.descriptor.type())));
  }
  const TensorDims dims = dims_of(operand.descriptor, operand.name, 1, 5, kWrong);
  const TensorDims of_y = dims_of(y.descriptor, y.name, 1, 5, kWrong);
  FiveDims strides = dims.strides;
  bool fits = operand.descriptor.rank() == y.descriptor.rank();
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (dims.lengths[i] == of_y.lengths[i]) continue;
    fits = fits && dims.lengths[i] == 1;
    strides[i] = 0;
  }
  if (!fits) {
    fail(operand, lengths_text(operand.descriptor.lengths()) +
                      ", its lengths must be 1 or those of " + y.name + " " +
                      lengths_text(y.descriptor.lengths()));
  }
  return strides;
}

TensorProblem problem_of(TensorFunction function, const NamedTensor& y) {
  const TensorDims dims = dims_of(y.descriptor, y.name, 1, 5, kWrong);
  require_apart(y, kWrong);
  TensorProblem p;
  p.function = function;
  p.type = y.descriptor.type();
  p.lengths = dims.lengths;
  p.y_strides = dims.strides;
  return p;
}

double value_of(const void* value, DataType type) {
  return element_value(type, static_cast<const std::byte*>(value));
}

void run_with(Handle& handle, const TensorProblem& p, OperatorRun& run,
              const TensorScalars& scalars) {
  run_operator(handle, "LogCmdTensorOp", p, run.with(scalars),
               [&] { return to_driver_line(p, scalars); });
}

void set_tensor(Handle& handle, const TensorProblem& p, void* y, const void* value) {
  SetValue bits;
  if (value != nullptr) std::memcpy(&bits, value, bytes_of(p.type));
  OperatorRun run(handle);
  run.add(B::kY, y, "y", p.type);
  run_operator(handle, "LogCmdTensorOp", p, run.with(bits), [&] { return to_driver_line(p, {}); });
}

// What the first channels of both have in common, as tensors of their own.
NamedTensor with_channels(const NamedTensor& tensor, std::int64_t channels,
                          TensorDescriptor& storage) {
  std::vector<std::int64_t> lengths(tensor.descriptor.lengths().begin(),
                                    tensor.descriptor.lengths().end());
  lengths[1] = channels;
  storage = TensorDescriptor(tensor.descriptor.type(), lengths, tensor.descriptor.strides());
  return {storage, tensor.name};
}

// int8 with channels in fours: y has x's, and zeros up to its own number; or the first of x's.
void pad_channels(Handle& handle, const NamedTensor& x, const void* x_data, const NamedTensor& y,
                  void* y_data) {
  const std::int64_t from = x.descriptor.lengths()[1], to = y.descriptor.lengths()[1];
  const bool grows = from <= to;
  if (grows ? to % 4 != 0 || from <= to - 4 : from % 4 != 0) {
    fail(y, lengths_text(y.descriptor.lengths()) + ", " + x.name + " " +
                lengths_text(x.descriptor.lengths()) +
                ": int8 channels are padded to the next multiple of 4, or cut from one");
  }
  if (from < to) set_tensor(handle, problem_of(TensorFunction::kSet, y), y_data, nullptr);
  TensorDescriptor x_part, y_part;
  const std::int64_t common = std::min(from, to);
  const NamedTensor from_x = with_channels(x, common, x_part),
                    to_y = with_channels(y, common, y_part);
  TensorProblem p = problem_of(TensorFunction::kCopy, to_y);
  p.a_strides = operand_strides(from_x, to_y);
  OperatorRun run(handle);
  run.add(B::kA, x_data, "x", p.type);
  run.add(B::kY, y_data, "y", p.type);
  run_with(handle, p, run, {});
}

}  // namespace

extern "C" {

miopenStatus_t miopenOpTensor(miopenHandle_t handle, miopenTensorOp_t tensorOp, const void* alpha1,
                              const miopenTensorDescriptor_t aDesc, const void* A,
                              const void* alpha2, const miopenTensorDescriptor_t bDesc,
                              const void* B_data, const void* beta,
                              const miopenTensorDescriptor_t cDesc, void* C) {
  return guard({__func__,
                {{"handle", handle},
                 {"tensorOp", tensorOp},
                 {"alpha1", alpha1},
                 {"aDesc", aDesc},
                 {"A", A},
                 {"alpha2", alpha2},
                 {"bDesc", bDesc},
                 {"B", B_data},
                 {"beta", beta},
                 {"cDesc", cDesc},
                 {"C", C}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor a{object(aDesc, "aDesc"), "aDesc"},
                     b{object(bDesc, "bDesc"), "bDesc"}, c{object(cDesc, "cDesc"), "cDesc"};
                 require_pointer(A, "A");
                 require_pointer(B_data, "B");
                 require_pointer(C, "C");
                 require_enumerator(tensorOp, {miopenTensorOpAdd, miopenTensorOpMax}, "tensorOp",
                                    "miopenTensorOp_t");
                 TensorProblem p = problem_of(TensorFunction::kCombine, c);
                 p.operation = static_cast<TensorOperation>(tensorOp);
                 p.a_strides = operand_strides(a, c);
                 p.b_strides = operand_strides(b, c);
                 // Floats whatever the tensors are.
                 const TensorScalars scalars{require(static_cast<const float*>(alpha1), "alpha1"),
                                             require(static_cast<const float*>(alpha2), "alpha2"),
                                             require(static_cast<const float*>(beta), "beta")};
                 OperatorRun run(owner);
                 run.add(B::kA, A, "A", p.type);
                 run.add(B::kB, B_data, "B", p.type);
                 run.add(B::kY, C, "C", p.type);
                 run_with(owner, p, run, scalars);
               });
}

miopenStatus_t miopenSetTensor(miopenHandle_t handle, const miopenTensorDescriptor_t yDesc, void* y,
                               const void* alpha) {
  return guard({__func__, {{"handle", handle}, {"yDesc", yDesc}, {"y", y}, {"alpha", alpha}}}, [&] {
    Handle& owner = object(handle);
    const NamedTensor tensor{object(yDesc, "yDesc"), "yDesc"};
    require_pointer(y, "y");
    require_pointer(alpha, "alpha");
    set_tensor(owner, problem_of(TensorFunction::kSet, tensor), y, alpha);
  });
}

miopenStatus_t miopenScaleTensor(miopenHandle_t handle, const miopenTensorDescriptor_t yDesc,
                                 void* y, const void* alpha) {
  return guard({__func__, {{"handle", handle}, {"yDesc", yDesc}, {"y", y}, {"alpha", alpha}}}, [&] {
    Handle& owner = object(handle);
    const NamedTensor tensor{object(yDesc, "yDesc"), "yDesc"};
    require_pointer(y, "y");
    require_pointer(alpha, "alpha");
    const TensorProblem p = problem_of(TensorFunction::kScale, tensor);
    TensorScalars scalars;
    scalars.alpha1 = static_cast<float>(value_of(alpha, p.type));
    OperatorRun run(owner);
    run.add(B::kY, y, "y", p.type);
    run_with(owner, p, run, scalars);
  });
}

miopenStatus_t miopenTransformTensor(miopenHandle_t handle, const void* alpha,
                                     const miopenTensorDescriptor_t xDesc, const void* x,
                                     const void* beta, const miopenTensorDescriptor_t yDesc,
                                     void* y) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"alpha", alpha},
        {"xDesc", xDesc},
        {"x", x},
        {"beta", beta},
        {"yDesc", yDesc},
        {"y", y}}},
      [&] {
        Handle& owner = object(handle);
        const NamedTensor from{object(xDesc, "xDesc"), "xDesc"},
            to{object(yDesc, "yDesc"), "yDesc"};
        require_pointer(x, "x");
        require_pointer(y, "y");
        require_pointer(alpha, "alpha");
        require_pointer(beta, "beta");
        const DataType type = to.descriptor.type();
        const bool is_int8 = type == DataType::kInt8;
        // Of int8 tensors floats, else of the tensors' type.
        const DataType scalar_type = is_int8 ? DataType::kFloat : type;
        TensorScalars scalars;
        scalars.alpha1 = static_cast<float>(value_of(alpha, scalar_type));
        scalars.beta = static_cast<float>(value_of(beta, scalar_type));
        const bool is_copy = scalars.alpha1 == 1 && scalars.beta == 0;
        const std::size_t rank = to.descriptor.rank();
        if (from.descriptor.rank() != rank || from.descriptor.type() != type ||
            from.descriptor.lengths()[0] != to.descriptor.lengths()[0]) {
          fail(from, std::string(name_of(from.descriptor.type())) + " " +
                         lengths_text(from.descriptor.lengths()) + ", yDesc is " +
                         std::string(name_of(type)) + " " + lengths_text(to.descriptor.lengths()));
        }
        if (is_int8 && !is_copy) {
          throw Error(Status::kNotImplemented,
                      "int8 tensors are transformed with alpha 1 and beta 0 only");
        }
        if (is_int8 && rank >= 3 && from.descriptor.lengths()[1] != to.descriptor.lengths()[1]) {
          pad_channels(owner, from, x, to, y);
          return;
        }
        TensorProblem p =
            problem_of(is_copy ? TensorFunction::kCopy : TensorFunction::kTransform, to);
        p.a_strides = operand_strides(from, to);
        if (dims_of(from.descriptor, from.name, 1, 5, kWrong).lengths != p.lengths)
          fail(from, lengths_text(from.descriptor.lengths()) + ", yDesc is " +
                         lengths_text(to.descriptor.lengths()));
        OperatorRun run(owner);
        run.add(B::kA, x, "x", p.type);
        run.add(B::kY, y, "y", p.type);
        run_with(owner, p, run, scalars);
      });
}

}  // extern "C"
