/*
 * The C API of MIOpen 3.4.0, as far as rdna1conv provides it, with the same types, values and
 * signatures (taken from the ABI of Debian's libmiopen1 6.4.3; own text). A function of MIOpen that
 * is missing here is not implemented.
 *
 * Conventions
 *  - Every function returns a status and lets no exception out. Whatever fails prints one line to
 *    stderr (see MIOPEN_LOG_LEVEL in README.md), whose text rdna1convLastErrorText() of
 *    rdna1conv/error.h also gives.
 *  - A null handle, descriptor or required pointer is miopenStatusBadParm.
 *  - Objects from a miopenCreate... function belong to the caller, who passes each to the matching
 *    miopenDestroy... function once.
 *  - Lengths and strides are in elements, workspace sizes in bytes, times in milliseconds.
 *    Dimensions are in N, C, [D,] H, W order whatever the layout; the layout is in the strides.
 *  - Tensor data and workspace are device memory of the handle's device and belong to the caller.
 *    Work is queued on the handle's stream; functions do not wait for it unless they say so.
 *  - Different threads may use different handles at the same time. Descriptors may be read by
 *    several threads, not changed while another uses them.
 */
#ifndef MIOPEN_GUARD_MIOPEN_H_
#define MIOPEN_GUARD_MIOPEN_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <miopen/config.h>
#include <miopen/export.h>
#include <miopen/version.h>

#include <hip/hip_runtime_api.h>

#ifdef __cplusplus
/* Complete types, because clients hold handles in unique_ptr and remove_pointer forms. */
struct miopenHandle {};
struct miopenTensorDescriptor {};
struct miopenConvolutionDescriptor {};
#endif
typedef struct miopenHandle* miopenHandle_t;
typedef struct miopenTensorDescriptor* miopenTensorDescriptor_t;
typedef struct miopenConvolutionDescriptor* miopenConvolutionDescriptor_t;

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types ----------------------------------------------------------------------------------- */

typedef enum {
  miopenStatusSuccess = 0,
  miopenStatusNotInitialized = 1, /* no usable device */
  miopenStatusInvalidValue = 2,
  miopenStatusBadParm = 3,        /* an argument is wrong */
  miopenStatusAllocFailed = 4,    /* out of host or device memory */
  miopenStatusInternalError = 5,  /* the HIP runtime failed */
  miopenStatusNotImplemented = 6, /* a valid request that the library cannot do */
  miopenStatusUnknownError = 7,
  miopenStatusUnsupportedOp = 8, /* the device or operation is not supported */
  miopenStatusGpuOperationsSkipped = 9,
  miopenStatusVersionMismatch = 10,
} miopenStatus_t;

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

typedef enum {
  miopenConvolution = 0, /* cross-correlation */
  miopenTranspose = 1,   /* transposed convolution */
  miopenGroupConv = 2,   /* stored as miopenConvolution; set the group count */
  miopenDepthwise = 3,   /* stored as miopenConvolution; set the group count */
} miopenConvolutionMode_t;

typedef enum {
  miopenPaddingDefault = 0,
  miopenPaddingSame = 1,
  miopenPaddingValid = 2,
} miopenPaddingMode_t;

typedef enum {
  MIOPEN_CONVOLUTION_ATTRIB_FP16_ALT_IMPL = 0, /* -1 (default), 0 or 1; no effect on RDNA1 */
  MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC = 1, /* 1: only bit-reproducible solvers; default 0 */
#ifdef MIOPEN_BETA_API
  MIOPEN_CONVOLUTION_ATTRIB_FP8_ROUNDING_MODE = 2, /* 0 or 1; no effect on RDNA1 */
#endif
} miopenConvolutionAttrib_t;

typedef enum {
  miopenConvolutionFindModeNormal = 1, /* time every solver */
  miopenConvolutionFindModeFast = 2,   /* no timing: order by estimate */
  miopenConvolutionFindModeHybrid = 3,
  miopenConvolutionFindModeDynamicHybrid = 5,
  miopenConvolutionFindModeDefault = miopenConvolutionFindModeDynamicHybrid,
} miopenConvolutionFindMode_t;

