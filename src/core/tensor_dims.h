#pragma once

// Tensors of one to five dimensions as problems of operators have them: N, C, D, H, W.

#include <cstddef>

#include "core/conv_problem.h"
#include "core/error.h"
#include "core/tensor_descriptor.h"

namespace rdna1conv {

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

}  // namespace rdna1conv
