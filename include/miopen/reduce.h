/* Reductions of tensors along dimensions. */
#ifndef MIOPEN_GUARD_REDUCE_H_
#define MIOPEN_GUARD_REDUCE_H_

#include <miopen/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  MIOPEN_REDUCE_TENSOR_ADD = 0,
  MIOPEN_REDUCE_TENSOR_MUL = 1,
  MIOPEN_REDUCE_TENSOR_MIN = 2,
  MIOPEN_REDUCE_TENSOR_MAX = 3,
  MIOPEN_REDUCE_TENSOR_AMAX = 4,
  MIOPEN_REDUCE_TENSOR_AVG = 5,
  MIOPEN_REDUCE_TENSOR_NORM1 = 6,
  MIOPEN_REDUCE_TENSOR_NORM2 = 7,
} miopenReduceTensorOp_t;

typedef enum {
  MIOPEN_NOT_PROPAGATE_NAN = 0,
  MIOPEN_PROPAGATE_NAN = 1,
} miopenNanPropagation_t;

typedef enum {
  MIOPEN_REDUCE_TENSOR_NO_INDICES = 0,
  MIOPEN_REDUCE_TENSOR_FLATTENED_INDICES = 1,
} miopenReduceTensorIndices_t;

typedef enum {
  MIOPEN_32BIT_INDICES = 0,
  MIOPEN_64BIT_INDICES = 1,
  MIOPEN_16BIT_INDICES = 2,
  MIOPEN_8BIT_INDICES = 3,
} miopenIndicesType_t;

MIOPEN_EXPORT miopenStatus_t
miopenCreateReduceTensorDescriptor(miopenReduceTensorDescriptor_t* reduceTensorDesc);
MIOPEN_EXPORT miopenStatus_t
miopenDestroyReduceTensorDescriptor(miopenReduceTensorDescriptor_t reduceTensorDesc);
MIOPEN_EXPORT miopenStatus_t miopenSetReduceTensorDescriptor(
    miopenReduceTensorDescriptor_t reduceTensorDesc, miopenReduceTensorOp_t reduceTensorOp,
    miopenDataType_t reduceTensorCompType, miopenNanPropagation_t reduceTensorNanOpt,
    miopenReduceTensorIndices_t reduceTensorIndices, miopenIndicesType_t reduceTensorIndicesType);
MIOPEN_EXPORT miopenStatus_t miopenGetReduceTensorDescriptor(
    const miopenReduceTensorDescriptor_t reduceTensorDesc, miopenReduceTensorOp_t* reduceTensorOp,
    miopenDataType_t* reduceTensorCompType, miopenNanPropagation_t* reduceTensorNanOpt,
    miopenReduceTensorIndices_t* reduceTensorIndices, miopenIndicesType_t* reduceTensorIndicesType);

/* Bytes for reducing a tensor like aDesc to one like cDesc. */
MIOPEN_EXPORT miopenStatus_t miopenGetReductionIndicesSize(
    miopenHandle_t handle, const miopenReduceTensorDescriptor_t reduceTensorDesc,
    const miopenTensorDescriptor_t aDesc, const miopenTensorDescriptor_t cDesc,
    size_t* sizeInBytes);
MIOPEN_EXPORT miopenStatus_t miopenGetReductionWorkspaceSize(
    miopenHandle_t handle, const miopenReduceTensorDescriptor_t reduceTensorDesc,
    const miopenTensorDescriptor_t aDesc, const miopenTensorDescriptor_t cDesc,
    size_t* sizeInBytes);

/* C = alpha * reduce(A) + beta * C; the dimensions that are 1 in cDesc are reduced. */
MIOPEN_EXPORT miopenStatus_t miopenReduceTensor(
    miopenHandle_t handle, const miopenReduceTensorDescriptor_t reduceTensorDesc, void* indices,
    size_t indicesSizeInBytes, void* workspace, size_t workspaceSizeInBytes, const void* alpha,
    const miopenTensorDescriptor_t aDesc, const void* A, const void* beta,
    const miopenTensorDescriptor_t cDesc, void* C);

#ifdef MIOPEN_BETA_API
typedef enum {
  MIOPEN_REDUCE_CALCULATION_NOT_PROPAGATE_NAN = 0,
  MIOPEN_REDUCE_CALCULATION_PROPAGATE_NAN = 1,
} miopenReduceCalculationNanPropagation_t;

typedef enum {
  MIOPEN_REDUCE_CALCULATION_PROD = 1,
  MIOPEN_REDUCE_CALCULATION_SUM = 2,
} miopenReduceCalculationOp_t;

typedef enum {
  MIOPEN_REDUCE_EXTREME_ARGMIN = 1,
  MIOPEN_REDUCE_EXTREME_ARGMAX = 2,
  MIOPEN_REDUCE_EXTREME_MIN = 3,
  MIOPEN_REDUCE_EXTREME_MAX = 4,
} miopenReduceExtremeOp_t;

/* Sum or product along dim. */
MIOPEN_EXPORT miopenStatus_t miopenGetReduceCalculationWorkspaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t xDesc, const int32_t dim,
    const miopenReduceCalculationOp_t reduceCalculationOp,
    const miopenTensorDescriptor_t reduceDesc, size_t* sizeInBytes);
MIOPEN_EXPORT miopenStatus_t miopenReduceCalculationForward(
    miopenHandle_t handle, miopenReduceCalculationNanPropagation_t nanPropagation, void* workspace,
    size_t workspaceSizeInBytes, const miopenTensorDescriptor_t xDesc, const void* x,
    const int32_t dim, const miopenReduceCalculationOp_t reduceCalculationOp,
    const miopenTensorDescriptor_t reduceDesc, void* y);

/* Least or greatest element along dim, or its index. */
MIOPEN_EXPORT miopenStatus_t miopenReduceExtremeForward(
    miopenHandle_t handle, const miopenTensorDescriptor_t xDesc, const void* x, const int32_t dim,
    const miopenReduceExtremeOp_t reduceExtremeOp, const miopenTensorDescriptor_t yDesc, void* y,
    const miopenTensorDescriptor_t indiceDesc, void* indice);

#endif

#ifdef __cplusplus
}
#endif

#endif