typedef enum {
  miopenConvolutionFwdAlgoGEMM = 0,
  miopenConvolutionFwdAlgoDirect = 1,
  miopenConvolutionFwdAlgoFFT = 2,
  miopenConvolutionFwdAlgoWinograd = 3,
  miopenConvolutionFwdAlgoImplicitGEMM = 5,
} miopenConvFwdAlgorithm_t;

typedef enum {
  miopenConvolutionBwdWeightsAlgoGEMM = 0,
  miopenConvolutionBwdWeightsAlgoDirect = 1,
  miopenConvolutionBwdWeightsAlgoWinograd = 3,
  miopenConvolutionBwdWeightsAlgoImplicitGEMM = 5,
} miopenConvBwdWeightsAlgorithm_t;

typedef enum {
  miopenConvolutionBwdDataAlgoGEMM = 0,
  miopenConvolutionBwdDataAlgoDirect = 1,
  miopenConvolutionBwdDataAlgoFFT = 2,
  miopenConvolutionBwdDataAlgoWinograd = 3,
  miopenTransposeBwdDataAlgoGEMM = 4,
  miopenConvolutionBwdDataAlgoImplicitGEMM = 5,
} miopenConvBwdDataAlgorithm_t;

typedef enum {
  miopenConvolutionAlgoGEMM = 0,
  miopenConvolutionAlgoDirect = 1,
  miopenConvolutionAlgoFFT = 2,
  miopenConvolutionAlgoWinograd = 3,
  miopenConvolutionAlgoImplicitGEMM = 5,
} miopenConvAlgorithm_t;

/* One result of a Find call. */
typedef struct {
  union {
    miopenConvFwdAlgorithm_t fwd_algo;
    miopenConvBwdWeightsAlgorithm_t bwd_weights_algo;
    miopenConvBwdDataAlgorithm_t bwd_data_algo;
  };
  float time;    /* milliseconds */
  size_t memory; /* bytes of workspace the run call needs */
} miopenConvAlgoPerf_t;

/* One result of the immediate mode. */
typedef struct {
  float time;            /* estimated milliseconds */
  size_t workspace_size; /* bytes */
  uint64_t solution_id;  /* stable across processes and versions */
  miopenConvAlgorithm_t algorithm;
} miopenConvSolution_t;

typedef hipStream_t miopenAcceleratorQueue_t;

/* ---- Library --------------------------------------------------------------------------------- */

/* The name of a status, e.g. "miopenStatusBadParm"; never null. The string is static. */
MIOPEN_EXPORT const char* miopenGetErrorString(miopenStatus_t error);

/* The version of MIOpen's API that this library provides: 3, 4, 0. Pointers may be null. */
MIOPEN_EXPORT miopenStatus_t miopenGetVersion(size_t* major, size_t* minor, size_t* patch);

/* ---- Handle ---------------------------------------------------------------------------------- */

/* A handle on HIP's current device with the null stream.
 * The MIOPEN_... environment variables are read here and hold for the handle's life.
 * Errors: miopenStatusNotInitialized without a HIP device; miopenStatusUnsupportedOp if the current
 * device is not gfx1010, gfx1011, gfx1012 or gfx1013. */
MIOPEN_EXPORT miopenStatus_t miopenCreate(miopenHandle_t* handle);

/* The same with a stream of the current device. The stream stays the caller's and must outlive the
 * handle or be replaced by miopenSetStream. */
MIOPEN_EXPORT miopenStatus_t miopenCreateWithStream(miopenHandle_t* handle,
                                                    miopenAcceleratorQueue_t stream);

/* Does not wait for work on the stream. */
MIOPEN_EXPORT miopenStatus_t miopenDestroy(miopenHandle_t handle);

/* The stream that later calls with this handle queue their work on; null is the null stream. */
MIOPEN_EXPORT miopenStatus_t miopenSetStream(miopenHandle_t handle,
                                             miopenAcceleratorQueue_t streamID);
MIOPEN_EXPORT miopenStatus_t miopenGetStream(miopenHandle_t handle,
                                             miopenAcceleratorQueue_t* streamID);

/* While enabled, a run call waits for its kernels and keeps their time, which makes it unusable in
 * stream capture. */
MIOPEN_EXPORT miopenStatus_t miopenEnableProfiling(miopenHandle_t handle, bool enable);

/* Milliseconds that HIP events gave for the last profiled run call; 0 before the first. */
MIOPEN_EXPORT miopenStatus_t miopenGetKernelTime(miopenHandle_t handle, float* time);

