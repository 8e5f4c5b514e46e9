#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <string>
#include <vector>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/element_types.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/reduce.h"

using namespace rdna1conv;

namespace {

using B = ReduceBuffer;
// MIOpen's status of what is wrong with tensors and sizes here.
constexpr Status kWrong = Status::kUnknownError;
constexpr std::size_t kMaxRank = 6;

// What a miopenReduceTensorDescriptor_t points to.
struct ReduceDescriptor {
  ReduceOperation operation = ReduceOperation::kAdd;
  DataType comp_type = DataType::kFloat;
  bool propagates_nan = false, wants_indices = false;
  miopenIndicesType_t indices_type = MIOPEN_32BIT_INDICES;

  bool has_indices() const { return wants_indices && is_extreme(operation); }
};
ReduceDescriptor& reduce_object(miopenReduceTensorDescriptor_t descriptor) {
  return *reinterpret_cast<ReduceDescriptor*>(&require(descriptor, "reduceTensorDesc"));
}

std::string shape_text(const NamedTensor& tensor) {
  return std::string(tensor.name) + " is " + lengths_text(tensor.descriptor.lengths());
}

void check_lengths(const NamedTensor& a, const NamedTensor& c) {
  const auto of_a = a.descriptor.lengths(), of_c = c.descriptor.lengths();
  if (of_a.size() != of_c.size() || of_a.empty() || of_a.size() > kMaxRank) {
    throw Error(kWrong, shape_text(c) + ", " + shape_text(a) + ": both must have 1 to " +
                            std::to_string(kMaxRank) + " dimensions, as many as the other");
  }
  bool reduces = false;
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    reduces = reduces || of_c[i] == 1;
    if (of_c[i] != 1 && of_c[i] != of_a[i])
      throw Error(kWrong, shape_text(c) + ", its lengths must be 1 or those of " + shape_text(a));
  }
  if (!reduces)
    throw Error(kWrong, shape_text(c) + ", so that no dimension of " + a.name + " is reduced");
}

// Tensors of any rank with five dimensions: those of length 1 left out, and neighbours that are
// both reduced or both kept joined where they lie packed.
void fold(const NamedTensor& a, const NamedTensor& c, ReduceProblem& p) {
  struct Dimension {
    std::int64_t length, of_c, a_stride, c_stride;
  };
  std::vector<Dimension> dimensions;
  for (std::size_t i = 0; i < a.descriptor.rank(); ++i) {
    const Dimension next{a.descriptor.lengths()[i], c.descriptor.lengths()[i],
                         a.descriptor.strides()[i], c.descriptor.strides()[i]};
    if (next.length == 1) continue;
    const bool is_reduced = next.of_c == 1;
    if (!dimensions.empty()) {
      Dimension& last = dimensions.back();
      const bool packed = last.a_stride == next.a_stride * next.length &&
                          (is_reduced || last.c_stride == next.c_stride * next.length);
      if (packed && (last.of_c == 1) == is_reduced) {
        last = {last.length * next.length, last.of_c * next.of_c, next.a_stride, next.c_stride};
        continue;
      }
    }
    dimensions.push_back(next);
  }
  if (dimensions.size() > p.a_lengths.size()) {
    throw Error(Status::kNotImplemented,
                shape_text(a) + ": more than five dimensions, none of which lie packed");
  }
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    p.a_lengths[i] = dimensions[i].length;
    p.c_lengths[i] = dimensions[i].of_c;
    p.a_strides[i] = dimensions[i].a_stride;
    p.c_strides[i] = dimensions[i].c_stride;
  }
  canonicalize_strides(p.a_lengths, p.a_strides);
  canonicalize_strides(p.c_lengths, p.c_strides);
}

ReduceProblem problem_of(const ReduceDescriptor& reduce, const NamedTensor& a,
                         const NamedTensor& c) {
  check_lengths(a, c);
  if (!float_row(reduce.comp_type)) {
    throw Error(
        Status::kNotImplemented,
        "reduceTensorCompType is " + std::string(name_of(reduce.comp_type)) + ", sums are of fp32");
  }
  ReduceProblem p;
  p.operation = reduce.operation;
  p.propagates_nan = reduce.propagates_nan;
  p.has_indices = reduce.has_indices();
  p.a_type = a.descriptor.type();
  p.c_type = c.descriptor.type();
  if (a.descriptor.rank() > p.a_lengths.size()) {
    fold(a, c, p);
    return p;
  }
  const TensorDims of_a = dims_of(a.descriptor, a.name, 1, 5, kWrong),
                   of_c = dims_of(c.descriptor, c.name, 1, 5, kWrong);
  p.a_lengths = of_a.lengths;
  p.a_strides = of_a.strides;
  p.c_lengths = of_c.lengths;
  p.c_strides = of_c.strides;
  return p;
}

