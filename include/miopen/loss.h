/* Losses. */
#ifndef MIOPEN_GUARD_LOSS_H_
#define MIOPEN_GUARD_LOSS_H_

#include <miopen/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef MIOPEN_BETA_API
typedef enum {
  MIOPEN_LOSS_REDUCTION_NONE = 0,
  MIOPEN_LOSS_REDUCTION_SUM = 1,
  MIOPEN_LOSS_REDUCTION_MEAN = 2,
} miopenLossReductionMode_t;

/* Soft margin loss. A null workspace of size 0 fits MIOPEN_LOSS_REDUCTION_NONE. */
MIOPEN_EXPORT miopenStatus_t miopenGetSoftMarginLossForwardWorkspaceSize(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, miopenTensorDescriptor_t targetDesc,
    miopenTensorDescriptor_t outputDesc, miopenLossReductionMode_t reduction, size_t* sizeInBytes);
MIOPEN_EXPORT miopenStatus_t miopenSoftMarginLossForward(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, const void* input,
    miopenTensorDescriptor_t targetDesc, const void* target, miopenTensorDescriptor_t outputDesc,
    void* output, miopenLossReductionMode_t reduction, void* workspace MIOPEN_DEFAULT(nullptr),
    size_t workspaceSizeInBytes MIOPEN_DEFAULT(0));
MIOPEN_EXPORT miopenStatus_t miopenSoftMarginLossBackward(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, const void* input,
    miopenTensorDescriptor_t targetDesc, const void* target, miopenTensorDescriptor_t doutputDesc,
    const void* doutput, miopenTensorDescriptor_t dinputDesc, void* dinput,
    miopenLossReductionMode_t reduction);

/* Multi-class margin loss. */
MIOPEN_EXPORT miopenStatus_t miopenGetMultiMarginLossForwardWorkspaceSize(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, miopenTensorDescriptor_t targetDesc,
    miopenTensorDescriptor_t weightDesc, miopenTensorDescriptor_t outputDesc, long p, float margin,
    miopenLossReductionMode_t reduction, size_t* sizeInBytes);
MIOPEN_EXPORT miopenStatus_t miopenMultiMarginLossForward(
    miopenHandle_t handle, miopenTensorDescriptor_t inputDesc, const void* input,
    miopenTensorDescriptor_t targetDesc, const void* target, miopenTensorDescriptor_t weightDesc,
    const void* weight, miopenTensorDescriptor_t outputDesc, void* output, long p, float margin,
    miopenLossReductionMode_t reduction, void* workspace, size_t workspaceSizeInBytes);

#endif

#ifdef __cplusplus
}
#endif

#endif
