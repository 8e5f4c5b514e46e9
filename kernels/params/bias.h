#pragma once

// One value for each channel of a tensor with any strides: y = alpha * bias + beta * y, and its
// gradient, the sum of dy over everything but the channels.
//
// The host sorts the dimensions by stride, joins those that lie packed behind each other, and
// splits them: the `inner` ones, below 2^31 elements together, are counted in 32 bits, the `outer`
// ones, mostly none, in 64. Unused dimensions have length 1.

#include <cstdint>

#include "epilogue.h"
#include "fast_division.h"

namespace rdna1conv {

inline constexpr int kBiasDims = 5;

struct BiasDims {
  FastDivision length[kBiasDims - 1];  // from the fastest on; what is left is the last dimension
  std::uint32_t stride[kBiasDims];     // elements
  std::uint32_t used;                  // the dimensions from here on have length 1
  std::uint32_t count;                 // product of all
};

struct BiasOuterDims {
  std::int64_t length[kBiasDims], stride[kBiasDims];
  std::int64_t count;
};

struct BiasForwardParams {
  void* y;
  const void* bias;
  BiasDims inner;
  BiasOuterDims outer;
  std::uint32_t inner_channel[kBiasDims];  // 1 for the channels' dimension, else 0
  std::int64_t outer_channel[kBiasDims];
  std::int64_t outer_step;    // gridDim.y, which a kernel would have to read from the packet
  std::uint32_t bias_stride;  // elements
  EpilogueScalars scalars;    // alpha and beta
};

// A workgroup sums 2^k_shift channels; neighbouring lanes hold neighbouring channels.
struct BiasBackwardParams {
  const void* y;
  void* bias;
  BiasDims inner;
  BiasOuterDims outer;
  std::uint32_t channels, channel_stride, bias_stride;  // elements
  std::uint32_t k_shift;
};

inline constexpr std::uint32_t kBiasForwardThreads = 256;
inline constexpr std::uint32_t kBiasForwardElements = 4;  // of a work item and outer position
inline constexpr std::uint32_t kBiasBackwardThreads = 1024;

}  // namespace rdna1conv