std::size_t indices_bytes(const ReduceDescriptor& reduce, const TensorDescriptor& c) {
  return reduce.has_indices() ? static_cast<std::size_t>(c.elements()) * sizeof(std::int32_t) : 0;
}

// The size functions serve tensors of all types.
std::size_t workspace_bytes(const ReduceDescriptor& reduce, const NamedTensor& a,
                            const NamedTensor& c) {
  ReduceDescriptor of_floats = reduce;
  of_floats.comp_type = DataType::kFloat;
  const ReduceProblem p = problem_of(of_floats, a, c);
  return bytes_of(p.a_type) == 0 ? 0 : reduce_workspace_bytes(p);
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateReduceTensorDescriptor(
    miopenReduceTensorDescriptor_t* reduceTensorDesc) {
  return guard({__func__, {{"reduceTensorDesc", reduceTensorDesc}}}, [&] {
    miopenReduceTensorDescriptor_t& result = require(reduceTensorDesc, "reduceTensorDesc");
    result = reinterpret_cast<miopenReduceTensorDescriptor_t>(new ReduceDescriptor);
  });
}

miopenStatus_t miopenDestroyReduceTensorDescriptor(
    miopenReduceTensorDescriptor_t reduceTensorDesc) {
  return guard({__func__, {{"reduceTensorDesc", reduceTensorDesc}}},
               [&] { delete &reduce_object(reduceTensorDesc); });
}

miopenStatus_t miopenSetReduceTensorDescriptor(miopenReduceTensorDescriptor_t reduceTensorDesc,
                                               miopenReduceTensorOp_t reduceTensorOp,
                                               miopenDataType_t reduceTensorCompType,
                                               miopenNanPropagation_t reduceTensorNanOpt,
                                               miopenReduceTensorIndices_t reduceTensorIndices,
                                               miopenIndicesType_t reduceTensorIndicesType) {
  return guard({__func__,
                {{"reduceTensorDesc", reduceTensorDesc},
                 {"reduceTensorOp", reduceTensorOp},
                 {"reduceTensorCompType", reduceTensorCompType},
                 {"reduceTensorNanOpt", reduceTensorNanOpt},
                 {"reduceTensorIndices", reduceTensorIndices},
                 {"reduceTensorIndicesType", reduceTensorIndicesType}}},
               [&] {
                 ReduceDescriptor& reduce = reduce_object(reduceTensorDesc);
                 require_enumerator(reduceTensorOp, {0, MIOPEN_REDUCE_TENSOR_NORM2},
                                    "reduceTensorOp", "miopenReduceTensorOp_t");
                 require_enumerator(reduceTensorNanOpt, {0, MIOPEN_PROPAGATE_NAN},
                                    "reduceTensorNanOpt", "miopenNanPropagation_t");
                 require_enumerator(reduceTensorIndices,
                                    {0, MIOPEN_REDUCE_TENSOR_FLATTENED_INDICES},
                                    "reduceTensorIndices", "miopenReduceTensorIndices_t");
                 const auto type = static_cast<DataType>(reduceTensorCompType);
                 if (bytes_of(type) == 0) {
                   throw Error(Status::kBadParm, "reduceTensorCompType " +
                                                     std::to_string(reduceTensorCompType) +
                                                     " is not a miopenDataType_t");
                 }
                 if (reduceTensorIndicesType != MIOPEN_32BIT_INDICES) {
                   throw Error(kWrong, "reduceTensorIndicesType is " +
                                           std::to_string(reduceTensorIndicesType) +
                                           ", indices have 32 bits");
                 }
                 reduce = {static_cast<ReduceOperation>(reduceTensorOp), type,
                           reduceTensorNanOpt == MIOPEN_PROPAGATE_NAN,
                           reduceTensorIndices == MIOPEN_REDUCE_TENSOR_FLATTENED_INDICES,
                           reduceTensorIndicesType};
               });
}

miopenStatus_t miopenGetReduceTensorDescriptor(
    const miopenReduceTensorDescriptor_t reduceTensorDesc, miopenReduceTensorOp_t* reduceTensorOp,
    miopenDataType_t* reduceTensorCompType, miopenNanPropagation_t* reduceTensorNanOpt,
    miopenReduceTensorIndices_t* reduceTensorIndices,
    miopenIndicesType_t* reduceTensorIndicesType) {
  return guard({__func__, {{"reduceTensorDesc", reduceTensorDesc}}}, [&] {
    const ReduceDescriptor& reduce = reduce_object(reduceTensorDesc);
    require(reduceTensorOp, "reduceTensorOp") =
        static_cast<miopenReduceTensorOp_t>(reduce.operation);
    require(reduceTensorCompType, "reduceTensorCompType") =
        static_cast<miopenDataType_t>(reduce.comp_type);
    require(reduceTensorNanOpt, "reduceTensorNanOpt") =
        reduce.propagates_nan ? MIOPEN_PROPAGATE_NAN : MIOPEN_NOT_PROPAGATE_NAN;
    require(reduceTensorIndices, "reduceTensorIndices") =
        reduce.wants_indices ? MIOPEN_REDUCE_TENSOR_FLATTENED_INDICES
                             : MIOPEN_REDUCE_TENSOR_NO_INDICES;
    require(reduceTensorIndicesType, "reduceTensorIndicesType") = reduce.indices_type;
  });
}

miopenStatus_t miopenGetReductionIndicesSize(miopenHandle_t handle,
                                             const miopenReduceTensorDescriptor_t reduceTensorDesc,
                                             const miopenTensorDescriptor_t aDesc,
                                             const miopenTensorDescriptor_t cDesc,
                                             size_t* sizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"reduceTensorDesc", reduceTensorDesc},
                 {"aDesc", aDesc},
                 {"cDesc", cDesc},
                 {"sizeInBytes", sizeInBytes}}},
               [&] {
                 object(handle);
                 object(aDesc, "aDesc");
                 const ReduceDescriptor& reduce = reduce_object(reduceTensorDesc);
                 require(sizeInBytes, "sizeInBytes") =
                     indices_bytes(reduce, object(cDesc, "cDesc"));
               });
}

