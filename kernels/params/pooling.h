#pragma once

// Pooling in up to three dimensions, any strides. A work item has an output forward and an input
// pixel backward, or a block of kPoolingBlock x kPoolingBlock pixels, counted from the fastest
// dimension of what is written on: W, H, D, C, or with channels last C, W, H, D. Where images are
// small a work item of the grid's only row counts the batch too.

#include <cstdint>

#include "fast_division.h"

namespace rdna1conv {

// The values are those of miopenPoolingMode_t.
enum class PoolingMode : std::uint32_t { kMax = 0, kAverage = 1, kAverageInclusive = 2 };

// One axis of the image: outputs' windows begin at output * stride - pad.
struct PoolingAxis {
  std::int32_t in, out;  // lengths
  std::int32_t window, pad;
  FastDivision stride;
  std::uint32_t x_stride, y_stride;  // elements, from pixel to pixel
};

struct PoolingParams {
  const void* x;  // forward
  void* y;
  void* dx;  // backward
  const void* dy;
  // Positions of maxima, as y if it were packed N, C, D, H, W: written forward if `saves`, read
  // backward.
  void* indices;
  PoolingAxis axis[3];          // depth, height, width
  FastDivision digit[4];        // lengths of the counted dimensions, fastest first, but the batch
  std::uint32_t digits;         // how many of W, H, D, C, N are counted; the last is not divided
  std::uint32_t channels_last;  // the order of the digits
  std::uint32_t count;          // work items of a row of the grid
  std::uint32_t channels;
  std::uint64_t x_n, x_c, y_n, y_c;  // strides
  std::uint32_t batch, batch_step;   // rows of the grid have an image each, and take turns
  PoolingMode mode;
  std::uint32_t saves;
  std::uint32_t index_bytes;     // 1, 2, 4, 8
  std::uint32_t index_in_image;  // positions in the channel's image, else in the window
};

inline constexpr std::uint32_t kPoolingThreads = 256;
// Windows that begin every kPoolingBlock pixels and are at most twice as long: block i of the
// pixels, counted from the padding's first, lies in windows i and i - 1 alone.
inline constexpr std::int32_t kPoolingBlock = 2;

}  // namespace rdna1conv
