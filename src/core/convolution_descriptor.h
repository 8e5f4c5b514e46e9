#pragma once

#include <cstdint>
#include <span>

#include "core/conv_problem.h"
#include "core/tensor_descriptor.h"

namespace rdna1conv {

// The values are those of miopenConvolutionFindMode_t.
enum class FindMode : std::uint32_t { kNormal = 1, kFast = 2, kHybrid = 3, kDynamicHybrid = 5 };

// What a miopenConvolutionDescriptor_t points to. Paddings, strides and dilations are in range; how
// they fit to tensors is checked by make_problem().
struct ConvolutionDescriptor {
  int spatial_dims = 2;
  bool transposed = false;
  Spatial pad{0, 0, 0}, stride, dilation, output_pad{0, 0, 0};
  int groups = 1;
  int fp16_alt_impl = -1, deterministic = 0, fp8_rounding_mode = 0;  // attributes
  FindMode find_mode = FindMode::kDynamicHybrid;
};

// A descriptor from `values.size()` values each, in [D,] H, W order. `mode` is a
// miopenConvolutionMode_t. Throws Error (kBadParm).
ConvolutionDescriptor make_convolution_descriptor(std::span<const int> pad,
                                                  std::span<const int> stride,
                                                  std::span<const int> dilation,
                                                  std::uint32_t mode);

// The last `values.size()` of d, h, w.
void copy_spatial(const Spatial& from, std::span<int> values);
Spatial spatial_from(std::span<const int> values, std::int64_t depth_if_absent);

// The convolution of an input and a filter, output packed like the input's order allows: all of
// ConvProblem but the output's type and strides. Throws Error (kBadParm) naming x and w by the
// argument names given.
ConvProblem make_problem(const ConvolutionDescriptor& convolution, const TensorDescriptor& x,
                         const TensorDescriptor& w, const char* x_name, const char* w_name);

// The forward convolution of these three descriptors. Throws Error: kBadParm naming the argument
// that does not fit (xDesc, wDesc, yDesc, convDesc).
ConvProblem make_forward_problem(const ConvolutionDescriptor& convolution,
                                 const TensorDescriptor& x, const TensorDescriptor& w,
                                 const TensorDescriptor& y);

}  // namespace rdna1conv
