#pragma once

#include <hip/hip_runtime_api.h>

#include "core/error.h"

namespace rdna1conv {

// Throws Error with HIP's words unless `result` is success: kAllocFailed when memory ran out, else
// kInternalError. `call` names the HIP function.
inline void check_hip(hipError_t result, const char* call) {
  if (result == hipSuccess) return;
  const Status status =
      result == hipErrorOutOfMemory ? Status::kAllocFailed : Status::kInternalError;
  throw Error(status, std::string(call) + " failed: " + hipGetErrorString(result) + " (" +
                          hipGetErrorName(result) + ")");
}

}  // namespace rdna1conv
