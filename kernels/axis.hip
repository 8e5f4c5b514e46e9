// Reductions along one dimension; params/axis.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "groups.h"
#include "params/axis.h"
#include "params/element_types.h"
#include "walk.h"

namespace rdna1conv {
namespace {

struct Product {
  static constexpr float kNone = 1;
  float value;
};
__device__ inline Product join(const Product& a, const Product& b) { return {a.value * b.value}; }

// The largest value, of equals the first; a NaN only where there is nothing else. The smallest is
// the largest of the negatives.
struct Extreme {
  float value;
  uint32_t index;
};
constexpr uint32_t kNowhere = ~0u;
__device__ inline Extreme join(const Extreme& a, const Extreme& b) {
  const bool a_is_number = a.value == a.value, b_is_number = b.value == b.value;
  const bool equal = a_is_number == b_is_number && !(a.value < b.value) && !(a.value > b.value);
  bool takes_b = equal                        ? b.index < a.index
                 : a_is_number != b_is_number ? b_is_number
                                              : b.value > a.value;
  if (a.index == kNowhere) takes_b = true;
  if (b.index == kNowhere) takes_b = false;
  return takes_b ? b : a;
}

// What the lanes of a layout have seen, as that of its groups. use(i, total, place of the group's
// y and index) for each group that this lane leads.
template <class Layout, class Total, class Use>
__device__ inline void finish(const Layout& layout, const AxisParams& p, const Place<3>& group,
                              bool is_used, const Total (&lanes)[Layout::kVector], Use use) {
  Total totals[Layout::kGroups];
  join_lanes(layout, lanes, totals);
  if (!is_used || !layout.leads()) return;
#pragma unroll
  for (int i = 0; i < Layout::kGroups; ++i) {
    const uint64_t y = group.offset[1] + i * uint64_t{p.groups.stride[1][0] / Layout::kGroups},
                   index = group.offset[2] + i * uint64_t{p.groups.stride[2][0] / Layout::kGroups};
    use(totals[i], y, index);
  }
}

template <class Layout, class T, class Total>
__device__ inline void reduce(const AxisParams& p) {
  constexpr int kWidth = Layout::kVector;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<3> group = place_of(p.groups, is_used ? layout.group() : 0);
  const T* const x = static_cast<const T*>(p.x) + group.offset[0];
  Total lanes[kWidth];
#pragma unroll
  for (int j = 0; j < kWidth; ++j) lanes[j] = {Total::kNone};
  if (is_used) {
    for_members<Layout, 1>(layout, p.members, {x},
                           [&](const Vector<float, kWidth>(&values)[1], const auto&) {
#pragma unroll
                             for (int j = 0; j < kWidth; ++j) {
                               const float value = values[0].at[j];
                               const bool is_left_out = p.skips_nan && value != value;
                               lanes[j] = join(lanes[j], Total{is_left_out ? Total::kNone : value});
                             }
                           });
  }
  finish(layout, p, group, is_used, lanes, [&](const Total& total, uint64_t y, uint64_t) {
    static_cast<T*>(p.y)[y] = static_cast<T>(total.value);
  });
}

template <class Layout, class T>
__device__ inline void extreme(const AxisParams& p) {
  constexpr int kWidth = Layout::kVector;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<3> group = place_of(p.groups, is_used ? layout.group() : 0);
  const T* const x = static_cast<const T*>(p.x) + group.offset[0];
  Extreme lanes[kWidth];
#pragma unroll
  for (int j = 0; j < kWidth; ++j) lanes[j] = {0, kNowhere};
  if (is_used) {
    for_members<Layout, 1>(layout, p.members, {x},
                           [&](const Vector<float, kWidth>(&values)[1], const Place<2>& place) {
#pragma unroll
                             for (int j = 0; j < kWidth; ++j) {
                               const auto index = static_cast<uint32_t>(place.offset[1]) +
                                                  (Layout::kGroups == 1 ? j : 0);
                               const float value = values[0].at[j];
                               lanes[j] = join(lanes[j], Extreme{p.is_min ? -value : value, index});
                             }
                           });
  }
  finish(layout, p, group, is_used, lanes, [&](const Extreme& found, uint64_t y, uint64_t index) {
    if (p.y != nullptr)
      static_cast<T*>(p.y)[y] = static_cast<T>(p.is_min ? -found.value : found.value);
    static_cast<int32_t*>(p.indices)[index] = static_cast<int32_t>(found.index);
  });
}

// ---- The k-th smallest -------------------------------------------------------------------------

// Ordered as the numbers are, with one zero and NaN last.
__device__ inline uint32_t key_of(float value) {
  uint32_t bits = value == value ? __builtin_bit_cast(uint32_t, value) : 0x7fc00000u;
  if (value == 0) bits = 0;
  return bits ^ ((bits >> 31) != 0 ? ~0u : 0x80000000u);
}

// The key's digits one after the other, the highest first: members that have the digits so far are
// counted by their next one, and the k-th of them says which it is.
template <class T>
__device__ inline void kth_value(const KthValueParams& p) {
  constexpr uint32_t kDigitBits = 8, kDigits = 1 << kDigitBits;
  static_assert(kDigits == kGroupThreads, "a lane clears a count");
  __shared__ uint32_t counts[kDigits];
  __shared__ uint32_t found_key, rest, found_index;
  const Place<3> group = place_of(p.groups, blockIdx.x);
  const T* const x = static_cast<const T*>(p.x) + group.offset[0];
  const auto key_at = [&](uint32_t member) {
    return key_of(static_cast<float>(x[place_of(p.members, member).offset[0]]));
  };
  if (threadIdx.x == 0) {
    found_key = 0;
    rest = p.scalars.k - 1;
    found_index = ~0u;
  }
  for (uint32_t shift = 32; shift != 0;) {
    const uint32_t known = shift == 32 ? 0 : ~0u << shift;
    shift -= kDigitBits;
    counts[threadIdx.x] = 0;
    __syncthreads();
    const uint32_t prefix = found_key;
    for (uint32_t i = threadIdx.x; i < p.members.count; i += kGroupThreads) {
      const uint32_t key = key_at(i);
      if ((key & known) == prefix) atomicAdd(&counts[key >> shift & (kDigits - 1)], 1u);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      uint32_t digit = 0, before = rest;
      while (digit + 1 < kDigits && before >= counts[digit]) before -= counts[digit++];
      found_key = prefix | digit << shift;
      rest = before;
    }
    __syncthreads();
  }
  const uint32_t key = found_key;
  for (uint32_t i = threadIdx.x; i < p.members.count; i += kGroupThreads) {
    if (key_at(i) != key) continue;
    atomicMin(&found_index, i);
    break;
  }
  __syncthreads();
  if (threadIdx.x != 0) return;
  static_cast<T*>(p.y)[group.offset[1]] = x[place_of(p.members, found_index).offset[0]];
  p.indices[group.offset[2]] = found_index;
}

}  // namespace

#define RDNA1CONV_AXIS_KERNEL(PASS, NAME, PARAMS, ...)                               \
  extern "C" __global__ void __launch_bounds__(kGroupThreads) NAME(const PARAMS p) { \
    PASS<__VA_ARGS__>(p);                                                            \
  }
#define RDNA1CONV_AXIS_LAYOUT(SUFFIX, T, NAME, ...)                                          \
  RDNA1CONV_AXIS_KERNEL(reduce, axis_sum_##SUFFIX##_##NAME, AxisParams, __VA_ARGS__, T, Sum) \
  RDNA1CONV_AXIS_KERNEL(reduce, axis_product_##SUFFIX##_##NAME, AxisParams, __VA_ARGS__, T,  \
                        Product)                                                             \
  RDNA1CONV_AXIS_KERNEL(extreme, axis_extreme_##SUFFIX##_##NAME, AxisParams, __VA_ARGS__, T)
#define RDNA1CONV_AXIS_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)       \
  RDNA1CONV_AXIS_LAYOUT(SUFFIX, OUT, rows4, Rows<kGroupVector>)       \
  RDNA1CONV_AXIS_LAYOUT(SUFFIX, OUT, rows1, Rows<1>)                  \
  RDNA1CONV_AXIS_LAYOUT(SUFFIX, OUT, columns4, Columns<kGroupVector>) \
  RDNA1CONV_AXIS_LAYOUT(SUFFIX, OUT, columns1, Columns<1>)            \
  RDNA1CONV_AXIS_KERNEL(kth_value, axis_kth_value_##SUFFIX, KthValueParams, OUT)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_AXIS_KERNELS)

}  // namespace rdna1conv
