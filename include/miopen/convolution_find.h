/* Convolutions by the Find interface: ask for the workspace, find an algorithm, run it. */
#ifndef MIOPEN_GUARD_CONVOLUTION_FIND_H_
#define MIOPEN_GUARD_CONVOLUTION_FIND_H_

#include <miopen/convolution.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Forward convolution: y = conv(x, w) -----------------------------------------------------
 *
 * x [N, C, H, W], w [K, C / groups, R, S], y [N, K, Ho, Wo]; in 3-D with the depth before the
 * height, in 1-D without the height. With miopenTranspose w is [C, K / groups, R, S] and y the
 * larger image. All are float, half or bfloat16, or x and w int8 and y int32 or float. Strides are
 * free as long as no two elements of the output share an address.
 *
 * Descriptors that do not fit together are miopenStatusBadParm, and so is a pointer to anything but
 * coarse-grained memory of the handle's device: to host, managed or unknown memory
 * (RDNA1CONV_CHECK_POINTERS=0 leaves that unchecked). What no solver supports is
 * miopenStatusNotImplemented with the reason of each solver, of Find miopenStatusUnknownError as
 * MIOpen has it.
 */

/* The workspace in bytes with which Find may return, and a run call use, any algorithm; or, if the
 * find mode will not try them, what the best solution needs. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForwardGetWorkSpaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t wDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t yDesc, size_t* workSpaceSize);

/* Runs every applicable solver on x, w and y, and returns the fastest of each algorithm, best
 * first: requestAlgoCount (at least 1) results at most. `time` is what HIP events gave. Solvers
 * that need more workspace than given are passed over, and those whose estimate is hopeless are not
 * run. exhaustiveSearch: also time every tile size of each solver.
 * The hybrid find modes, of which one is the default, time a problem once and keep the result in
 * the user's find-db; miopenConvolutionFindModeFast goes by that or by estimates.
 * Overwrites y. Waits for the stream, so it is refused while the stream is captured. Later run
 * calls with this handle use what was found. */
MIOPEN_EXPORT miopenStatus_t miopenFindConvolutionForwardAlgorithm(
    miopenHandle_t handle, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t yDesc, void* y,
    const int requestAlgoCount, int* returnedAlgoCount, miopenConvAlgoPerf_t* perfResults,
    void* workSpace, size_t workSpaceSize, bool exhaustiveSearch);

/* Queues y = alpha * conv(x, w) + beta * y. alpha and beta point at floats on the host; in 1-D and
 * 2-D they must be 1 and 0 (miopenStatusNotImplemented otherwise). `algo` normally comes from Find;
 * without Find, or if that algorithm does not fit the problem or the workspace, the best solver
 * that does fit is used. After the first call of a problem: no allocation, no synchronisation,
 * allowed in stream capture.
 */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForward(
    miopenHandle_t handle, const void* alpha, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, miopenConvFwdAlgorithm_t algo, const void* beta,
    const miopenTensorDescriptor_t yDesc, void* y, void* workSpace, size_t workSpaceSize);

/* ---- Backward data: dx = the gradient of x -----------------------------------------------------
 *
 * The convolution is the one that takes x to y = conv(x, w): dy has the lengths of y, dx those of
 * x. With miopenTranspose these calls run what forward runs without it. The calls are those of the
 * forward direction, for dx instead of y.
 */

MIOPEN_EXPORT miopenStatus_t miopenConvolutionBackwardDataGetWorkSpaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t wDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dxDesc, size_t* workSpaceSize);

/* Overwrites dx. The algorithm of a result is in bwd_data_algo. */
MIOPEN_EXPORT miopenStatus_t miopenFindConvolutionBackwardDataAlgorithm(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t dxDesc, void* dx,
    const int requestAlgoCount, int* returnedAlgoCount, miopenConvAlgoPerf_t* perfResults,
    void* workSpace, size_t workSpaceSize, bool exhaustiveSearch);

MIOPEN_EXPORT miopenStatus_t miopenConvolutionBackwardData(
    miopenHandle_t handle, const void* alpha, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, miopenConvBwdDataAlgorithm_t algo,
    const void* beta, const miopenTensorDescriptor_t dxDesc, void* dx, void* workSpace,
    size_t workSpaceSize);

/* ---- Backward weights: dw = the gradient of w --------------------------------------------------
 *
 * dw has the lengths of w. Solvers that add with atomics give sums that differ in the last bits
 * from run to run; MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC leaves them out.
 */

MIOPEN_EXPORT miopenStatus_t miopenConvolutionBackwardWeightsGetWorkSpaceSize(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc,
    const miopenTensorDescriptor_t xDesc, const miopenConvolutionDescriptor_t convDesc,
    const miopenTensorDescriptor_t dwDesc, size_t* workSpaceSize);

/* Overwrites dw. The algorithm of a result is in bwd_weights_algo. */
MIOPEN_EXPORT miopenStatus_t miopenFindConvolutionBackwardWeightsAlgorithm(
    miopenHandle_t handle, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t dwDesc, void* dw,
    const int requestAlgoCount, int* returnedAlgoCount, miopenConvAlgoPerf_t* perfResults,
    void* workSpace, size_t workSpaceSize, bool exhaustiveSearch);

MIOPEN_EXPORT miopenStatus_t miopenConvolutionBackwardWeights(
    miopenHandle_t handle, const void* alpha, const miopenTensorDescriptor_t dyDesc, const void* dy,
    const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenConvolutionDescriptor_t convDesc, miopenConvBwdWeightsAlgorithm_t algo,
    const void* beta, const miopenTensorDescriptor_t dwDesc, void* dw, void* workSpace,
    size_t workSpaceSize);

/* ---- Bias: one value for each channel, a tensor [1, C, 1, 1] -------------------------------- */

/* y = alpha * b + beta * y, b repeated over batch and image. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionForwardBias(miopenHandle_t handle, const void* alpha,
                                                          const miopenTensorDescriptor_t bDesc,
                                                          const void* b, const void* beta,
                                                          const miopenTensorDescriptor_t yDesc,
                                                          void* y);

/* db = the sum of dy over batch and image; alpha must be 1 and beta 0. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionBackwardBias(miopenHandle_t handle, const void* alpha,
                                                           const miopenTensorDescriptor_t dyDesc,
                                                           const void* dy, const void* beta,
                                                           const miopenTensorDescriptor_t dbDesc,
                                                           void* db);

#ifdef __cplusplus
}
#endif

#endif