/* ---- Tensor descriptor ----------------------------------------------------------------------- */

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

/* ---- Convolution descriptor ------------------------------------------------------------------ */

/* A 2-D convolution: no padding, strides and dilations 1, one group. */
MIOPEN_EXPORT miopenStatus_t
miopenCreateConvolutionDescriptor(miopenConvolutionDescriptor_t* convDesc);
MIOPEN_EXPORT miopenStatus_t
miopenDestroyConvolutionDescriptor(miopenConvolutionDescriptor_t convDesc);

/* Sets a 2-D convolution and everything else to its default: one group, no output padding, default
 * attributes and find mode. Padding below 0, a stride or dilation below 1, or an unknown mode is
 * miopenStatusBadParm and leaves the descriptor as it was. */
MIOPEN_EXPORT miopenStatus_t miopenInitConvolutionDescriptor(miopenConvolutionDescriptor_t convDesc,
                                                             miopenConvolutionMode_t c_mode,
                                                             int pad_h, int pad_w, int stride_h,
                                                             int stride_w, int dilation_h,
                                                             int dilation_w);

/* The same with spatialDim (2 or 3) values in each array, in [D,] H, W order. */
MIOPEN_EXPORT miopenStatus_t miopenInitConvolutionNdDescriptor(
    miopenConvolutionDescriptor_t convDesc, int spatialDim, const int* padA, const int* strideA,
    const int* dilationA, miopenConvolutionMode_t c_mode);

/* The number of spatial dimensions. */
MIOPEN_EXPORT miopenStatus_t miopenGetConvolutionSpatialDim(miopenConvolutionDescriptor_t convDesc,
                                                            int* spatialDim);

/* The values of a 2-D convolution (3-D is miopenStatusUnknownError). All pointers are required. */
MIOPEN_EXPORT miopenStatus_t miopenGetConvolutionDescriptor(miopenConvolutionDescriptor_t convDesc,
                                                            miopenConvolutionMode_t* c_mode,
                                                            int* pad_h, int* pad_w, int* stride_h,
                                                            int* stride_w, int* dilation_h,
                                                            int* dilation_w);

/* The first requestedSpatialDim values of each; more than the descriptor has is
 * miopenStatusUnknownError, from which ONNX Runtime learns the number of dimensions. Null pointers
 * are skipped. */
MIOPEN_EXPORT miopenStatus_t miopenGetConvolutionNdDescriptor(
    miopenConvolutionDescriptor_t convDesc, int requestedSpatialDim, int* spatialDim, int* padA,
    int* strideA, int* dilationA, miopenConvolutionMode_t* c_mode);

/* The number of groups, applied to both channel counts. Not checked until the descriptor is used
 * with tensors, except that it must be at least 1. */
MIOPEN_EXPORT miopenStatus_t miopenSetConvolutionGroupCount(miopenConvolutionDescriptor_t convDesc,
                                                            int groupCount);
MIOPEN_EXPORT miopenStatus_t miopenGetConvolutionGroupCount(miopenConvolutionDescriptor_t convDesc,
                                                            int* groupCount);

/* Rows and columns added at the end of a transposed convolution's output, at least 0 and below the
 * stride (checked where the output's size is asked for). */
MIOPEN_EXPORT miopenStatus_t
miopenSetTransposeConvOutputPadding(miopenConvolutionDescriptor_t convDesc, int adj_h, int adj_w);
MIOPEN_EXPORT miopenStatus_t miopenSetTransposeConvNdOutputPadding(
    miopenConvolutionDescriptor_t convDesc, int spatialDim, const int* adjA);

/* Lengths of the output that the convolution gives for an input [N, C, H, W] and a filter
 * [K, C / groups, R, S] (transposed: [C, K / groups, R, S]):
 *   floor((in + 2 * pad - dilation * (filter - 1) - 1) / stride) + 1, at least 1
 *   transposed: stride * (in - 1) + dilation * (filter - 1) + 1 - 2 * pad + output padding
 * Tensors that do not fit together are miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t miopenGetConvolutionForwardOutputDim(
    miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t inputTensorDesc,
    const miopenTensorDescriptor_t filterDesc, int* n, int* c, int* h, int* w);

/* The same for any number of spatial dimensions. nDim gets the number of lengths,
 * outputTensorDimA has room for as many as the input has. */
