#include "api/named_tensor.h"

#include <algorithm>
#include <string>

#include "core/tensor_dims.h"

namespace rdna1conv {

FiveDims strides_like(const NamedTensor& tensor, const NamedTensor& like, std::size_t least_rank,
                      std::size_t most_rank) {
  if (tensor.descriptor.type() != like.descriptor.type() ||
      !std::ranges::equal(tensor.descriptor.lengths(), like.descriptor.lengths())) {
    throw Error(Status::kBadParm, std::string(tensor.name) + " is " +
                                      std::string(name_of(tensor.descriptor.type())) + " " +
                                      lengths_text(tensor.descriptor.lengths()) + ", " + like.name +
                                      " is " + std::string(name_of(like.descriptor.type())) + " " +
                                      lengths_text(like.descriptor.lengths()));
  }
  return dims_of(tensor.descriptor, tensor.name, least_rank, most_rank).strides;
}

}  // namespace rdna1conv
