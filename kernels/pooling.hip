// Pooling; params/pooling.h says what a work item has.
#include <hip/hip_runtime.h>

#include <cfloat>
#include <cstdint>

#include "element_types.h"
#include "params/element_types.h"
#include "params/pooling.h"

namespace rdna1conv {
namespace {

// What a window without a number above it gives, as MIOpen has it: the lowest finite value.
template <class T>
constexpr float kLowest = -FLT_MAX;
template <>
constexpr float kLowest<Half> = -65504.0f;
template <>
constexpr float kLowest<BFloat16> = -0x1.fep127f;

struct Item {
  uint32_t n, c;
  int32_t at[3];  // depth, height, width
};
// Takes digit `i` off the index: the last counted one takes all that is left, those behind it none.
__device__ inline uint32_t take_digit(const PoolingParams& p, uint32_t i, uint32_t& index) {
  const uint32_t whole = index;
  if (i + 1 >= p.digits) {
    index = 0;
    return whole;
  }
  if (p.digit[i].divisor == 1) return 0;  // no depth
  index = quotient(whole, p.digit[i]);
  return remainder(whole, index, p.digit[i]);
}

__device__ inline Item item_of(const PoolingParams& p, uint32_t index) {
  const uint32_t first = take_digit(p, 0, index), second = take_digit(p, 1, index),
                 third = take_digit(p, 2, index), fourth = take_digit(p, 3, index);
  Item item;
  item.at[2] = static_cast<int32_t>(p.channels_last ? second : first);
  item.at[1] = static_cast<int32_t>(p.channels_last ? third : second);
  item.at[0] = static_cast<int32_t>(p.channels_last ? fourth : third);
  item.c = p.channels_last ? first : fourth;
  item.n = index;
  return item;
}

// use(item) for each item of this lane.
template <class Use>
__device__ inline void for_items(const PoolingParams& p, Use use) {
  const uint32_t index = blockIdx.x * kPoolingThreads + threadIdx.x;
  if (index >= p.count) return;
  Item item = item_of(p, index);
  for (uint32_t n = blockIdx.y; n < p.batch; n += p.batch_step) {
    Item of_row = item;
    of_row.n += n;
    use(of_row);
  }
}

__device__ inline void store_index(const PoolingParams& p, uint64_t at, uint32_t index) {
  switch (p.index_bytes) {
    case 1:
      static_cast<uint8_t*>(p.indices)[at] = static_cast<uint8_t>(index);
      break;
    case 2:
      static_cast<uint16_t*>(p.indices)[at] = static_cast<uint16_t>(index);
      break;
    case 4:
      static_cast<uint32_t*>(p.indices)[at] = index;
      break;
    default:
      static_cast<uint64_t*>(p.indices)[at] = index;
  }
}
__device__ inline uint32_t load_index(const PoolingParams& p, uint64_t at) {
  switch (p.index_bytes) {
    case 1:
      return static_cast<const uint8_t*>(p.indices)[at];
    case 2:
      return static_cast<const uint16_t*>(p.indices)[at];
    case 4:
      return static_cast<const uint32_t*>(p.indices)[at];
    default:
      return static_cast<uint32_t>(static_cast<const uint64_t*>(p.indices)[at]);
  }
}

__device__ inline uint64_t packed_output(const PoolingParams& p, const Item& item, int32_t d,
                                         int32_t h, int32_t w) {
  const uint64_t plane = uint64_t{item.n} * p.channels + item.c;
  return ((plane * p.axis[0].out + d) * p.axis[1].out + h) * p.axis[2].out + w;
}

__device__ inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
__device__ inline int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

// A window's part inside the image, along an axis.
struct Range {
  int32_t start;  // of the whole window
  int32_t begin, end;
};
__device__ inline Range range_of(const PoolingAxis& axis, int32_t output, int32_t window) {
  Range range;
  range.start = output * static_cast<int32_t>(axis.stride.divisor) - axis.pad;
  range.begin = most(range.start, 0);
  range.end = least(range.start + window, axis.in);
  return range;
}
__device__ inline int32_t length(const Range& range) { return most(range.end - range.begin, 0); }

// What a window's sum is divided by.
__device__ inline float divisor_of(const PoolingParams& p, const Range (&range)[3]) {
  if (p.mode == PoolingMode::kAverageInclusive)
    return static_cast<float>(p.axis[0].window) * static_cast<float>(p.axis[1].window) *
           static_cast<float>(p.axis[2].window);
  const int32_t inside = length(range[0]) * length(range[1]) * length(range[2]);
  return static_cast<float>(most(inside, 1));
}

// Tap `tap` of the window, or the pixel inside window and image that is nearest to it.
__device__ inline int32_t inside(const PoolingAxis& axis, const Range& range, int32_t tap) {
  const int32_t pixel = least(most(range.start + tap, range.begin), range.end - 1);
  return least(most(pixel, 0), axis.in - 1);
}

// At an offset in elements below 2^32 bytes: the address is the kernel's and the offset a register.
template <class T>
__device__ inline T load_at(const void* base, uint32_t offset) {
  return *reinterpret_cast<const T*>(static_cast<const char*>(base) +
                                     offset * static_cast<uint32_t>(sizeof(T)));
}
template <class T>
__device__ inline void store_at(void* base, uint32_t offset, T value) {
  *reinterpret_cast<T*>(static_cast<char*>(base) + offset * static_cast<uint32_t>(sizeof(T))) =
      value;
}

__device__ inline uint64_t output_offset(const PoolingParams& p, const Item& item) {
  return uint64_t{item.n} * p.y_n + uint64_t{item.c} * p.y_c +
         uint64_t(item.at[0]) * p.axis[0].y_stride + uint64_t(item.at[1]) * p.axis[1].y_stride +
         uint64_t(item.at[2]) * p.axis[2].y_stride;
}

// The place of a maximum, or 0 if nothing was one.
__device__ inline void save_index(const PoolingParams& p, const Item& item, const Range (&range)[3],
                                  const int32_t (&best)[3], bool found) {
  const int32_t index =
      p.index_in_image
          ? (best[0] * p.axis[1].in + best[1]) * p.axis[2].in + best[2]
          : ((best[0] - range[0].start) * p.axis[1].window + best[1] - range[1].start) *
                    p.axis[2].window +
                best[2] - range[2].start;
  store_index(p, packed_output(p, item, item.at[0], item.at[1], item.at[2]),
              found ? static_cast<uint32_t>(index) : 0);
}

// Any window.
template <class T, bool Max>
__device__ inline void forward_any(const PoolingParams& p) {
  for_items(p, [&](const Item& item) {
    const T* const x =
        static_cast<const T*>(p.x) + uint64_t{item.n} * p.x_n + uint64_t{item.c} * p.x_c;
    Range range[3];
#pragma unroll
    for (int i = 0; i < 3; ++i) range[i] = range_of(p.axis[i], item.at[i], p.axis[i].window);

    float result = Max ? kLowest<T> : 0;
    int32_t best[3] = {};
    bool found = false;
    for (int32_t d = range[0].begin; d < range[0].end; ++d)
      for (int32_t h = range[1].begin; h < range[1].end; ++h)
        for (int32_t w = range[2].begin; w < range[2].end; ++w) {
          const auto value = static_cast<float>(x[static_cast<uint32_t>(d) * p.axis[0].x_stride +
                                                  static_cast<uint32_t>(h) * p.axis[1].x_stride +
                                                  static_cast<uint32_t>(w) * p.axis[2].x_stride]);
          if constexpr (Max) {
            if (!(value > result)) continue;
            result = value;
            found = true;
            best[0] = d;
            best[1] = h;
            best[2] = w;
          } else {
            result += value;
          }
        }
    if constexpr (!Max) result /= divisor_of(p, range);
    static_cast<T*>(p.y)[output_offset(p, item)] = static_cast<T>(result);
    if (Max && p.saves) save_index(p, item, range, best, found);
  });
}

// A square window of known size, of images without depth, in tensors of less than 4 GB, so that
// offsets are 32-bit numbers. All loads are in flight at once: taps outside the image read a pixel
// inside, which changes no maximum and no first place of one, and adds nothing to a sum.
template <class T, bool Max, bool Saves, int Window>
__device__ inline void forward(const PoolingParams& p) {
  for_items(p, [&](const Item& item) {
    const Range rows = range_of(p.axis[1], item.at[1], Window);
    const Range columns = range_of(p.axis[2], item.at[2], Window);
    const bool is_empty = length(rows) == 0 || length(columns) == 0;
    const auto image = static_cast<uint32_t>(item.n * static_cast<uint32_t>(p.x_n) +
                                             item.c * static_cast<uint32_t>(p.x_c));
    // Clamped to the image as well, for windows that lie outside it.
    uint32_t row[Window], column[Window];
#pragma unroll
    for (int i = 0; i < Window; ++i) {
      row[i] = image + static_cast<uint32_t>(inside(p.axis[1], rows, i)) * p.axis[1].x_stride;
      column[i] = static_cast<uint32_t>(inside(p.axis[2], columns, i)) * p.axis[2].x_stride;
    }
    float values[Window][Window];
#pragma unroll
    for (int i = 0; i < Window; ++i)
#pragma unroll
      for (int j = 0; j < Window; ++j)
        values[i][j] = static_cast<float>(load_at<T>(p.x, row[i] + column[j]));

    float result = Max ? kLowest<T> : 0;
    int32_t tap = -1;
#pragma unroll
    for (int i = 0; i < Window; ++i)
#pragma unroll
      for (int j = 0; j < Window; ++j) {
        if constexpr (!Max) {
          const bool is_inside = rows.start + i >= rows.begin && rows.start + i < rows.end &&
                                 columns.start + j >= columns.begin &&
                                 columns.start + j < columns.end;
          result += is_inside ? values[i][j] : 0;
        } else if constexpr (Saves) {
          const bool wins = values[i][j] > result;
          result = wins ? values[i][j] : result;
          tap = wins ? i * Window + j : tap;
        } else {
          result = fmaxf(result, values[i][j]);  // a NaN never wins
        }
      }
    if (Max && is_empty) result = kLowest<T>;
    if constexpr (!Max) {
      const Range range[3] = {{0, 0, 1}, rows, columns};
      result /= divisor_of(p, range);
    }
    store_at(p.y,
             item.n * static_cast<uint32_t>(p.y_n) + item.c * static_cast<uint32_t>(p.y_c) +
                 static_cast<uint32_t>(item.at[1]) * p.axis[1].y_stride +
                 static_cast<uint32_t>(item.at[2]) * p.axis[2].y_stride,
             static_cast<T>(result));
    if constexpr (Max && Saves) {
      const Range range[3] = {{0, 0, 1}, rows, columns};
      const int32_t best[3] = {0, inside(p.axis[1], rows, tap / Window),
                               inside(p.axis[2], columns, tap % Window)};
      save_index(p, item, range, best, tap >= 0 && !is_empty);
    }
  });
}

// The outputs along an axis whose windows have the pixel.
struct Outputs {
  int32_t begin, end;
};
__device__ inline Outputs outputs_of(const PoolingAxis& axis, int32_t pixel) {
  const int32_t reach = pixel + axis.pad;
  const auto over = [&](int32_t numerator) {
    return static_cast<int32_t>(quotient(static_cast<uint32_t>(numerator), axis.stride));
  };
  const int32_t before = reach - axis.window;  // the last start that does not reach the pixel
  return {before < 0 ? 0 : over(before) + 1, least(over(reach) + 1, axis.out)};
}

// Each pixel gathers from the windows that have it, in a fixed order.
template <class T, bool Max>
__device__ inline void backward(const PoolingParams& p) {
  for_items(p, [&](const Item& item) {
    const T* const dy =
        static_cast<const T*>(p.dy) + uint64_t{item.n} * p.y_n + uint64_t{item.c} * p.y_c;
    Outputs outputs[3];
#pragma unroll
    for (int i = 0; i < 3; ++i) outputs[i] = outputs_of(p.axis[i], item.at[i]);
    float sum = 0;
    for (int32_t d = outputs[0].begin; d < outputs[0].end; ++d)
      for (int32_t h = outputs[1].begin; h < outputs[1].end; ++h)
        for (int32_t w = outputs[2].begin; w < outputs[2].end; ++w) {
          const Range range[3] = {range_of(p.axis[0], d, p.axis[0].window),
                                  range_of(p.axis[1], h, p.axis[1].window),
                                  range_of(p.axis[2], w, p.axis[2].window)};
          if constexpr (Max) {
            const int32_t index =
                p.index_in_image
                    ? (item.at[0] * p.axis[1].in + item.at[1]) * p.axis[2].in + item.at[2]
                    : ((item.at[0] - range[0].start) * p.axis[1].window + item.at[1] -
                       range[1].start) *
                              p.axis[2].window +
                          item.at[2] - range[2].start;
            if (load_index(p, packed_output(p, item, d, h, w)) != static_cast<uint32_t>(index))
              continue;
          }
          const auto value = static_cast<float>(
              dy[uint64_t(d) * p.axis[0].y_stride + uint64_t(h) * p.axis[1].y_stride +
                 uint64_t(w) * p.axis[2].y_stride]);
          sum += Max ? value : value / divisor_of(p, range);
        }
    static_cast<T*>(p.dx)[uint64_t{item.n} * p.x_n + uint64_t{item.c} * p.x_c +
                          uint64_t(item.at[0]) * p.axis[0].x_stride +
                          uint64_t(item.at[1]) * p.axis[1].x_stride +
                          uint64_t(item.at[2]) * p.axis[2].x_stride] = static_cast<T>(sum);
  });
}

// What a block's windows have kept: window (h - 1 + i, w - 1 + j), clamped to those that there are.
template <class Index>
__device__ inline void load_indices(const PoolingParams& p, const uint32_t (&rows)[2],
                                    const uint32_t (&columns)[2], uint32_t (&indices)[2][2]) {
#pragma unroll
  for (int i = 0; i < 2; ++i)
#pragma unroll
    for (int j = 0; j < 2; ++j)
      indices[i][j] = static_cast<uint32_t>(load_at<Index>(p.indices, rows[i] + columns[j]));
}

// Each block of pixels gathers from the four windows that have it, of images without depth, in
// tensors of less than 4 GB. All loads are in flight at once, and four pixels share them.
template <class T, bool Max>
__device__ inline void backward_blocks(const PoolingParams& p) {
  constexpr int32_t kBlock = kPoolingBlock;
  for_items(p, [&](const Item& item) {
    const PoolingAxis &rows = p.axis[1], &columns = p.axis[2];
    const int32_t h = item.at[1] + rows.pad / kBlock, w = item.at[2] + columns.pad / kBlock;
    const auto image_of = [&](uint64_t n_stride, uint64_t c_stride) {
      return item.n * static_cast<uint32_t>(n_stride) + item.c * static_cast<uint32_t>(c_stride);
    };
    const uint32_t dy = image_of(p.y_n, p.y_c), dx = image_of(p.x_n, p.x_c);
    const uint32_t plane =
        (item.n * p.channels + item.c) * static_cast<uint32_t>(rows.out * columns.out);
    bool has_row[2], has_column[2];
    int32_t row[2], column[2];
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      row[i] = least(most(h - 1 + i, 0), rows.out - 1);
      column[i] = least(most(w - 1 + i, 0), columns.out - 1);
      has_row[i] = row[i] == h - 1 + i;
      has_column[i] = column[i] == w - 1 + i;
    }
    uint32_t indices[2][2];
    if constexpr (Max) {
      const uint32_t of_rows[2] = {plane + static_cast<uint32_t>(row[0] * columns.out),
                                   plane + static_cast<uint32_t>(row[1] * columns.out)};
      const uint32_t of_columns[2] = {static_cast<uint32_t>(column[0]),
                                      static_cast<uint32_t>(column[1])};
      switch (p.index_bytes) {
        case 1:
          load_indices<uint8_t>(p, of_rows, of_columns, indices);
          break;
        case 2:
          load_indices<uint16_t>(p, of_rows, of_columns, indices);
          break;
        case 4:
          load_indices<uint32_t>(p, of_rows, of_columns, indices);
          break;
        default:
          load_indices<uint64_t>(p, of_rows, of_columns, indices);
      }
    }
    float values[2][2];  // of dy, each as its pixels get it
#pragma unroll
    for (int i = 0; i < 2; ++i)
#pragma unroll
      for (int j = 0; j < 2; ++j) {
        values[i][j] = static_cast<float>(
            load_at<T>(p.dy, dy + static_cast<uint32_t>(row[i]) * rows.y_stride +
                                 static_cast<uint32_t>(column[j]) * columns.y_stride));
        if constexpr (!Max) {
          const Range range[3] = {{0, 0, 1},
                                  range_of(rows, row[i], rows.window),
                                  range_of(columns, column[j], columns.window)};
          values[i][j] /= divisor_of(p, range);
        }
      }
#pragma unroll
    for (int32_t a = 0; a < kBlock; ++a)
#pragma unroll
      for (int32_t b = 0; b < kBlock; ++b) {
        const int32_t y = h * kBlock + a - rows.pad, x = w * kBlock + b - columns.pad;
        float sum = 0;
#pragma unroll
        for (int i = 0; i < 2; ++i)
#pragma unroll
          for (int j = 0; j < 2; ++j) {
            // The pixel's tap of the window.
            const int32_t tap_row = a + (1 - i) * kBlock, tap_column = b + (1 - j) * kBlock;
            bool counts =
                has_row[i] && has_column[j] && tap_row < rows.window && tap_column < columns.window;
            if constexpr (Max) {
              const int32_t index =
                  p.index_in_image ? y * columns.in + x : tap_row * columns.window + tap_column;
              counts = counts && indices[i][j] == static_cast<uint32_t>(index);
            }
            sum += counts ? values[i][j] : 0;
          }
        if (y >= 0 && y < rows.in && x >= 0 && x < columns.in) {
          store_at(p.dx,
                   dx + static_cast<uint32_t>(y) * rows.x_stride +
                       static_cast<uint32_t>(x) * columns.x_stride,
                   static_cast<T>(sum));
        }
      }
  });
}

}  // namespace

