#pragma once

// Loads and stores through a buffer resource: the hardware compares the offset with the size of the
// buffer, returns 0 outside and drops what is stored there, so padding and the edges of tiles cost
// no branch and no later selection. AMD, "RDNA 1.0 Instruction Set Architecture", section 8.1.

#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"

namespace rdna1conv {

using BufferResource = int32_t __attribute__((ext_vector_type(4)));

// Any offset from here on reads as 0 and is not written.
inline constexpr uint32_t kOutsideBuffer = 1u << 31;

__device__ inline BufferResource make_buffer(const void* base) {
  // Word 3 for gfx10: raw range checks of bytes (OOB_SELECT 3), RESOURCE_LEVEL 1, 32-bit format, as
  // LLVM's users (Mesa's ac_descriptors, Composable Kernel) set it.
  constexpr int32_t kRawBuffer = 0x31014000;
  const uint64_t address = reinterpret_cast<uint64_t>(base);
  const auto low = __builtin_amdgcn_readfirstlane(static_cast<int32_t>(address));
  const auto high = __builtin_amdgcn_readfirstlane(static_cast<int32_t>(address >> 32 & 0xffff));
  return {low, high, static_cast<int32_t>(kOutsideBuffer), kRawBuffer};
}

// LLVM's intrinsics, which clang 15 has no builtins for.
__device__ float buffer_load_f32(BufferResource, int32_t offset, int32_t,
                                 int32_t) __asm("llvm.amdgcn.raw.buffer.load.f32");
using FloatX2 = float __attribute__((ext_vector_type(2)));
__device__ FloatX2 buffer_load_f32x2(BufferResource, int32_t offset, int32_t,
                                     int32_t) __asm("llvm.amdgcn.raw.buffer.load.v2f32");
using FloatX4 = float __attribute__((ext_vector_type(4)));
__device__ FloatX4 buffer_load_f32x4(BufferResource, int32_t offset, int32_t,
                                     int32_t) __asm("llvm.amdgcn.raw.buffer.load.v4f32");
__device__ uint16_t buffer_load_i16(BufferResource, int32_t offset, int32_t,
                                    int32_t) __asm("llvm.amdgcn.raw.buffer.load.i16");
__device__ int8_t buffer_load_i8(BufferResource, int32_t offset, int32_t,
                                 int32_t) __asm("llvm.amdgcn.raw.buffer.load.i8");

__device__ void buffer_store_f32(float, BufferResource, int32_t offset, int32_t,
                                 int32_t) __asm("llvm.amdgcn.raw.buffer.store.f32");
__device__ void buffer_store_i32(int32_t, BufferResource, int32_t offset, int32_t,
                                 int32_t) __asm("llvm.amdgcn.raw.buffer.store.i32");
using IntX2 = int32_t __attribute__((ext_vector_type(2)));
__device__ void buffer_store_i32x2(IntX2, BufferResource, int32_t offset, int32_t,
                                   int32_t) __asm("llvm.amdgcn.raw.buffer.store.v2i32");
using IntX4 = int32_t __attribute__((ext_vector_type(4)));
__device__ void buffer_store_i32x4(IntX4, BufferResource, int32_t offset, int32_t,
                                   int32_t) __asm("llvm.amdgcn.raw.buffer.store.v4i32");
__device__ void buffer_store_i16(uint16_t, BufferResource, int32_t offset, int32_t,
                                 int32_t) __asm("llvm.amdgcn.raw.buffer.store.i16");
__device__ void buffer_store_i8(int8_t, BufferResource, int32_t offset, int32_t,
                                int32_t) __asm("llvm.amdgcn.raw.buffer.store.i8");

// The element at `offset` bytes, a multiple of its size.
template <class T>
__device__ inline T buffer_load(BufferResource buffer, uint32_t offset);

template <>
__device__ inline float buffer_load<float>(BufferResource buffer, uint32_t offset) {
  return buffer_load_f32(buffer, static_cast<int32_t>(offset), 0, 0);
}
template <>
__device__ inline Half buffer_load<Half>(BufferResource buffer, uint32_t offset) {
  return __builtin_bit_cast(Half, buffer_load_i16(buffer, static_cast<int32_t>(offset), 0, 0));
}
template <>
__device__ inline BFloat16 buffer_load<BFloat16>(BufferResource buffer, uint32_t offset) {
  BFloat16 element;
  element.bits = buffer_load_i16(buffer, static_cast<int32_t>(offset), 0, 0);
  return element;
}
template <>
__device__ inline int8_t buffer_load<int8_t>(BufferResource buffer, uint32_t offset) {
  return buffer_load_i8(buffer, static_cast<int32_t>(offset), 0, 0);
}

__device__ inline void buffer_store(BufferResource buffer, uint32_t offset, float element) {
  buffer_store_f32(element, buffer, static_cast<int32_t>(offset), 0, 0);
}
__device__ inline void buffer_store(BufferResource buffer, uint32_t offset, Half element) {
  buffer_store_i16(__builtin_bit_cast(uint16_t, element), buffer, static_cast<int32_t>(offset), 0,
                   0);
}
__device__ inline void buffer_store(BufferResource buffer, uint32_t offset, BFloat16 element) {
  buffer_store_i16(element.bits, buffer, static_cast<int32_t>(offset), 0, 0);
}
__device__ inline void buffer_store(BufferResource buffer, uint32_t offset, int32_t element) {
  buffer_store_i32(element, buffer, static_cast<int32_t>(offset), 0, 0);
}
__device__ inline void buffer_store(BufferResource buffer, uint32_t offset, int8_t element) {
  buffer_store_i8(element, buffer, static_cast<int32_t>(offset), 0, 0);
}

}  // namespace rdna1conv
