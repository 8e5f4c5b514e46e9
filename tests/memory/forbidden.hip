// Kernels that each break rules of memory_rules.cpp, and some that break none, to see that the test
// of the shipped kernels can fail. Never run. Each is compiled into a code object of its own, named
// by FORBIDDEN_CASE.
#include <hip/hip_runtime.h>

#if FORBIDDEN_CASE == 0  // allowed
// LDS, a barrier, workgroup-scope fences and LDS atomics.
extern "C" __global__ void allowed(float* out, int* count) {
  __shared__ float values[64];
  __shared__ int sum;
  values[threadIdx.x] = out[threadIdx.x];
  __syncthreads();
  __hip_atomic_fetch_add(&sum, 1, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_WORKGROUP);
  __builtin_amdgcn_fence(__ATOMIC_ACQ_REL, "workgroup");
  out[threadIdx.x] = values[63 - threadIdx.x];
  count[threadIdx.x] = sum;
}
#elif FORBIDDEN_CASE == 1   // read-modify-write of system scope
extern "C" __global__ void system_add(int* p) {
  __hip_atomic_fetch_add(p, 1, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_SYSTEM);
}
#elif FORBIDDEN_CASE == 2   // load of system scope
extern "C" __global__ void system_load(int* p, int* out) {
  *out = __hip_atomic_load(p, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_SYSTEM);
}
#elif FORBIDDEN_CASE == 3   // fence of system scope
extern "C" __global__ void system_fence(int* p, int* out) {
  const int value = *p;
  __threadfence_system();
  *out = value + *p;
}
#elif FORBIDDEN_CASE == 4   // an address that may be anywhere
extern "C" __global__ void flat_load(int* const* table, int* out) {
  __shared__ int local[2];
  local[threadIdx.x & 1] = out[0];
  int* const where = table[0] == nullptr ? local : table[1];
  *where += 1;
  out[1] = local[0];
}
#elif FORBIDDEN_CASE == 5   // scalar store
extern "C" __global__ void scalar_store(int* p) {
  asm volatile("s_store_dword s0, %0, 0x0" ::"s"(p));
}
#elif FORBIDDEN_CASE == 6   // write-back of the scalar cache
extern "C" __global__ void scalar_write_back() { __builtin_amdgcn_s_dcache_wb(); }
#elif FORBIDDEN_CASE == 7   // message to the host
extern "C" __global__ void message() { __builtin_amdgcn_s_sendmsg(1, 0); }
#elif FORBIDDEN_CASE == 8   // global wave sync
extern "C" __global__ void wave_sync() { __builtin_amdgcn_ds_gws_barrier(0, 0); }
#elif FORBIDDEN_CASE == 9   // host call
extern "C" __global__ void host_call() { printf("%d\n", static_cast<int>(threadIdx.x)); }
#elif FORBIDDEN_CASE == 10  // several devices
extern "C" __device__ void __ockl_multi_grid_sync();  // of the device libraries
extern "C" __global__ void multi_grid() { __ockl_multi_grid_sync(); }
#elif FORBIDDEN_CASE == 11  // the dispatch packet
extern "C" __global__ void packet(int* out) { out[0] = static_cast<int>(gridDim.x); }
#elif FORBIDDEN_CASE == 12  // managed variable
__managed__ int shared_with_the_host;
extern "C" __global__ void managed(int* out) { out[0] = shared_with_the_host; }
#elif FORBIDDEN_CASE == 13  // what is no instruction
extern "C" __global__ void no_instruction() { asm volatile(".long 0xffffffff"); }
#elif FORBIDDEN_CASE == 14  // an array that no registers can hold, for its index is not constant
extern "C" __global__ void indexed_array(const int* index, int* out) {
  int values[64];
  for (int i = 0; i < 64; ++i) values[index[i] & 63] = i;
  out[threadIdx.x] = values[index[threadIdx.x] & 63];
}
#endif
