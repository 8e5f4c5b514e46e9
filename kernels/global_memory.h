#pragma once

// Loads and stores that are known to go to global memory. LLVM infers that for the pointers of a
// kernel's arguments, but not once they were read from memory again (kernel_arguments.h): it then
// uses flat instructions, which also ask whether the address lies in LDS or scratch, and which
// tests/memory forbids.

#include <hip/hip_runtime.h>

#include <cstdint>

namespace rdna1conv {

template <int Bytes>
struct RawWord;
template <>
struct RawWord<1> {
  using Type = uint8_t;
};
template <>
struct RawWord<2> {
  using Type = uint16_t;
};
template <>
struct RawWord<4> {
  using Type = uint32_t;
};
template <>
struct RawWord<8> {
  using Type = uint64_t;
};

// Elements are moved as words: a class has no assignment in an address space. Words may alias what
// other code reads as elements.
template <class T>
using GlobalWord = __attribute__((address_space(1), may_alias)) typename RawWord<sizeof(T)>::Type;

template <class T>
__device__ inline T load_global(const T* address) {
  return __builtin_bit_cast(T, *(const GlobalWord<T>*)address);
}

template <class T>
__device__ inline void store_global(T* address, T value) {
  *(GlobalWord<T>*)address = __builtin_bit_cast(typename RawWord<sizeof(T)>::Type, value);
}

}  // namespace rdna1conv
