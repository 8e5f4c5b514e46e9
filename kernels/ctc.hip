// The CTC loss and its gradient; params/ctc.h.
#include <hip/hip_runtime.h>
#include <rocprim/warp/warp_reduce.hpp>

#include <cfloat>
#include <cstdint>

#include "element_types.h"
#include "global_memory.h"
#include "params/ctc.h"
#include "params/element_types.h"

namespace rdna1conv {
namespace {

// The logarithm of 0; sums of it stay finite.
constexpr float kNever = -1e30f;

__device__ inline float log_sum(float a, float b) {
  const float larger = fmaxf(a, b), smaller = fminf(a, b);
  return smaller <= kNever ? larger : larger + log1pf(expf(smaller - larger));
}

struct Exponentials {
  float largest, sum;
};
struct JoinExponentials {
  __device__ Exponentials operator()(const Exponentials& a, const Exponentials& b) const {
    const float largest = fmaxf(a.largest, b.largest);
    return {largest, a.sum * expf(a.largest - largest) + b.sum * expf(b.largest - largest)};
  }
};

struct Sequence {
  uint32_t steps, labels;
  const uint32_t* label;  // (labels)

  __device__ Sequence(const CtcParams& p, uint32_t b)
      : steps(load_global(p.table + b)),
        labels(load_global(p.table + p.batch + b)),
        label(p.table + 3 * p.batch + load_global(p.table + 2 * p.batch + b)) {}
  __device__ uint32_t positions() const { return 2 * labels + 1; }
  __device__ uint32_t class_at(const CtcParams& p, uint32_t position) const {
    return position % 2 == 0 ? p.blank : load_global(label + position / 2);
  }
};

template <class T>
__device__ inline float log_probability(const CtcParams& p, uint32_t step, uint32_t b,
                                        uint32_t class_index) {
  const float value = static_cast<float>(static_cast<const T*>(
      p.probabilities)[step * p.step_stride + b * p.batch_stride + class_index * p.class_stride]);
  if (p.applies_softmax) return value - p.normalizers[step * p.batch + b];
  return value > 0 ? logf(value) : kNever;
}

// A wave has a row of classes.
template <class T>
__device__ inline void normalize(const CtcParams& p) {
  constexpr uint32_t kRows = kCtcThreads / kCtcWave;
  using Reduce = rocprim::warp_reduce<Exponentials, kCtcWave>;
  __shared__ typename Reduce::storage_type storage[kRows];
  const uint32_t wave = threadIdx.x / kCtcWave, lane = threadIdx.x % kCtcWave;
  const uint32_t row = blockIdx.x * kRows + wave;
  Exponentials all{-FLT_MAX, 0};
  if (row < p.steps * p.batch) {
    const T* const values = static_cast<const T*>(p.probabilities) + row / p.batch * p.step_stride +
                            row % p.batch * p.batch_stride;
    for (uint32_t i = lane; i < p.classes; i += kCtcWave) {
      all =
          JoinExponentials()(all, Exponentials{static_cast<float>(values[i * p.class_stride]), 1});
    }
  }
  Reduce().reduce(all, all, storage[wave], JoinExponentials());
  if (row < p.steps * p.batch && lane == 0) p.normalizers[row] = all.largest + logf(all.sum);
}

// blockIdx.x is the sequence; blockIdx.y 0 has its alpha and loss, 1 its beta.
template <class T>
__device__ inline void paths(const CtcParams& p) {
  const uint32_t b = blockIdx.x;
  const Sequence sequence(p, b);
  const uint32_t positions = sequence.positions();
  const bool forward = blockIdx.y == 0;
  float* const sums =
      (forward ? p.alpha : p.beta) + uint64_t{b} * p.steps * p.positions;  // (step, position)
  for (uint32_t i = 0; i < sequence.steps; ++i) {
    const uint32_t step = forward ? i : sequence.steps - 1 - i;
    float* const now = sums + uint64_t{step} * p.positions;
    const float* const before = i == 0 ? nullptr : forward ? now - p.positions : now + p.positions;
    for (uint32_t s = threadIdx.x; s < positions; s += kCtcThreads) {
      const uint32_t here = sequence.class_at(p, s);
      // How far from the end at which paths begin.
      const uint32_t from_end = forward ? s : positions - 1 - s;
      float sum = kNever;
      if (before == nullptr) {
        if (from_end < 2) sum = 0;
      } else {
        sum = load_global(before + s);
        if (from_end >= 1) sum = log_sum(sum, load_global(before + (forward ? s - 1 : s + 1)));
        // A blank between labels may be left out unless they are alike.
        if (s % 2 == 1 && from_end >= 2) {
          const uint32_t over = forward ? s - 2 : s + 2;
          if (sequence.class_at(p, over) != here) sum = log_sum(sum, load_global(before + over));
        }
      }
      store_global(now + s, fmaxf(sum + log_probability<T>(p, step, b, here), kNever));
    }
    __syncthreads();
  }
  if (!forward || threadIdx.x != 0) return;
  const float* const last = sums + uint64_t{sequence.steps - 1} * p.positions;
  float sum = last[positions - 1];
  if (positions > 1) sum = log_sum(sum, last[positions - 2]);
  static_cast<T*>(p.losses)[b] = static_cast<T>(-sum);
}

// blockIdx.x is the sequence, blockIdx.y the step.
template <class T>
__device__ inline void gradient(const CtcParams& p) {
  const uint32_t b = blockIdx.x, step = blockIdx.y;
  const Sequence sequence(p, b);
  T* const to = static_cast<T*>(p.gradients) + step * p.gradient_step + b * p.gradient_batch;
  const bool is_used = step < sequence.steps;
  for (uint32_t i = threadIdx.x; i < p.classes; i += kCtcThreads) {
    // Without softmax, or behind the end, classes that no path takes have no gradient.
    const bool has_any = is_used && p.applies_softmax;
    to[i * p.gradient_class] =
        static_cast<T>(has_any ? expf(log_probability<T>(p, step, b, i)) : 0.0f);
  }
  if (!is_used) return;
  __syncthreads();
  const uint32_t positions = sequence.positions();
  const float* const alpha = p.alpha + uint64_t{b} * p.steps * p.positions;  // (step, position)
  const float* const beta = p.beta + uint64_t{b} * p.steps * p.positions;
  const float* const last = alpha + uint64_t{sequence.steps - 1} * p.positions;
  float all = last[positions - 1];
  if (positions > 1) all = log_sum(all, last[positions - 2]);
  const uint64_t row = uint64_t{step} * p.positions;
  for (uint32_t s = threadIdx.x; s < positions; s += kCtcThreads) {
    const uint32_t here = sequence.class_at(p, s);
    // The first position of a class sums up all of it, in order.
    bool is_first = s < 2;
    if (!is_first && s % 2 == 1) {
      is_first = true;
      for (uint32_t other = 1; other < s; other += 2)
        is_first = is_first && sequence.class_at(p, other) != here;
    }
    // A label that is the blank is summed up with the blanks.
    if (!is_first || (s % 2 == 1 && here == p.blank)) continue;
    float sum = kNever;
    for (uint32_t other = s; other < positions; ++other) {
      if (sequence.class_at(p, other) == here)
        sum = log_sum(sum, alpha[row + other] + beta[row + other]);
    }
    const float probability = log_probability<T>(p, step, b, here);
    const float share =
        p.applies_softmax ? expf(sum - probability - all) : expf(sum - 2 * probability - all);
    const float of_softmax = p.applies_softmax ? expf(probability) : 0;
    to[here * p.gradient_class] = static_cast<T>(of_softmax - share);
  }
}

}  // namespace

#define RDNA1CONV_CTC_KERNEL(FUNCTION, NAME, T)                                       \
  extern "C" __global__ void __launch_bounds__(kCtcThreads) NAME(const CtcParams p) { \
    FUNCTION<T>(p);                                                                   \
  }
#define RDNA1CONV_CTC_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT) \
  RDNA1CONV_CTC_KERNEL(normalize, ctc_normalize_##SUFFIX, OUT) \
  RDNA1CONV_CTC_KERNEL(paths, ctc_paths_##SUFFIX, OUT)         \
  RDNA1CONV_CTC_KERNEL(gradient, ctc_gradient_##SUFFIX, OUT)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_CTC_KERNELS)

extern "C" __global__ void __launch_bounds__(kCtcThreads) ctc_table(const CtcTableParams p) {
  if (threadIdx.x < p.words.count) p.table[threadIdx.x] = p.words.words[threadIdx.x];
}

}  // namespace rdna1conv
