// Compiled for gfx1030: one kernel of instructions that gfx1010 has too, one with an instruction
// that it lacks.
#include <hip/hip_runtime.h>

extern "C" __global__ void twice(float* values) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  values[i] *= 2;
}

// v_dot4_i32_i8: gfx1011, gfx1012 and gfx1030 have it, gfx1010 has not (LLVM, "Processors").
extern "C" __global__ void dot_product(int* values) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  values[i] = __builtin_amdgcn_sdot4(values[i], values[i], 0, false);
}
