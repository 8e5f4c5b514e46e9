// Batch normalization; params/batch_norm.h describes the two ways that groups are laid out.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "epilogue.h"
#include "groups.h"
#include "moments.h"
#include "params/batch_norm.h"
#include "params/element_types.h"
#include "walk.h"

namespace rdna1conv {
namespace {

__device__ inline float activated(float value, Activation activation, const BatchNormScalars& s) {
  EpilogueScalars scalars;
  scalars.activation_alpha = s.activation_alpha;
  scalars.activation_beta = s.activation_beta;
  return activate(value, activation, scalars);
}

// Whether a gradient goes through the activation at `value`.
__device__ inline bool passes(float value, Activation activation, const BatchNormScalars& s) {
  switch (activation) {
    case Activation::kRelu:
      return value > 0;
    case Activation::kClippedRelu:
      return value > 0 && value <= s.activation_alpha;
    case Activation::kClamp:
      return value > s.activation_alpha && value <= s.activation_beta;
    default:
      return true;
  }
}

// ---- Sums of one work item and how they are joined ---------------------------------------------

// Of dy, and of dy times the deviation of x from the mean.
struct GradientSums {
  float plain, weighted;
};
__device__ inline GradientSums join(const GradientSums& a, const GradientSums& b) {
  return {a.plain + b.plain, a.weighted + b.weighted};
}

// ---- The three passes --------------------------------------------------------------------------

template <class T, int Width>
__device__ inline void inference(const BatchNormInferenceParams& p) {
  for_outer_places(p.elements, [&](const Place<3>& outer) {
#pragma unroll
    for (uint32_t i = 0; i < kBatchNormElements; ++i) {
      const uint32_t index = (blockIdx.x * kBatchNormElements + i) * kGroupThreads + threadIdx.x;
      if (index >= p.elements.inner.count) break;
      const Place<3> place = outer + place_of(p.elements.inner, index);
      Vector<float, Width> value = load_floats<Width>(static_cast<const T*>(p.x) + place.offset[1]);
      float factor = 0, shift = 0, mean = 0;
#pragma unroll
      for (int j = 0; j < Width; ++j) {
        if (j == 0 || p.parameter_step != 0) {
          const uint64_t at = place.offset[0] + uint64_t(j) * p.parameter_step;
          const float variance = p.variance[at];
          factor =
              p.scale[at] * (p.is_inverse ? variance : 1 / sqrtf(variance + p.scalars.epsilon));
          shift = p.bias[at];
          mean = p.mean[at];
        }
        value.at[j] =
            activated(__builtin_fmaf(value.at[j] - mean, factor, shift), p.activation, p.scalars);
      }
      store_floats(static_cast<T*>(p.y) + place.offset[2], value);
    }
  });
}

// Moments of the groups of this lane, the same in every lane that shares them.
template <class Layout, class T, int Tensors>
__device__ inline void find_moments(const Layout& layout, const Walk<Tensors>& members, const T* x,
                                    Moments (&moments)[Layout::kGroups], bool is_used) {
  ShiftedSums sums[Layout::kVector];
  if (is_used) {
    for_members<Layout, 1>(layout, members, {x},
                           [&](const Vector<float, Layout::kVector>(&values)[1], const auto&) {
#pragma unroll
                             for (uint32_t j = 0; j < Layout::kVector; ++j)
                               sums[j].add(values[0].at[j]);
                           });
  }
  Moments lanes[Layout::kVector];
#pragma unroll
  for (uint32_t j = 0; j < Layout::kVector; ++j) lanes[j] = sums[j].moments();
  join_lanes(layout, lanes, moments);
}

template <class Layout, class T>
__device__ inline void training(const BatchNormTrainingParams& p) {
  constexpr int kGroups = Layout::kGroups;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<3> group = place_of(p.groups, is_used ? layout.group() : 0);
  const T* const x = static_cast<const T*>(p.x) + group.offset[1];
  T* const y = static_cast<T*>(p.y) + group.offset[2];

  Moments moments[kGroups];
  find_moments<Layout, T>(layout, p.members, x, moments, is_used);
  if (!is_used) return;

  const uint64_t parameter_step = p.groups.stride[0][0] / (kGroups > 1 ? kGroups : 1);
  float factor[kGroups], shift[kGroups];
#pragma unroll
  for (int i = 0; i < kGroups; ++i) {
    const uint64_t at = group.offset[0] + uint64_t(i) * parameter_step;
    const float variance = moments[i].squares * p.members_inverse;
    const float inverse = 1 / sqrtf(variance + p.scalars.epsilon);
    factor[i] = p.scale[at] * inverse;
    shift[i] = p.bias[at];
    if (!layout.leads()) continue;
    if (p.saves) {
      p.saved_mean[at] = moments[i].mean;
      p.saved_inverse[at] = inverse;
    }
    if (p.running) {
      const float kept = 1 - p.scalars.factor;
      p.new_mean[at] = __builtin_fmaf(p.scalars.factor, moments[i].mean, kept * p.old_mean[at]);
      p.new_variance[at] =
          __builtin_fmaf(p.scalars.factor, variance * p.unbiased, kept * p.old_variance[at]);
    }
  }
  for_members<Layout, 1>(
      layout, p.members, {x},
      [&](const Vector<float, Layout::kVector>(&values)[1], const Place<2>& place) {
        Vector<float, Layout::kVector> result;
#pragma unroll
        for (int j = 0; j < static_cast<int>(Layout::kVector); ++j) {
          const int i = group_of<Layout>(j);
          result.at[j] =
              activated(__builtin_fmaf(values[0].at[j] - moments[i].mean, factor[i], shift[i]),
                        p.activation, p.scalars);
        }
        store_floats(y + place.offset[1], result);
      });
}

template <class Layout, class T>
__device__ inline void backward(const BatchNormBackwardParams& p) {
  constexpr int kGroups = Layout::kGroups;
  constexpr int kWidth = Layout::kVector;
  const Layout layout(p);
  const bool is_used = layout.group() < p.groups.count;
  const Place<4> group = place_of(p.groups, is_used ? layout.group() : 0);
  const T* const x = static_cast<const T*>(p.x) + group.offset[1];
  const T* const dy = static_cast<const T*>(p.dy) + group.offset[2];
  T* const dx = static_cast<T*>(p.dx) + group.offset[3];
  const uint64_t parameter_step = p.groups.stride[0][0] / (kGroups > 1 ? kGroups : 1);
  const auto parameter = [&](int i) { return group.offset[0] + uint64_t(i) * parameter_step; };

  float mean[kGroups], inverse[kGroups];
  if (p.has_saved) {
#pragma unroll
    for (int i = 0; i < kGroups; ++i) {
      mean[i] = is_used ? p.saved_mean[parameter(i)] : 0;
      inverse[i] = is_used ? p.saved_inverse[parameter(i)] : 0;
    }
  } else {
    Moments moments[kGroups];
    find_moments<Layout, T>(layout, p.members, x, moments, is_used);
#pragma unroll
    for (int i = 0; i < kGroups; ++i) {
      mean[i] = moments[i].mean;
      inverse[i] = 1 / sqrtf(moments[i].squares * p.members_inverse + p.scalars.epsilon);
    }
  }

  // What came out of the normalization, for the activation behind it.
  const bool is_activated = p.activation != Activation::kPassThrough;
  float factor[kGroups], shift[kGroups] = {};
#pragma unroll
  for (int i = 0; i < kGroups; ++i) {
    factor[i] = is_used ? p.scale[parameter(i)] * inverse[i] : 0;
    if (is_activated && is_used) shift[i] = p.bias[parameter(i)];
  }
  const auto gradient = [&](int i, float deviation, float dy_value) {
    if (!is_activated) return dy_value;
    const float value = __builtin_fmaf(deviation, factor[i], shift[i]);
    return passes(value, p.activation, p.scalars) ? dy_value : 0;
  };

  GradientSums lanes[kWidth] = {};
  if (is_used) {
    for_members<Layout, 2>(layout, p.members, {x, dy},
                           [&](const Vector<float, kWidth>(&values)[2], const auto&) {
#pragma unroll
                             for (int j = 0; j < kWidth; ++j) {
                               const int i = group_of<Layout>(j);
                               const float deviation = values[0].at[j] - mean[i];
                               const float g = gradient(i, deviation, values[1].at[j]);
                               lanes[j].plain += g;
                               lanes[j].weighted = __builtin_fmaf(g, deviation, lanes[j].weighted);
                             }
                           });
  }
  GradientSums sums[kGroups] = {};
#pragma unroll
  for (int j = 0; j < kWidth; ++j)
    sums[group_of<Layout>(j)] = join(sums[group_of<Layout>(j)], lanes[j]);
  layout.reduce(sums);
  if (!is_used) return;

  float mean_gradient[kGroups], slope[kGroups];
#pragma unroll
  for (int i = 0; i < kGroups; ++i) {
    mean_gradient[i] = sums[i].plain * p.members_inverse;
    slope[i] = sums[i].weighted * inverse[i] * inverse[i] * p.members_inverse;
    if (!layout.leads()) continue;
    p.scale_gradient[parameter(i)] = sums[i].weighted * inverse[i];
    p.bias_gradient[parameter(i)] = sums[i].plain;
  }
  for_members<Layout, 2>(layout, p.members, {x, dy},
                         [&](const Vector<float, kWidth>(&values)[2], const Place<3>& place) {
                           Vector<float, kWidth> result;
#pragma unroll
                           for (int j = 0; j < kWidth; ++j) {
                             const int i = group_of<Layout>(j);
                             const float deviation = values[0].at[j] - mean[i];
                             const float g = gradient(i, deviation, values[1].at[j]);
                             result.at[j] = factor[i] * __builtin_fmaf(-deviation, slope[i],
                                                                       g - mean_gradient[i]);
                           }
                           store_floats(dx + place.offset[2], result);
                         });
}

}  // namespace

#define RDNA1CONV_BATCH_NORM_KERNEL(PASS, NAME, PARAMS, ...)                         \
  extern "C" __global__ void __launch_bounds__(kGroupThreads) NAME(const PARAMS p) { \
    PASS<__VA_ARGS__>(p);                                                            \
  }
#define RDNA1CONV_BATCH_NORM_LAYOUTS(SUFFIX, T, PASS, PARAMS)                                 \
  RDNA1CONV_BATCH_NORM_KERNEL(PASS, batch_norm_##PASS##_##SUFFIX##_rows4, PARAMS,             \
                              Rows<kGroupVector>, T)                                          \
  RDNA1CONV_BATCH_NORM_KERNEL(PASS, batch_norm_##PASS##_##SUFFIX##_rows1, PARAMS, Rows<1>, T) \
  RDNA1CONV_BATCH_NORM_KERNEL(PASS, batch_norm_##PASS##_##SUFFIX##_columns4, PARAMS,          \
                              Columns<kGroupVector>, T)                                       \
  RDNA1CONV_BATCH_NORM_KERNEL(PASS, batch_norm_##PASS##_##SUFFIX##_columns1, PARAMS, Columns<1>, T)
#define RDNA1CONV_BATCH_NORM_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)          \
  RDNA1CONV_BATCH_NORM_KERNEL(inference, batch_norm_inference_##SUFFIX##_4,    \
                              BatchNormInferenceParams, OUT, kGroupVector)     \
  RDNA1CONV_BATCH_NORM_KERNEL(inference, batch_norm_inference_##SUFFIX##_1,    \
                              BatchNormInferenceParams, OUT, 1)                \
  RDNA1CONV_BATCH_NORM_LAYOUTS(SUFFIX, OUT, training, BatchNormTrainingParams) \
  RDNA1CONV_BATCH_NORM_LAYOUTS(SUFFIX, OUT, backward, BatchNormBackwardParams)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_BATCH_NORM_KERNELS)

}  // namespace rdna1conv
