// Softmax; params/softmax.h.
#include <hip/hip_runtime.h>

#include <cfloat>
#include <cstdint>

#include "element_types.h"
#include "groups.h"
#include "params/element_types.h"
#include "params/softmax.h"
#include "wave_sum.h"

namespace rdna1conv {
namespace {

// The largest of some values and the sum of e^(value - largest). `largest` starts at the lowest
// finite number, so that no difference of infinities is ever taken; the sum is then of nothing.
struct Exponentials {
  float largest, sum;
};
constexpr Exponentials kNone{-FLT_MAX, 0};

__device__ inline Exponentials join(const Exponentials& a, const Exponentials& b) {
  const float largest = fmaxf(a.largest, b.largest);
  return {largest, a.sum * expf(a.largest - largest) + b.sum * expf(b.largest - largest)};
}

template <class T, int Width>
__device__ inline void store_scaled(T* address, Vector<float, Width> values,
                                    const SoftmaxScalars& s) {
  Vector<float, Width> old{};
  if (s.beta != 0) old = load_floats<Width>(address);
#pragma unroll
  for (int j = 0; j < Width; ++j) {
    values.at[j] *= s.alpha;
    if (s.beta != 0) values.at[j] = __builtin_fmaf(s.beta, old.at[j], values.at[j]);
  }
  store_floats(address, values);
}

template <class Layout, class T>
__device__ inline void forward(const SoftmaxForwardParams& p) {
  constexpr int kWidth = Layout::kVector;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<2> group = place_of(p.groups, is_used ? layout.group() : 0);
  const T* const x = static_cast<const T*>(p.x) + group.offset[0];
  T* const y = static_cast<T*>(p.y) + group.offset[1];

  Exponentials lanes[kWidth];
#pragma unroll
  for (int j = 0; j < kWidth; ++j) lanes[j] = kNone;
  if (is_used) {
    for_members<Layout, 1>(layout, p.members, {x},
                           [&](const Vector<float, kWidth>(&values)[1], const auto&) {
#pragma unroll
                             for (int j = 0; j < kWidth; ++j)
                               lanes[j] = join(lanes[j], Exponentials{values[0].at[j], 1});
                           });
  }
  Exponentials groups[Layout::kGroups];
  join_lanes(layout, lanes, groups);
  if (!is_used) return;

  float factor[Layout::kGroups];
#pragma unroll
  for (int i = 0; i < Layout::kGroups; ++i)
    factor[i] = p.is_log ? logf(groups[i].sum) : 1 / groups[i].sum;
  for_members<Layout, 1>(
      layout, p.members, {x}, [&](const Vector<float, kWidth>(&values)[1], const Place<2>& place) {
        Vector<float, kWidth> result;
#pragma unroll
        for (int j = 0; j < kWidth; ++j) {
          const int i = group_of<Layout>(j);
          const float difference = values[0].at[j] - groups[i].largest;
          result.at[j] = p.is_log ? difference - factor[i] : expf(difference) * factor[i];
        }
        store_scaled(y + place.offset[1], result, p.scalars);
      });
}

template <class Layout, class T>
__device__ inline void backward(const SoftmaxBackwardParams& p) {
  constexpr int kWidth = Layout::kVector;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<3> group = place_of(p.groups, is_used ? layout.group() : 0);
  const T* const y = static_cast<const T*>(p.y) + group.offset[0];
  const T* const dy = static_cast<const T*>(p.dy) + group.offset[1];
  T* const dx = static_cast<T*>(p.dx) + group.offset[2];

  Sum lanes[kWidth] = {};
  if (is_used) {
    for_members<Layout, 2>(layout, p.members, {y, dy},
                           [&](const Vector<float, kWidth>(&values)[2], const auto&) {
#pragma unroll
                             for (int j = 0; j < kWidth; ++j)
                               lanes[j].value += (p.is_log ? 1 : values[0].at[j]) * values[1].at[j];
                           });
  }
  Sum groups[Layout::kGroups];
  join_lanes(layout, lanes, groups);
  if (!is_used) return;
  for_members<Layout, 2>(layout, p.members, {y, dy},
                         [&](const Vector<float, kWidth>(&values)[2], const Place<3>& place) {
                           Vector<float, kWidth> result;
#pragma unroll
                           for (int j = 0; j < kWidth; ++j) {
                             const float sum = groups[group_of<Layout>(j)].value;
                             const float y_value = values[0].at[j], dy_value = values[1].at[j];
                             result.at[j] = p.is_log ? dy_value - expf(y_value) * sum
                                                     : y_value * (dy_value - sum);
                           }
                           store_scaled(dx + place.offset[2], result, p.scalars);
                         });
}

// What all lanes of a wave have, joined, in every lane.
template <class Operation>
__device__ inline float over_wave(float value, Operation operation) {
  using Reduce = rocprim::warp_reduce<float, kWaveLanes, true>;
  __shared__ typename Reduce::storage_type storage[kHeldGroups];
  Reduce().reduce(value, value, storage[threadIdx.x / kWaveLanes], operation);
  return value;
}

// The vectors of a group that a lane of its wave holds: i, i + 32, i + 64, ...
template <int Held>
struct HeldMembers {
  uint32_t lane = threadIdx.x % kWaveLanes;
  uint32_t count;

