/* Fusion plans: a convolution and what follows it, in one kernel. */
#ifndef MIOPEN_GUARD_FUSION_H_
#define MIOPEN_GUARD_FUSION_H_

#include <miopen/activation.h>
#include <miopen/batchnorm.h>
#include <miopen/convolution.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A plan is made of operators in the order in which they work: create the plan, add operators,
 * compile it for a handle, put each operator's arguments into an argument set, execute. Operators
 * belong to their plan. Plans that this library runs, forward only:
 *   convolution, bias
 *   convolution [, bias] [, batch normalization for inference], activation
 *   convolution [, bias], batch normalization for inference
 * all of it in the store of the convolution's kernel: the convolution's result never is in memory.
 */

typedef enum {
  miopenVerticalFusion = 0,
  miopenHorizontalFusion = 1,
} miopenFusionDirection_t;

/* A plan for inputs like inputDesc, which is copied. Only miopenVerticalFusion is supported. */
MIOPEN_EXPORT miopenStatus_t miopenCreateFusionPlan(miopenFusionPlanDescriptor_t* fusePlanDesc,
                                                    const miopenFusionDirection_t fuseDirection,
                                                    const miopenTensorDescriptor_t inputDesc);
MIOPEN_EXPORT miopenStatus_t miopenDestroyFusionPlan(miopenFusionPlanDescriptor_t fusePlanDesc);

/* Each adds an operator to the end of the plan and gives it to set arguments with. Descriptors are
 * copied. Bias and batch normalization tensors are [1, K, 1, 1]; batch normalization in a plan with
 * a convolution is spatial. Adding to a plan makes it uncompiled. */
MIOPEN_EXPORT miopenStatus_t miopenCreateOpConvForward(miopenFusionPlanDescriptor_t fusePlanDesc,
                                                       miopenFusionOpDescriptor_t* convOp,
                                                       miopenConvolutionDescriptor_t convDesc,
                                                       const miopenTensorDescriptor_t wDesc);
MIOPEN_EXPORT miopenStatus_t miopenCreateOpBiasForward(miopenFusionPlanDescriptor_t fusePlanDesc,
                                                       miopenFusionOpDescriptor_t* biasOp,
                                                       const miopenTensorDescriptor_t bDesc);
MIOPEN_EXPORT miopenStatus_t miopenCreateOpActivationForward(
    miopenFusionPlanDescriptor_t fusePlanDesc, miopenFusionOpDescriptor_t* activFwdOp,
    miopenActivationMode_t mode);
MIOPEN_EXPORT miopenStatus_t miopenCreateOpBatchNormInference(
    miopenFusionPlanDescriptor_t fusePlanDesc, miopenFusionOpDescriptor_t* bnOp,
    const miopenBatchNormMode_t bn_mode, const miopenTensorDescriptor_t bnScaleBiasMeanVarDesc);

/* Training: no plan with these compiles. */
MIOPEN_EXPORT miopenStatus_t miopenCreateOpActivationBackward(
    miopenFusionPlanDescriptor_t fusePlanDesc, miopenFusionOpDescriptor_t* activBwdOp,
    miopenActivationMode_t mode);
MIOPEN_EXPORT miopenStatus_t miopenCreateOpBatchNormForward(
    miopenFusionPlanDescriptor_t fusePlanDesc, miopenFusionOpDescriptor_t* bnFwdOp,
    const miopenBatchNormMode_t bn_mode, bool runningMeanVariance);
MIOPEN_EXPORT miopenStatus_t miopenCreateOpBatchNormBackward(
    miopenFusionPlanDescriptor_t fusePlanDesc, miopenFusionOpDescriptor_t* bnBwdOp,
    const miopenBatchNormMode_t bn_mode);

/* The operator at position op_idx, from 0. */
MIOPEN_EXPORT miopenStatus_t miopenFusionPlanGetOp(miopenFusionPlanDescriptor_t fusePlanDesc,
                                                   const int op_idx,
                                                   miopenFusionOpDescriptor_t* op);

/* Chooses the kernel and loads it. A plan that no solver can run in a kernel's store, without
 * workspace, is miopenStatusUnsupportedOp with the reasons; executing it is miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t miopenCompileFusionPlan(miopenHandle_t handle,
                                                     miopenFusionPlanDescriptor_t fusePlanDesc);

/* The bytes of workspace with which miopenExecuteFusionPlan_v2 has all solvers to choose from
 * (those of the algorithm that was set; `algo` is not read). miopenExecuteFusionPlan needs none. */
MIOPEN_EXPORT miopenStatus_t
miopenFusionPlanGetWorkSpaceSize(miopenHandle_t handle, miopenFusionPlanDescriptor_t fusePlanDesc,
                                 size_t* workSpaceSize, miopenConvFwdAlgorithm_t algo);

/* The algorithms that can run the plan, best first, requestAlgoCount at most; and the choice of
 * one, to be made before the plan is compiled. */
MIOPEN_EXPORT miopenStatus_t miopenFusionPlanConvolutionGetAlgo(
    miopenFusionPlanDescriptor_t fusePlanDesc, const int requestAlgoCount, int* returnedAlgoCount,
    miopenConvFwdAlgorithm_t* returnedAlgos);
