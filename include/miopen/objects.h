/* The objects behind the API's opaque pointers: miopenHandle_t is a struct miopenHandle*, and so
 * on. */
#ifndef MIOPEN_GUARD_OBJECTS_H_
#define MIOPEN_GUARD_OBJECTS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <miopen/config.h>
#include <miopen/export.h>
#include <miopen/version.h>

#include <hip/hip_runtime_api.h>

/* In C++ the structs are complete, because clients hold pointers to them in unique_ptr and
 * remove_pointer forms; MIOPEN_DEFAULT is a default argument. */
#ifdef __cplusplus
#define MIOPEN_DECLARE_OBJECT(name) \
  struct name {};                   \
  typedef struct name* name##_t;
#define MIOPEN_DEFAULT(value) = value
#else
#define MIOPEN_DECLARE_OBJECT(name) typedef struct name* name##_t;
#define MIOPEN_DEFAULT(value)
#endif

MIOPEN_DECLARE_OBJECT(miopenHandle)                /* a device, a stream and settings */
MIOPEN_DECLARE_OBJECT(miopenTensorDescriptor)      /* type, lengths and strides of a tensor */
MIOPEN_DECLARE_OBJECT(miopenSeqTensorDescriptor)   /* a batch of sequences */
MIOPEN_DECLARE_OBJECT(miopenConvolutionDescriptor) /* what a convolution does */
MIOPEN_DECLARE_OBJECT(miopenPoolingDescriptor)
MIOPEN_DECLARE_OBJECT(miopenLRNDescriptor)
MIOPEN_DECLARE_OBJECT(miopenActivationDescriptor) /* an activation function and its parameters */
MIOPEN_DECLARE_OBJECT(miopenRNNDescriptor)
MIOPEN_DECLARE_OBJECT(miopenCTCLossDescriptor)
MIOPEN_DECLARE_OBJECT(miopenDropoutDescriptor)
MIOPEN_DECLARE_OBJECT(miopenReduceTensorDescriptor)
MIOPEN_DECLARE_OBJECT(miopenMhaDescriptor) /* multi-head attention */
MIOPEN_DECLARE_OBJECT(miopenSoftmaxDescriptor)
MIOPEN_DECLARE_OBJECT(miopenFusionPlanDescriptor) /* operators that run as one kernel */
MIOPEN_DECLARE_OBJECT(miopenFusionOpDescriptor)   /* one operator of a plan */
MIOPEN_DECLARE_OBJECT(miopenOperatorDescriptor)   /* unused */
MIOPEN_DECLARE_OBJECT(miopenOperatorArgs)         /* arguments of the operators of a plan */
MIOPEN_DECLARE_OBJECT(miopenProblem)              /* a problem for miopenFindSolutions */
MIOPEN_DECLARE_OBJECT(miopenFindOptions)          /* how miopenFindSolutions works */
MIOPEN_DECLARE_OBJECT(miopenSolution)             /* a way to solve a problem */
MIOPEN_DECLARE_OBJECT(miopenBackendDescriptor)    /* an object of the graph interface */

#endif
