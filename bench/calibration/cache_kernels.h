// The kernels of cache_kernels.hip and their arguments.
#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>

namespace rdna1conv::calibration {

// All workgroups go round the same 2 * elements float4s, in steps of two loads a thread; `steps` is
// a multiple of 8, `elements` of kCacheThreads.
struct CacheArguments {
  const float4* data;
  float* result;
  unsigned elements;
  unsigned steps;
};
constexpr int kCacheThreads = 512;
const void* cache_kernel();

// Each workgroup reads kPartBytes, one of `parts` parts of the data.
struct PartArguments {
  const double* data;
  float* result;
  unsigned parts;
};
constexpr int kPartThreads = 1024;
constexpr int kPartSteps = 32;
constexpr std::size_t kPartBytes = std::size_t{2} * sizeof(double) * kPartThreads * kPartSteps;
const void* part_kernel();

// One lane goes `steps` links along a chain, a multiple of kChainUnroll.
struct ChainLink {
  const ChainLink* next;
};
struct ChainArguments {
  const ChainLink* first;
  const ChainLink** last;
  unsigned steps;
};
constexpr int kChainUnroll = 32;
const void* chain_kernel();

// One workgroup whose lanes read dwords `stride` apart, kStrideLoads a step.
struct StrideArguments {
  const float* data;
  float* result;
  unsigned stride;
  unsigned steps;
  unsigned zero;  // 0, unknown to the compiler
};
constexpr int kStrideThreads = 1024;
constexpr int kStrideLoads = 8;
const void* stride_kernel();

}  // namespace rdna1conv::calibration