MIOPEN_EXPORT miopenStatus_t miopenFusionPlanConvolutionSetAlgo(
    miopenFusionPlanDescriptor_t fusePlanDesc, miopenConvFwdAlgorithm_t algo);

/* A set of arguments for one or more executions. */
MIOPEN_EXPORT miopenStatus_t miopenCreateOperatorArgs(miopenOperatorArgs_t* args);
MIOPEN_EXPORT miopenStatus_t miopenDestroyOperatorArgs(miopenOperatorArgs_t args);

/* alpha and beta point at floats on the host, 1 and 0 or null. Device memory is used when the plan
 * is executed, not earlier. */
MIOPEN_EXPORT miopenStatus_t miopenSetOpArgsConvForward(miopenOperatorArgs_t args,
                                                        const miopenFusionOpDescriptor_t convOp,
                                                        const void* alpha, const void* beta,
                                                        const void* w);
MIOPEN_EXPORT miopenStatus_t miopenSetOpArgsBiasForward(miopenOperatorArgs_t args,
                                                        const miopenFusionOpDescriptor_t biasOp,
                                                        const void* alpha, const void* beta,
                                                        const void* bias);
MIOPEN_EXPORT miopenStatus_t miopenSetOpArgsActivForward(
    miopenOperatorArgs_t args, const miopenFusionOpDescriptor_t activFwdOp, const void* alpha,
    const void* beta, double activAlpha, double activBeta, double activGamma);
MIOPEN_EXPORT miopenStatus_t miopenSetOpArgsBatchNormInference(
    miopenOperatorArgs_t args, const miopenFusionOpDescriptor_t bnOp, const void* alpha,
    const void* beta, const void* bnScale, const void* bnBias, const void* estimatedMean,
    const void* estimatedVariance, double epsilon);

MIOPEN_EXPORT miopenStatus_t miopenSetOpArgsActivBackward(
    miopenOperatorArgs_t args, const miopenFusionOpDescriptor_t activBwdOp, const void* alpha,
    const void* beta, const void* y, const void* reserved, double activAlpha, double activBeta,
    double activGamma);
MIOPEN_EXPORT miopenStatus_t miopenSetOpArgsBatchNormForward(
    miopenOperatorArgs_t args, const miopenFusionOpDescriptor_t bnOp, const void* alpha,
    const void* beta, const void* bnScale, const void* bnBias, void* savedMean,
    void* savedInvVariance, void* runningMean, void* runningVariance, double expAvgFactor,
    double epsilon);
MIOPEN_EXPORT miopenStatus_t miopenSetOpArgsBatchNormBackward(
    miopenOperatorArgs_t args, const miopenFusionOpDescriptor_t bnOp, const void* alpha,
    const void* beta, const void* x, const void* bnScale, const void* bnBias,
    void* resultBnScaleDiff, void* resultBnBiasDiff, const void* savedMean,
    const void* savedInvVariance);

/* Queues the plan. inputDesc must equal that of the plan; outputDesc has the lengths that the
 * convolution gives, and any strides. After the first execution: no allocation, no synchronisation,
 * allowed in stream capture. A plan that is not compiled, or an operator without arguments, is
 * miopenStatusBadParm. */
MIOPEN_EXPORT miopenStatus_t miopenExecuteFusionPlan(
    const miopenHandle_t handle, const miopenFusionPlanDescriptor_t fusePlanDesc,
    const miopenTensorDescriptor_t inputDesc, const void* input,
    const miopenTensorDescriptor_t outputDesc, void* output, miopenOperatorArgs_t args);

/* The same with workspace, of any size. Newer than 3.4. */
MIOPEN_EXPORT miopenStatus_t miopenExecuteFusionPlan_v2(
    const miopenHandle_t handle, const miopenFusionPlanDescriptor_t fusePlanDesc,
    const miopenTensorDescriptor_t inputDesc, const void* input,
    const miopenTensorDescriptor_t outputDesc, void* output, miopenOperatorArgs_t args,
    void* workspace, size_t workspaceSize);

/* y = activation(alpha1 * conv(x, w) + alpha2 * z + bias) without a plan. alpha1 and alpha2 point
 * at floats on the host; null means 1. zDesc must describe what yDesc does, and z may be y;
 * biasDesc is [1, K, 1, 1]. Any activation mode is supported. `algo` is a wish, as for
 * miopenConvolutionForward. */
MIOPEN_EXPORT miopenStatus_t miopenConvolutionBiasActivationForward(
    miopenHandle_t handle, const void* alpha1, const miopenTensorDescriptor_t xDesc, const void* x,
    const miopenTensorDescriptor_t wDesc, const void* w,
    const miopenConvolutionDescriptor_t convDesc, miopenConvFwdAlgorithm_t algo, void* workspace,
    size_t workspaceSizeInBytes, const void* alpha2, const miopenTensorDescriptor_t zDesc,
    const void* z, const miopenTensorDescriptor_t biasDesc, const void* bias,
    const miopenActivationDescriptor_t activationDesc, const miopenTensorDescriptor_t yDesc,
    void* y);

#ifdef __cplusplus
}
#endif

#endif
