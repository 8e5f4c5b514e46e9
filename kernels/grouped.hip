// Direct convolution for few channels a group; params/grouped.h describes the tiling.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "barrier.h"
#include "element_types.h"
#include "masked_load.h"
#include "params/element_types.h"
#include "params/grouped.h"
#include "params/grouped_tiles.h"

namespace rdna1conv {
namespace {

// The taps of one class of outputs along one axis.
struct Taps {
  int32_t count;
  int32_t first, filter_step;  // in the filter
  int32_t base, step;          // in the input
};

__device__ inline Taps taps_of(const GroupedAxis& axis, int32_t phase, bool backward) {
  if (!backward) return {axis.filter, 0, 1, -axis.pad, axis.dilation};
  int32_t first = 0;
  int32_t reach = phase + axis.pad;
  if (axis.stride > 1) {
    while (first < axis.tap_phases && reach % axis.stride != 0) {
      ++first;
      reach -= axis.dilation;
    }
  }
  // Without a tap among the first tap_phases there is none at all.
  const bool any = first < axis.tap_phases && first < axis.filter;
  const int32_t count = any ? (axis.filter - 1 - first) / axis.tap_phases + 1 : 0;
  return {count, first, axis.tap_phases, reach / axis.stride, -axis.tap_step};
}

// LDS: (c, tap, slot), see params/grouped.h.
template <int K, class In>
__device__ inline void stage_filters(const GroupedParams& p, uint32_t block, uint32_t c0,
                                     uint32_t channels, Accumulator<In>* filters) {
  const In* const w = static_cast<const In*>(p.w);
  const uint32_t elements = channels * p.filter_area * p.slots;
  const uint32_t threads = 1u << (p.k_shift + p.pixel_shift);
  for (uint32_t i = threadIdx.x; i < elements; i += threads) {
    const uint32_t row = quotient(i, p.slots_division);
    const uint32_t slot = remainder(i, row, p.slots_division);
    const uint32_t c = quotient(row, p.area_division);
    const uint32_t tap = remainder(row, c, p.area_division);
    const uint32_t tap_row = quotient(tap, p.filter_w);
    const uint32_t fw = remainder(tap, tap_row, p.filter_w);
    const uint32_t fd = quotient(tap_row, p.filter_h);
    const uint32_t fh = remainder(tap_row, fd, p.filter_h);

    const uint32_t k_block = block + slot / K;
    const uint32_t group = quotient(k_block, p.k_blocks_per_group);
    const uint32_t k = remainder(k_block, group, p.k_blocks_per_group) * K + slot % K;
    Accumulator<In> value = 0;
    if (k_block < p.k_blocks && k < p.out_c) {
      value = static_cast<Accumulator<In>>(
          w[group * p.w_group + k * p.w_k + (c0 + c) * p.w_c + fd * p.axes[0].w_stride +
            fh * p.axes[1].w_stride + fw * p.axes[2].w_stride]);
    }
    filters[i] = value;
  }
}

template <int K, class Sum>
__device__ inline void read_filters(const Sum* lds, Sum (&out)[K]) {
  if constexpr (K % 4 == 0) {
    using Quad = Sum __attribute__((ext_vector_type(4)));
#pragma unroll
    for (int i = 0; i < K; i += 4) {
      const Quad quad = *reinterpret_cast<const Quad*>(lds + i);
#pragma unroll
      for (int e = 0; e < 4; ++e) out[i + e] = quad[e];
    }
  } else {
#pragma unroll
    for (int i = 0; i < K; ++i) out[i] = lds[i];
  }
}

template <class In, class Out, int K, int P, int R, int Stride>
__device__ inline void grouped_tile(const GroupedParams& p) {
  using Sum = Accumulator<In>;
  static_assert(R == 0 || Stride != 0, "rows shared in registers need a known stride");
  extern __shared__ __attribute__((aligned(16))) char lds[];
  Sum* const filters = reinterpret_cast<Sum*>(lds);

  // What is the same for the workgroup.
  uint32_t rest = quotient(blockIdx.x, p.phases);
  const uint32_t phase = remainder(blockIdx.x, rest, p.phases);
  const uint32_t pixel_and_image = quotient(rest, p.k_groups);
  const uint32_t block = remainder(rest, pixel_and_image, p.k_groups) << p.k_shift;
  const uint32_t image = quotient(pixel_and_image, p.pixel_groups);
  const uint32_t pixel_group = remainder(pixel_and_image, image, p.pixel_groups);
  const uint32_t phase_rows = quotient(phase, p.phases_w);
  const uint32_t phase_d = quotient(phase_rows, p.phases_h);
  const int32_t phases[3] = {static_cast<int32_t>(phase_d),
                             static_cast<int32_t>(remainder(phase_rows, phase_d, p.phases_h)),
                             static_cast<int32_t>(remainder(phase, phase_rows, p.phases_w))};
  const GroupedAxis &d_axis = p.axes[0], &h_axis = p.axes[1], &w_axis = p.axes[2];
  const Taps d_taps = taps_of(d_axis, phases[0], p.backward);
  const Taps h_taps = taps_of(h_axis, phases[1], p.backward);
  const Taps w_taps = taps_of(w_axis, phases[2], p.backward);

  // The work item's channels and column of outputs.
  const uint32_t k_lane =
      p.channels_fast ? threadIdx.x & ((1u << p.k_shift) - 1) : threadIdx.x >> p.pixel_shift;
  const uint32_t pixel_lane =
      p.channels_fast ? threadIdx.x >> p.k_shift : threadIdx.x & ((1u << p.pixel_shift) - 1);
  const uint32_t k_block = block + k_lane;
  const uint32_t group = quotient(k_block, p.k_blocks_per_group);
  const uint32_t k = remainder(k_block, group, p.k_blocks_per_group) * K;
  const uint32_t pixel = (pixel_group << p.pixel_shift) + pixel_lane;
  const bool active = (k_block < p.k_blocks) & (pixel < p.pixels);
  rest = quotient(pixel, p.pixel_w);
  const int32_t w_index = static_cast<int32_t>(remainder(pixel, rest, p.pixel_w));
  const uint32_t d_and_n = quotient(rest, p.pixel_h);
  const int32_t h_index = static_cast<int32_t>(remainder(rest, d_and_n, p.pixel_h)) * P;
  const uint32_t n = quotient(d_and_n, p.pixel_d);
  const int32_t d_index = static_cast<int32_t>(remainder(d_and_n, n, p.pixel_d));

  // Where the first tap of the first output reads. With shared rows the first row is that of the
  // lowest coordinate: of the last tap, if taps go backward.
  const int32_t d0 = d_index * d_axis.in_step + d_taps.base;
  const int32_t first_row = R > 0 && p.backward ? h_taps.base - (R - 1) : h_taps.base;
  const int32_t h0 = h_index * (R > 0 ? Stride : h_axis.in_step) + first_row;
  const int32_t w0 = w_index * w_axis.in_step + w_taps.base;
  // Modulo 2^32: a coordinate in the padding may be negative.
  const uint32_t offset =
      n * static_cast<uint32_t>(p.in_n_stride) + group * p.in_c * p.in_c_stride +
      static_cast<uint32_t>(d0) * d_axis.in_stride + static_cast<uint32_t>(h0) * h_axis.in_stride +
      static_cast<uint32_t>(w0) * w_axis.in_stride;
  const char* const in = static_cast<const char*>(p.in) + image * p.in_n_stride;

  const uint32_t filter_row = static_cast<uint32_t>(w_axis.filter) * p.slots;
  const uint32_t filter_plane = static_cast<uint32_t>(h_axis.filter) * filter_row;

  constexpr int kRows = R > 0 ? (P - 1) * Stride + R : P;
  bool row_inside[kRows];  // (kRows)
  if constexpr (R > 0) {
#pragma unroll
    for (int i = 0; i < kRows; ++i) row_inside[i] = is_within(h0 + i, h_axis.in);
  }

  Sum acc[K * P] = {};  // (K,P)
  const auto add_tap = [&acc](const Sum* tap, const In(&values)[kRows], int first) {
    Sum f[K];  // (K)
    read_filters(tap, f);
#pragma unroll
    for (int i = 0; i < K; ++i)
#pragma unroll
      for (int j = 0; j < P; ++j)
        acc[i * P + j] =
            multiply_add(values[first + j * (R > 0 ? Stride : 1)], f[i], acc[i * P + j]);
  };
  for (uint32_t c0 = 0; c0 < p.in_c; c0 += p.c_step) {
    const uint32_t channels = p.in_c - c0 < p.c_step ? p.in_c - c0 : p.c_step;
    if (c0 > 0) lds_barrier();
    stage_filters<K, In>(p, block, c0, channels, filters);
    lds_barrier();
    for (uint32_t c = 0; c < channels; ++c) {
      const char* const channel = in + uint64_t{c0 + c} * p.in_c_stride;
      const Sum* const filter = filters + c * p.filter_area * p.slots + k_lane * K;
      for (int32_t td = 0; td < d_taps.count; ++td) {
        const bool d_inside = active & is_within(d0 + td * d_taps.step, d_axis.in);
        const uint32_t d_shift = static_cast<uint32_t>(td * d_taps.step) * d_axis.in_stride;
        const Sum* const plane =
            filter + static_cast<uint32_t>(d_taps.first + td * d_taps.filter_step) * filter_plane;
        if constexpr (R > 0) {
          for (int32_t tw = 0; tw < w_taps.count; ++tw) {
            const bool inside = d_inside & is_within(w0 + tw * w_taps.step, w_axis.in);
            const uint32_t column =
                d_shift + static_cast<uint32_t>(tw * w_taps.step) * w_axis.in_stride;
            const Sum* const taps =
                plane + static_cast<uint32_t>(w_taps.first + tw * w_taps.filter_step) * p.slots;
            In values[kRows];  // (kRows)
#pragma unroll
            for (int i = 0; i < kRows; ++i)
              values[i] = load_if<In>(inside & row_inside[i], channel, offset,
                                      column + static_cast<uint32_t>(i) * h_axis.in_stride);
#pragma unroll
            for (int r = 0; r < R; ++r)
              add_tap(taps + static_cast<uint32_t>(p.backward ? R - 1 - r : r) * filter_row, values,
                      r);
          }
        } else {
          for (int32_t th = 0; th < h_taps.count; ++th) {
            const int32_t h = h0 + th * h_taps.step;
#pragma unroll
            for (int i = 0; i < P; ++i)
              row_inside[i] = d_inside & is_within(h + i * h_axis.in_step, h_axis.in);
            const uint32_t h_shift =
                d_shift + static_cast<uint32_t>(th * h_taps.step) * h_axis.in_stride;
            const Sum* const row =
                plane + static_cast<uint32_t>(h_taps.first + th * h_taps.filter_step) * filter_row;
            for (int32_t tw = 0; tw < w_taps.count; ++tw) {
              const bool inside = is_within(w0 + tw * w_taps.step, w_axis.in);
              const uint32_t column =
                  h_shift + static_cast<uint32_t>(tw * w_taps.step) * w_axis.in_stride;
              In values[kRows];  // (P)
#pragma unroll
              for (int i = 0; i < P; ++i)
                values[i] = load_if<In>(
                    inside & row_inside[i], channel, offset,
                    column + static_cast<uint32_t>(i * h_axis.in_step) * h_axis.in_stride);
              add_tap(row + static_cast<uint32_t>(w_taps.first + tw * w_taps.filter_step) * p.slots,
                      values, 0);
            }
          }
        }
      }
    }
  }

  const int32_t out_d = d_index * d_axis.phases + phases[0];
  const int32_t out_h = h_index * h_axis.phases + phases[1];
  const int32_t out_w = w_index * w_axis.phases + phases[2];
  if (!active || out_d >= d_axis.out || out_w >= w_axis.out) return;
  const uint32_t out_channel = group * p.out_c + k;
  const uint64_t first_offset = image * p.out_n_stride + n * static_cast<uint32_t>(p.out_n_stride) +
                                out_channel * p.out_c_stride +
                                static_cast<uint32_t>(out_d) * d_axis.out_stride +
                                static_cast<uint32_t>(out_h) * h_axis.out_stride +
                                static_cast<uint32_t>(out_w) * w_axis.out_stride;
  Out* const out = static_cast<Out*>(p.out);
  const auto is_output = [&](uint32_t i, uint32_t j) {
    return k + i < p.out_c && out_h + static_cast<int32_t>(j) * h_axis.phases < h_axis.out;
  };
  const auto offset_of = [&](uint32_t i, uint32_t j) {
    return first_offset + (i * p.out_c_stride + j * h_axis.phases * h_axis.out_stride);
  };
  if (is_plain(p.epilogue)) {
#pragma unroll
    for (uint32_t i = 0; i < K; ++i)
#pragma unroll
      for (uint32_t j = 0; j < P; ++j)
        if (is_output(i, j)) out[offset_of(i, j)] = element_of<Out>(acc[i * P + j]);
    return;
  }
  // One copy of the epilogue's code: the sums move up instead of being addressed.
#pragma unroll 1
  for (uint32_t element = 0; element < K * P; ++element) {
    const Sum sum = acc[0];
#pragma unroll
    for (int i = 1; i < K * P; ++i) acc[i - 1] = acc[i];
    const uint32_t i = element / P, j = element % P;
    if (!is_output(i, j)) continue;
    const int32_t row = out_d * h_axis.out + out_h + static_cast<int32_t>(j) * h_axis.phases;
    const uint32_t out_pixel = static_cast<uint32_t>(row * w_axis.out + out_w);
    store_output(p.epilogue, sum, out_channel + i, out_pixel, offset_of(i, j), out);
  }
}

}  // namespace

#define RDNA1CONV_GROUPED_KERNEL(SUFFIX, READ, WRITTEN, IN, OUT, K, P, R, STRIDE) \
  extern "C" __global__ void __launch_bounds__(kGroupedMaxThreads)                \
      grouped_##SUFFIX##_k##K##p##P##r##R##s##STRIDE(const GroupedParams p) {     \
    grouped_tile<IN, OUT, K, P, R, STRIDE>(p);                                    \
  }
#define RDNA1CONV_GROUPED_TILE(...) RDNA1CONV_TYPES_WITH(RDNA1CONV_GROUPED_KERNEL, __VA_ARGS__)
RDNA1CONV_GROUPED_TILES(RDNA1CONV_GROUPED_TILE)

}  // namespace rdna1conv
