#pragma once

#include <cstddef>

#include "core/conv_problem.h"
#include "core/tensor_descriptor.h"

namespace rdna1conv {

// A tensor of a call by the name of its descriptor's argument, for error texts.
struct NamedTensor {
  const TensorDescriptor& descriptor;
  const char* name;
};

// The strides, in N, C, D, H, W order, of a tensor that has to have `like`'s type and lengths.
// Throws Error (kBadParm) naming both if it has not, or if it has too few or too many dimensions.
FiveDims strides_like(const NamedTensor& tensor, const NamedTensor& like, std::size_t least_rank,
                      std::size_t most_rank);

}  // namespace rdna1conv
