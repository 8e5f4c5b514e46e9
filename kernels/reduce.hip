// Reductions of tensors; params/reduce.h.
#include <hip/hip_runtime.h>
#include <rocprim/warp/warp_reduce.hpp>

#include <cmath>
#include <cstdint>

#include "element_types.h"
#include "global_memory.h"
#include "groups.h"
#include "params/element_types.h"
#include "params/reduce.h"

namespace rdna1conv {
namespace {

constexpr uint32_t kNowhere = ~0u;

// Groups of few members, one for each kShortGroupLanes lanes. Only the first of them gets the sum.
template <int Width>
struct ShortRows {
  static constexpr int kGroups = 1;
  static constexpr int kMembers = Width;
  static constexpr uint32_t kVector = Width;

  template <class Params>
  __device__ explicit ShortRows(const Params&) {}
  __device__ uint32_t group() const {
    return blockIdx.x * kShortGroups + threadIdx.x / kShortGroupLanes;
  }
  __device__ uint32_t first() const { return threadIdx.x % kShortGroupLanes; }
  __device__ uint32_t step() const { return kShortGroupLanes; }
  __device__ bool leads() const { return first() == 0; }

  template <class Sums>
  __device__ void reduce(Sums (&sums)[1]) const {
    using Reduce = rocprim::warp_reduce<Sums, kShortGroupLanes>;
    __shared__ typename Reduce::storage_type storage[kShortGroups];
    Reduce().reduce(sums[0], sums[0], storage[threadIdx.x / kShortGroupLanes], Join());
  }
};

// ---- What is reduced ---------------------------------------------------------------------------
// Each is made of a member's value and position, and has a join(), its value, and none() for no
// member. Minima are maxima of negated values.

__device__ inline bool is_nan(float value) { return value != value; }

struct Total {
  float value;

  __device__ static Total none() { return {0}; }
  __device__ static Total of(const ReduceParams& p, float x, uint32_t) {
    if (p.output.operation == ReduceOperation::kNorm1) x = fabsf(x);
    if (p.output.operation == ReduceOperation::kNorm2) x *= x;
    return {x};
  }
  __device__ float result(const ReduceOutput& output) const {
    if (output.operation == ReduceOperation::kAverage) return value / output.members;
    return output.operation == ReduceOperation::kNorm2 ? sqrtf(value) : value;
  }
  __device__ uint32_t where() const { return kNowhere; }
};
__device__ inline Total join(const Total& a, const Total& b) { return {a.value + b.value}; }

struct Product {
  float value;

  __device__ static Product none() { return {1}; }
  __device__ static Product of(const ReduceParams&, float x, uint32_t) { return {x}; }
  __device__ float result(const ReduceOutput&) const { return value; }
  __device__ uint32_t where() const { return kNowhere; }
};
__device__ inline Product join(const Product& a, const Product& b) { return {a.value * b.value}; }

// A member's value as the larger of two is sought; a NaN that does not count is no member.
__device__ inline float ordered(const ReduceParams& p, float x) {
  if (p.output.operation == ReduceOperation::kMin) x = -x;
  if (p.output.operation == ReduceOperation::kMaxMagnitude) x = fabsf(x);
  return x;
}
__device__ inline float unordered(const ReduceOutput& output, float value) {
  if (output.operation == ReduceOperation::kMin) return -value;
  return output.operation == ReduceOperation::kMaxMagnitude ? fmaxf(value, 0) : value;
}

struct Extreme {
  float value;

  __device__ static Extreme none() { return {-INFINITY}; }
  __device__ static Extreme of(const ReduceParams& p, float x, uint32_t) {
    return p.ignores_nan && is_nan(x) ? none() : Extreme{ordered(p, x)};
  }
  __device__ float result(const ReduceOutput& output) const {
    return is_nan(value) ? value : unordered(output, value);
  }
  __device__ uint32_t where() const { return kNowhere; }
};
// A NaN that counts stays.
__device__ inline Extreme join(const Extreme& a, const Extreme& b) {
  return a.value >= b.value || is_nan(a.value) ? a : b;
}

struct IndexedExtreme {
  float value;
  uint32_t position;

