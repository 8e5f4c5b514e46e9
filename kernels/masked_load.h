#pragma once

#include <hip/hip_runtime.h>

#include <cstdint>

namespace rdna1conv {

// The element at base + offset + shift bytes, or zero; without a branch, so that several loads can
// be in flight. The base, which must be readable, and the shift are the same for the workgroup; the
// offset is modulo 2^32.
template <class T>
__device__ inline T load_if(bool inside, const char* base, uint32_t offset, uint32_t shift) {
  // Each empty asm hides a value, so that LLVM neither turns the scalar shift into one more vector
  // register for each load of a loop nor the 32-bit offset into a 64-bit address.
  asm("" : "+s"(shift));
  uint32_t selected = inside ? offset + shift : 0u;
  asm("" : "+v"(selected));
  const T value = *reinterpret_cast<const T*>(base + selected);
  return inside ? value : T{};
}

__device__ inline bool is_within(int32_t coordinate, int32_t length) {
  return static_cast<uint32_t>(coordinate) < static_cast<uint32_t>(length);
}

}  // namespace rdna1conv
