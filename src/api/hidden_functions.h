#pragma once

// Functions that MIOpen 3.4.0 exports without declaring them in a public header. MIGraphX and
// MIOpenDriver import the first; the others complete the ABI.

#ifndef MIOPEN_BETA_API
#define MIOPEN_BETA_API 1
#endif
#include <miopen/miopen.h>

// What alpha and beta are: 1 and 0, others and 0, any. The values are not public (?).
enum miopenAlphaBetaCase_t : unsigned {
  miopenAlphaBetaDefault = 0,
  miopenAlphaBetaScale = 1,
  miopenAlphaBetaBilinear = 2
};

extern "C" {

MIOPEN_EXPORT miopenStatus_t
miopenHiddenSetConvolutionFindMode(miopenConvolutionDescriptor_t convDesc, int findMode);
MIOPEN_EXPORT miopenStatus_t
miopenHiddenGetConvolutionFindMode(miopenConvolutionDescriptor_t convDesc, int* findMode);
MIOPEN_EXPORT miopenStatus_t miopenGetTensorCastType(miopenTensorDescriptor_t tensorDesc,
                                                     miopenDataType_t& cast_type);

// The workspace, in bytes, that MIOpen's own kernels for backward weights want beside others: room
// for x in fp32 where there is something to scale, or where fp16 has an odd number of channels in a
// group. Kernels of this library scale without; a client gets the size that it gets from MIOpen.
MIOPEN_EXPORT miopenStatus_t miopenConvolutionABBackwardWeightsGetWorkSpaceSize(
    const miopenAlphaBetaCase_t alpha_beta_case, miopenHandle_t handle,
    const miopenTensorDescriptor_t outputTensorDesc, const miopenTensorDescriptor_t inputTensorDesc,
    const miopenConvolutionDescriptor_t convDesc, size_t* buffer_size);

}  // extern "C"
