#pragma once

// C = A * B in fp32, batched over groups, with the columns of B and C running over the pixels of
// several images: column j is pixel j % columns_per_image of image j / columns_per_image.
// A pixel (row h, column w) of an output row of `out_width` reads B at h * b_row_step +
// w * b_column_step, so a strided 1x1 convolution needs no gather. Split-K gives each of `splits`
// workgroups a range of k and its own copy of C, which gemm_sum_splits adds up in a fixed order.
// That kernel applies an epilogue too, and so follows a GEMM with one in any case.

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"

namespace rdna1conv {

struct GemmParams {
  const float* a;  // (batch, m, k), k contiguous
  const float* b;  // (batch, k, image, pixel)
  float* c;        // (split, batch, image, m, pixel), pixels contiguous

  std::uint32_t m, n, k;      // n = images * columns_per_image
  std::uint32_t lda, ldc;     // elements from one row to the next
  std::uint32_t k_per_split;  // a multiple of the tile's depth
  std::uint64_t ldb;

  std::uint64_t a_batch_stride, b_batch_stride, c_batch_stride;  // elements
  std::uint64_t c_image_stride, c_split_stride;
  std::uint32_t b_image_stride;  // a tile's byte offset must stay below 2^32
  std::uint32_t b_row_step, b_column_step;

  FastDivision columns_per_image, out_width;
  FastDivision tiles_m, tiles_n, splits;
};

// y[i] = sum over s of partial[s * split_stride + i], s ascending, and what is fused behind it.
struct GemmSumSplitsParams {
  const float* partial;  // (splits, count)
  float* y;              // (count)
  std::uint64_t split_stride;
  std::uint32_t count;  // elements
  std::uint32_t splits;
  FastDivision pixels, channels;  // of an output image: y is (image, channel, pixel)
  EpilogueParams epilogue;
};

inline constexpr std::uint32_t kGemmSumSplitsThreads = 256;
inline constexpr std::uint32_t kGemmSumSplitsPerThread = 4;

}  // namespace rdna1conv
