// perftest's L0 experiment in our own words (github.com/sebbbi/perftest, perftest/loadRawBody.hlsli
// and its siblings): loads from a few hundred bytes that the L0 holds, each at an address of its
// own that the compiler cannot foresee, summed up.
//
// perftest's shaders reach buffers through descriptors: buffer_load_dwordN with an offset ("raw")
// or an index ("structured").
#include <hip/hip_runtime.h>

#include "bench/calibration/buffer_access.h"
#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

constexpr unsigned kDataBytes = 16384;

template <LoadPath kPath, int N>
__device__ FloatVector<N> load(Descriptor buffer, const float* data, unsigned place) {
  if constexpr (kPath == LoadPath::kRaw) {
    return raw_load<N>(buffer, place);
  } else if constexpr (kPath == LoadPath::kStructured) {
    return structured_load<N>(buffer, place);
  } else {
    return *reinterpret_cast<const FloatVector<N>*>(reinterpret_cast<const char*>(data) + place);
  }
}

// perftest asks for a loop; with one load in flight a wave no card would reach the rates it
// measured, so AMD's compiler must have unrolled it.
constexpr int kUnroll = 8;

template <LoadPath kPath, LoadOrder kOrder, int N>
__global__ __launch_bounds__(kLoadThreads) void loads(LoadArguments p) {
  __shared__ float sums[kLoadThreads];
  constexpr unsigned kScale = kPath == LoadPath::kStructured ? 1 : 4 * N;
  const unsigned thread = threadIdx.x;
  unsigned element = 0;
  if constexpr (kOrder == LoadOrder::kLinear) element = thread;
  // perftest's hash: a permutation of each 16 threads' elements.
  if constexpr (kOrder == LoadOrder::kRandom) element = thread * 0x3504f333u & 15;
  const unsigned first = element * kScale + p.first_byte;
  const float* __restrict__ data = p.data;
  const Descriptor buffer =
      descriptor(data, kDataBytes, kPath == LoadPath::kStructured ? 4 * N : 0);

  float sum[N] = {};
#pragma unroll kUnroll
  for (int i = 0; i < kLoadsPerThread; ++i) {
    const unsigned place = (first + i * kScale) | p.mask;
    const FloatVector<N> loaded = load<kPath, N>(buffer, data, place);
    if constexpr (N == 1) {
      sum[0] += loaded;
    } else {
#pragma unroll
      for (int j = 0; j < N; ++j) sum[j] += loaded[j];
    }
  }
  float total = 0;
#pragma unroll
  for (int j = 0; j < N; ++j) total += sum[j];
  sums[thread] = total;
  __syncthreads();
  if (p.write_index != kNoWrite) {
    p.result[blockIdx.x * kLoadThreads + thread] = sums[p.write_index];
  }
}

template <LoadPath kPath, LoadOrder kOrder, int N>
LoadKernel instance() {
  return {kPath, kOrder, N, reinterpret_cast<const void*>(&loads<kPath, kOrder, N>)};
}

template <LoadPath kPath, int... kWidths>
void append(std::vector<LoadKernel>& kernels) {
  kernels.insert(kernels.end(), {instance<kPath, LoadOrder::kLinear, kWidths>()...});
  kernels.insert(kernels.end(), {instance<kPath, LoadOrder::kRandom, kWidths>()...});
}

std::vector<LoadKernel> instances() {
  std::vector<LoadKernel> kernels;
  append<LoadPath::kRaw, 1, 2, 3, 4>(kernels);
  append<LoadPath::kStructured, 1, 2, 4>(kernels);
  append<LoadPath::kGlobal, 1, 2, 4>(kernels);
  kernels.push_back(instance<LoadPath::kScalar, LoadOrder::kUniform, 4>());
  return kernels;
}

// A dword of each line of 128 bytes.
__global__ __launch_bounds__(kThroughThreads) void through(const float* data, float* result) {
  constexpr int kLineElements = 32;
  const unsigned thread = blockIdx.x * kThroughThreads + threadIdx.x;
  float sum = 0;
#pragma unroll
  for (int i = 0; i < kThroughLoads; ++i) {
    sum += data[(thread + i * kThroughBlocks * kThroughThreads) * kLineElements];
  }
  if (sum == -1) *result = sum;  // never: what is read is 0
}

}  // namespace

const void* through_kernel() { return reinterpret_cast<const void*>(&through); }

const std::vector<LoadKernel>& load_kernels() {
  static const std::vector<LoadKernel> kernels = instances();
  return kernels;
}

}  // namespace rdna1conv::calibration
