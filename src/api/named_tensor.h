#pragma once

#include <cstddef>
#include <string>

#include "core/conv_problem.h"
#include "core/error.h"
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

// "xDesc is fp32 [2, 3]".
std::string text_of(const NamedTensor& tensor);

// Throws Error (kBadParm) unless the tensor is of that type, has `count` elements in whatever
// dimensions, and is packed.
void require_packed(const NamedTensor& tensor, DataType type, std::int64_t count);

// Throws Error (`wrong`) unless each element of a tensor that a call writes has an address of its
// own.
void require_apart(const NamedTensor& tensor, Status wrong = Status::kBadParm);

// The dimension, counted from 0. Throws Error (kBadParm) if the tensor has it not.
std::size_t checked_dimension(const NamedTensor& tensor, std::int64_t dimension);

}  // namespace rdna1conv
