/* The library, its statuses and the handle that every call on the device takes. */
#ifndef MIOPEN_GUARD_HANDLE_H_
#define MIOPEN_GUARD_HANDLE_H_

#include <miopen/objects.h>

#ifdef __cplusplus
extern "C" {
#endif

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

typedef hipStream_t miopenAcceleratorQueue_t;

/* Memory for the library itself: sizeBytes of device memory, or null if there is none; and its
 * release. `context` is what miopenSetAllocator got. */
typedef void* (*miopenAllocatorFunction)(void* context, size_t sizeBytes);
typedef void (*miopenDeallocatorFunction)(void* context, void* memory);

/* Which solvers are tuned and what is written to the performance database. Newer than 3.4. */
typedef enum {
  miopenTuningPolicyNone = 1,
  miopenTuningPolicyDbUpdate = 2,
  miopenTuningPolicySearch = 3,
  miopenTuningPolicySearchDbUpdate = 4,
  miopenTuningPolicyDbClean = 5,
} miopenTuningPolicy_t;

/* The name of a status, e.g. "miopenStatusBadParm"; never null. The string is static. */
MIOPEN_EXPORT const char* miopenGetErrorString(miopenStatus_t error);

/* The version of MIOpen's API that this library provides: 3, 4, 0. Pointers may be null. */
MIOPEN_EXPORT miopenStatus_t miopenGetVersion(size_t* major, size_t* minor, size_t* patch);

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

/* The functions through which calls with this handle get device memory of their own; null for both
 * means hipMalloc and hipFree. Both get allocatorContext, and must work until the handle is gone.
 * Run calls allocate nothing: their workspace comes from the caller. */
MIOPEN_EXPORT miopenStatus_t miopenSetAllocator(miopenHandle_t handle,
                                                miopenAllocatorFunction allocator,
                                                miopenDeallocatorFunction deallocator,
                                                void* allocatorContext);

/* While enabled, a run call waits for its kernels and keeps their time, which makes it unusable in
 * stream capture. */
MIOPEN_EXPORT miopenStatus_t miopenEnableProfiling(miopenHandle_t handle, bool enable);

/* Milliseconds that HIP events gave for the last profiled run call; 0 before the first. */
MIOPEN_EXPORT miopenStatus_t miopenGetKernelTime(miopenHandle_t handle, float* time);

/* How Find calls with this handle use the find-db: what MIOPEN_FIND_ENFORCE says for all handles
 * (its value when the handle was created is the policy until one is set). A value that is not of
 * the enumeration is BadParm. DbClean removes from the file, not from what the handle has measured.
 * Newer than 3.4. */
MIOPEN_EXPORT miopenStatus_t miopenSetTuningPolicy(miopenHandle_t handle,
                                                   miopenTuningPolicy_t newValue);
MIOPEN_EXPORT miopenStatus_t miopenGetTuningPolicy(miopenHandle_t handle,
                                                   miopenTuningPolicy_t* value);

#ifdef __cplusplus
}
#endif

#endif
