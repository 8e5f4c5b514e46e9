#pragma once

// Tensors of one to five dimensions as problems of operators have them: N, C, D, H, W.

#include <algorithm>
#include <cstddef>

#include "core/conv_problem.h"
#include "core/error.h"
#include "core/tensor_descriptor.h"

namespace rdna1conv {

// The place of a dimension of a tensor of `rank` in N, C, D, H, W: spatial ones are the last.
constexpr std::size_t place_of_dimension(std::size_t dimension, std::size_t rank) {
  return dimension < 2 ? dimension : dimension + 5 - rank;
}

// Dimensions that a descriptor has not are of length 1: of a 4-D tensor D, of a 3-D one D and H.
struct TensorDims {
  FiveDims lengths{1, 1, 1, 1, 1}, strides{1, 1, 1, 1, 1};  // canonical: see canonicalize_strides()
};

// Throws Error (`wrong`) naming the descriptor if it has too few or too many dimensions, or if its
// elements cannot be addressed.
TensorDims dims_of(const TensorDescriptor& descriptor, const char* name, std::size_t least_rank,
                   std::size_t most_rank, Status wrong = Status::kBadParm);

// Whether the elements fill the memory that they span, in whatever order.
bool is_packed(const FiveDims& lengths, const FiveDims& strides);

std::int64_t count_of(const FiveDims& lengths);

// A driver line's number of spatial dimensions: 3 if there is depth.
inline int spatial_dims_of(const FiveDims& lengths) { return lengths[2] == 1 ? 2 : 3; }

// A driver line counts the dimensions that its text of the tensor has: depth only if there is one.
inline std::int64_t dimension_in_line(const FiveDims& lengths, std::int64_t dimension) {
  const bool has_depth = spatial_dims_of(lengths) == 3;
  return has_depth || dimension < 3 ? dimension : dimension - 1;
}
inline std::int64_t dimension_of_line(const FiveDims& lengths, std::int64_t in_line) {
  const bool has_depth = spatial_dims_of(lengths) == 3;
  return has_depth || in_line < 2 ? in_line : std::min<std::int64_t>(4, in_line + 1);
}

}  // namespace rdna1conv
