// Gated linear units and rotary position embedding; params/gates.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "elementwise.h"
#include "params/element_types.h"
#include "params/gates.h"

namespace rdna1conv {
namespace {

__device__ inline float logistic(float value) { return 1 / (1 + expf(-value)); }

template <class T, int Width>
__device__ inline void glu_forward(const GluForwardParams& p) {
  for_elements(p.elements, [&](const Place<2>& place) {
    const T* const x = static_cast<const T*>(p.x) + place.offset[0];
    auto value = load_floats<Width>(x);
    const auto gate = load_floats<Width>(x + p.x_half);
#pragma unroll
    for (int j = 0; j < Width; ++j) value.at[j] *= logistic(gate.at[j]);
    store_floats(static_cast<T*>(p.y) + place.offset[1], value);
  });
}

template <class T, int Width>
__device__ inline void glu_backward(const GluBackwardParams& p) {
  for_elements(p.elements, [&](const Place<3>& place) {
    const T* const x = static_cast<const T*>(p.x) + place.offset[0];
    T* const dx = static_cast<T*>(p.dx) + place.offset[2];
    const auto value = load_floats<Width>(x);
    const auto gate = load_floats<Width>(x + p.x_half);
    const auto dy = load_floats<Width>(static_cast<const T*>(p.dy) + place.offset[1]);
    Vector<float, Width> of_value, of_gate;
#pragma unroll
    for (int j = 0; j < Width; ++j) {
      const float open = logistic(gate.at[j]);
      of_value.at[j] = open * dy.at[j];
      of_gate.at[j] = of_value.at[j] * (1 - open) * value.at[j];
    }
    store_floats(dx, of_value);
    store_floats(dx + p.dx_half, of_gate);
  });
}

template <class T>
__device__ inline void rope(const RopeParams& p) {
#pragma unroll
  for (uint32_t i = 0; i < kElementwiseSteps; ++i) {
    const uint32_t pair = (blockIdx.x * kElementwiseSteps + i) * kElementwiseThreads + threadIdx.x;
    if (pair >= p.pairs) break;
    const uint64_t at = uint64_t{pair} * 2;
    const uint64_t angle = uint64_t{remainder(pair, quotient(pair, p.period), p.period)} * 2;
    const auto x = load_floats<2>(static_cast<const T*>(p.x) + at);
    const auto cos = load_floats<2>(static_cast<const T*>(p.cos) + angle);
    const auto sin = load_floats<2>(static_cast<const T*>(p.sin) + angle);
    Vector<float, 2> y;
    if (p.is_backward) {
      y.at[0] = __builtin_fmaf(x.at[0], cos.at[0], x.at[1] * sin.at[1]);
      y.at[1] = __builtin_fmaf(x.at[1], cos.at[1], -x.at[0] * sin.at[0]);
    } else {
      y.at[0] = __builtin_fmaf(x.at[0], cos.at[0], -x.at[1] * sin.at[0]);
      y.at[1] = __builtin_fmaf(x.at[1], cos.at[1], x.at[0] * sin.at[1]);
    }
    store_floats(static_cast<T*>(p.y) + at, y);
  }
}

}  // namespace

#define RDNA1CONV_GATE_KERNEL(FUNCTION, NAME, PARAMS, ...)                                 \
  extern "C" __global__ void __launch_bounds__(kElementwiseThreads) NAME(const PARAMS p) { \
    FUNCTION<__VA_ARGS__>(p);                                                              \
  }
#define RDNA1CONV_GATE_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)                             \
  RDNA1CONV_GATE_KERNEL(glu_forward, glu_forward_##SUFFIX##_4, GluForwardParams, OUT,       \
                        kElementwiseVector)                                                 \
  RDNA1CONV_GATE_KERNEL(glu_forward, glu_forward_##SUFFIX##_1, GluForwardParams, OUT, 1)    \
  RDNA1CONV_GATE_KERNEL(glu_backward, glu_backward_##SUFFIX##_4, GluBackwardParams, OUT,    \
                        kElementwiseVector)                                                 \
  RDNA1CONV_GATE_KERNEL(glu_backward, glu_backward_##SUFFIX##_1, GluBackwardParams, OUT, 1) \
  RDNA1CONV_GATE_KERNEL(rope, rope_##SUFFIX, RopeParams, OUT)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_GATE_KERNELS)

}  // namespace rdna1conv
