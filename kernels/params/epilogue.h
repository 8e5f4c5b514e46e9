#pragma once

// The epilogue of a kernel's Params struct: what core/epilogue.h says is fused behind a
// convolution. kernels/epilogue.h applies it at the store.

#include <cstdint>

#include "params/activation.h"

namespace rdna1conv {

// The numbers of one run call.
struct EpilogueScalars {
  float alpha = 1, beta = 0;  // of the convolution and of what the output held
  float z_scale = 1;
  float activation_alpha = 0, activation_beta = 0, activation_gamma = 0;
  float norm_epsilon = 0;
};

// Bits of EpilogueParams::operations.
inline constexpr std::uint32_t kEpilogueScaled = 1;
inline constexpr std::uint32_t kEpilogueAddsZ = 2;
inline constexpr std::uint32_t kEpilogueAddsBias = 4;
inline constexpr std::uint32_t kEpilogueNormalizes = 8;

struct EpilogueParams {
  const void* z;     // element type, offsets as of the output
  const void* bias;  // (k), element type of the output
  const float* norm_scale;
  const float* norm_shift;
  const float* norm_mean;
  const float* norm_variance;
  // The normalization's parameters of (channel k, output pixel) are at k * norm_k + pixel *
  // norm_pixel.
  std::uint64_t norm_k;
  std::uint32_t norm_pixel;
  std::uint32_t operations;  // bits; 0 and kPassThrough: the sum is stored as it is
  Activation activation;
  EpilogueScalars scalars;
};

}  // namespace rdna1conv
