// Loads and stores through buffer descriptors, which is how the measured kernels and shaders access
// memory.
// LLVM, "User Guide for AMDGPU Backend" and IntrinsicsAMDGPU.td. Not through builtins: clang 15 has
// none for these.
#pragma once

#include <hip/hip_runtime.h>

namespace rdna1conv::calibration {

// clang's vectors: arrays in structs end up in scratch memory.
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

using Descriptor = int __attribute__((ext_vector_type(4)));

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
extern "C" {
__device__ void raw_store_1(FloatVector<1>, Descriptor, int, int,
                            int) __asm("llvm.amdgcn.raw.buffer.store.f32");
__device__ void raw_store_2(FloatVector<2>, Descriptor, int, int,
                            int) __asm("llvm.amdgcn.raw.buffer.store.v2f32");
__device__ void raw_store_4(FloatVector<4>, Descriptor, int, int,
                            int) __asm("llvm.amdgcn.raw.buffer.store.v4f32");
}

// A place beyond every buffer: what is loaded there is 0, what is stored is dropped.
constexpr unsigned kNowhere = ~0u;

// RDNA 1.0 ISA, section 8.1.5: base, stride and records, then float elements, resource level 1 and
// the range check. A stride of 0 makes a raw buffer, whose records are bytes.
__device__ inline Descriptor descriptor(const float* data, unsigned bytes, unsigned stride = 0) {
  const auto address = reinterpret_cast<unsigned long long>(data);
  const unsigned records = stride == 0 ? bytes : bytes / stride;
  const unsigned kind = stride == 0 ? 0x31016facu : 0x01016facu;
  return {static_cast<int>(address), static_cast<int>(address >> 32 & 0xffff) | int(stride << 16),
          static_cast<int>(records), static_cast<int>(kind)};
}

// `place`: a byte, counted from `first`, which is the same for all lanes.
template <int N>
__device__ inline FloatVector<N> raw_load(Descriptor buffer, unsigned place, unsigned first = 0) {
  if constexpr (N == 1) return raw_load_1(buffer, place, first, 0);
  if constexpr (N == 2) return raw_load_2(buffer, place, first, 0);
  if constexpr (N == 3) return raw_load_3(buffer, place, first, 0);
  if constexpr (N == 4) return raw_load_4(buffer, place, first, 0);
}

template <int N>
__device__ inline void raw_store(FloatVector<N> value, Descriptor buffer, unsigned place) {
  if constexpr (N == 1) raw_store_1(value, buffer, place, 0, 0);
  if constexpr (N == 2) raw_store_2(value, buffer, place, 0, 0);
  if constexpr (N == 4) raw_store_4(value, buffer, place, 0, 0);
}

// `place`: an element.
template <int N>
__device__ inline FloatVector<N> structured_load(Descriptor buffer, unsigned place) {
  if constexpr (N == 1) return structured_load_1(buffer, place, 0, 0, 0);
  if constexpr (N == 2) return structured_load_2(buffer, place, 0, 0, 0);
  if constexpr (N == 3) return structured_load_3(buffer, place, 0, 0, 0);
  if constexpr (N == 4) return structured_load_4(buffer, place, 0, 0, 0);
}

}  // namespace rdna1conv::calibration
