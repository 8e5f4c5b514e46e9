// Kernels of a code object that tests load by hand: hipModuleLoad and the HSA calls themselves.
#include <hip/hip_runtime.h>

__device__ int module_table[8] = {1, 2, 3, 4, 5, 6, 7, 8};
// Addresses inside the code object: the loader relocates them.
__device__ int* table_tail = module_table + 4;
__device__ int twice(int x) { return 2 * x; }
__device__ int square(int x) { return x * x; }
__device__ int (*functions[2])(int) = {twice, square};
__constant__ int module_constant = 1000;

extern "C" __global__ void fill(int* out, int value) {
  out[blockIdx.x * blockDim.x + threadIdx.x] = value;
}

extern "C" __global__ void read_table(int* out) {
  out[threadIdx.x] = table_tail[threadIdx.x & 3] + module_constant;
}

extern "C" __global__ void call_indirectly(int* out) {
  out[threadIdx.x] = functions[threadIdx.x & 1](static_cast<int>(threadIdx.x));
}

// Reverses a workgroup's values through LDS whose size the launch gives.
extern "C" __global__ void reverse(int* values) {
  extern __shared__ int shared[];
  shared[threadIdx.x] = values[blockIdx.x * blockDim.x + threadIdx.x];
  __syncthreads();
  values[blockIdx.x * blockDim.x + threadIdx.x] = shared[blockDim.x - 1 - threadIdx.x];
}

// An array that is indexed at run time lies in scratch.
extern "C" __global__ void scratch(int* out, int stride) {
  int local[64];
  for (int i = 0; i < 64; ++i) local[i] = i * static_cast<int>(threadIdx.x + 1);
  int sum = 0;
  for (int i = 0; i < 64; ++i) sum += local[(i * stride + static_cast<int>(threadIdx.x)) & 63] * i;
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

extern "C" __global__ void positions(unsigned* out) {
  const unsigned x = blockIdx.x * blockDim.x + threadIdx.x;
  const unsigned y = blockIdx.y * blockDim.y + threadIdx.y;
  const unsigned z = blockIdx.z * blockDim.z + threadIdx.z;
  const unsigned width = gridDim.x * blockDim.x;
  const unsigned height = gridDim.y * blockDim.y;
  out[(z * height + y) * width + x] = (z << 20) | (y << 10) | x;
}

extern "C" __global__ void write_out_of_range(int* out) { out[std::size_t{1} << 36] = 1; }

extern "C" __global__ void illegal_instruction(int* out) {
  *out = 1;
  asm volatile(".long 0xbfffffff");
}

extern "C" __global__ void trap() { __builtin_trap(); }

// Every workgroup waits for all others: it ends if the device holds the whole grid at a time.
extern "C" __global__ void meet(unsigned* arrived) {
  if (threadIdx.x != 0) return;
  atomicAdd(arrived, 1);
  while (__hip_atomic_load(arrived, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT) < gridDim.x) {
    __builtin_amdgcn_s_sleep(1);
  }
}
