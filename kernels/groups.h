#pragma once

// Groups of elements that are reduced to one value each, such as the elements of a channel; the
// device side of params/groups.h.

#include <hip/hip_runtime.h>
#include <rocprim/block/block_reduce.hpp>

#include <cstdint>

#include "params/groups.h"
#include "walk.h"

namespace rdna1conv {

// Vectors of each tensor that a work item loads before it uses the first.
inline constexpr uint32_t kInFlight = 4;

struct Sum {
  static constexpr float kNone = 0;  // of no members
  float value;
};
__device__ inline Sum join(const Sum& a, const Sum& b) { return {a.value + b.value}; }

// Sums of any kind have a join(a, b).
struct Join {
  template <class Sums>
  __device__ Sums operator()(const Sums& a, const Sums& b) const {
    return join(a, b);
  }
};

// One group, its members in vectors. Every lane gets what all lanes together have.
template <int Width>
struct Rows {
  static constexpr int kGroups = 1;       // of a lane
  static constexpr int kMembers = Width;  // of a lane at a time
  static constexpr uint32_t kVector = Width;

  template <class Params>
  __device__ explicit Rows(const Params&) {}
  __device__ uint32_t group() const { return blockIdx.x; }
  __device__ uint32_t first() const { return threadIdx.x; }
  __device__ uint32_t step() const { return kGroupThreads; }
  __device__ bool leads() const { return threadIdx.x == 0; }

  template <class Sums>
  __device__ void reduce(Sums (&sums)[1]) const {
    using Reduce = rocprim::block_reduce<Sums, kGroupThreads>;
    __shared__ typename Reduce::storage_type storage;
    __shared__ Sums total;
    Reduce().reduce(sums[0], sums[0], storage, Join());
    if (threadIdx.x == 0) total = sums[0];
    __syncthreads();
    sums[0] = total;
    __syncthreads();
  }
};

// 2^column_shift lanes with Width neighbouring groups each; the lanes above one another share
// groups. rocPRIM reduces over all lanes of a wave or workgroup and has nothing for lanes that are
// so far apart, so the tree in LDS is our own.
template <int Width>
struct Columns {
  static constexpr int kGroups = Width;
  static constexpr int kMembers = 1;
  static constexpr uint32_t kVector = Width;

  uint32_t shift;

  template <class Params>
  __device__ explicit Columns(const Params& p) : shift(p.column_shift) {}
  __device__ uint32_t columns() const { return 1u << shift; }
  __device__ uint32_t row() const { return threadIdx.x >> shift; }
  __device__ uint32_t group() const {
    return (blockIdx.x << shift) + (threadIdx.x & (columns() - 1));
  }
  __device__ uint32_t first() const { return row(); }
  __device__ uint32_t step() const { return kGroupThreads >> shift; }
  __device__ bool leads() const { return row() == 0; }

  template <class Sums>
  __device__ void reduce(Sums (&sums)[Width]) const {
    __shared__ Sums all[Width][kGroupThreads];  // (group of a lane, lane)
#pragma unroll
    for (int i = 0; i < Width; ++i) all[i][threadIdx.x] = sums[i];
    __syncthreads();
    for (uint32_t half = kGroupThreads / 2; half >= columns(); half /= 2) {
      if (threadIdx.x < half) {
#pragma unroll
        for (int i = 0; i < Width; ++i)
          all[i][threadIdx.x] = join(all[i][threadIdx.x], all[i][threadIdx.x + half]);
      }
      __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < Width; ++i) sums[i] = all[i][threadIdx.x & (columns() - 1)];
    __syncthreads();
  }
};

// use(values of each tensor in `tensors`, places of all) for those members from `begin` to `end`
// that are this lane's, kInFlight vectors of each tensor at a time. Members come in the same order
// at every run.
template <class Layout, int Loaded, int Tensors, class T, class Use>
__device__ inline void for_members_of(const Layout& layout, const Walk<Tensors>& members,
                                      uint32_t begin, uint32_t end,
                                      const T* const (&tensors)[Loaded], Use use) {
  constexpr int kWidth = Layout::kVector;
  for (uint32_t base = begin + layout.first(); base < end; base += kInFlight * layout.step()) {
    Vector<T, kWidth> values[Loaded][kInFlight];
    Place<Tensors> places[kInFlight];
#pragma unroll
    for (uint32_t i = 0; i < kInFlight; ++i) {
      const uint32_t member = base + i * layout.step();
      if (member >= end) break;
      places[i] = place_of(members, member);
#pragma unroll
      for (int tensor = 0; tensor < Loaded; ++tensor)
        values[tensor][i] = load_vector<kWidth>(tensors[tensor] + places[i].offset[tensor]);
    }
#pragma unroll
    for (uint32_t i = 0; i < kInFlight; ++i) {
      if (base + i * layout.step() >= end) break;
      Vector<float, kWidth> floats[Loaded];
#pragma unroll
      for (int tensor = 0; tensor < Loaded; ++tensor)
#pragma unroll
        for (int j = 0; j < kWidth; ++j)
          floats[tensor].at[j] = static_cast<float>(values[tensor][i].at[j]);
      use(floats, places[i]);
    }
  }
}

// The same for all members.
template <class Layout, int Loaded, int Tensors, class T, class Use>
__device__ inline void for_members(const Layout& layout, const Walk<Tensors>& members,
                                   const T* const (&tensors)[Loaded], Use use) {
  for_members_of<Layout, Loaded>(layout, members, 0, members.count, tensors, use);
}

// The group of element j of a vector.
template <class Layout>
constexpr int group_of(int j) {
  return Layout::kGroups == 1 ? 0 : j;
}

// What a lane has of each element of a vector as what it has of its groups, joined over all lanes
// that share them.
template <class Layout, class Sums>
__device__ inline void join_lanes(const Layout& layout, const Sums (&lanes)[Layout::kVector],
                                  Sums (&groups)[Layout::kGroups]) {
#pragma unroll
  for (int j = 0; j < Layout::kGroups; ++j) groups[j] = lanes[j];
#pragma unroll
  for (int j = Layout::kGroups; j < static_cast<int>(Layout::kVector); ++j)
    groups[0] = join(groups[0], lanes[j]);
  layout.reduce(groups);
}

}  // namespace rdna1conv
