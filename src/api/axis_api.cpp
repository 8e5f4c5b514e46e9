// Reductions along one dimension, and the tensors that are joined along one.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <string>
#include <vector>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/axis.h"
#include "solvers/operators/tensor_functions.h"

using namespace rdna1conv;

namespace {

using B = AxisBuffer;

// The strides of what x is reduced to, in x's dimensions and 0 along the reduced one. Its
// descriptor has x's lengths without `dimension`, or 1 in its place.
FiveDims strides_of_reduced(const NamedTensor& tensor, const NamedTensor& x, std::size_t dimension,
                            DataType type) {
  const TensorDescriptor &to = tensor.descriptor, &from = x.descriptor;
  const bool keeps = to.rank() == from.rank();
  FiveDims strides{};
  bool fits = (keeps || to.rank() + 1 == from.rank()) && to.type() == type;
  for (std::size_t i = 0, j = 0; i < from.rank() && fits; ++i) {
    if (i == dimension && !keeps) continue;
    fits = to.lengths()[j] == (i == dimension ? 1 : from.lengths()[i]);
    if (i != dimension && from.lengths()[i] != 1)
      strides[place_of_dimension(i, from.rank())] = to.strides()[j];
    ++j;
  }
  if (fits) {
    require_apart(tensor);
    return strides;
  }
  throw Error(Status::kBadParm, text_of(tensor) + ", needs " + std::string(name_of(type)) + " of " +
                                    x.name + " " + lengths_text(from.lengths()) +
                                    " without dimension " + std::to_string(dimension));
}

AxisProblem problem_of(AxisOperation operation, const NamedTensor& x, std::size_t dimension) {
  const TensorDims dims = dims_of(x.descriptor, x.name, 1, 5);
  AxisProblem p;
  p.operation = operation;
  p.type = x.descriptor.type();
  p.lengths = dims.lengths;
  p.x_strides = dims.strides;
  p.dimension = static_cast<std::int64_t>(place_of_dimension(dimension, x.descriptor.rank()));
  return p;
}

// A sum of a tensor with one dimension has one element in one dimension.
FiveDims strides_of_sum(const NamedTensor& y, const NamedTensor& x, std::size_t dimension) {
  return strides_of_reduced(y, x, dimension, x.descriptor.type());
}

void check(miopenReduceCalculationOp_t operation) {
  require_enumerator(operation, {MIOPEN_REDUCE_CALCULATION_PROD, MIOPEN_REDUCE_CALCULATION_SUM},
                     "reduceCalculationOp", "miopenReduceCalculationOp_t");
}

}  // namespace

extern "C" {

miopenStatus_t miopenGetReduceCalculationWorkspaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t xDesc, const int32_t dim,
    const miopenReduceCalculationOp_t reduceCalculationOp,
    const miopenTensorDescriptor_t reduceDesc, size_t* sizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"xDesc", xDesc},
                 {"dim", dim},
                 {"reduceCalculationOp", reduceCalculationOp},
                 {"reduceDesc", reduceDesc},
                 {"sizeInBytes", sizeInBytes}}},
               [&] {
                 object(handle);
                 const NamedTensor x{object(xDesc, "xDesc"), "xDesc"};
                 check(reduceCalculationOp);
                 strides_of_sum({object(reduceDesc, "reduceDesc"), "reduceDesc"}, x,
                                checked_dimension(x, dim));
                 require(sizeInBytes, "sizeInBytes") = 0;
               });
}

