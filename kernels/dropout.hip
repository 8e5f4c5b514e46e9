// Dropout; params/dropout.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "elementwise.h"
#include "params/dropout.h"
#include "params/element_types.h"

namespace rdna1conv {
namespace {

// Whether neighbouring elements from `place` on are kept. Where elements come one by one, each
// makes the numbers of its four.
template <int Width>
__device__ inline Vector<uint8_t, Width> random_mask(uint64_t place, uint64_t seed,
                                                     const DropoutScalars& scalars) {
  static_assert(Width == 1 || Width == 4, "four numbers are made at a time");
  const PhiloxWords numbers = dropout_numbers(place / 4, seed, scalars.stream);
  Vector<uint8_t, Width> kept;
  if constexpr (Width == 4) {
#pragma unroll
    for (int j = 0; j < 4; ++j) kept.at[j] = numbers.at[j] >= scalars.threshold;
  } else {
    const uint32_t at = place % 4;
    const uint32_t low = at & 1 ? numbers.at[1] : numbers.at[0],
                   high = at & 1 ? numbers.at[3] : numbers.at[2];
    kept.at[0] = (at & 2 ? high : low) >= scalars.threshold;
  }
  return kept;
}

template <class T, int Width>
__device__ inline void drop(const DropoutParams& p) {
  const uint64_t seed = p.mask_use == DropoutMask::kRead ? 0 : p.states->seed;
  for_elements(p.elements, [&](const Place<3>& place) {
    Vector<float, Width> values = load_floats<Width>(static_cast<const T*>(p.x) + place.offset[1]);
    uint8_t* const mask = p.mask + place.offset[0];
    const Vector<uint8_t, Width> kept = p.mask_use == DropoutMask::kRead
                                            ? load_vector<Width>(static_cast<const uint8_t*>(mask))
                                            : random_mask<Width>(place.offset[0], seed, p.scalars);
#pragma unroll
    for (int j = 0; j < Width; ++j)
      values.at[j] = kept.at[j] != 0 ? values.at[j] * p.scalars.scale : 0;
    store_floats(static_cast<T*>(p.y) + place.offset[2], values);
    if (p.mask_use == DropoutMask::kWritten) store_vector(mask, kept);
  });
}

}  // namespace

#define RDNA1CONV_DROPOUT_KERNEL(NAME, T, WIDTH)                                                  \
  extern "C" __global__ void __launch_bounds__(kElementwiseThreads) NAME(const DropoutParams p) { \
    drop<T, WIDTH>(p);                                                                            \
  }
#define RDNA1CONV_DROPOUT_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)        \
  RDNA1CONV_DROPOUT_KERNEL(dropout_##SUFFIX##_4, OUT, kElementwiseVector) \
  RDNA1CONV_DROPOUT_KERNEL(dropout_##SUFFIX##_1, OUT, 1)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_DROPOUT_KERNELS)

extern "C" __global__ void dropout_seed(const DropoutSeedParams p) { *p.states = p.value; }

}  // namespace rdna1conv