miopenStatus_t miopenGetReductionWorkspaceSize(
    miopenHandle_t handle, const miopenReduceTensorDescriptor_t reduceTensorDesc,
    const miopenTensorDescriptor_t aDesc, const miopenTensorDescriptor_t cDesc,
    size_t* sizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"reduceTensorDesc", reduceTensorDesc},
                 {"aDesc", aDesc},
                 {"cDesc", cDesc},
                 {"sizeInBytes", sizeInBytes}}},
               [&] {
                 object(handle);
                 require(sizeInBytes, "sizeInBytes") = workspace_bytes(
                     reduce_object(reduceTensorDesc), {object(aDesc, "aDesc"), "aDesc"},
                     {object(cDesc, "cDesc"), "cDesc"});
               });
}

miopenStatus_t miopenReduceTensor(miopenHandle_t handle,
                                  const miopenReduceTensorDescriptor_t reduceTensorDesc,
                                  void* indices, size_t indicesSizeInBytes, void* workspace,
                                  size_t workspaceSizeInBytes, const void* alpha,
                                  const miopenTensorDescriptor_t aDesc, const void* A,
                                  const void* beta, const miopenTensorDescriptor_t cDesc, void* C) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"reduceTensorDesc", reduceTensorDesc},
        {"indices", indices},
        {"indicesSizeInBytes", indicesSizeInBytes},
        {"workspace", workspace},
        {"workspaceSizeInBytes", workspaceSizeInBytes},
        {"alpha", alpha},
        {"aDesc", aDesc},
        {"A", A},
        {"beta", beta},
        {"cDesc", cDesc},
        {"C", C}}},
      [&] {
        Handle& owner = object(handle);
        const ReduceDescriptor& reduce = reduce_object(reduceTensorDesc);
        const NamedTensor a{object(aDesc, "aDesc"), "aDesc"}, c{object(cDesc, "cDesc"), "cDesc"};
        const ReduceProblem p = problem_of(reduce, a, c);
        require_apart(c, kWrong);
        const std::size_t needed = operator_plan(owner, p).instance.workspace_bytes;
        require_size(workspaceSizeInBytes, needed, "workspaceSizeInBytes");
        require_size(indicesSizeInBytes, indices_bytes(reduce, c.descriptor), "indicesSizeInBytes");
        // Of fp32, whatever the tensors are.
        const ReduceScalars scalars{require(static_cast<const float*>(alpha), "alpha"),
                                    require(static_cast<const float*>(beta), "beta")};
        OperatorRun run(owner);
        run.add(B::kA, A, "A", p.a_type);
        run.add(B::kC, C, "C", p.c_type);
        if (p.has_indices) run.add(B::kIndices, indices, "indices", DataType::kInt32);
        // Partial results are at most pairs of 32 bits.
        if (needed > 0) run.add(B::kWorkspace, workspace, "workspace", DataType::kDouble);
        run_operator(owner, "LogCmdReduce", p, run.with(scalars),
                     [&] { return to_driver_line(p, scalars); });
      });
}

}  // extern "C"
