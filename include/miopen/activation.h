/* Activation functions. */
#ifndef MIOPEN_GUARD_ACTIVATION_H_
#define MIOPEN_GUARD_ACTIVATION_H_

#include <miopen/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/* f(x) with the parameters alpha, beta and gamma. */
typedef enum {
  miopenActivationPASTHRU = 0,     /* x */
  miopenActivationLOGISTIC = 1,    /* 1 / (1 + exp(-x)) */
  miopenActivationTANH = 2,        /* beta * tanh(alpha * x) */
  miopenActivationRELU = 3,        /* max(0, x) */
  miopenActivationSOFTRELU = 4,    /* log(1 + exp(x)) */
  miopenActivationABS = 5,         /* |x| */
  miopenActivationPOWER = 6,       /* (alpha + beta * x) ^ gamma */
  miopenActivationCLIPPEDRELU = 7, /* min(alpha, max(0, x)) */
  miopenActivationLEAKYRELU = 8,   /* x > 0 ? x : alpha * x */
  miopenActivationELU = 9,         /* x > 0 ? x : alpha * (exp(x) - 1) */
  miopenActivationCLAMP = 10,      /* min(beta, max(alpha, x)); newer than 3.4 */
} miopenActivationMode_t;

/* A new descriptor passes values through. */
MIOPEN_EXPORT miopenStatus_t
miopenCreateActivationDescriptor(miopenActivationDescriptor_t* activDesc);
MIOPEN_EXPORT miopenStatus_t
miopenDestroyActivationDescriptor(miopenActivationDescriptor_t activDesc);

/* An unknown mode is miopenStatusBadParm and leaves the descriptor as it was. */
MIOPEN_EXPORT miopenStatus_t miopenSetActivationDescriptor(
    const miopenActivationDescriptor_t activDesc, miopenActivationMode_t mode, double activAlpha,
    double activBeta, double activGamma);

/* Null pointers are skipped. */
MIOPEN_EXPORT miopenStatus_t miopenGetActivationDescriptor(
    const miopenActivationDescriptor_t activDesc, miopenActivationMode_t* mode, double* activAlpha,
    double* activBeta, double* activGamma);

/* y = f(x), also in place; alpha and beta must be 1 and 0, else miopenStatusUnknownError. Tensors of
 * the same lengths have any strides; packed ones of as many elements are taken as they lie in
 * memory. */
MIOPEN_EXPORT miopenStatus_t miopenActivationForward(miopenHandle_t handle,
                                                     const miopenActivationDescriptor_t activDesc,
                                                     const void* alpha,
                                                     const miopenTensorDescriptor_t xDesc,
                                                     const void* x, const void* beta,
                                                     const miopenTensorDescriptor_t yDesc, void* y);

/* dx = f'(x) * dy, of which some modes take f' from y. As above. */
MIOPEN_EXPORT miopenStatus_t miopenActivationBackward(
    miopenHandle_t handle, const miopenActivationDescriptor_t activDesc, const void* alpha,
    const miopenTensorDescriptor_t yDesc, const void* y, const miopenTensorDescriptor_t dyDesc,
    const void* dy, const miopenTensorDescriptor_t xDesc, const void* x, const void* beta,
    const miopenTensorDescriptor_t dxDesc, void* dx);

#ifdef MIOPEN_BETA_API
/* Gated linear unit: one half of the input along dim times the logistic of the other half. */
MIOPEN_EXPORT miopenStatus_t miopenGLUForward(miopenHandle_t handle,
                                              const miopenTensorDescriptor_t inputDesc,
                                              const void* input,
                                              const miopenTensorDescriptor_t outputDesc,
                                              void* output, const uint32_t dim);
MIOPEN_EXPORT miopenStatus_t miopenGLUBackward(
    miopenHandle_t handle, const miopenTensorDescriptor_t inputDesc, const void* input,
    const miopenTensorDescriptor_t outputGradDesc, const void* outputGrad,
    const miopenTensorDescriptor_t inputGradDesc, void* inputGrad, const uint32_t dim);

#endif

#ifdef __cplusplus
}
#endif

#endif