  __device__ static IndexedExtreme none() { return {-INFINITY, kNowhere}; }
  __device__ static IndexedExtreme of(const ReduceParams& p, float x, uint32_t at) {
    return p.ignores_nan && is_nan(x) ? none() : IndexedExtreme{ordered(p, x), at};
  }
  __device__ float result(const ReduceOutput& output) const {
    return Extreme{value}.result(output);
  }
  __device__ uint32_t where() const { return position; }
};
// The first of equals and of NaNs, in whatever order they are joined.
__device__ inline IndexedExtreme join(const IndexedExtreme& a, const IndexedExtreme& b) {
  const bool a_nan = is_nan(a.value), b_nan = is_nan(b.value);
  const bool alike = (a_nan && b_nan) || a.value == b.value;
  const bool takes_a = alike ? a.position < b.position : a_nan || a.value > b.value;
  return takes_a ? a : b;
}

// ---- What is written ---------------------------------------------------------------------------

// Writes `Width` neighbouring elements of c.
template <class T, int Width>
__device__ inline void store_elements(const ReduceOutput& output, uint64_t place,
                                      Vector<float, Width> values) {
  T* const c = static_cast<T*>(output.c) + place;
  Vector<float, Width> old{};
  if (output.scalars.beta != 0) old = load_floats<Width>(c);
#pragma unroll
  for (int j = 0; j < Width; ++j) {
    values.at[j] *= output.scalars.alpha;
    if (output.scalars.beta != 0)
      values.at[j] = __builtin_fmaf(output.scalars.beta, old.at[j], values.at[j]);
  }
  store_floats(c, values);
}

// Writes the results of neighbouring groups.
template <class Sums, int Groups>
__device__ inline void store_results(const ReduceOutput& output, const Place<3>& place,
                                     const Sums (&sums)[Groups]) {
  Vector<float, Groups> values;
#pragma unroll
  for (int i = 0; i < Groups; ++i) values.at[i] = sums[i].result(output);
  uint32_t row = 0;
#define RDNA1CONV_STORE(SUFFIX, X_TYPE, Y_TYPE, IN, OUT) \
  if (output.c_type == row++) store_elements<OUT>(output, place.offset[1], values);
  RDNA1CONV_FLOAT_TYPES(RDNA1CONV_STORE)
  if (output.indices == nullptr) return;
#pragma unroll
  for (int i = 0; i < Groups; ++i) {
    const uint32_t where = sums[i].where();
    output.indices[place.offset[2] + i] = where == kNowhere ? 0 : static_cast<int32_t>(where);
  }
}

// ---- Kernels -----------------------------------------------------------------------------------

template <class Sums, class Layout, class T>
__device__ inline void reduce(const ReduceParams& p) {
  constexpr int kWidth = Layout::kVector;
  constexpr bool kHasRows = Layout::kGroups == 1;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<3> group = place_of(p.groups, is_used ? layout.group() : 0);
  const T* const a = static_cast<const T*>(p.a) + group.offset[0];

  Sums lanes[kWidth];
#pragma unroll
  for (int j = 0; j < kWidth; ++j) lanes[j] = Sums::none();
  if (is_used) {
    const uint32_t begin = blockIdx.y * p.per_split;
    const uint32_t end = min(begin + p.per_split, p.members.count);
    for_members_of<Layout, 1>(
        layout, p.members, begin, end, {a},
        [&](const Vector<float, kWidth>(&values)[1], const Place<2>& place) {
          const auto position = static_cast<uint32_t>(place.offset[1]);
#pragma unroll
          for (int j = 0; j < kWidth; ++j)
            lanes[j] = join(lanes[j], Sums::of(p, values[0].at[j], position + (kHasRows ? j : 0)));
        });
  }
  Sums groups[Layout::kGroups];
  join_lanes(layout, lanes, groups);
  if (!is_used || !layout.leads()) return;
  if (p.partial == nullptr) {
    store_results(p.output, group, groups);
    return;
  }
#pragma unroll
  for (int i = 0; i < Layout::kGroups; ++i) {
    static_cast<Sums*>(
        p.partial)[(uint64_t{layout.group()} * Layout::kGroups + i) * p.splits + blockIdx.y] =
        groups[i];
  }
}

template <class Sums, class Layout>
__device__ inline void join_splits(const ReduceJoinParams& p) {
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  Sums sums[1] = {Sums::none()};
  if (is_used) {
    const Sums* const partial =
        static_cast<const Sums*>(p.partial) + uint64_t{layout.group()} * p.splits;  // (split)
    for (uint32_t split = layout.first(); split < p.splits; split += layout.step())
      sums[0] = join(sums[0], load_global(partial + split));
  }
  layout.reduce(sums);
  if (is_used && layout.leads()) store_results(p.output, place_of(p.groups, layout.group()), sums);
}

}  // namespace

#define RDNA1CONV_REDUCE_KERNEL(SUMS, NAME, LAYOUT, T)                                     \
  extern "C" __global__ void __launch_bounds__(kGroupThreads) NAME(const ReduceParams p) { \
    reduce<SUMS, LAYOUT, T>(p);                                                            \
  }
#define RDNA1CONV_REDUCE_LAYOUTS(SUFFIX, T, SUMS, WORD)                                        \
  RDNA1CONV_REDUCE_KERNEL(SUMS, reduce_##WORD##_##SUFFIX##_rows4, Rows<kGroupVector>, T)       \
  RDNA1CONV_REDUCE_KERNEL(SUMS, reduce_##WORD##_##SUFFIX##_rows1, Rows<1>, T)                  \
  RDNA1CONV_REDUCE_KERNEL(SUMS, reduce_##WORD##_##SUFFIX##_columns4, Columns<kGroupVector>, T) \
  RDNA1CONV_REDUCE_KERNEL(SUMS, reduce_##WORD##_##SUFFIX##_columns1, Columns<1>, T)            \
  RDNA1CONV_REDUCE_KERNEL(SUMS, reduce_##WORD##_##SUFFIX##_short4, ShortRows<kGroupVector>, T) \
  RDNA1CONV_REDUCE_KERNEL(SUMS, reduce_##WORD##_##SUFFIX##_short1, ShortRows<1>, T)
#define RDNA1CONV_REDUCE_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT) \
  RDNA1CONV_REDUCE_LAYOUTS(SUFFIX, OUT, Total, sum)               \
  RDNA1CONV_REDUCE_LAYOUTS(SUFFIX, OUT, Product, product)         \
  RDNA1CONV_REDUCE_LAYOUTS(SUFFIX, OUT, Extreme, extreme)         \
  RDNA1CONV_REDUCE_LAYOUTS(SUFFIX, OUT, IndexedExtreme, index)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_REDUCE_KERNELS)

#define RDNA1CONV_JOIN_KERNEL(SUMS, NAME, LAYOUT)                                              \
  extern "C" __global__ void __launch_bounds__(kGroupThreads) NAME(const ReduceJoinParams p) { \
    join_splits<SUMS, LAYOUT>(p);                                                              \
  }
#define RDNA1CONV_JOIN_KERNELS(SUMS, WORD)                        \
  RDNA1CONV_JOIN_KERNEL(SUMS, reduce_join_##WORD##_rows, Rows<1>) \
  RDNA1CONV_JOIN_KERNEL(SUMS, reduce_join_##WORD##_short, ShortRows<1>)
RDNA1CONV_JOIN_KERNELS(Total, sum)
RDNA1CONV_JOIN_KERNELS(Product, product)
RDNA1CONV_JOIN_KERNELS(Extreme, extreme)
RDNA1CONV_JOIN_KERNELS(IndexedExtreme, index)

}  // namespace rdna1conv
