/* Build switches that clients of MIOpen test for. */
#ifndef GUARD_MIOPEN_CONFIG_H_
#define GUARD_MIOPEN_CONFIG_H_

#include <hip/hip_version.h>

#define MIOPEN_BACKEND_HIP 1
#define MIOPEN_BACKEND_OPENCL 0
#define MIOPEN_MODE_NOGPU 0
/* Kernels are compiled ahead of time: nothing is built or cached on the user's machine. */
#define MIOPEN_USE_COMGR 0
#define MIOPEN_USE_HIPRTC 0
#define MIOPEN_USE_ROCBLAS 0
#define MIOPEN_USE_GEMM 1

#endif
