/* Problems, solutions and how to find them (Find 2.0). */
#ifndef MIOPEN_GUARD_FIND2_H_
#define MIOPEN_GUARD_FIND2_H_

#include <miopen/activation.h>
#include <miopen/batchnorm.h>
#include <miopen/convolution.h>
#include <miopen/softmax.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  miopenProblemDirectionForward = 0,
  miopenProblemDirectionBackward = 1,
  miopenProblemDirectionBackwardWeights = 2,
#ifdef MIOPEN_BETA_API
  miopenProblemDirectionInference = 4,
#endif
} miopenProblemDirection_t;

/* Names of the tensors and scalars of a problem. */
typedef enum {
  miopenTensorArgumentIdInvalid = 0,
  miopenTensorConvolutionX = 1,
  miopenTensorConvolutionW = 2,
  miopenTensorConvolutionY = 3,
  miopenTensorMhaK = 4,
  miopenTensorMhaQ = 5,
  miopenTensorMhaV = 6,
  miopenTensorMhaDescaleK = 7,
  miopenTensorMhaDescaleQ = 8,
  miopenTensorMhaDescaleV = 9,
  miopenTensorMhaDescaleS = 10,
  miopenTensorMhaScaleS = 11,
  miopenTensorMhaScaleO = 12,
  miopenTensorMhaDropoutProbability = 13,
  miopenTensorMhaDropoutSeed = 14,
  miopenTensorMhaDropoutOffset = 15,
  miopenTensorMhaO = 16,
  miopenTensorMhaAmaxO = 17,
  miopenTensorMhaAmaxS = 18,
  miopenTensorMhaM = 19,
  miopenTensorMhaZInv = 20,
  miopenTensorMhaDO = 21,
  miopenTensorMhaDescaleO = 22,
  miopenTensorMhaDescaleDO = 23,
  miopenTensorMhaDescaleDS = 24,
  miopenTensorMhaScaleDS = 25,
  miopenTensorMhaScaleDQ = 26,
  miopenTensorMhaScaleDK = 27,
  miopenTensorMhaScaleDV = 28,
  miopenTensorMhaDQ = 29,
  miopenTensorMhaDK = 30,
  miopenTensorMhaDV = 31,
  miopenTensorMhaAmaxDQ = 32,
  miopenTensorMhaAmaxDK = 33,
  miopenTensorMhaAmaxDV = 34,
  miopenTensorMhaAmaxDS = 35,
  miopenTensorMhaBias = 36,
#ifdef MIOPEN_BETA_API
  miopenTensorActivationX = 37,
  miopenTensorActivationY = 38,
  miopenTensorActivationDX = 39,
  miopenTensorActivationDY = 40,
  miopenTensorBiasX = 41,
  miopenTensorBiasY = 42,
  miopenTensorBias = 43,
  miopenTensorSoftmaxX = 44,
  miopenTensorSoftmaxY = 45,
  miopenTensorSoftmaxDX = 46,
  miopenTensorSoftmaxDY = 47,
  miopenTensorBatchnormX = 48,
  miopenTensorBatchnormY = 49,
  miopenTensorBatchnormRunningMean = 50,
  miopenTensorBatchnormRunningVariance = 51,
  miopenTensorBatchnormSavedMean = 52,
  miopenTensorBatchnormSavedVariance = 53,
  miopenTensorBatchnormScale = 54,
  miopenTensorBatchnormScaleDiff = 55,
  miopenTensorBatchnormEstimatedMean = 56,
  miopenTensorBatchnormEstimatedVariance = 57,
  miopenTensorBatchnormBias = 58,
  miopenTensorBatchnormBiasDiff = 59,
  miopenTensorBatchnormDX = 60,
  miopenTensorBatchnormDY = 61,
#endif
  miopenTensorArgumentIsScalar = 2147483648,
  miopenTensorMhaMask = 2147483649,
#ifdef MIOPEN_BETA_API
  miopenScalarBatchnormExpAvgFactor = 2147483650,
  miopenScalarBatchnormEpsilon = 2147483651,
#endif
} miopenTensorArgumentId_t;

typedef enum {
  miopenFindResultsOrderByTime = 0,
  miopenFindResultsOrderByWorkspaceSize = 1,
} miopenFindResultsOrder_t;