MIOPEN_EXPORT miopenStatus_t miopenGetConvolutionNdForwardOutputDim(
    miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t inputTensorDesc,
    const miopenTensorDescriptor_t filterDesc, int* nDim, int* outputTensorDimA);

/* An attribute value outside its range, or an unknown attribute, is miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t miopenSetConvolutionAttribute(miopenConvolutionDescriptor_t convDesc,
                                                           const miopenConvolutionAttrib_t attr,
                                                           int value);
MIOPEN_EXPORT miopenStatus_t miopenGetConvolutionAttribute(miopenConvolutionDescriptor_t convDesc,
                                                           const miopenConvolutionAttrib_t attr,
                                                           int* value);

/* How Find calls with this descriptor work; the environment variable MIOPEN_FIND_MODE overrides
 * it. An unknown mode is miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t miopenSetConvolutionFindMode(miopenConvolutionDescriptor_t convDesc,
                                                          miopenConvolutionFindMode_t findMode);
MIOPEN_EXPORT miopenStatus_t miopenGetConvolutionFindMode(
    const miopenConvolutionDescriptor_t convDesc, miopenConvolutionFindMode_t* findMode);

/* ---- Forward convolution: y = conv(x, w) -----------------------------------------------------
 *
 * x [N, C, H, W], w [K, C / groups, R, S], y [N, K, Ho, Wo], all float. With miopenTranspose, and
 * for what no solver supports (other types, 3-D), the calls give miopenStatusNotImplemented with
 * the reason of each solver, and Find miopenStatusUnknownError as MIOpen does. Descriptors that do
 * not fit together are miopenStatusBadParm.
 */

/* The workspace in bytes with which Find may return, and a run call use, any algorithm. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForwardGetWorkSpaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, size_t* workSpaceSize);

/* Runs every applicable solver on x, w and y, and returns the fastest of each algorithm, best
 * first: requestAlgoCount (at least 1) results at most. `time` is what HIP events gave (with
 * miopenConvolutionFindModeFast an estimate). Solvers that need more workspace than given are
 * passed over. exhaustiveSearch: also time every tile size of each solver.
 * Overwrites y. Waits for the stream. Later run calls with this handle use what was found. */
MIOPEN_EXPORT miopenStatus_t miopenFindConvolutionForwardAlgorithm(
    miopenHandle_t handle, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t yDesc, void* y,
    const int requestAlgoCount, int* returnedAlgoCount, miopenConvAlgoPerf_t* perfResults,
    void* workSpace, size_t workSpaceSize, bool exhaustiveSearch);

/* Queues y = conv(x, w). alpha and beta point at floats on the host and must be 1 and 0
 * (miopenStatusNotImplemented otherwise). `algo` normally comes from Find; without Find, or if that
 * algorithm does not fit the problem or the workspace, the best solver that does fit is used.
 * After the first call of a problem: no allocation, no synchronisation, allowed in stream capture.
 */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForward(
    miopenHandle_t handle, const void* alpha, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, miopenConvFwdAlgorithm_t algo, const void* beta,
    const miopenTensorDescriptor_t yDesc, void* y, void* workSpace, size_t workSpaceSize);

/* ---- Forward convolution, immediate mode ---------------------------------------------------- */

/* The number of solutions, 1 to 10. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForwardGetSolutionCount(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, size_t* solutionCount);

/* Up to maxSolutionCount (at least 1) solutions, best first. Times are estimates, or what
 * Find measured with this handle. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForwardGetSolution(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, const size_t maxSolutionCount, size_t* solutionCount,
    miopenConvSolution_t* solutions);

/* Bytes of workspace that the solution needs. An id that is unknown, or whose solver cannot do the
 * problem, is miopenStatusBadParm, here and below. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForwardGetSolutionWorkspaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, const uint64_t solution_id, size_t* workSpaceSize);

/* Loads the solution's kernels, so that the first run call takes no longer than the next. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForwardCompileSolution(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, const uint64_t solution_id);

/* Queues y = conv(x, w) by this solution. Too little workspace is miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForwardImmediate(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t yDesc, void* y,
    void* workSpace, size_t workSpaceSize, const uint64_t solution_id);

#ifdef __cplusplus
}
#endif

#endif
