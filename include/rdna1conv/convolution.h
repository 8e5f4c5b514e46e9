#pragma once

/* A forward convolution that is chosen once and run many times, with its weights prepared and its
 * epilogue fused: what MIOpen's API has no place for. rdna1conv.hpp is the C++ API on top. */

#include <miopen/convolution.h>
#include <rdna1conv/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A convolution with its kernels: problem, solver and instance. Any number of threads may run it at
 * the same time, on workspaces of their own. */
typedef struct rdna1convConvolution* rdna1convConvolution_t;

/* What is computed of the convolution's sum v of channel k, in this order, in fp32, before it is
 * rounded and stored: v + zScale * z (if addsZ), + bias[k] (if addsBias), activation(v). */
typedef struct {
  int addsBias; /* one value a channel, packed, of y's type */
  int addsZ;    /* a tensor of y's type, lengths and strides; it may be y itself */
  float zScale;
  miopenActivationMode_t activation; /* miopenActivationPASTHRU: none */
  float activationAlpha, activationBeta, activationGamma;
} rdna1convEpilogue_t;

/* Chooses a solver and loads its kernels. The descriptors are as for miopenConvolutionForward and
 * may go afterwards; the handle, whose stream the work is queued on, must outlive the object.
 * `epilogue` null: none. `preparesWeights` not 0: weights are brought into the solver's own form
 * once, by rdna1convPrepareWeights, and the choice does not count what that costs; 0: every run
 * takes the plain weights. The choice is by estimate: Find's times include that work.
 * miopenStatusBadParm: an argument is null or does not fit; miopenStatusNotImplemented: no solver,
 * with the reason of each. */
MIOPEN_EXPORT miopenStatus_t rdna1convCreateConvolution(
    miopenHandle_t handle, miopenTensorDescriptor_t xDesc, miopenTensorDescriptor_t wDesc,
    miopenConvolutionDescriptor_t convDesc, miopenTensorDescriptor_t yDesc,
    const rdna1convEpilogue_t* epilogue, int preparesWeights, rdna1convConvolution_t* convolution);

/* Waits for nothing: work that was queued goes on. Null is miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t rdna1convDestroyConvolution(rdna1convConvolution_t convolution);

/* Bytes that a run needs as workspace, and bytes that the prepared weights take. The latter is 0 if
 * they were not asked for or if the solver takes the weights as they are; such weights must stay.
 * Null pointers are skipped. */
MIOPEN_EXPORT miopenStatus_t rdna1convGetConvolutionSizes(rdna1convConvolution_t convolution,
                                                          size_t* workspaceBytes,
                                                          size_t* preparedWeightsBytes);

/* Names of the solver and of its instance, for people: literals of the library. */
MIOPEN_EXPORT miopenStatus_t rdna1convGetConvolutionKernel(rdna1convConvolution_t convolution,
                                                           const char** solver,
                                                           const char** instance);

/* Queues the preparation of `w`: `prepared` then holds what runs need, and `w` may go once the
 * stream is past it. Both are device memory; `prepared` is at least preparedWeightsBytes, aligned
 * to 256 bytes. miopenStatusBadParm if preparedWeightsBytes is 0. */
MIOPEN_EXPORT miopenStatus_t rdna1convPrepareWeights(rdna1convConvolution_t convolution,
                                                     const void* w, void* prepared);

/* Queues the convolution. `weights` are the prepared ones if preparedWeightsBytes is not 0, else w.
 * `bias` and `z` are null unless the epilogue adds them. All are device memory; `workspace` is
 * aligned to 256 bytes and may be null if no bytes are needed. Neither allocates nor waits, and
 * works while the stream is captured. */
MIOPEN_EXPORT miopenStatus_t rdna1convRunConvolution(rdna1convConvolution_t convolution,
                                                     const void* x, const void* weights,
                                                     const void* bias, const void* z, void* y,
                                                     void* workspace, size_t workspaceBytes);

#ifdef __cplusplus
}
#endif
