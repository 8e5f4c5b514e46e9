/* What a convolution is: modes, algorithms, results, and the convolution descriptor. */
#ifndef MIOPEN_GUARD_CONVOLUTION_H_
#define MIOPEN_GUARD_CONVOLUTION_H_

#include <miopen/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  miopenConvolution = 0, /* cross-correlation */
  miopenTranspose = 1,   /* transposed convolution */
  miopenGroupConv = 2,   /* stored as miopenConvolution; set the group count */
  miopenDepthwise = 3,   /* stored as miopenConvolution; set the group count */
} miopenConvolutionMode_t;

typedef enum {
  MIOPEN_CONVOLUTION_ATTRIB_FP16_ALT_IMPL = 0, /* -1 (default), 0 or 1; no effect on RDNA1 */
  MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC = 1, /* 1: only bit-reproducible solvers; default 0 */
#ifdef MIOPEN_BETA_API
  MIOPEN_CONVOLUTION_ATTRIB_FP8_ROUNDING_MODE = 2, /* 0 or 1; no effect on RDNA1 */
#endif
  MIOPEN_CONVOLUTION_ATTRIB_MATH_TYPE = 3, /* a miopenMathType_t; newer than 3.4 */
} miopenConvolutionAttrib_t;

/* Values of MIOPEN_CONVOLUTION_ATTRIB_MATH_TYPE. Newer than 3.4. */
typedef enum {
  miopenMathDefault = 0,
  miopenMathPedantic = 1,
} miopenMathType_t;

#ifdef MIOPEN_BETA_API
/* Values of MIOPEN_CONVOLUTION_ATTRIB_FP8_ROUNDING_MODE. */
typedef enum {
  miopenF8RoundingModeStandard = 0,
  miopenF8RoundingModeStochastic = 1,
} miopenF8RoundingMode_t;

#endif

typedef enum {
  miopenConvolutionFindModeNormal = 1, /* time every solver */
  miopenConvolutionFindModeFast = 2,   /* no timing: order by estimate */
  miopenConvolutionFindModeHybrid = 3,
  miopenConvolutionFindModeDynamicHybrid = 5,
  miopenConvolutionFindModeTrustVerify = 6,     /* newer than 3.4 */
  miopenConvolutionFindModeTrustVerifyFull = 7, /* newer than 3.4 */
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

#ifdef __cplusplus
}
#endif

#endif
