/* Functions of tensors that neural networks use between layers. */
#ifndef MIOPEN_GUARD_TENSOR_FUNCTIONS_H_
#define MIOPEN_GUARD_TENSOR_FUNCTIONS_H_

#include <miopen/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef MIOPEN_BETA_API
/* Joins xCount tensors along dim. */
MIOPEN_EXPORT miopenStatus_t miopenCatForward(miopenHandle_t handle, const int32_t xCount,
                                              const miopenTensorDescriptor_t* xDescs,
                                              const void* const* xs,
                                              const miopenTensorDescriptor_t yDesc, void* y,
                                              const int32_t dim);

/* The gradient of indexing with tensors of indices and with slices. */
MIOPEN_EXPORT miopenStatus_t
miopenGetGetitemWorkspaceSize(miopenHandle_t handle, uint32_t indexCount,
                              const miopenTensorDescriptor_t* indexDescs, size_t* sizeInBytes);
MIOPEN_EXPORT miopenStatus_t miopenGetitemBackward(
    miopenHandle_t handle, void* workspace, size_t workspaceSizeInBytes,
    const miopenTensorDescriptor_t dyDesc, const void* dy, uint32_t indexCount,
    const miopenTensorDescriptor_t* indexDescs, const void* const* indexs,
    const miopenTensorDescriptor_t dxDesc, void* dx, const miopenTensorDescriptor_t errorDesc,
    void* error, uint32_t dimCount, const int32_t* dims, uint32_t sliceCount, const int32_t* slices,
    uint32_t offset);

/* Rotary position embedding. */
MIOPEN_EXPORT miopenStatus_t miopenRoPEForward(
    miopenHandle_t handle, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t cosDesc, const void* cos, const miopenTensorDescriptor_t sinDesc,
    const void* sin, const miopenTensorDescriptor_t yDesc, void* y);
MIOPEN_EXPORT miopenStatus_t miopenRoPEBackward(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t cosDesc, const void* cos, const miopenTensorDescriptor_t sinDesc,
    const void* sin, const miopenTensorDescriptor_t dxDesc, void* dx);

/* The k-th smallest element along dim, and its index. */
MIOPEN_EXPORT miopenStatus_t miopenKthvalueForward(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, const void* input,
    miopenTensorDescriptor_t outputDesc, void* output, miopenTensorDescriptor_t indicesDesc,
    size_t* indices, size_t k, int32_t dim MIOPEN_DEFAULT(-1), bool keepDim MIOPEN_DEFAULT(false));

/* The gradients of a rectifier whose slope is learned. */
MIOPEN_EXPORT miopenStatus_t
miopenGetPReLUBackwardWorkspaceSize(miopenHandle_t handle, miopenTensorDescriptor_t inputDesc,
                                    miopenTensorDescriptor_t weightDesc, size_t* sizeInBytes);
MIOPEN_EXPORT miopenStatus_t miopenPReLUBackward(
    miopenHandle_t handle, void* workspace, size_t workspaceSizeInBytes,
    miopenTensorDescriptor_t inputDesc, const void* input, miopenTensorDescriptor_t weightDesc,
    const void* weight, miopenTensorDescriptor_t doutputDesc, const void* doutput,
    miopenTensorDescriptor_t dinputDesc, void* dinput, miopenTensorDescriptor_t dweightDesc,
    void* dweight);

#endif

#ifdef __cplusplus
}
#endif

#endif
