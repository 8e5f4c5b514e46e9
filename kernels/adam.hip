// Adam and AdamW; params/adam.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "params/adam.h"
#include "params/element_types.h"
#include "walk.h"

namespace rdna1conv {
namespace {

__device__ inline bool is_skipped(const uint8_t* found_infinity) {
  return found_infinity != nullptr && *found_infinity != 0;
}

// 1 - beta^step; what is near 0 keeps its digits.
__device__ inline float bias_of(float beta, float step) { return -expm1f(step * logf(beta)); }

// What all elements have in common.
struct Factors {
  float gradient;  // 1 / what it is a multiple by
  float rate;      // of the mean over the root
  float root;      // of the square
};
__device__ inline Factors factors_of(const AdamParams& p) {
  const AdamScalars& s = p.scalars;
  const auto step = static_cast<float>(
      s.done_steps != nullptr ? static_cast<uint32_t>(*s.done_steps) + 1 : s.step);
  const float sign = p.maximizes ? -1 : 1;
  Factors factors;
  factors.gradient =
      s.gradient_scale == nullptr ? sign : sign / static_cast<float>(*s.gradient_scale);
  const float bias1 = bias_of(s.beta1, step), root = sqrtf(bias_of(s.beta2, step));
  if (p.is_transformers) {
    factors.root = 1;
    factors.rate = s.step_size >= 0  ? s.step_size
                   : p.corrects_bias ? s.rate * root / bias1
                                     : s.rate;
  } else {
    factors.root = 1 / root;
    factors.rate = s.rate / bias1;
  }
  return factors;
}

struct Element {
  float value, mean, square, largest;
};
__device__ inline Element stepped(const AdamParams& p, const Factors& f, Element e,
                                  float gradient) {
  const AdamScalars& s = p.scalars;
  float g = gradient * f.gradient;
  if (!p.is_transformers && s.weight_decay != 0) {
    if (p.decays_values)
      e.value -= s.rate * s.weight_decay * e.value;
    else
      g = __builtin_fmaf(s.weight_decay, e.value, g);
  }
  e.mean = s.beta1 * e.mean + (1 - s.beta1) * g;
  e.square = s.beta2 * e.square + (1 - s.beta2) * g * g;
  e.largest = fmaxf(e.largest, e.square);
  const float root = sqrtf(p.uses_largest ? e.largest : e.square);
  e.value -= f.rate * e.mean / __builtin_fmaf(root, f.root, s.epsilon);
  if (p.is_transformers) e.value -= s.rate * s.weight_decay * e.value;
  return e;
}

template <class T, int Width>
__device__ inline void step_elements(const AdamParams& p, const Factors& factors, bool skips,
                                     uint64_t at) {
  const auto load = [&](const void* from) {
    return load_floats<Width>(static_cast<const T*>(from) + at);
  };
  auto value = load(p.values), mean = load(p.mean), square = load(p.square);
  Vector<float, Width> largest{};
  if (p.uses_largest) largest = load(p.largest);
  if (!skips) {
    const auto gradient = p.gradient_is_half
                              ? load_floats<Width>(static_cast<const Half*>(p.gradient) + at)
                              : load(p.gradient);
#pragma unroll
    for (int j = 0; j < Width; ++j) {
      const Element e = stepped(p, factors, {value.at[j], mean.at[j], square.at[j], largest.at[j]},
                                gradient.at[j]);
      value.at[j] = e.value;
      mean.at[j] = e.mean;
      square.at[j] = e.square;
      largest.at[j] = e.largest;
    }
  }
  const auto store = [&](void* to, const Vector<float, Width>& values) {
    store_floats(static_cast<T*>(to) + at, values);
  };
  store(p.new_values, value);
  store(p.new_mean, mean);
  store(p.new_square, square);
  if (p.uses_largest) store(p.new_largest, largest);
  if (p.new_half != nullptr) store_floats(static_cast<Half*>(p.new_half) + at, value);
}

template <class T>
__device__ inline void step(const AdamParams& p) {
  const bool skips = is_skipped(p.scalars.found_infinity);
  const Factors factors = factors_of(p);
  const uint64_t lanes = uint64_t{p.workgroups} * kAdamThreads;
  const uint64_t lane = uint64_t{blockIdx.x} * kAdamThreads + threadIdx.x;
  const uint64_t vectors = p.count / kAdamVector;
  for (uint64_t i = lane; i < vectors; i += lanes)
    step_elements<T, kAdamVector>(p, factors, skips, i * kAdamVector);
  const uint64_t rest = vectors * kAdamVector + lane;
  if (rest < p.count) step_elements<T, 1>(p, factors, skips, rest);
}

}  // namespace

#define RDNA1CONV_ADAM_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)                                  \
  extern "C" __global__ void __launch_bounds__(kAdamThreads) adam_##SUFFIX(const AdamParams p) { \
    step<OUT>(p);                                                                                \
  }
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_ADAM_KERNELS)

extern "C" __global__ void __launch_bounds__(32) adam_count_step(const AdamStepParams p) {
  if (threadIdx.x == 0) *p.new_steps = *p.done_steps + (is_skipped(p.found_infinity) ? 0 : 1);
}

}  // namespace rdna1conv