/* A tensor for miopenRunSolution. */
struct miopenTensorArgument_t {
  miopenTensorArgumentId_t id;
  miopenTensorDescriptor_t* descriptor; /* null: the problem's */
  void* buffer;                         /* device memory */
};
#ifndef __cplusplus
typedef struct miopenTensorArgument_t miopenTensorArgument_t;
#endif

/* A convolution in one direction. The descriptor is copied. Its tensors X, W and Y are set with
 * miopenSetProblemTensorDescriptor, and whatever the direction they are those of y = conv(x, w). */
MIOPEN_EXPORT miopenStatus_t miopenCreateConvProblem(miopenProblem_t* problem,
                                                     miopenConvolutionDescriptor_t operatorDesc,
                                                     miopenProblemDirection_t direction);

MIOPEN_EXPORT miopenStatus_t miopenDestroyProblem(miopenProblem_t problem);

/* Describes one tensor of the problem. The descriptor is copied. */
MIOPEN_EXPORT miopenStatus_t
miopenSetProblemTensorDescriptor(miopenProblem_t problem, miopenTensorArgumentId_t id,
                                 const miopenTensorDescriptor_t descriptor);

/* Options with their defaults: no tuning, order by time, no limit, no preallocated memory. */
MIOPEN_EXPORT miopenStatus_t miopenCreateFindOptions(miopenFindOptions_t* options);
MIOPEN_EXPORT miopenStatus_t miopenDestroyFindOptions(miopenFindOptions_t options);

/* 1: also time every tile size of each solver. 0: only those that the library prefers. */
MIOPEN_EXPORT miopenStatus_t miopenSetFindOptionTuning(miopenFindOptions_t options, int value);

MIOPEN_EXPORT miopenStatus_t miopenSetFindOptionResultsOrder(miopenFindOptions_t options,
                                                             miopenFindResultsOrder_t value);

/* Leaves out solutions that need more workspace, in bytes. */
MIOPEN_EXPORT miopenStatus_t miopenSetFindOptionWorkspaceLimit(miopenFindOptions_t options,
                                                               size_t value);

/* Device memory for miopenFindSolutions to work in, instead of memory that it allocates and frees.
 * Without a preallocated workspace its size limits nothing; with one, solutions that need more are
 * left out. The contents of the output tensor are overwritten. */
MIOPEN_EXPORT miopenStatus_t miopenSetFindOptionPreallocatedWorkspace(miopenFindOptions_t options,
                                                                      void* buffer, size_t size);
MIOPEN_EXPORT miopenStatus_t miopenSetFindOptionPreallocatedTensor(miopenFindOptions_t options,
                                                                   miopenTensorArgumentId_t id,
                                                                   void* buffer);

/* 1: saved solutions carry their kernels. Here the library has them all, so nothing changes. */
MIOPEN_EXPORT miopenStatus_t miopenSetFindOptionAttachBinaries(miopenFindOptions_t options,
                                                               unsigned int attach);

/* Times the solvers for a problem whose tensors are all described, and gives up to maxSolutions
 * solutions, best first, one for each solver. The caller destroys them; they may outlive problem
 * and handle. Waits for the stream. options and numSolutions may be null. The find mode works as
 * for the other Find calls, and a problem that nothing can solve is miopenStatusUnknownError as for
 * them. */
MIOPEN_EXPORT miopenStatus_t miopenFindSolutions(miopenHandle_t handle, miopenProblem_t problem,
                                                 miopenFindOptions_t options,
                                                 miopenSolution_t* solutions, size_t* numSolutions,
                                                 size_t maxSolutions);

/* Queues the solution's work on the handle's stream. All tensors of the problem are required; the
 * descriptor of an argument must equal that of the problem. Too little workspace is
 * miopenStatusBadParm, a device on which the solver cannot do the problem
 * miopenStatusUnsupportedOp. After the first run: no allocation, no synchronisation, allowed in
 * stream capture. */
MIOPEN_EXPORT miopenStatus_t miopenRunSolution(miopenHandle_t handle, miopenSolution_t solution,
                                               size_t nInputs,
                                               const miopenTensorArgument_t* tensors,
                                               void* workspace, size_t workspaceSize);

MIOPEN_EXPORT miopenStatus_t miopenDestroySolution(miopenSolution_t solution);

/* The size in bytes of the saved form, and the saved form itself. It holds the problem and the
 * solver and can be loaded in any process. */
