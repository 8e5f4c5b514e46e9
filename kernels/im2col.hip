// One thread fills the r * s entries of one output pixel and one input channel. Neighbouring lanes
// hold neighbouring pixels, so that every store and, at stride 1, every load is contiguous.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "params/im2col.h"

namespace rdna1conv {

extern "C" __global__ void __launch_bounds__(kIm2colThreads) im2col_f32(const Im2colParams p) {
  const uint32_t element = blockIdx.x * kIm2colThreads + threadIdx.x;
  if (element >= p.elements) return;
  const uint32_t plane = quotient(element, p.out_pixels);
  const uint32_t pixel = remainder(element, plane, p.out_pixels);
  const uint32_t out_h = quotient(pixel, p.out_w);
  const uint32_t out_w = remainder(pixel, out_h, p.out_w);

  const float* x =
      p.x + uint64_t{plane} * (static_cast<uint32_t>(p.h) * static_cast<uint32_t>(p.w));    // (h,w)
  float* column = p.column + uint64_t{plane} * (p.r * p.s) * p.out_pixels.divisor + pixel;  // (r,s)
  for (uint32_t r = 0; r < p.r; ++r) {
    const int32_t h = input_coordinate(out_h, r, p.stride_h, p.pad_h, p.dilation_h);
    const bool row_inside = is_inside(h, p.h);
    const float* row = x + static_cast<int64_t>(h) * p.w;  // (w)
    for (uint32_t s = 0; s < p.s; ++s) {
      const int32_t w = input_coordinate(out_w, s, p.stride_w, p.pad_w, p.dilation_w);
      float value = 0;
      if (row_inside && is_inside(w, p.w)) value = row[w];
      *column = value;
      column += p.out_pixels.divisor;
    }
  }
}

}  // namespace rdna1conv
