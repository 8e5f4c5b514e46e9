// What the host passes to gemm_kernel.h's kernels.
#pragma once

#include <cstddef>

namespace rdna1conv::calibration {

struct GemmArguments {
  const float* a;
  const float* b;
  float* c;
  int a_stride;  // elements between columns of A as stored, likewise below
  int b_stride;
  int c_stride;
  int m;  // of C, multiples of the vector widths
  int n;
  int depth;  // steps of K
  int tiles0;
  int tiles1;
  unsigned tiles_of_k;  // whole ones in all of K, which may be longer than `depth`
  int stagger_mask;     // bits of a tile's number along M that say where along K it starts
  std::size_t a_batch;  // elements between matrices of a batch
  std::size_t b_batch;
  std::size_t c_batch;
};

}  // namespace rdna1conv::calibration