  __device__ bool has(int i) const { return i * kWaveLanes + lane < count; }
  // The last one where the lane has none: a load without a branch, so that all are in flight.
  __device__ uint32_t member(int i) const {
    const uint32_t wanted = i * kWaveLanes + lane;
    return wanted < count ? wanted : count - 1;
  }
};

template <int Held, class T>
__device__ inline void forward_held(const SoftmaxForwardParams& p) {
  constexpr int kWidth = kGroupVector;
  const uint32_t index = blockIdx.x * kHeldGroups + threadIdx.x / kWaveLanes;
  if (index >= p.groups.count) return;
  const HeldMembers<Held> held{.count = p.members.count};
  const Place<2> group = place_of(p.groups, index);
  const T* const x = static_cast<const T*>(p.x) + group.offset[0];
  T* const y = static_cast<T*>(p.y) + group.offset[1];

  Vector<T, kWidth> loaded[Held];
#pragma unroll
  for (int i = 0; i < Held; ++i)
    loaded[i] = load_vector<kWidth>(x + place_of(p.members, held.member(i)).offset[0]);
  Vector<float, kWidth> values[Held];
  float largest = -FLT_MAX;
#pragma unroll
  for (int i = 0; i < Held; ++i) {
#pragma unroll
    for (int j = 0; j < kWidth; ++j) {
      // e^-inf adds nothing.
      values[i].at[j] = held.has(i) ? static_cast<float>(loaded[i].at[j]) : -INFINITY;
      largest = fmaxf(largest, values[i].at[j]);
    }
  }
  largest = over_wave(largest, [](float a, float b) { return fmaxf(a, b); });
  float sum = 0;
#pragma unroll
  for (int i = 0; i < Held; ++i) {
#pragma unroll
    for (int j = 0; j < kWidth; ++j) {
      const float difference = values[i].at[j] - largest;
      const float power = expf(difference);
      sum += power;
      values[i].at[j] = p.is_log ? difference : power;
    }
  }
  sum = over_wave(sum, rocprim::plus<float>());
  const float factor = p.is_log ? logf(sum) : 1 / sum;
#pragma unroll
  for (int i = 0; i < Held; ++i) {
    if (!held.has(i)) continue;
#pragma unroll
    for (int j = 0; j < kWidth; ++j)
      values[i].at[j] = p.is_log ? values[i].at[j] - factor : values[i].at[j] * factor;
    store_scaled(y + place_of(p.members, held.member(i)).offset[1], values[i], p.scalars);
  }
}

template <int Held, class T>
__device__ inline void backward_held(const SoftmaxBackwardParams& p) {
  constexpr int kWidth = kGroupVector;
  const uint32_t index = blockIdx.x * kHeldGroups + threadIdx.x / kWaveLanes;
  if (index >= p.groups.count) return;
  const HeldMembers<Held> held{.count = p.members.count};
  const Place<3> group = place_of(p.groups, index);
  const T* const y = static_cast<const T*>(p.y) + group.offset[0];
  const T* const dy = static_cast<const T*>(p.dy) + group.offset[1];
  T* const dx = static_cast<T*>(p.dx) + group.offset[2];

  Vector<T, kWidth> y_loaded[Held], dy_loaded[Held];
#pragma unroll
  for (int i = 0; i < Held; ++i) {
    const Place<3> place = place_of(p.members, held.member(i));
    y_loaded[i] = load_vector<kWidth>(y + place.offset[0]);
    dy_loaded[i] = load_vector<kWidth>(dy + place.offset[1]);
  }
  float sum = 0;
#pragma unroll
  for (int i = 0; i < Held; ++i) {
    if (!held.has(i)) continue;
#pragma unroll
    for (int j = 0; j < kWidth; ++j) {
      sum += (p.is_log ? 1 : static_cast<float>(y_loaded[i].at[j])) *
             static_cast<float>(dy_loaded[i].at[j]);
    }
  }
  sum = over_wave(sum, rocprim::plus<float>());
#pragma unroll
  for (int i = 0; i < Held; ++i) {
    if (!held.has(i)) continue;
    Vector<float, kWidth> result;
#pragma unroll
    for (int j = 0; j < kWidth; ++j) {
      const float y_value = static_cast<float>(y_loaded[i].at[j]);
      const float dy_value = static_cast<float>(dy_loaded[i].at[j]);
      result.at[j] = p.is_log ? dy_value - expf(y_value) * sum : y_value * (dy_value - sum);
    }
    store_scaled(dx + place_of(p.members, held.member(i)).offset[2], result, p.scalars);
  }
}

}  // namespace

#define RDNA1CONV_SOFTMAX_KERNEL(PASS, NAME, PARAMS, ...)                            \
  extern "C" __global__ void __launch_bounds__(kGroupThreads) NAME(const PARAMS p) { \
    PASS<__VA_ARGS__>(p);                                                            \
  }
#define RDNA1CONV_SOFTMAX_LAYOUTS(SUFFIX, T, PASS, PARAMS)                                         \
  RDNA1CONV_SOFTMAX_KERNEL(PASS, softmax_##PASS##_##SUFFIX##_rows4, PARAMS, Rows<kGroupVector>, T) \
  RDNA1CONV_SOFTMAX_KERNEL(PASS, softmax_##PASS##_##SUFFIX##_rows1, PARAMS, Rows<1>, T)            \
  RDNA1CONV_SOFTMAX_KERNEL(PASS, softmax_##PASS##_##SUFFIX##_columns4, PARAMS,                     \
                           Columns<kGroupVector>, T)                                               \
  RDNA1CONV_SOFTMAX_KERNEL(PASS, softmax_##PASS##_##SUFFIX##_columns1, PARAMS, Columns<1>, T)      \
  RDNA1CONV_SOFTMAX_KERNEL(PASS##_held, softmax_##PASS##_##SUFFIX##_held2, PARAMS, kFewHeld, T)    \
  RDNA1CONV_SOFTMAX_KERNEL(PASS##_held, softmax_##PASS##_##SUFFIX##_held8, PARAMS, kManyHeld, T)
#define RDNA1CONV_SOFTMAX_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)      \
  RDNA1CONV_SOFTMAX_LAYOUTS(SUFFIX, OUT, forward, SoftmaxForwardParams) \
  RDNA1CONV_SOFTMAX_LAYOUTS(SUFFIX, OUT, backward, SoftmaxBackwardParams)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_SOFTMAX_KERNELS)

}  // namespace rdna1conv
