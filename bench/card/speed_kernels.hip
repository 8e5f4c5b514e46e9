// What a card's speed is found with: multiply-adds that wait for nothing, and reading.
#include <hip/hip_runtime.h>

#include "bench/card/speed_kernels.h"

using namespace rdna1conv::bench;

// Chains of multiply-adds, more than the latency of one. Each reads one vector register, so that no
// two operands meet in a bank.
extern "C" __global__ __launch_bounds__(kSpeedThreads) void speed_multiply_adds(
    float* result, uint32_t rounds, float factor, float addend) {
  float x[kSpeedChains];
#pragma unroll
  for (int chain = 0; chain < kSpeedChains; ++chain)
    x[chain] = static_cast<float>(threadIdx.x + chain);
  for (uint32_t round = 0; round < rounds; ++round) {
#pragma unroll
    for (int i = 0; i < kSpeedStepsARound; ++i) {
#pragma unroll
      for (int chain = 0; chain < kSpeedChains; ++chain)
        x[chain] = fmaf(x[chain], factor, addend);
    }
  }
  float sum = 0;
#pragma unroll
  for (int chain = 0; chain < kSpeedChains; ++chain) sum += x[chain];
  result[blockIdx.x * kSpeedThreads + threadIdx.x] = sum;
}

// Each workgroup reads kSpeedReadBytes that lie side by side.
extern "C" __global__ __launch_bounds__(kSpeedThreads) void speed_read(const uint4* from,
                                                                       uint32_t* result) {
  constexpr int kLoads = kSpeedReadBytes / 16 / kSpeedThreads;
  const uint32_t first = blockIdx.x * (kSpeedReadBytes / 16) + threadIdx.x;
  uint4 values[kLoads];
#pragma unroll
  for (int i = 0; i < kLoads; ++i) values[i] = from[first + i * kSpeedThreads];
  uint32_t mixed = 0;
#pragma unroll
  for (int i = 0; i < kLoads; ++i)
    mixed ^= values[i].x ^ values[i].y ^ values[i].z ^ values[i].w;
  // Never of memory that holds zeros, which only this program knows.
  if (mixed != 0) *result = mixed;
}
