// Activations forward and backward; params/elementwise.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "elementwise.h"
#include "params/element_types.h"
#include "params/elementwise.h"

namespace rdna1conv {
namespace {

// f(x, j) for element j of a vector.
template <int Width, class F>
__device__ inline Vector<float, Width> each(const Vector<float, Width>& x, F f) {
  Vector<float, Width> y;
#pragma unroll
  for (int j = 0; j < Width; ++j) y.at[j] = f(x.at[j], j);
  return y;
}

// A NaN goes through RELU and its kin, as through other layers; in MIOpen x * (x > 0) makes one of
// an infinity as well.
template <int Width>
__device__ inline Vector<float, Width> activated(const Vector<float, Width>& x,
                                                 Activation activation, const ActivationScalars& s,
                                                 float least_base) {
  switch (activation) {
    case Activation::kLogistic:
      return each(x, [](float v, int) { return 1 / (1 + expf(-v)); });
    case Activation::kTanh:
      return each(x, [&](float v, int) { return s.beta * tanhf(s.alpha * v); });
    case Activation::kRelu:
      return each(x, [](float v, int) { return v < 0 ? 0 : v; });
    case Activation::kSoftRelu:
      // log(1 + e^v) without overflow for large v.
      return each(x, [](float v, int) { return (v > 0 ? v : 0) + log1pf(expf(-fabsf(v))); });
    case Activation::kAbs:
      return each(x, [](float v, int) { return fabsf(v); });
    case Activation::kPower:
      return each(x, [&](float v, int) {
        const float base = s.alpha + s.beta * v;
        return base <= least_base ? 0 : powf(base, s.gamma);
      });
    case Activation::kClippedRelu:
      return each(x, [&](float v, int) { return v < 0 ? 0 : v > s.alpha ? s.alpha : v; });
    case Activation::kLeakyRelu:
      return each(x, [&](float v, int) { return v > 0 ? v : s.alpha * v; });
    case Activation::kElu:
      return each(x, [&](float v, int) { return v > 0 ? v : s.alpha * expm1f(v); });
    case Activation::kClamp:
      return each(x, [&](float v, int) {
        const float below = v > s.beta ? s.beta : v;
        return below < s.alpha ? s.alpha : below;
      });
    case Activation::kPassThrough:
      break;
  }
  return x;
}

template <int Width>
__device__ inline Vector<float, Width> gradient(const Vector<float, Width>& dy,
                                                const Vector<float, Width>& x,
                                                const Vector<float, Width>& y,
                                                Activation activation, const ActivationScalars& s,
                                                float least_base) {
  switch (activation) {
    case Activation::kLogistic:
      return each(dy, [&](float v, int j) { return v * y.at[j] * (1 - y.at[j]); });
    case Activation::kTanh: {
      const float inverse = fabsf(s.beta) <= 1e-6f ? 0 : 1 / s.beta;
      return each(dy, [&](float v, int j) {
        return inverse == 0 ? 0 : v * s.alpha * (s.beta - y.at[j] * y.at[j] * inverse);
      });
    }
    case Activation::kRelu:
      return each(dy, [&](float v, int j) { return x.at[j] > 0 ? v : 0; });
    case Activation::kSoftRelu:
      return each(dy, [&](float v, int j) { return v / (1 + expf(-x.at[j])); });
    case Activation::kAbs:
      return each(dy, [&](float v, int j) { return x.at[j] > 0 ? v : -v; });
    case Activation::kPower:
      // MIOpen leaves dy out, which no gradient is.
      return each(dy, [&](float v, int j) {
        const float base = s.alpha + s.beta * x.at[j];
        return base <= least_base ? 0 : v * s.beta * s.gamma * y.at[j] / base;
      });
    case Activation::kClippedRelu:
      return each(dy, [&](float v, int j) { return x.at[j] > 0 && x.at[j] <= s.alpha ? v : 0; });
    case Activation::kLeakyRelu:
      return each(dy, [&](float v, int j) { return x.at[j] > 0 ? v : s.alpha * v; });
    case Activation::kElu:
      return each(dy, [&](float v, int j) { return x.at[j] > 0 ? v : v * (y.at[j] + s.alpha); });
    case Activation::kClamp:
      return each(dy,
                  [&](float v, int j) { return x.at[j] > s.alpha && x.at[j] <= s.beta ? v : 0; });
    case Activation::kPassThrough:
      break;
  }
  return dy;
}

template <class T, int Width>
__device__ inline void forward(const ActivationForwardParams& p) {
  for_elements(p.elements, [&](const Place<2>& place) {
    const auto x = load_floats<Width>(static_cast<const T*>(p.x) + place.offset[0]);
    store_floats(static_cast<T*>(p.y) + place.offset[1],
                 activated(x, p.activation, p.scalars, p.least_base));
  });
}

template <class T, int Width>
__device__ inline void backward(const ActivationBackwardParams& p) {
  for_elements(p.elements, [&](const Place<4>& place) {
    const auto x = load_floats<Width>(static_cast<const T*>(p.x) + place.offset[0]);
    const auto y = load_floats<Width>(static_cast<const T*>(p.y) + place.offset[1]);
    const auto dy = load_floats<Width>(static_cast<const T*>(p.dy) + place.offset[2]);
    store_floats(static_cast<T*>(p.dx) + place.offset[3],
                 gradient(dy, x, y, p.activation, p.scalars, p.least_base));
  });
}

}  // namespace

#define RDNA1CONV_ACTIVATION_KERNEL(PASS, NAME, PARAMS, ...)                               \
  extern "C" __global__ void __launch_bounds__(kElementwiseThreads) NAME(const PARAMS p) { \
    PASS<__VA_ARGS__>(p);                                                                  \
  }
#define RDNA1CONV_ACTIVATION_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)                            \
  RDNA1CONV_ACTIVATION_KERNEL(forward, activation_forward_##SUFFIX##_4, ActivationForwardParams, \
                              OUT, kElementwiseVector)                                           \
  RDNA1CONV_ACTIVATION_KERNEL(forward, activation_forward_##SUFFIX##_1, ActivationForwardParams, \
                              OUT, 1)                                                            \
  RDNA1CONV_ACTIVATION_KERNEL(backward, activation_backward_##SUFFIX##_4,                        \
                              ActivationBackwardParams, OUT, kElementwiseVector)                 \
  RDNA1CONV_ACTIVATION_KERNEL(backward, activation_backward_##SUFFIX##_1,                        \
                              ActivationBackwardParams, OUT, 1)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_ACTIVATION_KERNELS)

}  // namespace rdna1conv
