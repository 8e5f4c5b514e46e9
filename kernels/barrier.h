#pragma once

#include <hip/hip_runtime.h>

// Barrier of a workgroup whose waves exchange data through LDS only. __syncthreads() also orders
// global memory: in WGP mode that empties the L0 cache (buffer_gl0_inv) at every step of a loop,
// for nothing here. As instructions and not as the compiler's barrier, before which it waits for
// all loads, those ahead of the loop included.
__device__ inline void lds_barrier() {
  asm volatile("s_waitcnt lgkmcnt(0)\n\ts_barrier" ::: "memory");
}
