#pragma once

#include <hip/hip_runtime.h>

#include <cstdint>

namespace rdna1conv {

// A part of the running kernel's only argument, `offset` bytes from its start (uniform), read from
// memory again. What a long loop does not need would otherwise be loaded at the start of the kernel
// and take scalar registers from the loop, until they spill.
template <class Part>
__device__ inline Part reload_argument(uint32_t offset = 0) {
  auto* address = __builtin_amdgcn_kernarg_segment_ptr();
  asm volatile("" : "+s"(address));
  Part part;
  __builtin_memcpy(&part, (const char*)address + offset, sizeof part);
  return part;
}

}  // namespace rdna1conv