miopenStatus_t miopenReduceCalculationForward(
    miopenHandle_t handle, miopenReduceCalculationNanPropagation_t nanPropagation, void* workspace,
    size_t workspaceSizeInBytes, const miopenTensorDescriptor_t xDesc, const void* x,
    const int32_t dim, const miopenReduceCalculationOp_t reduceCalculationOp,
    const miopenTensorDescriptor_t reduceDesc, void* y) {
  return guard({__func__,
                {{"handle", handle},
                 {"nanPropagation", nanPropagation},
                 {"workspace", workspace},
                 {"workspaceSizeInBytes", workspaceSizeInBytes},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"dim", dim},
                 {"reduceCalculationOp", reduceCalculationOp},
                 {"reduceDesc", reduceDesc},
                 {"y", y}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor from{object(xDesc, "xDesc"), "xDesc"};
                 check(reduceCalculationOp);
                 const std::size_t dimension = checked_dimension(from, dim);
                 AxisProblem p =
                     problem_of(static_cast<AxisOperation>(reduceCalculationOp), from, dimension);
                 p.y_strides = strides_of_sum({object(reduceDesc, "reduceDesc"), "reduceDesc"},
                                              from, dimension);
                 // By the value's name; MIOpen's kernel does it the other way round.
                 p.skips_nan = nanPropagation == MIOPEN_REDUCE_CALCULATION_NOT_PROPAGATE_NAN;
                 OperatorRun run(owner);
                 run.add(B::kX, x, "x", p.type);
                 run.add(B::kY, y, "y", p.type);
                 run_operator(owner, "LogCmdReduceCalculation", p, run.arguments());
               });
}

miopenStatus_t miopenReduceExtremeForward(miopenHandle_t handle,
                                          const miopenTensorDescriptor_t xDesc, const void* x,
                                          const int32_t dim,
                                          const miopenReduceExtremeOp_t reduceExtremeOp,
                                          const miopenTensorDescriptor_t yDesc, void* y,
                                          const miopenTensorDescriptor_t indiceDesc, void* indice) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"xDesc", xDesc},
        {"x", x},
        {"dim", dim},
        {"reduceExtremeOp", reduceExtremeOp},
        {"yDesc", yDesc},
        {"y", y},
        {"indiceDesc", indiceDesc},
        {"indice", indice}}},
      [&] {
        Handle& owner = object(handle);
        const NamedTensor from{object(xDesc, "xDesc"), "xDesc"};
        require_enumerator(reduceExtremeOp,
                           {MIOPEN_REDUCE_EXTREME_ARGMIN, MIOPEN_REDUCE_EXTREME_MAX},
                           "reduceExtremeOp", "miopenReduceExtremeOp_t");
        constexpr int kFirst = static_cast<int>(AxisOperation::kArgMin) -
                               static_cast<int>(MIOPEN_REDUCE_EXTREME_ARGMIN);
        const std::size_t dimension = checked_dimension(from, dim);
        AxisProblem p =
            problem_of(static_cast<AxisOperation>(kFirst + reduceExtremeOp), from, dimension);
        p.index_strides = strides_of_reduced({object(indiceDesc, "indiceDesc"), "indiceDesc"}, from,
                                             dimension, DataType::kInt32);
        OperatorRun run(owner);
        run.add(B::kX, x, "x", p.type);
        if (p.has_values()) {
          p.y_strides =
              strides_of_reduced({object(yDesc, "yDesc"), "yDesc"}, from, dimension, p.type);
          run.add(B::kY, y, "y", p.type);
        }
        run.add(B::kIndices, indice, "indice", DataType::kInt32);
        run_operator(owner, "LogCmdReduceExtreme", p, run.arguments());
      });
}

miopenStatus_t miopenKthvalueForward(miopenHandle_t handle, miopenTensorDescriptor_t inputDesc,
                                     const void* input, miopenTensorDescriptor_t outputDesc,
                                     void* output, miopenTensorDescriptor_t indicesDesc,
                                     size_t* indices, size_t k, int32_t dim, bool keepDim) {
  return guard({__func__,
                {{"handle", handle},
                 {"inputDesc", inputDesc},
                 {"input", input},
                 {"outputDesc", outputDesc},
                 {"output", output},
                 {"indicesDesc", indicesDesc},
                 {"indices", indices},
                 {"k", k},
                 {"dim", dim},
                 {"keepDim", keepDim}}},
               [&] {
                 Handle& owner = object(handle);
                 const NamedTensor from{object(inputDesc, "inputDesc"), "inputDesc"};
                 const auto rank = static_cast<std::int64_t>(from.descriptor.rank());
                 const std::size_t dimension = checked_dimension(from, dim < 0 ? dim + rank : dim);
                 const auto length = static_cast<std::size_t>(from.descriptor.lengths()[dimension]);
                 if (k < 1 || k > length) {
                   throw Error(Status::kBadParm, "k is " + std::to_string(k) + ", dimension " +
                                                     std::to_string(dimension) + " has " +
                                                     std::to_string(length) + " elements");
                 }
                 AxisProblem p = problem_of(AxisOperation::kKthValue, from, dimension);
                 p.y_strides = strides_of_reduced({object(outputDesc, "outputDesc"), "outputDesc"},
                                                  from, dimension, p.type);
                 // Size_t whatever the descriptor says, as MIOpen's tests have it.
                 const NamedTensor at{object(indicesDesc, "indicesDesc"), "indicesDesc"};
                 p.index_strides = strides_of_reduced(at, from, dimension, at.descriptor.type());
                 const KthValueScalars scalars{static_cast<std::uint32_t>(k)};
                 OperatorRun run(owner);
                 run.add(B::kX, input, "input", p.type);
                 run.add(B::kY, output, "output", p.type);
                 run.add(B::kIndices, indices, "indices", DataType::kInt64);
                 run_operator(owner, "LogCmdKthvalue", p, run.with(scalars),
                              [&] { return to_driver_line(p, scalars); });
               });
}