#define RDNA1CONV_POOLING_KERNEL(NAME, PASS, ...)                                             \
  extern "C" __global__ void __launch_bounds__(kPoolingThreads) NAME(const PoolingParams p) { \
    PASS<__VA_ARGS__>(p);                                                                     \
  }
#define RDNA1CONV_POOLING_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)                        \
  RDNA1CONV_POOLING_KERNEL(pooling_max_##SUFFIX##_any, forward_any, OUT, true)            \
  RDNA1CONV_POOLING_KERNEL(pooling_max_##SUFFIX##_2x2, forward, OUT, true, false, 2)      \
  RDNA1CONV_POOLING_KERNEL(pooling_max_##SUFFIX##_3x3, forward, OUT, true, false, 3)      \
  RDNA1CONV_POOLING_KERNEL(pooling_max_##SUFFIX##_2x2_saves, forward, OUT, true, true, 2) \
  RDNA1CONV_POOLING_KERNEL(pooling_max_##SUFFIX##_3x3_saves, forward, OUT, true, true, 3) \
  RDNA1CONV_POOLING_KERNEL(pooling_average_##SUFFIX##_any, forward_any, OUT, false)       \
  RDNA1CONV_POOLING_KERNEL(pooling_average_##SUFFIX##_2x2, forward, OUT, false, false, 2) \
  RDNA1CONV_POOLING_KERNEL(pooling_average_##SUFFIX##_3x3, forward, OUT, false, false, 3) \
  RDNA1CONV_POOLING_KERNEL(pooling_max_##SUFFIX##_backward, backward, OUT, true)          \
  RDNA1CONV_POOLING_KERNEL(pooling_average_##SUFFIX##_backward, backward, OUT, false)     \
  RDNA1CONV_POOLING_KERNEL(pooling_max_##SUFFIX##_blocks, backward_blocks, OUT, true)     \
  RDNA1CONV_POOLING_KERNEL(pooling_average_##SUFFIX##_blocks, backward_blocks, OUT, false)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_POOLING_KERNELS)

}  // namespace rdna1conv
