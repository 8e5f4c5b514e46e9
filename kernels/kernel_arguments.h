#pragma once

#include <hip/hip_runtime.h>

namespace rdna1conv {

// The Params struct of the running kernel, read from memory again. What a long loop does not need
// would otherwise be loaded at the start of the kernel and take scalar registers from the loop,
// until they spill.
template <class Params>
__device__ inline Params reload_params() {
  auto* arguments = __builtin_amdgcn_kernarg_segment_ptr();  // the only argument is at its start
  asm volatile("" : "+s"(arguments));
  Params params;
  __builtin_memcpy(&params, (const void*)arguments, sizeof params);
  return params;
}

}  // namespace rdna1conv