// A copy for each x to its part of y.
miopenStatus_t miopenCatForward(miopenHandle_t handle, const int32_t xCount,
                                const miopenTensorDescriptor_t* xDescs, const void* const* xs,
                                const miopenTensorDescriptor_t yDesc, void* y, const int32_t dim) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"xCount", xCount},
        {"xDescs", xDescs},
        {"xs", xs},
        {"yDesc", yDesc},
        {"y", y},
        {"dim", dim}}},
      [&] {
        Handle& owner = object(handle);
        require_at_least(1, {{"xCount", xCount}});
        require(xDescs, "xDescs");
        require(xs, "xs");
        const NamedTensor to{object(yDesc, "yDesc"), "yDesc"};
        const std::size_t dimension = checked_dimension(to, dim);
        const TensorDims whole = dims_of(to.descriptor, to.name, 1, 5);
        require_apart(to);
        const std::size_t place = place_of_dimension(dimension, to.descriptor.rank());
        require_pointer(y, "y");
        // All of them are checked before the first is copied.
        std::vector<TensorProblem> parts;
        std::int64_t joined = 0;
        for (std::int32_t i = 0; i < xCount; ++i) {
          const std::string name = "xDescs[" + std::to_string(i) + "]";
          const TensorDescriptor& x = object(xDescs[i], name.c_str());
          const TensorDims dims = dims_of(x, name.c_str(), 1, 5);
          TensorProblem& p = parts.emplace_back();
          p.function = TensorFunction::kCopy;
          p.type = to.descriptor.type();
          p.lengths = dims.lengths;
          p.a_strides = dims.strides;
          p.y_strides = whole.strides;
          FiveDims others = whole.lengths;
          others[place] = p.lengths[place];
          if (x.rank() != to.descriptor.rank() || x.type() != p.type || others != p.lengths) {
            throw Error(Status::kBadParm, name + " is " + std::string(name_of(x.type())) + " " +
                                              lengths_text(x.lengths()) + ", yDesc is " +
                                              std::string(name_of(p.type)) + " " +
                                              lengths_text(to.descriptor.lengths()) +
                                              " and they are joined along " + std::to_string(dim));
          }
          canonicalize_strides(p.lengths, p.y_strides);
          joined += p.lengths[place];
        }
        if (joined != whole.lengths[place]) {
          throw Error(Status::kBadParm, "yDesc has length " + std::to_string(whole.lengths[place]) +
                                            " along " + std::to_string(dim) +
                                            ", the tensors together " + std::to_string(joined));
        }
        std::vector<OperatorRun> runs;
        std::int64_t first = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
          const TensorProblem& p = parts[i];
          const std::string name = "xs[" + std::to_string(i) + "]";
          OperatorRun& run = runs.emplace_back(owner);
          run.add(TensorBuffer::kA, xs[i], name.c_str(), p.type);
          run.add(TensorBuffer::kY,
                  static_cast<std::byte*>(y) +
                      static_cast<std::size_t>(first * whole.strides[place]) * bytes_of(p.type),
                  "y", p.type);
          first += p.lengths[place];
        }
        for (std::size_t i = 0; i < parts.size(); ++i) {
          run_operator(owner, "LogCmdCat", parts[i], runs[i].arguments(),
                       [&] { return to_driver_line(parts[i], {}); });
        }
      });
}

}  // extern "C"
