// Local response normalization; params/lrn.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "params/element_types.h"
#include "params/lrn.h"

namespace rdna1conv {
namespace {

struct Element {
  uint32_t n;
  int32_t c, h, w;
};
__device__ inline Element element_of(const LrnParams& p, uint32_t index) {
  uint32_t digits[3];
#pragma unroll
  for (int i = 0; i < 3; ++i) {
    const uint32_t rest = quotient(index, p.digit[i]);
    digits[i] = remainder(index, rest, p.digit[i]);
    index = rest;
  }
  Element e;
  e.n = index;
  e.c = static_cast<int32_t>(p.channels_last ? digits[0] : digits[2]);
  e.w = static_cast<int32_t>(p.channels_last ? digits[1] : digits[0]);
  e.h = static_cast<int32_t>(p.channels_last ? digits[2] : digits[1]);
  return e;
}

__device__ inline uint64_t offset_of(const uint64_t (&stride)[4], const Element& e) {
  return e.n * stride[0] + uint64_t(e.c) * stride[1] + uint64_t(e.h) * stride[2] +
         uint64_t(e.w) * stride[3];
}
__device__ inline uint64_t packed(const LrnParams& p, const Element& e) {
  return ((uint64_t{e.n} * p.channels + e.c) * p.height + e.h) * p.width + e.w;
}

__device__ inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
__device__ inline int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

// use(element) for those around `middle`, `before` of them before it and `behind` behind.
template <bool Cross, class Use>
__device__ inline void for_window(const LrnParams& p, const Element& middle, int32_t before,
                                  int32_t behind, Use use) {
  Element e = middle;
  if constexpr (Cross) {
    const int32_t end = least(middle.c + behind, p.channels - 1);
    for (e.c = most(middle.c - before, 0); e.c <= end; ++e.c) use(e);
  } else {
    const int32_t last_h = least(middle.h + behind, p.height - 1);
    const int32_t last_w = least(middle.w + behind, p.width - 1);
    for (e.h = most(middle.h - before, 0); e.h <= last_h; ++e.h)
      for (e.w = most(middle.w - before, 0); e.w <= last_w; ++e.w) use(e);
  }
}

// s^-beta. s is positive where K and alpha are; powf(), which also knows signs and whole exponents,
// takes four times the instructions.
__device__ inline float to_minus_beta(float s, float beta) {
  return s > 0 ? exp2f(-beta * log2f(s)) : powf(s, -beta);
}

template <class T, bool Cross>
__device__ inline void forward(const LrnParams& p) {
  const uint32_t index = blockIdx.x * kLrnThreads + threadIdx.x;
  if (index >= p.count) return;
  const Element middle = element_of(p, index);
  const T* const x = static_cast<const T*>(p.x);
  float squares = 0;
  if constexpr (Cross) {
    // The address goes from channel to channel by additions.
    const int32_t first = most(middle.c - p.before, 0);
    const int32_t last = least(middle.c + p.behind, p.channels - 1);
    Element e = middle;
    e.c = first;
    const T* at = x + offset_of(p.x_stride, e);
    for (int32_t c = first; c <= last; ++c, at += p.x_stride[1]) {
      const auto value = static_cast<float>(*at);
      squares = __builtin_fmaf(value, value, squares);
    }
  } else {
    for_window<Cross>(p, middle, p.before, p.behind, [&](const Element& e) {
      const auto value = static_cast<float>(x[offset_of(p.x_stride, e)]);
      squares = __builtin_fmaf(value, value, squares);
    });
  }
  const float s = __builtin_fmaf(p.scalars.alpha * p.size_inverse, squares, p.scalars.k);
  const auto value = static_cast<float>(x[offset_of(p.x_stride, middle)]);
  static_cast<T*>(p.y)[offset_of(p.y_stride, middle)] =
      static_cast<T>(value * to_minus_beta(s, p.scalars.beta));
  if (p.saves) p.s[packed(p, middle)] = s;
}

// dx of an element comes from its own output and from those whose windows have it: the window the
// other way round.
template <class T, bool Cross>
__device__ inline void backward(const LrnParams& p) {
  const uint32_t index = blockIdx.x * kLrnThreads + threadIdx.x;
  if (index >= p.count) return;
  const Element middle = element_of(p, index);
  const T* const y = static_cast<const T*>(p.y);
  const T* const dy = static_cast<const T*>(p.dy);
  float others = 0;
  for_window<Cross>(p, middle, p.behind, p.before, [&](const Element& e) {
    others += static_cast<float>(dy[offset_of(p.dy_stride, e)]) *
              static_cast<float>(y[offset_of(p.y_stride, e)]) / p.s[packed(p, e)];
  });
  const auto x = static_cast<float>(static_cast<const T*>(p.x)[offset_of(p.x_stride, middle)]);
  const float own = static_cast<float>(dy[offset_of(p.dy_stride, middle)]) *
                    to_minus_beta(p.s[packed(p, middle)], p.scalars.beta);
  const float weight = 2 * p.scalars.alpha * p.scalars.beta * p.size_inverse;
  static_cast<T*>(p.dx)[offset_of(p.dx_stride, middle)] =
      static_cast<T>(__builtin_fmaf(-weight * x, others, own));
}

}  // namespace

#define RDNA1CONV_LRN_KERNEL(NAME, PASS, ...)                                         \
  extern "C" __global__ void __launch_bounds__(kLrnThreads) NAME(const LrnParams p) { \
    PASS<__VA_ARGS__>(p);                                                             \
  }
#define RDNA1CONV_LRN_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)             \
  RDNA1CONV_LRN_KERNEL(lrn_forward_##SUFFIX##_cross, forward, OUT, true)   \
  RDNA1CONV_LRN_KERNEL(lrn_forward_##SUFFIX##_within, forward, OUT, false) \
  RDNA1CONV_LRN_KERNEL(lrn_backward_##SUFFIX##_cross, backward, OUT, true) \
  RDNA1CONV_LRN_KERNEL(lrn_backward_##SUFFIX##_within, backward, OUT, false)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_LRN_KERNELS)

}  // namespace rdna1conv
