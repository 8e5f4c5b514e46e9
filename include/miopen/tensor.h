/* Tensor descriptors, and operations on whole tensors. */
#ifndef MIOPEN_GUARD_TENSOR_H_
#define MIOPEN_GUARD_TENSOR_H_

#include <miopen/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  miopenHalf = 0,
  miopenFloat = 1,
  miopenInt32 = 2,
  miopenInt8 = 3,
  miopenBFloat16 = 5,
  miopenDouble = 6,
#ifdef MIOPEN_BETA_API
  miopenFloat8 = 7,
  miopenBFloat8 = 8,
  /* The names that versions after 3.4 give them. */
  miopenFloat8_fnuz = 7,
  miopenBFloat8_fnuz = 8,
#endif
  miopenInt64 = 9,
} miopenDataType_t;

typedef enum {
  miopenTensorNCHW = 0,
  miopenTensorNHWC = 1,
  miopenTensorCHWN = 2,
  miopenTensorNCHWc4 = 3,
  miopenTensorNCHWc8 = 4,
  miopenTensorCHWNc4 = 5,
  miopenTensorCHWNc8 = 6,
  miopenTensorNCDHW = 7,
  miopenTensorNDHWC = 8,
} miopenTensorLayout_t;

/* What miopenOpTensor does with each pair of elements. */
typedef enum {
  miopenTensorOpAdd = 0,
  miopenTensorOpMul = 1,
  miopenTensorOpMin = 2,
  miopenTensorOpMax = 3,
} miopenTensorOp_t;

typedef enum {
  miopenPaddingDefault = 0,
  miopenPaddingSame = 1,
  miopenPaddingValid = 2,
} miopenPaddingMode_t;

/* An empty descriptor: type float, no dimensions. */
MIOPEN_EXPORT miopenStatus_t miopenCreateTensorDescriptor(miopenTensorDescriptor_t* tensorDesc);
MIOPEN_EXPORT miopenStatus_t miopenDestroyTensorDescriptor(miopenTensorDescriptor_t tensorDesc);

/* A packed NCHW tensor. Lengths below 1 or an unknown type are miopenStatusBadParm, here and in all
 * functions that set a descriptor; a failed call leaves the descriptor as it was. */
MIOPEN_EXPORT miopenStatus_t miopenSet4dTensorDescriptor(miopenTensorDescriptor_t tensorDesc,
                                                         miopenDataType_t dataType, int n, int c,
                                                         int h, int w);

/* The same with strides, each at least 1. */
MIOPEN_EXPORT miopenStatus_t miopenSet4dTensorDescriptorEx(miopenTensorDescriptor_t tensorDesc,
                                                           miopenDataType_t dataType, int n, int c,
                                                           int h, int w, int nStride, int cStride,
                                                           int hStride, int wStride);

/* Type, lengths and strides of a descriptor with four dimensions (another number of dimensions is
 * miopenStatusBadParm). All pointers are required. */
MIOPEN_EXPORT miopenStatus_t miopenGet4dTensorDescriptor(miopenTensorDescriptor_t tensorDesc,
                                                         miopenDataType_t* dataType, int* n, int* c,
                                                         int* h, int* w, int* nStride, int* cStride,
                                                         int* hStride, int* wStride);

/* A tensor of nbDims (1 to 8) dimensions. stridesA null: packed, last dimension innermost. */
MIOPEN_EXPORT miopenStatus_t miopenSetTensorDescriptor(miopenTensorDescriptor_t tensorDesc,
                                                       miopenDataType_t dataType, int nbDims,
                                                       const int* dimsA, const int* stridesA);

#ifdef MIOPEN_BETA_API
/* The same with lengths and strides beyond 31 bits. */
MIOPEN_EXPORT miopenStatus_t miopenSetTensorDescriptorV2(miopenTensorDescriptor_t tensorDesc,
                                                         miopenDataType_t dataType, int nbDims,
                                                         const size_t* dimsA,
                                                         const size_t* stridesA);
#endif

/* A packed tensor of this layout. `lens` is in N, C, [D,] H, W order. num_lens is 4 for NCHW, NHWC
 * and CHWN, 5 for NCDHW and NDHWC; the vectorised layouts are miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t miopenSetNdTensorDescriptorWithLayout(
    miopenTensorDescriptor_t tensorDesc, miopenDataType_t dataType,
    miopenTensorLayout_t tensorLayout, const int* lens, int num_lens);

/* The number of dimensions. */
MIOPEN_EXPORT miopenStatus_t miopenGetTensorDescriptorSize(miopenTensorDescriptor_t tensorDesc,
                                                           int* size);

/* Type, lengths and strides; each array has room for all dimensions. Null pointers are skipped.
 * A length or stride beyond 31 bits is miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t miopenGetTensorDescriptor(miopenTensorDescriptor_t tensorDesc,
                                                       miopenDataType_t* dataType, int* dimsA,
                                                       int* stridesA);

/* Bytes from the first to the last element, gaps included. */
MIOPEN_EXPORT miopenStatus_t miopenGetTensorNumBytes(miopenTensorDescriptor_t tensorDesc,
                                                     size_t* numBytes);

#ifdef MIOPEN_BETA_API
/* The type that elements are converted to while a convolution runs. */
MIOPEN_EXPORT miopenStatus_t miopenSetTensorCastType(miopenTensorDescriptor_t tensorDesc,
                                                     miopenDataType_t cast_type);

#endif

/* A batch of sequences of different lengths; see rnn.h. */
MIOPEN_EXPORT miopenStatus_t
miopenCreateSeqTensorDescriptor(miopenSeqTensorDescriptor_t* tensorDesc);
MIOPEN_EXPORT miopenStatus_t
miopenDestroySeqTensorDescriptor(miopenSeqTensorDescriptor_t tensorDesc);

/* C = op(alpha1 * A, alpha2 * B) + beta * C; lengths of B may be 1 and are then repeated. */
MIOPEN_EXPORT miopenStatus_t miopenOpTensor(miopenHandle_t handle, miopenTensorOp_t tensorOp,
                                            const void* alpha1,
                                            const miopenTensorDescriptor_t aDesc, const void* A,
                                            const void* alpha2,
                                            const miopenTensorDescriptor_t bDesc, const void* B,
                                            const void* beta, const miopenTensorDescriptor_t cDesc,
                                            void* C);

/* Every element of y becomes *alpha, which has the type of y. */
MIOPEN_EXPORT miopenStatus_t miopenSetTensor(miopenHandle_t handle,
                                             const miopenTensorDescriptor_t yDesc, void* y,
                                             const void* alpha);

/* Every element of y is multiplied by *alpha, which has the type of y. */
MIOPEN_EXPORT miopenStatus_t miopenScaleTensor(miopenHandle_t handle,
                                               const miopenTensorDescriptor_t yDesc, void* y,
                                               const void* alpha);

/* y = alpha * x + beta * y between tensors of the same lengths and other strides or types. */
MIOPEN_EXPORT miopenStatus_t miopenTransformTensor(miopenHandle_t handle, const void* alpha,
                                                   const miopenTensorDescriptor_t xDesc,
                                                   const void* x, const void* beta,
                                                   const miopenTensorDescriptor_t yDesc, void* y);

#ifdef __cplusplus
}
#endif

#endif
