// Reads that a level of the caches serves, in our own words after gpu-benches
// (github.com/RRZE-HPC/gpu-benches): by all workgroups from the same data (gpu-cache), by each from
// a part of its own (gpu-l2-cache), one address after the other (gpu-latency), and at a stride
// (gpu-strides).
#include <hip/hip_runtime.h>

#include "bench/calibration/cache_kernels.h"

namespace rdna1conv::calibration {
namespace {

// Steps are unrolled so that many loads are on their way; a card's compiler unrolled there too.
constexpr int kUnroll = 8;

// Goes round `elements` float4s twice over, two loads a step: `first` and `first` + elements.
__global__ __launch_bounds__(kCacheThreads) void round_and_round(CacheArguments p) {
  const float4* const first = p.data + threadIdx.x;
  const float4* const second = first + p.elements;
  float4 sum = {};
  unsigned place = 0;
  for (unsigned step = 0; step < p.steps; step += kUnroll) {
#pragma unroll
    for (int i = 0; i < kUnroll; ++i) {
      const float4 a = first[place], b = second[place];
      sum.x += a.x * b.x;
      sum.y += a.y * b.y;
      sum.z += a.z * b.z;
      sum.w += a.w * b.w;
      place += kCacheThreads;
      place = place == p.elements ? 0 : place;
    }
  }
  if (sum.x + sum.y + sum.z + sum.w == -1) *p.result = sum.x;  // never: what is read is 0
}

// Each workgroup reads one of `parts` parts of the data once: step by step the parts lie side by
// side.
__global__ __launch_bounds__(kPartThreads) void parts(PartArguments p) {
  const unsigned part = blockIdx.x % p.parts;
  const double* place = p.data + part * 2 * kPartThreads + threadIdx.x;
  double sum = 0;
#pragma unroll kUnroll
  for (int step = 0; step < kPartSteps; ++step) {
    sum += place[0] * place[kPartThreads];
    place += p.parts * 2 * kPartThreads;
  }
  if (sum == -1) *p.result = static_cast<float>(sum);
}

// One lane follows a chain of addresses.
__global__ void chain(ChainArguments p) {
  const ChainLink* link = p.first;
  for (unsigned step = 0; step < p.steps; step += kChainUnroll) {
#pragma unroll
    for (int i = 0; i < kChainUnroll; ++i) link = link->next;
  }
  *p.last = link;
}

// Lanes read dwords `stride` apart, those of a wave from 64 places.
__global__ __launch_bounds__(kStrideThreads) void strided(StrideArguments p) {
  const float* place = p.data + threadIdx.x % 64 * p.stride;
  float sum = 0;
#pragma unroll 1
  for (unsigned step = 0; step < p.steps; ++step) {
    place += p.zero;
#pragma unroll
    for (int i = 0; i < kStrideLoads; i += 2) sum += place[4 * i] * place[4 * i + 4];
  }
  if (sum == -1) *p.result = sum;
}

}  // namespace

const void* cache_kernel() { return reinterpret_cast<const void*>(&round_and_round); }
const void* part_kernel() { return reinterpret_cast<const void*>(&parts); }
const void* chain_kernel() { return reinterpret_cast<const void*>(&chain); }
const void* stride_kernel() { return reinterpret_cast<const void*>(&strided); }

}  // namespace rdna1conv::calibration
