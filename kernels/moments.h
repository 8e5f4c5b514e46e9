#pragma once

// Mean and variance of values that lanes see one by one, so that nothing is lost where the mean is
// large.

#include <hip/hip_runtime.h>

#include <cstdint>

namespace rdna1conv {

// Mean and sum of squared deviations of `count` values, joined as Chan, Golub and LeVeque do
// (1979).
struct Moments {
  float count, mean, squares;
};
__device__ inline Moments join(const Moments& a, const Moments& b) {
  const float count = a.count + b.count;
  const float share = count > 0 ? b.count / count : 0;
  const float step = b.mean - a.mean;
  return {count, __builtin_fmaf(step, share, a.mean),
          __builtin_fmaf(step * step, a.count * share, a.squares + b.squares)};
}

// Sums around the first value that a work item sees: as good as Welford's, without its division.
struct ShiftedSums {
  float count = 0, shift = 0, sum = 0, squares = 0;

  __device__ void add(float value) {
    if (count == 0) shift = value;
    count += 1;
    const float difference = value - shift;
    sum += difference;
    squares = __builtin_fmaf(difference, difference, squares);
  }
  __device__ Moments moments() const {
    if (count == 0) return {0, 0, 0};
    const float mean = sum / count;
    return {count, shift + mean, squares - sum * mean};
  }
};

}  // namespace rdna1conv
