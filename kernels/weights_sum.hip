// The gradient of a filter as the sum of its splits; params/weights_sum.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "params/element_types.h"
#include "params/weights_sum.h"

namespace rdna1conv {
namespace {

template <class T>
__device__ inline void weights_sum(const WeightsSumParams& p) {
  const uint32_t index = blockIdx.x * kWeightsSumThreads + threadIdx.x;
  if (index >= p.weights) return;
  float sum = 0;
  for (uint32_t i = 0; i < p.splits; ++i) sum += p.partial[uint64_t{i} * p.weights + index];
  uint32_t rest = quotient(index, p.filter_w);
  const uint32_t s = remainder(index, rest, p.filter_w);
  const uint32_t planes = quotient(rest, p.filter_h);
  const uint32_t r = remainder(rest, planes, p.filter_h);
  rest = quotient(planes, p.filter_d);
  const uint32_t d = remainder(planes, rest, p.filter_d);
  const uint32_t k = quotient(rest, p.c);
  const uint32_t c = remainder(rest, k, p.c);
  const uint64_t offset = uint64_t{k} * p.w_strides[0] + uint64_t{c} * p.w_strides[1] +
                          uint64_t{d} * p.w_strides[2] + uint64_t{r} * p.w_strides[3] +
                          uint64_t{s} * p.w_strides[4];
  store_output(p.epilogue, sum, k, 0, offset, static_cast<T*>(p.w));
}

}  // namespace

#define RDNA1CONV_WEIGHTS_SUM(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)     \
  extern "C" __global__ void __launch_bounds__(kWeightsSumThreads) \
      weights_sum_##SUFFIX(const WeightsSumParams p) {             \
    weights_sum<OUT>(p);                                           \
  }
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_WEIGHTS_SUM)

}  // namespace rdna1conv
