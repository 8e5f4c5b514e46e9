// Layer normalization and its kin; params/layer_norm.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "groups.h"
#include "moments.h"
#include "params/element_types.h"
#include "params/layer_norm.h"
#include "walk.h"

namespace rdna1conv {
namespace {

// A vector of parameters, `missing` where there are none, or the same for all of it where the
// fastest dimension has one for all its elements.
template <int Width, class T>
__device__ inline Vector<float, Width> load_parameters(const T* parameters, uint64_t at,
                                                       uint32_t stride, float missing) {
  Vector<float, Width> values;
#pragma unroll
  for (int j = 0; j < Width; ++j) values.at[j] = missing;
  if (parameters == nullptr) return values;
  if (stride != 0) return load_floats<Width>(parameters + at);
#pragma unroll
  for (int j = 0; j < Width; ++j) values.at[j] = static_cast<float>(parameters[at]);
  return values;
}

// Inputs is 2 where x2 is added.
template <int Width, class T, int Inputs>
__device__ inline void forward(const LayerNormForwardParams& p) {
  using Layout = Rows<Width>;
  const Layout layout(p);
  const Place<5> group = place_of(p.groups, layout.group());
  const T* inputs[Inputs];
  inputs[0] = static_cast<const T*>(p.x) + group.offset[0];
  if (Inputs == 2) inputs[Inputs - 1] = static_cast<const T*>(p.x2) + group.offset[1];
  T* const y = static_cast<T*>(p.y) + group.offset[2];
  const auto* const weight = static_cast<const T*>(p.weight);
  const auto* const bias = static_cast<const T*>(p.bias);
  const auto value = [](const Vector<float, Width>(&values)[Inputs], int j) {
    return Inputs == 2 ? values[0].at[j] + values[Inputs - 1].at[j] : values[0].at[j];
  };

  ShiftedSums sums[Width];
  for_members<Layout, Inputs>(layout, p.members, inputs,
                              [&](const Vector<float, Width>(&values)[Inputs], const auto&) {
#pragma unroll
                                for (int j = 0; j < Width; ++j) sums[j].add(value(values, j));
                              });
  Moments moments[1] = {sums[0].moments()};
#pragma unroll
  for (int j = 1; j < Width; ++j) moments[0] = join(moments[0], sums[j].moments());
  layout.reduce(moments);

  float mean = moments[0].mean;
  float variance = moments[0].squares * p.members_inverse;
  if (p.by_mean_square) {
    variance = __builtin_fmaf(mean, mean, variance);
    mean = 0;
  }
  const float inverse = 1 / sqrtf(variance + p.scalars.epsilon);
  if (layout.leads()) {
    if (p.mean != nullptr) static_cast<T*>(p.mean)[group.offset[3]] = static_cast<T>(mean);
    if (p.inverse != nullptr) static_cast<T*>(p.inverse)[group.offset[3]] = static_cast<T>(inverse);
  }
  for_members<Layout, Inputs>(
      layout, p.members, inputs,
      [&](const Vector<float, Width>(&values)[Inputs], const Place<4>& place) {
        const uint64_t at = group.offset[4] + place.offset[3];
        const auto w = load_parameters<Width>(weight, at, p.members.stride[3][0], 1);
        const auto b = load_parameters<Width>(bias, at, p.members.stride[3][0], 0);
        Vector<float, Width> result;
#pragma unroll
        for (int j = 0; j < Width; ++j)
          result.at[j] = __builtin_fmaf((value(values, j) - mean) * inverse, w.at[j], b.at[j]);
        store_floats(y + place.offset[2], result);
      });
}

template <int Width, class T>
__device__ inline void backward(const LayerNormBackwardParams& p) {
  using Layout = Rows<Width>;
  const Layout layout(p);
  const Place<5> group = place_of(p.groups, layout.group());
  const bool has_dy = p.dy != nullptr;
  const T* const x = static_cast<const T*>(p.x) + group.offset[0];
  // Where there is no dy its strides are x's.
  const T* const dy = static_cast<const T*>(has_dy ? p.dy : p.x) + group.offset[1];
  T* const dx = static_cast<T*>(p.dx) + group.offset[2];
  const auto weighted = [&](const Vector<float, Width>& gradient, const Place<4>& place) {
    auto g = load_parameters<Width>(static_cast<const T*>(p.weight),
                                    group.offset[4] + place.offset[3], p.members.stride[3][0], 1);
#pragma unroll
    for (int j = 0; j < Width; ++j) g.at[j] = has_dy ? g.at[j] * gradient.at[j] : 0;
    return g;
  };

  Sum sum[1] = {};
  for_members<Layout, 2>(layout, p.members, {x, dy},
                         [&](const Vector<float, Width>(&values)[2], const Place<4>& place) {
                           const auto g = weighted(values[1], place);
#pragma unroll
                           for (int j = 0; j < Width; ++j)
                             sum[0].value = __builtin_fmaf(g.at[j], values[0].at[j], sum[0].value);
                         });
  layout.reduce(sum);
  const auto inverse = static_cast<float>(static_cast<const T*>(p.inverse)[group.offset[3]]);
  const float slope = sum[0].value * inverse * inverse * p.members_inverse;
  for_members<Layout, 2>(layout, p.members, {x, dy},
                         [&](const Vector<float, Width>(&values)[2], const Place<4>& place) {
                           const auto g = weighted(values[1], place);
                           Vector<float, Width> result;
#pragma unroll
                           for (int j = 0; j < Width; ++j)
                             result.at[j] =
                                 inverse * __builtin_fmaf(-values[0].at[j], slope, g.at[j]);
                           store_floats(dx + place.offset[2], result);
                         });
}

template <class Layout, class T>
__device__ inline void weights(const LayerNormWeightsParams& p) {
  constexpr int kWidth = Layout::kVector;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<3> group = place_of(p.groups, is_used ? layout.group() : 0);
  const bool has_dy = p.dy != nullptr;
  const T* const x = static_cast<const T*>(p.x) + group.offset[1];
  const T* const dy = static_cast<const T*>(has_dy ? p.dy : p.x) + group.offset[2];
  Sum lanes[kWidth] = {};
  if (is_used && has_dy) {
    const auto* const inverse = static_cast<const T*>(p.inverse);
    for_members<Layout, 2>(
        layout, p.members, {x, dy},
        [&](const Vector<float, kWidth>(&values)[2], const Place<3>& place) {
#pragma unroll
          for (int j = 0; j < kWidth; ++j) {
            // In rows a vector's elements are of groups that lie behind each other.
            const uint64_t at = place.offset[2] +
                                (Layout::kGroups == 1 ? j * (p.members.stride[2][0] / kWidth) : 0);
            lanes[j].value += values[0].at[j] * values[1].at[j] * static_cast<float>(inverse[at]);
          }
        });
  }
  Sum sums[Layout::kGroups];
  join_lanes(layout, lanes, sums);
  if (!is_used || !layout.leads()) return;
  const uint64_t step = Layout::kGroups > 1 ? p.groups.stride[0][0] / kWidth : 0;
#pragma unroll
  for (int i = 0; i < Layout::kGroups; ++i)
    static_cast<T*>(p.dw)[group.offset[0] + i * step] = static_cast<T>(sums[i].value);
}

}  // namespace

#define RDNA1CONV_LAYER_NORM_KERNEL(PASS, NAME, PARAMS, ...)                         \
  extern "C" __global__ void __launch_bounds__(kGroupThreads) NAME(const PARAMS p) { \
    PASS<__VA_ARGS__>(p);                                                            \
  }
#define RDNA1CONV_LAYER_NORM_WIDTH(SUFFIX, T, WIDTH)                                 \
  RDNA1CONV_LAYER_NORM_KERNEL(forward, layer_norm_forward_##SUFFIX##_##WIDTH,        \
                              LayerNormForwardParams, WIDTH, T, 1)                   \
  RDNA1CONV_LAYER_NORM_KERNEL(forward, layer_norm_add_forward_##SUFFIX##_##WIDTH,    \
                              LayerNormForwardParams, WIDTH, T, 2)                   \
  RDNA1CONV_LAYER_NORM_KERNEL(backward, layer_norm_backward_##SUFFIX##_##WIDTH,      \
                              LayerNormBackwardParams, WIDTH, T)                     \
  RDNA1CONV_LAYER_NORM_KERNEL(weights, layer_norm_weights_##SUFFIX##_rows##WIDTH,    \
                              LayerNormWeightsParams, Rows<WIDTH>, T)                \
  RDNA1CONV_LAYER_NORM_KERNEL(weights, layer_norm_weights_##SUFFIX##_columns##WIDTH, \
                              LayerNormWeightsParams, Columns<WIDTH>, T)
#define RDNA1CONV_LAYER_NORM_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT) \
  RDNA1CONV_LAYER_NORM_WIDTH(SUFFIX, OUT, 4)                          \
  RDNA1CONV_LAYER_NORM_WIDTH(SUFFIX, OUT, 1)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_LAYER_NORM_KERNELS)

}  // namespace rdna1conv
