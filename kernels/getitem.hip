// The gradient of indexing; params/getitem.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "elementwise.h"
#include "params/element_types.h"
#include "params/getitem.h"

namespace rdna1conv {
namespace {

// Where the row's indices point to in dx, or that one of them is out of range.
struct Target {
  uint64_t offset = 0;
  bool is_there = true;
};
__device__ inline Target target_of(const GetitemParams& p, uint32_t row, bool reports) {
  Target target;
  for (uint32_t i = 0; i < p.index_count; ++i) {
    int32_t index = p.index[i][row * p.index_step[i]];
    if (index < 0) index += p.length[i];
    if (index < 0 || index >= p.length[i]) {
      target.is_there = false;
      if (reports) p.error[i] = -1;
      continue;
    }
    target.offset += static_cast<uint64_t>(index) * p.dx_step[i];
  }
  return target;
}

template <class T>
__device__ inline void getitem_backward(const GetitemParams& p) {
  const bool reports = blockIdx.x == 0 && blockIdx.y == 0 && threadIdx.x == 0;
  for_elements(p.elements, [&](const Place<2>& place) {
    const T* const dy = static_cast<const T*>(p.dy) + place.offset[0];
    T* const dx = static_cast<T*>(p.dx) + place.offset[1];
#pragma unroll 1
    for (uint32_t row = 0; row < p.rows; ++row) {
      const Target target = target_of(p, row, reports);
      if (!target.is_there) continue;
      T& sum = dx[target.offset];
      sum = static_cast<T>(static_cast<float>(sum) + static_cast<float>(dy[row * p.dy_row]));
    }
  });
}

}  // namespace

#define RDNA1CONV_GETITEM_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)  \
  extern "C" __global__ void __launch_bounds__(kElementwiseThreads) \
      getitem_backward_##SUFFIX(const GetitemParams p) {            \
    getitem_backward<OUT>(p);                                       \
  }
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_GETITEM_KERNELS)

}  // namespace rdna1conv
