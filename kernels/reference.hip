// The reference: one element of the result a work item (backward weights: some lanes of a wave), no
// LDS, no assumption about layouts or shapes, 64-bit offsets, sums in a fixed order. Slow, and the
// last row of the solver table.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "params/element_types.h"
#include "params/reference.h"

namespace rdna1conv {
namespace {

// An element of x or y.
struct Position {
  int64_t n, channel, at[3];
};

__device__ inline Position position_of(int64_t index, int64_t channels, const int64_t (&image)[3],
                                       bool channels_last) {
  Position p;
  const auto next_digit = [&index](int64_t length) {
    const int64_t digit = index % length;
    index /= length;
    return digit;
  };
  if (channels_last) p.channel = next_digit(channels);
  for (int axis = 2; axis >= 0; --axis) p.at[axis] = next_digit(image[axis]);
  if (!channels_last) p.channel = next_digit(channels);
  p.n = index;
  return p;
}

__device__ inline int64_t offset_of(const Position& p, const int64_t (&strides)[5]) {
  return p.n * strides[0] + p.channel * strides[1] + p.at[0] * strides[2] + p.at[1] * strides[3] +
         p.at[2] * strides[4];
}

__device__ inline uint32_t pixel_of(const Position& p, const int64_t (&image)[3]) {
  return static_cast<uint32_t>((p.at[0] * image[1] + p.at[1]) * image[2] + p.at[2]);
}

// Calls body(index) for every element of the result that this work item takes.
template <class Body>
__device__ inline void for_each_output(const ReferenceParams& p, uint32_t lanes, Body body) {
  const int64_t per_workgroup = kReferenceBlock / lanes;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * per_workgroup + threadIdx.x / lanes;
       i < p.outputs; i += p.step)
    body(i);
}

template <class In, class Out>
__device__ inline void forward(const ReferenceParams& p) {
  for_each_output(p, 1, [&](int64_t index) {
    const Position to = position_of(index, int64_t{p.k} * p.groups, p.out, p.channels_last);
    const In* const x = static_cast<const In*>(p.x) + to.n * p.x_strides[0] +
                        to.channel / p.k * p.c * p.x_strides[1];                    // (c,d,h,w)
    const In* const w = static_cast<const In*>(p.w) + to.channel * p.w_strides[0];  // (c,d,h,w)
    Accumulator<In> sum = 0;
    for (int32_t c = 0; c < p.c; ++c) {
      for (int32_t fd = 0; fd < p.filter[0]; ++fd) {
        const int64_t d =
            to.at[0] * p.stride[0] - p.pad[0] + static_cast<int64_t>(fd) * p.dilation[0];
        if (d < 0 || d >= p.in[0]) continue;
        for (int32_t fh = 0; fh < p.filter[1]; ++fh) {
          const int64_t h =
              to.at[1] * p.stride[1] - p.pad[1] + static_cast<int64_t>(fh) * p.dilation[1];
          if (h < 0 || h >= p.in[1]) continue;
          const In* const x_row =
              x + c * p.x_strides[1] + d * p.x_strides[2] + h * p.x_strides[3];  // (w)
          const In* const w_row =
              w + c * p.w_strides[1] + fd * p.w_strides[2] + fh * p.w_strides[3];  // (w)
          for (int32_t fw = 0; fw < p.filter[2]; ++fw) {
            const int64_t column =
                to.at[2] * p.stride[2] - p.pad[2] + static_cast<int64_t>(fw) * p.dilation[2];
            if (column < 0 || column >= p.in[2]) continue;
            sum = multiply_add(x_row[column * p.x_strides[4]], w_row[fw * p.w_strides[4]], sum);
          }
        }
      }
    }
    store_output(p.epilogue, sum, static_cast<uint32_t>(to.channel), pixel_of(to, p.out),
                 static_cast<uint64_t>(offset_of(to, p.y_strides)), static_cast<Out*>(p.y));
  });
}

// Along one axis, the output that the taps of the filter pair with an input, tap by tap:
// (input + pad - tap * dilation) / stride, where that is a whole number.
struct OutputCoordinate {
  int64_t quotient, remainder;

