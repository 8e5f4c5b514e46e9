// perftest's L0 experiment in our own words (github.com/sebbbi/perftest, perftest/loadRawBody.hlsli
// and its siblings): loads from a few hundred bytes that the L0 holds, each at an address of its
// own that the compiler cannot foresee, summed up.
//
// perftest's shaders reach buffers through descriptors. LLVM's buffer intrinsics make the same
// instructions: buffer_load_dwordN with an offset ("raw") or an index ("structured").
#include <hip/hip_runtime.h>

#include "kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

using Descriptor = int __attribute__((ext_vector_type(4)));
template <int N>
struct Floats {
  typedef float Vector __attribute__((ext_vector_type(N)));
};
template <>
struct Floats<1> {
  typedef float Vector;
};
template <int N>
using FloatVector = typename Floats<N>::Vector;

// LLVM, "User Guide for AMDGPU Backend" and IntrinsicsAMDGPU.td. Not through builtins: clang 15 has
// none for these.
#define LOAD_INTRINSICS(suffix, N)                                                     \
  __device__ FloatVector<N> raw_load_##N(Descriptor, int, int, int) __asm(             \
      "llvm.amdgcn.raw."                                                               \
      "buffer.load." suffix);                                                          \
  __device__ FloatVector<N> structured_load_##N(Descriptor, int, int, int, int) __asm( \
      "llvm.amdgcn.struct."                                                            \
      "buffer.load." suffix);
extern "C" {
LOAD_INTRINSICS("f32", 1)
LOAD_INTRINSICS("v2f32", 2)
LOAD_INTRINSICS("v3f32", 3)
LOAD_INTRINSICS("v4f32", 4)
}
#undef LOAD_INTRINSICS

constexpr unsigned kDataBytes = 16384;

// RDNA 1.0 ISA, section 8.1.5: base, stride and records, then float elements, resource level 1 and
// the range check.
__device__ Descriptor descriptor(const float* data, unsigned stride) {
  const auto address = reinterpret_cast<unsigned long long>(data);
  const unsigned records = stride == 0 ? kDataBytes : kDataBytes / stride;
  const unsigned kind = stride == 0 ? 0x31016facu : 0x01016facu;
  return {static_cast<int>(address), static_cast<int>(address >> 32 & 0xffff) | int(stride << 16),
          static_cast<int>(records), static_cast<int>(kind)};
}

template <LoadPath kPath, int N>
__device__ FloatVector<N> load(Descriptor buffer, const float* data, unsigned place) {
  if constexpr (kPath == LoadPath::kRaw) {
    if constexpr (N == 1) return raw_load_1(buffer, place, 0, 0);
    if constexpr (N == 2) return raw_load_2(buffer, place, 0, 0);
    if constexpr (N == 3) return raw_load_3(buffer, place, 0, 0);
    if constexpr (N == 4) return raw_load_4(buffer, place, 0, 0);
  } else if constexpr (kPath == LoadPath::kStructured) {
    if constexpr (N == 1) return structured_load_1(buffer, place, 0, 0, 0);
    if constexpr (N == 2) return structured_load_2(buffer, place, 0, 0, 0);
    if constexpr (N == 3) return structured_load_3(buffer, place, 0, 0, 0);
    if constexpr (N == 4) return structured_load_4(buffer, place, 0, 0, 0);
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
  const Descriptor buffer = descriptor(data, kPath == LoadPath::kStructured ? 4 * N : 0);

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

}  // namespace

const std::vector<LoadKernel>& load_kernels() {
  static const std::vector<LoadKernel> kernels = instances();
  return kernels;
}

}  // namespace rdna1conv::calibration
