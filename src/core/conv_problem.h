#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/data_type.h"
#include "core/epilogue.h"

namespace rdna1conv {

enum class Direction : std::uint8_t { kForward, kBackwardData, kBackwardWeights };

// Three spatial values; a 2-D convolution leaves `d` at its default.
struct Spatial {
  std::int64_t d = 1, h = 1, w = 1;
  bool operator==(const Spatial&) const = default;
  std::int64_t volume() const { return d * h * w; }
};

// Five values in N, C, D, H, W order (for a filter: K, C/groups, D, H, W).
using FiveDims = std::array<std::int64_t, 5>;

enum class Layout : std::uint8_t { kNchw, kNhwc, kOther };

// One convolution, as a plain value: everything that decides which kernels run and how.
//
// `x` and `y` are the tensors of these names in miopenConvolutionForward: x is [n, c, in] and y is
// [n, k, out], in every direction (backward data writes x, backward weights writes w).
// The filter w is [k, c/groups, filter]; of a transposed convolution (-m trans) [c, k/groups,
// filter], and `out` is then the larger image.
//
// Strides are in elements. A dimension of length 1 has the stride that the packed layout gives it
// (canonicalize()), so that equal problems compare equal whatever a client put there.
struct ConvProblem {
  Direction direction = Direction::kForward;
  bool transposed = false;
  DataType x_type = DataType::kFloat, w_type = DataType::kFloat, y_type = DataType::kFloat;
  int spatial_dims = 2;  // 2 or 3
  std::int64_t n = 1, c = 1, k = 1, groups = 1;
  Spatial in, filter, out;
  Spatial pad{0, 0, 0}, stride, dilation, output_pad{0, 0, 0};
  FiveDims x_strides{}, w_strides{}, y_strides{};
  Epilogue epilogue;  // applied to what the direction computes: y, x or w

  bool operator==(const ConvProblem&) const = default;

  FiveDims x_lengths() const { return {n, c, in.d, in.h, in.w}; }
  FiveDims y_lengths() const { return {n, k, out.d, out.h, out.w}; }
  FiveDims w_lengths() const {
    return {transposed ? c : k, (transposed ? k : c) / groups, filter.d, filter.h, filter.w};
  }

  // All three tensors packed, channels before the spatial dimensions (NCHW or NCDHW).
  bool is_packed_nchw() const;
  // All three tensors packed with channels last (NHWC or NDHWC).
  bool is_packed_nhwc() const;
  // All three element types are `type`.
  bool is_all(DataType type) const { return x_type == type && w_type == type && y_type == type; }
  // No spatial dimension has padding.
  bool is_unpadded() const { return pad == Spatial{0, 0, 0}; }

  // Floating point operations of the direct algorithm, a multiply-add counted as two.
  double direct_flops() const;
};

// Strides of a packed tensor with these lengths; kOther is not allowed.
FiveDims packed_strides(const FiveDims& lengths, Layout layout);

// kNchw or kNhwc if the tensor is packed that way (both: kNchw), else kOther.
// Strides of dimensions of length 1 do not matter.
Layout layout_of(const FiveDims& lengths, const FiveDims& strides);

// Output length of one spatial dimension, at least 1 as MIOpen has it.
std::int64_t output_length(std::int64_t in, std::int64_t filter, std::int64_t pad,
                           std::int64_t stride, std::int64_t dilation);
std::int64_t transposed_output_length(std::int64_t in, std::int64_t filter, std::int64_t pad,
                                      std::int64_t stride, std::int64_t dilation,
                                      std::int64_t output_pad);

// `out` as the other fields imply it.
Spatial implied_output(const ConvProblem& problem);

// Gives x, w and y the packed strides of `layout`.
void set_packed(ConvProblem& problem, Layout layout);

// The ordinary convolution with the same result. Of a transposed one, x and y change places and so
// do forward and backward data: its forward writes the larger image, as backward data does. Solvers
// only see this form; whoever launches their plans swaps the buffers of x and y of a transposed
// problem.
ConvProblem untransposed(const ConvProblem& problem);

// Replaces the strides of dimensions of length 1 by canonical ones.
void canonicalize_strides(const FiveDims& lengths, FiveDims& strides);
void canonicalize(ConvProblem& problem);

std::size_t hash_of(const ConvProblem& problem);

}  // namespace rdna1conv
