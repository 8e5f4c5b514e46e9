// Losses, their sums and what is learned of a rectifier's slope; params/loss.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "elementwise.h"
#include "groups.h"
#include "params/element_types.h"
#include "params/loss.h"

namespace rdna1conv {
namespace {

// The workgroup's sum in its first lane.
__device__ inline float workgroup_sum(float value) {
  Sum sums[1] = {{value}};
  Rows<1>(0).reduce(sums);
  return sums[0].value;
}

// log(1 + e^(-x * target)) without overflow.
__device__ inline float soft_margin(float x, float target) {
  const float product = -x * target;
  return (product > 0 ? product : 0) + log1pf(expf(-fabsf(product)));
}

template <class T, int Width>
__device__ inline void soft_margin_elements(const SoftMarginParams& p) {
  for_elements(p.elements, [&](const Place<3>& place) {
    auto x = load_floats<Width>(static_cast<const T*>(p.x) + place.offset[0]);
    const auto target = load_floats<Width>(static_cast<const T*>(p.target) + place.offset[1]);
#pragma unroll
    for (int j = 0; j < Width; ++j) x.at[j] = soft_margin(x.at[j], target.at[j]);
    store_floats(static_cast<T*>(p.y) + place.offset[2], x);
  });
}

template <class T, int Width>
__device__ inline void soft_margin_backward(const SoftMarginBackwardParams& p) {
  for_elements(p.elements, [&](const Place<4>& place) {
    auto x = load_floats<Width>(static_cast<const T*>(p.x) + place.offset[0]);
    const auto target = load_floats<Width>(static_cast<const T*>(p.target) + place.offset[1]);
    const auto dy = load_floats<Width>(static_cast<const T*>(p.dy) + place.offset[2]);
#pragma unroll
    for (int j = 0; j < Width; ++j)
      x.at[j] = -target.at[j] / (expf(x.at[j] * target.at[j]) + 1) * dy.at[j] * p.factor;
    store_floats(static_cast<T*>(p.dx) + place.offset[3], x);
  });
}

template <class T, int Width>
__device__ inline void soft_margin_sum(const SoftMarginSumParams& p) {
  float sum = 0;
  for (uint32_t i = blockIdx.x * kGroupThreads + threadIdx.x; i < p.elements.count;
       i += p.workgroups * kGroupThreads) {
    const Place<2> place = place_of(p.elements, i);
    const auto x = load_floats<Width>(static_cast<const T*>(p.x) + place.offset[0]);
    const auto target = load_floats<Width>(static_cast<const T*>(p.target) + place.offset[1]);
#pragma unroll
    for (int j = 0; j < Width; ++j) sum += soft_margin(x.at[j], target.at[j]);
  }
  sum = workgroup_sum(sum);
  if (threadIdx.x == 0) p.partial[blockIdx.x] = sum;
}

// A lane has a row.
template <class T>
__device__ inline void multi_margin(const MultiMarginParams& p) {
  float sum = 0;
  for (uint32_t row = blockIdx.x * kGroupThreads + threadIdx.x; row < p.rows;
       row += p.workgroups * kGroupThreads) {
    const int64_t target = p.target[row * p.target_step];
    if (target < 0 || target >= p.classes) continue;
    const T* const x = static_cast<const T*>(p.x) + row * p.x_row;
    const auto right = static_cast<float>(x[target * p.x_class]);
    float loss = 0;
    for (uint32_t c = 0; c < p.classes; ++c) {
      const float distance = p.scalars.margin - right + static_cast<float>(x[c * p.x_class]);
      if (c == target || distance <= 0) continue;
      loss += p.scalars.power == 1 ? distance : distance * distance;
    }
    loss *= static_cast<float>(static_cast<const T*>(p.weight)[target * p.weight_step]) /
            static_cast<float>(p.classes);
    if (p.y != nullptr) static_cast<T*>(p.y)[row * p.y_step] = static_cast<T>(loss);
    sum += loss;
  }
  if (p.partial == nullptr) return;
  sum = workgroup_sum(sum);
  if (threadIdx.x == 0) p.partial[blockIdx.x] = sum;
}

template <class T>
__device__ inline void partial_sums(const PartialSumsParams& p) {
  float sum = 0;
  for (uint32_t i = threadIdx.x; i < p.count; i += kGroupThreads) sum += p.partial[i];
  sum = workgroup_sum(sum);
  if (threadIdx.x == 0) *static_cast<T*>(p.y) = static_cast<T>(sum * p.factor);
}

template <class T, int Width>
__device__ inline void prelu(const PreluParams& p) {
  for_elements(p.elements, [&](const Place<4>& place) {
    const auto x = load_floats<Width>(static_cast<const T*>(p.x) + place.offset[0]);
    auto dy = load_floats<Width>(static_cast<const T*>(p.dy) + place.offset[1]);
    const T* const weight = static_cast<const T*>(p.weight) + place.offset[2];
    const bool is_shared = Width == 1 || p.elements.inner.stride[2][0] == 0;
#pragma unroll
    for (int j = 0; j < Width; ++j) {
      const auto slope = static_cast<float>(weight[is_shared ? 0 : j]);
      dy.at[j] = x.at[j] > 0 ? dy.at[j] : slope * dy.at[j];
    }
    store_floats(static_cast<T*>(p.dx) + place.offset[3], dy);
  });
}

template <class Layout, class T>
__device__ inline void prelu_weights(const PreluWeightsParams& p) {
  constexpr int kWidth = Layout::kVector;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<3> group = place_of(p.groups, is_used ? layout.group() : 0);
  const T* const x = static_cast<const T*>(p.x) + group.offset[1];
  const T* const dy = static_cast<const T*>(p.dy) + group.offset[2];
  Sum lanes[kWidth] = {};
  if (is_used) {
    for_members<Layout, 2>(
        layout, p.members, {x, dy}, [&](const Vector<float, kWidth>(&values)[2], const auto&) {
#pragma unroll
          for (int j = 0; j < kWidth; ++j) {
            if (!(values[0].at[j] > 0))
              lanes[j].value = __builtin_fmaf(values[0].at[j], values[1].at[j], lanes[j].value);
          }
        });
  }
  Sum sums[Layout::kGroups];
  join_lanes(layout, lanes, sums);
  if (!is_used || !layout.leads()) return;
  const uint64_t step = p.groups.stride[0][0] / Layout::kGroups;
#pragma unroll
  for (int i = 0; i < Layout::kGroups; ++i)
    static_cast<T*>(p.dw)[group.offset[0] + i * step] = static_cast<T>(sums[i].value);
}

}  // namespace

#define RDNA1CONV_LOSS_KERNEL(FUNCTION, NAME, PARAMS, ...)                           \
  extern "C" __global__ void __launch_bounds__(kGroupThreads) NAME(const PARAMS p) { \
    FUNCTION<__VA_ARGS__>(p);                                                        \
  }
#define RDNA1CONV_LOSS_WIDTH(SUFFIX, T, WIDTH)                                                     \
  RDNA1CONV_LOSS_KERNEL(soft_margin_elements, soft_margin_##SUFFIX##_##WIDTH, SoftMarginParams, T, \
                        WIDTH)                                                                     \
  RDNA1CONV_LOSS_KERNEL(soft_margin_backward, soft_margin_backward_##SUFFIX##_##WIDTH,             \
                        SoftMarginBackwardParams, T, WIDTH)                                        \
  RDNA1CONV_LOSS_KERNEL(soft_margin_sum, soft_margin_sum_##SUFFIX##_##WIDTH, SoftMarginSumParams,  \
                        T, WIDTH)                                                                  \
  RDNA1CONV_LOSS_KERNEL(prelu, prelu_backward_##SUFFIX##_##WIDTH, PreluParams, T, WIDTH)           \
  RDNA1CONV_LOSS_KERNEL(prelu_weights, prelu_weights_##SUFFIX##_rows##WIDTH, PreluWeightsParams,   \
                        Rows<WIDTH>, T)                                                            \
  RDNA1CONV_LOSS_KERNEL(prelu_weights, prelu_weights_##SUFFIX##_columns##WIDTH,                    \
                        PreluWeightsParams, Columns<WIDTH>, T)
#define RDNA1CONV_LOSS_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)                      \
  RDNA1CONV_LOSS_WIDTH(SUFFIX, OUT, 4)                                               \
  RDNA1CONV_LOSS_WIDTH(SUFFIX, OUT, 1)                                               \
  RDNA1CONV_LOSS_KERNEL(multi_margin, multi_margin_##SUFFIX, MultiMarginParams, OUT) \
  RDNA1CONV_LOSS_KERNEL(partial_sums, partial_sums_##SUFFIX, PartialSumsParams, OUT)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_LOSS_KERNELS)

}  // namespace rdna1conv
