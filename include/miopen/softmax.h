/* Softmax. */
#ifndef MIOPEN_GUARD_SOFTMAX_H_
#define MIOPEN_GUARD_SOFTMAX_H_

#include <miopen/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  MIOPEN_SOFTMAX_FAST = 0,     /* without subtracting the maximum */
  MIOPEN_SOFTMAX_ACCURATE = 1, /* with the maximum subtracted */
  MIOPEN_SOFTMAX_LOG = 2,      /* logarithm of the softmax */
} miopenSoftmaxAlgorithm_t;

typedef enum {
  MIOPEN_SOFTMAX_MODE_INSTANCE = 0, /* over C, H and W of each n */
  MIOPEN_SOFTMAX_MODE_CHANNEL = 1,  /* over C of each n, h, w */
} miopenSoftmaxMode_t;

MIOPEN_EXPORT miopenStatus_t miopenSoftmaxForward(miopenHandle_t handle, const void* alpha,
                                                  const miopenTensorDescriptor_t xDesc,
                                                  const void* x, const void* beta,
                                                  const miopenTensorDescriptor_t yDesc, void* y);
MIOPEN_EXPORT miopenStatus_t miopenSoftmaxForward_V2(miopenHandle_t handle, const void* alpha,
                                                     const miopenTensorDescriptor_t xDesc,
                                                     const void* x, const void* beta,
                                                     const miopenTensorDescriptor_t yDesc, void* y,
                                                     miopenSoftmaxAlgorithm_t algorithm,
                                                     miopenSoftmaxMode_t mode);

MIOPEN_EXPORT miopenStatus_t miopenSoftmaxBackward(miopenHandle_t handle, const void* alpha,
                                                   const miopenTensorDescriptor_t yDesc,
                                                   const void* y,
                                                   const miopenTensorDescriptor_t dyDesc,
                                                   const void* dy, const void* beta,
                                                   const miopenTensorDescriptor_t dxDesc, void* dx);
MIOPEN_EXPORT miopenStatus_t miopenSoftmaxBackward_V2(
    miopenHandle_t handle, const void* alpha, const miopenTensorDescriptor_t yDesc, const void* y,
    const miopenTensorDescriptor_t dyDesc, const void* dy, const void* beta,
    const miopenTensorDescriptor_t dxDesc, void* dx, miopenSoftmaxAlgorithm_t algorithm,
    miopenSoftmaxMode_t mode);

/* For miopenCreateSoftmaxProblem. */
MIOPEN_EXPORT miopenStatus_t miopenCreateSoftmaxDescriptor(miopenSoftmaxDescriptor_t* softmaxDesc);
MIOPEN_EXPORT miopenStatus_t miopenSetSoftmaxDescriptor(miopenSoftmaxDescriptor_t softmaxDesc,
                                                        float alpha, float beta,
                                                        miopenSoftmaxAlgorithm_t algorithm,
                                                        miopenSoftmaxMode_t mode);
MIOPEN_EXPORT miopenStatus_t miopenGetSoftmaxDescriptor(const miopenSoftmaxDescriptor_t softmaxDesc,
                                                        float* alpha, float* beta,
                                                        miopenSoftmaxAlgorithm_t* algorithm,
                                                        miopenSoftmaxMode_t* mode);

#ifdef __cplusplus
}
#endif

#endif