MIOPEN_EXPORT miopenStatus_t miopenGetSolutionSize(miopenSolution_t solution, size_t* size);
MIOPEN_EXPORT miopenStatus_t miopenSaveSolution(miopenSolution_t solution, char* data);

/* A solution from its saved form; needs no device. Data that is no such form (MIOpen's own is
 * none), truncated or damaged is miopenStatusUnknownError; another version of the format, or a
 * solver that this version of the library does not have, is miopenStatusVersionMismatch. */
MIOPEN_EXPORT miopenStatus_t miopenLoadSolution(miopenSolution_t* solution, const char* data,
                                                size_t size);

/* Bytes; milliseconds as timed by Find; the id that the immediate mode takes. */
MIOPEN_EXPORT miopenStatus_t miopenGetSolutionWorkspaceSize(miopenSolution_t solution,
                                                            size_t* workspaceSize);
MIOPEN_EXPORT miopenStatus_t miopenGetSolutionTime(miopenSolution_t solution, float* time);
MIOPEN_EXPORT miopenStatus_t miopenGetSolutionSolverId(miopenSolution_t solution,
                                                       uint64_t* solverId);

/* The algorithm of a solver. An unknown id is miopenStatusUnknownError. */
MIOPEN_EXPORT miopenStatus_t miopenGetSolverIdConvAlgorithm(uint64_t solverId,
                                                            miopenConvAlgorithm_t* result);

/* ---- Attention ------------------------------------------------------------------------------ */

/* Values of miopenTensorMhaMask. */
typedef enum {
  miopenMhaMaskNone = 0,
  miopenMhaMaskCausal = 1,
} miopenMhaMask_t;

/* Multi-head attention; scale multiplies Q K^T. */
MIOPEN_EXPORT miopenStatus_t miopenCreateMhaDescriptor(miopenMhaDescriptor_t* mhaDesc);
MIOPEN_EXPORT miopenStatus_t miopenSetMhaDescriptor(miopenMhaDescriptor_t mhaDesc, float scale);
MIOPEN_EXPORT miopenStatus_t miopenGetMhaDescriptor(miopenMhaDescriptor_t mhaDesc, float* scale);
MIOPEN_EXPORT miopenStatus_t miopenCreateMhaProblem(miopenProblem_t* problem,
                                                    miopenMhaDescriptor_t operatorDesc,
                                                    miopenProblemDirection_t direction);

/* ---- Problems of other operators ------------------------------------------------------------ */

#ifdef MIOPEN_BETA_API
/* Bias and activation are there to be fused to a forward convolution: alone they have no solution,
 * and other directions are miopenStatusNotImplemented. The bias is [1, K, 1, 1]. A batch
 * normalization can be described, and has no solution: miopenStatusNotImplemented when it is
 * searched. A softmax, of which the descriptor is copied, has one solution, without workspace: its
 * tensors are miopenTensorSoftmaxX and Y, backward Y, DY and DX; its time is an estimate. */
MIOPEN_EXPORT miopenStatus_t
miopenCreateActivationProblem(miopenProblem_t* problem, miopenActivationDescriptor_t operatorDesc,
                              miopenProblemDirection_t direction);
MIOPEN_EXPORT miopenStatus_t miopenCreateBatchnormProblem(miopenProblem_t* problem,
                                                          miopenBatchNormMode_t mode,
                                                          bool runningMeanVariance,
                                                          miopenProblemDirection_t direction);
MIOPEN_EXPORT miopenStatus_t miopenCreateBiasProblem(miopenProblem_t* problem,
                                                     miopenProblemDirection_t direction);
MIOPEN_EXPORT miopenStatus_t miopenCreateSoftmaxProblem(miopenProblem_t* problem,
                                                        miopenSoftmaxDescriptor_t operatorDesc,
                                                        miopenProblemDirection_t direction);

/* Appends a copy of problem2 to problem1. A convolution, then bias or activation or both, is solved
 * in the store of the convolution's kernel: its tensors are miopenTensorConvolutionX and W,
 * miopenTensorBias, and the Y of the last operator. Other sequences are miopenStatusUnsupportedOp
 * when they are searched. */
MIOPEN_EXPORT miopenStatus_t miopenFuseProblems(miopenProblem_t problem1, miopenProblem_t problem2);

#endif

#ifdef __cplusplus
}
#endif

#endif
