#pragma once

#include <hip/hip_runtime.h>

// Barrier of a workgroup whose waves exchange data through LDS only. __syncthreads() also orders
// global memory: in WGP mode that empties the L0 cache (buffer_gl0_inv) at every step of a loop,
// for nothing here. The empty asm statements keep the compiler from moving memory accesses across.
__device__ inline void lds_barrier() {
  constexpr int kWaitForLds = 0xc07f;  // s_waitcnt lgkmcnt(0), the other counters at their maximum
  asm volatile("" ::: "memory");
  __builtin_amdgcn_s_waitcnt(kWaitForLds);
  __builtin_amdgcn_s_barrier();
  asm volatile("" ::: "memory");
}
