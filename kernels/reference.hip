// The reference: one output a work item, sums in the order c, r, s, no LDS, no layout or shape
// assumption. Slow, and the last row of the solver table; every other kernel is tested against it.
#include <hip/hip_runtime.h>

#include "params/reference.h"

using rdna1conv::kReferenceBlock;
using rdna1conv::ReferenceParams;

extern "C" __global__ void __launch_bounds__(kReferenceBlock)
    reference_forward_f32(ReferenceParams p) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * kReferenceBlock;
  for (std::int64_t index = static_cast<std::int64_t>(blockIdx.x) * kReferenceBlock + threadIdx.x;
       index < p.outputs; index += step) {
    // index counts the outputs in [n, k, h, w] order.
    std::int64_t rest = index;
    const std::int64_t ow = rest % p.out_w;
    rest /= p.out_w;
    const std::int64_t oh = rest % p.out_h;
    rest /= p.out_h;
    const std::int64_t k = rest % p.k;
    const std::int64_t n = rest / p.k;

    const std::int64_t first_channel = k / p.k_per_group * p.c_per_group;
    const float* const x = p.x + n * p.x_n + first_channel * p.x_c;
    const float* const w = p.w + k * p.w_k;
    const std::int64_t h0 = oh * p.stride_h - p.pad_h;
    const std::int64_t w0 = ow * p.stride_w - p.pad_w;

    float sum = 0.0f;
    for (std::int32_t c = 0; c < p.c_per_group; ++c) {
      for (std::int32_t r = 0; r < p.filter_h; ++r) {
        const std::int64_t ih = h0 + static_cast<std::int64_t>(r) * p.dilation_h;
        if (ih < 0 || ih >= p.in_h) continue;
        const float* const x_row = x + c * p.x_c + ih * p.x_h;
        const float* const w_row = w + c * p.w_c + r * p.w_r;
        for (std::int32_t s = 0; s < p.filter_w; ++s) {
          const std::int64_t iw = w0 + static_cast<std::int64_t>(s) * p.dilation_w;
          if (iw < 0 || iw >= p.in_w) continue;
          sum += x_row[iw * p.x_w] * w_row[s * p.w_s];
        }
      }
    }
    p.y[n * p.y_n + k * p.y_k + oh * p.y_h + ow * p.y_w] = sum;
  }
}
