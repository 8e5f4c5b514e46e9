#pragma once

// Functions that MIOpen 3.4.0 exports without declaring them in a public header. MIGraphX and
// MIOpenDriver import the first; the others complete the ABI.

#ifndef MIOPEN_BETA_API
#define MIOPEN_BETA_API 1
#endif
#include <miopen/miopen.h>

// What alpha and beta are; which values mean what is not public.
enum miopenAlphaBetaCase_t : unsigned {};

extern "C" {

MIOPEN_EXPORT miopenStatus_t
miopenHiddenSetConvolutionFindMode(miopenConvolutionDescriptor_t convDesc, int findMode);
MIOPEN_EXPORT miopenStatus_t
miopenHiddenGetConvolutionFindMode(miopenConvolutionDescriptor_t convDesc, int* findMode);
MIOPEN_EXPORT miopenStatus_t miopenGetTensorCastType(miopenTensorDescriptor_t tensorDesc,
                                                     miopenDataType_t& cast_type);
MIOPEN_EXPORT miopenStatus_t miopenConvolutionABBackwardWeightsGetWorkSpaceSize(
    const miopenAlphaBetaCase_t alpha_beta_case, miopenHandle_t handle,
    const miopenTensorDescriptor_t outputTensorDesc, const miopenTensorDescriptor_t inputTensorDesc,
    const miopenConvolutionDescriptor_t convDesc, size_t* buffer_size);

}  // extern "C"