  __device__ OutputCoordinate(const ReferenceParams& p, int axis, int64_t input)
      : quotient((input + p.pad[axis]) / p.stride[axis]),
        remainder((input + p.pad[axis]) % p.stride[axis]) {}
  __device__ bool is_output(const ReferenceParams& p, int axis) const {
    return remainder == 0 && quotient >= 0 && quotient < p.out[axis];
  }
  __device__ void next_tap(const ReferenceParams& p, int axis) {
    quotient -= p.tap_step[axis];
    remainder -= p.tap_remainder[axis];
    if (remainder < 0) {
      remainder += p.stride[axis];
      --quotient;
    }
  }
};

template <class In, class Out>
__device__ inline void backward_data(const ReferenceParams& p) {
  for_each_output(p, 1, [&](int64_t index) {
    const Position to = position_of(index, int64_t{p.c} * p.groups, p.in, p.channels_last);
    const int64_t group = to.channel / p.c;
    const In* const y = static_cast<const In*>(p.y) + to.n * p.y_strides[0] +
                        group * p.k * p.y_strides[1];  // (k,d,h,w)
    const In* const w = static_cast<const In*>(p.w) + group * p.k * p.w_strides[0] +
                        (to.channel - group * p.c) * p.w_strides[1];  // (k,d,h,w)
    Accumulator<In> sum = 0;
    for (int32_t k = 0; k < p.k; ++k) {
      OutputCoordinate d(p, 0, to.at[0]);
      for (int32_t fd = 0; fd < p.filter[0]; ++fd, d.next_tap(p, 0)) {
        if (!d.is_output(p, 0)) continue;
        OutputCoordinate h(p, 1, to.at[1]);
        for (int32_t fh = 0; fh < p.filter[1]; ++fh, h.next_tap(p, 1)) {
          if (!h.is_output(p, 1)) continue;
          const In* const y_row = y + k * p.y_strides[1] + d.quotient * p.y_strides[2] +
                                  h.quotient * p.y_strides[3];  // (w)
          const In* const w_row =
              w + k * p.w_strides[0] + fd * p.w_strides[2] + fh * p.w_strides[3];  // (w)
          OutputCoordinate column(p, 2, to.at[2]);
          for (int32_t fw = 0; fw < p.filter[2]; ++fw, column.next_tap(p, 2)) {
            if (!column.is_output(p, 2)) continue;
            sum = multiply_add(y_row[column.quotient * p.y_strides[4]], w_row[fw * p.w_strides[4]],
                               sum);
          }
        }
      }
    }
    store_output(p.epilogue, sum, static_cast<uint32_t>(to.channel), pixel_of(to, p.in),
                 static_cast<uint64_t>(offset_of(to, p.x_strides)), static_cast<Out*>(p.x));
  });
}

template <class In, class Out>
__device__ inline void backward_weights(const ReferenceParams& p) {
  const uint32_t lanes = static_cast<uint32_t>(p.lanes);
  const uint32_t lane = threadIdx.x & (lanes - 1);
  const Position first = position_of(lane, 1, p.out, false);
  const int64_t filter[3] = {p.filter[0], p.filter[1], p.filter[2]};
  for_each_output(p, lanes, [&](int64_t index) {
    // A filter is an image of c channels, k the number of the image.
    const Position to = position_of(index, p.c, filter, p.channels_last);
    const int64_t group = to.n / p.k;
    const In* const x =
        static_cast<const In*>(p.x) + (group * p.c + to.channel) * p.x_strides[1];  // (n,d,h,w)
    const In* const y = static_cast<const In*>(p.y) + to.n * p.y_strides[1];        // (n,d,h,w)
    int64_t start[3];
    for (int axis = 0; axis < 3; ++axis) start[axis] = to.at[axis] * p.dilation[axis] - p.pad[axis];

    Accumulator<In> sum = 0;
    Position from = first;
    while (from.n < p.n) {
      const int64_t d = start[0] + from.at[0] * p.stride[0];
      const int64_t h = start[1] + from.at[1] * p.stride[1];
      const int64_t column = start[2] + from.at[2] * p.stride[2];
      if (d >= 0 && d < p.in[0] && h >= 0 && h < p.in[1] && column >= 0 && column < p.in[2]) {
        sum = multiply_add(x[from.n * p.x_strides[0] + d * p.x_strides[2] + h * p.x_strides[3] +
                             column * p.x_strides[4]],
                           y[from.n * p.y_strides[0] + from.at[0] * p.y_strides[2] +
                             from.at[1] * p.y_strides[3] + from.at[2] * p.y_strides[4]],
                           sum);
      }
      int64_t carry = 0;
      for (int axis = 2; axis >= 0; --axis) {
        from.at[axis] += p.lane_step[axis + 1] + carry;
        carry = from.at[axis] >= p.out[axis] ? 1 : 0;
        if (carry) from.at[axis] -= p.out[axis];
      }
      from.n += p.lane_step[0] + carry;
    }
    for (uint32_t distance = 1; distance < lanes; distance *= 2)
      sum += __shfl_xor(sum, static_cast<int>(distance));
    if (lane == 0) {
      store_output(p.epilogue, sum, static_cast<uint32_t>(to.n), 0,
                   static_cast<uint64_t>(offset_of(to, p.w_strides)), static_cast<Out*>(p.w));
    }
  });
}

}  // namespace

#define RDNA1CONV_REFERENCE_KERNEL(DIRECTION, SUFFIX, IN, OUT)    \
  extern "C" __global__ void __launch_bounds__(kReferenceBlock)   \
      reference_##DIRECTION##_##SUFFIX(const ReferenceParams p) { \
    DIRECTION<IN, OUT>(p);                                        \
  }
#define RDNA1CONV_REFERENCE_IMAGES(SUFFIX, X_TYPE, Y_TYPE, IN, OUT) \
  RDNA1CONV_REFERENCE_KERNEL(forward, SUFFIX, IN, OUT)              \
  RDNA1CONV_REFERENCE_KERNEL(backward_data, SUFFIX, IN, OUT)
#define RDNA1CONV_REFERENCE_WEIGHTS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT) \
  RDNA1CONV_REFERENCE_KERNEL(backward_weights, SUFFIX, IN, OUT)
RDNA1CONV_TYPES(RDNA1CONV_REFERENCE_IMAGES)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_REFERENCE_WEIGHTS)

}  // namespace rdna1conv
