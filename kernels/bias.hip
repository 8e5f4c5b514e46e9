// Bias and its gradient; params/bias.h describes the dimensions.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "barrier.h"
#include "element_types.h"
#include "params/bias.h"
#include "params/element_types.h"
#include "wave_sum.h"

namespace rdna1conv {
namespace {

// Calls use(index of the dimension, its digit) for each dimension that is used.
template <class Use>
__device__ inline void for_each_digit(const BiasDims& dims, uint32_t element, Use use) {
#pragma unroll
  for (uint32_t i = 0; i + 1 < kBiasDims; ++i) {
    if (i + 1 >= dims.used) {
      use(i, element);
      return;
    }
    const uint32_t rest = quotient(element, dims.length[i]);
    use(i, remainder(element, rest, dims.length[i]));
    element = rest;
  }
  use(kBiasDims - 1, element);
}

__device__ inline uint64_t offset_of(const BiasDims& dims, uint32_t element) {
  uint64_t offset = 0;
  for_each_digit(dims, element,
                 [&](uint32_t i, uint32_t digit) { offset += uint64_t{digit} * dims.stride[i]; });
  return offset;
}

struct OuterPlace {
  int64_t offset = 0, channel = 0;
};
__device__ inline OuterPlace outer_place(const BiasOuterDims& dims, const int64_t* channel,
                                         int64_t index) {
  OuterPlace place;
  for (int i = 0; i < kBiasDims; ++i) {
    const int64_t rest = index / dims.length[i], digit = index % dims.length[i];
    place.offset += digit * dims.stride[i];
    if (channel != nullptr) place.channel += digit * channel[i];
    index = rest;
  }
  return place;
}

template <class T>
__device__ inline void bias_forward(const BiasForwardParams& p) {
  const float alpha = p.scalars.alpha, beta = p.scalars.beta;
  const T* const bias = static_cast<const T*>(p.bias);
  for (int64_t outer = blockIdx.y; outer < p.outer.count; outer += p.outer_step) {
    const OuterPlace place = outer_place(p.outer, p.outer_channel, outer);
    T* const y = static_cast<T*>(p.y) + place.offset;
    for (uint32_t i = 0; i < kBiasForwardElements; ++i) {
      const uint32_t element =
          (blockIdx.x * kBiasForwardElements + i) * kBiasForwardThreads + threadIdx.x;
      if (element >= p.inner.count) break;
      uint64_t offset = 0;
      uint32_t channel = static_cast<uint32_t>(place.channel);
      for_each_digit(p.inner, element, [&](uint32_t dim, uint32_t digit) {
        offset += uint64_t{digit} * p.inner.stride[dim];
        channel += digit * p.inner_channel[dim];
      });
      float value = alpha * static_cast<float>(bias[uint64_t{channel} * p.bias_stride]);
      // With beta 0 what y held is not read: it may be NaN.
      if (beta != 0) value += beta * static_cast<float>(y[offset]);
      y[offset] = rounded_element_of<T>(value);
    }
  }
}

template <class T>
__device__ inline void bias_backward(const BiasBackwardParams& p) {
  __shared__ float sums[kBiasBackwardThreads / kWaveLanes][kWaveLanes];  // (wave, k lane)
  const uint32_t k_lanes = 1u << p.k_shift;
  const uint32_t k_lane = threadIdx.x & (k_lanes - 1);
  const uint32_t first = threadIdx.x >> p.k_shift, step = kBiasBackwardThreads >> p.k_shift;
  const uint32_t channel = (blockIdx.x << p.k_shift) + k_lane;

  // Several sums, so that several loads are in flight.
  constexpr uint32_t kInFlight = 4;
  float partial[kInFlight] = {};
  if (channel < p.channels) {
    for (int64_t outer = 0; outer < p.outer.count; ++outer) {
      const T* const y = static_cast<const T*>(p.y) + outer_place(p.outer, nullptr, outer).offset +
                         uint64_t{channel} * p.channel_stride;
      uint32_t element = first;
      for (; p.inner.count > (kInFlight - 1) * step &&
             element < p.inner.count - (kInFlight - 1) * step;
           element += kInFlight * step) {
#pragma unroll
        for (uint32_t i = 0; i < kInFlight; ++i)
          partial[i] += static_cast<float>(y[offset_of(p.inner, element + i * step)]);
      }
      for (; element < p.inner.count; element += step)
        partial[0] += static_cast<float>(y[offset_of(p.inner, element)]);
    }
  }
  const float sum = wave_sum((partial[0] + partial[1]) + (partial[2] + partial[3]), k_lanes);
  const uint32_t wave = threadIdx.x / kWaveLanes, lane = threadIdx.x % kWaveLanes;
  if (lane < k_lanes) sums[wave][lane] = sum;
  lds_barrier();
  if (threadIdx.x < k_lanes && channel < p.channels) {
    float total = 0;
    for (uint32_t i = 0; i < kBiasBackwardThreads / kWaveLanes; ++i) total += sums[i][threadIdx.x];
    static_cast<T*>(p.bias)[uint64_t{channel} * p.bias_stride] = static_cast<T>(total);
  }
}

}  // namespace

#define RDNA1CONV_BIAS_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)      \
  extern "C" __global__ void __launch_bounds__(kBiasForwardThreads)  \
      bias_forward_##SUFFIX(const BiasForwardParams p) {             \
    bias_forward<OUT>(p);                                            \
  }                                                                  \
  extern "C" __global__ void __launch_bounds__(kBiasBackwardThreads) \
      bias_backward_##SUFFIX(const BiasBackwardParams p) {           \
    bias_backward<OUT>(p);                                           \
  }
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_BIAS_KERNELS)

}  // namespace rdna1conv
