#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/arithmetic_limits.h"
#include "core/conv_problem.h"
#include "core/tensor_descriptor.h"

namespace rdna1conv {

// The values are those of miopenConvolutionFindMode_t. The last two are of newer MIOpen: hybrid
// modes that doubt what the find-db says.
enum class FindMode : std::uint32_t {
  kNormal = 1,
  kFast = 2,
  kHybrid = 3,
  kDynamicHybrid = 5,
  kTrustVerify = 6,
  kTrustVerifyFull = 7,
};
inline constexpr FindMode kDefaultFindMode = FindMode::kDynamicHybrid;

// The mode with this number, or nothing.
std::optional<FindMode> find_mode_of(long long value);

// What a miopenConvolutionDescriptor_t points to. Paddings, strides and dilations are in range; how
// they fit to tensors is checked by make_problem().
struct ConvolutionDescriptor {
  int spatial_dims = 2;  // 1 to 3; with 1 the tensors are [N, C, W]
  bool transposed = false;
  Spatial pad{0, 0, 0}, stride, dilation, output_pad{0, 0, 0};
  int groups = 1;
  int fp16_alt_impl = -1, deterministic = 0, fp8_rounding_mode = 0, math_type = 0;  // attributes
  std::optional<FindMode> find_mode;  // else the environment's, else the default
};

// A descriptor from `values.size()` values each, in [D,] H, W order. `mode` is a
// miopenConvolutionMode_t. Throws Error (kBadParm).
ConvolutionDescriptor make_convolution_descriptor(std::span<const int> pad,
                                                  std::span<const int> stride,
                                                  std::span<const int> dilation,
                                                  std::uint32_t mode);

// The last `values.size()` of d, h, w.
void copy_spatial(const Spatial& from, std::span<int> values);
Spatial spatial_from(std::span<const int> values, std::int64_t if_absent);

// The forward convolution of an input and a filter, output packed NCHW and of the input's type.
// Throws Error (kBadParm) naming x and w by the argument names given.
ConvProblem make_problem(const ConvolutionDescriptor& convolution, const TensorDescriptor& x,
                         const TensorDescriptor& w, const char* x_name, const char* w_name);

// What the entry points of a direction call the descriptors of ConvProblem's x, w and y.
TensorNames descriptor_names(Direction direction);

// The convolution of these three descriptors, x and y as in ConvProblem: of backward data they are
// dx and dy. Throws Error: kBadParm naming the argument that does not fit.
ConvProblem make_problem(const ConvolutionDescriptor& convolution, Direction direction,
                         const TensorDescriptor& x, const TensorDescriptor& w,
                         const TensorDescriptor& y);

}  // namespace rdna1conv
