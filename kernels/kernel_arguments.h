#pragma once

#include <hip/hip_runtime.h>

#include <cstdint>

namespace rdna1conv {

// A part of the running kernel's only argument, `offset` bytes from its start (uniform), read from
// memory again. What a long loop does not need would otherwise be loaded at the start of the kernel
// and take scalar registers from the loop, until they spill.
template <class Part>
__device__ inline Part reload_argument(uint32_t offset = 0) {
  static_assert(sizeof(Part) % 4 == 0, "read in words");
  struct Words {
    uint32_t word[sizeof(Part) / 4];
  };
  // In the constant address space: scalar loads.
  using Constant = const __attribute__((address_space(4))) uint32_t;
  auto* address = (Constant*)__builtin_amdgcn_kernarg_segment_ptr() + offset / 4;
  asm volatile("" : "+s"(address));
  Words words;
#pragma unroll
  for (uint32_t i = 0; i < sizeof(Part) / 4; ++i) words.word[i] = address[i];
  return __builtin_bit_cast(Part, words);
}

// Element `index`, which lanes may differ in, of an array at `offset` bytes of that argument: read
// where it lies. A subscript would have the compiler copy the array to scratch memory first.
template <class Element>
__device__ inline Element argument_element(uint32_t offset, uint32_t index) {
  using Constant = const __attribute__((address_space(4))) Element;
  return ((Constant*)__builtin_amdgcn_kernarg_segment_ptr())[offset / sizeof(Element) + index];
}

}  // namespace rdna1conv
