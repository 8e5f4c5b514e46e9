#pragma once

// The device side of params/walk.h, and loads and stores of several neighbouring elements.

#include <hip/hip_runtime.h>

#include <cstdint>

#include "params/walk.h"

namespace rdna1conv {

// Elements from each tensor's first one.
template <int Tensors>
struct Place {
  uint64_t offset[Tensors];
};

template <int Tensors, class Stride>
__device__ inline Place<Tensors> place_of(const Walk<Tensors, Stride>& walk, uint32_t index) {
  Place<Tensors> place{};
#pragma unroll
  for (uint32_t i = 0; i < kWalkDims; ++i) {
    const bool is_last = i + 1 == kWalkDims || i + 1 >= walk.used;
    uint32_t digit = index;
    if (!is_last) {
      const uint32_t rest = quotient(index, walk.length[i]);
      digit = remainder(index, rest, walk.length[i]);
      index = rest;
    }
#pragma unroll
    for (int tensor = 0; tensor < Tensors; ++tensor)
      place.offset[tensor] += uint64_t{digit} * walk.stride[tensor][i];
    if (is_last) break;
  }
  return place;
}

template <int Tensors>
__device__ inline Place<Tensors> operator+(const Place<Tensors>& a, const Place<Tensors>& b) {
  Place<Tensors> sum;
#pragma unroll
  for (int tensor = 0; tensor < Tensors; ++tensor)
    sum.offset[tensor] = a.offset[tensor] + b.offset[tensor];
  return sum;
}

// use(place) for every outer place that is this workgroup's.
template <int Tensors, class Use>
__device__ inline void for_outer_places(const SplitWalk<Tensors>& walk, Use use) {
  for (uint32_t outer = blockIdx.y; outer < walk.outer.count; outer += walk.outer_step)
    use(place_of(walk.outer, outer));
}

template <class T, int Width>
struct Vector {
  T at[Width];
};

// One instruction, whatever multiple of the element's size the address is: gfx10 loads and stores
// global memory at any address.
template <int Width, class T>
__device__ inline Vector<T, Width> load_vector(const T* address) {
  Vector<T, Width> vector;
  __builtin_memcpy(&vector, address, sizeof vector);
  return vector;
}
template <class T, int Width>
__device__ inline void store_vector(T* address, const Vector<T, Width>& vector) {
  __builtin_memcpy(address, &vector, sizeof vector);
}

template <int Width, class T>
__device__ inline Vector<float, Width> load_floats(const T* address) {
  const Vector<T, Width> elements = load_vector<Width>(address);
  Vector<float, Width> values;
#pragma unroll
  for (int i = 0; i < Width; ++i) values.at[i] = static_cast<float>(elements.at[i]);
  return values;
}
template <class T, int Width>
__device__ inline void store_floats(T* address, const Vector<float, Width>& values) {
  Vector<T, Width> elements;
#pragma unroll
  for (int i = 0; i < Width; ++i) elements.at[i] = static_cast<T>(values.at[i]);
  store_vector(address, elements);
}

}  // namespace rdna1conv
