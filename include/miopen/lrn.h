/* Local response normalization. */
#ifndef MIOPEN_GUARD_LRN_H_
#define MIOPEN_GUARD_LRN_H_

#include <miopen/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  miopenLRNWithinChannel = 0,
  miopenLRNCrossChannel = 1,
} miopenLRNMode_t;

MIOPEN_EXPORT miopenStatus_t miopenCreateLRNDescriptor(miopenLRNDescriptor_t* lrnDesc);
MIOPEN_EXPORT miopenStatus_t miopenDestroyLRNDescriptor(miopenLRNDescriptor_t lrnDesc);
MIOPEN_EXPORT miopenStatus_t miopenSetLRNDescriptor(const miopenLRNDescriptor_t lrnDesc,
                                                    miopenLRNMode_t mode, unsigned int lrnN,
                                                    double lrnAlpha, double lrnBeta, double lrnK);
MIOPEN_EXPORT miopenStatus_t miopenGetLRNDescriptor(const miopenLRNDescriptor_t lrnDesc,
                                                    miopenLRNMode_t* mode, unsigned int* lrnN,
                                                    double* lrnAlpha, double* lrnBeta,
                                                    double* lrnK);

/* Bytes, for training. */
MIOPEN_EXPORT miopenStatus_t miopenLRNGetWorkSpaceSize(const miopenTensorDescriptor_t yDesc,
                                                       size_t* workSpaceSize);

MIOPEN_EXPORT miopenStatus_t
miopenLRNForward(miopenHandle_t handle, const miopenLRNDescriptor_t lrnDesc, const void* alpha,
                 const miopenTensorDescriptor_t xDesc, const void* x, const void* beta,
                 const miopenTensorDescriptor_t yDesc, void* y, bool do_backward, void* workSpace);
MIOPEN_EXPORT miopenStatus_t miopenLRNBackward(
    miopenHandle_t handle, const miopenLRNDescriptor_t lrnDesc, const void* alpha,
    const miopenTensorDescriptor_t yDesc, const void* y, const miopenTensorDescriptor_t dyDesc,
    const void* dy, const miopenTensorDescriptor_t xDesc, const void* x, const void* beta,
    const miopenTensorDescriptor_t dxDesc, void* dx, const void* workSpace);

#ifdef __cplusplus
}
#endif

#endif
