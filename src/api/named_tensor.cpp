#include "api/named_tensor.h"

#include <algorithm>
#include <string>

#include "core/tensor_dims.h"
#include "core/tensor_overlap.h"

namespace rdna1conv {

FiveDims strides_like(const NamedTensor& tensor, const NamedTensor& like, std::size_t least_rank,
                      std::size_t most_rank) {
  if (tensor.descriptor.type() != like.descriptor.type() ||
      !std::ranges::equal(tensor.descriptor.lengths(), like.descriptor.lengths())) {
    throw Error(Status::kBadParm, text_of(tensor) + ", " + text_of(like));
  }
  return dims_of(tensor.descriptor, tensor.name, least_rank, most_rank).strides;
}

std::string text_of(const NamedTensor& tensor) {
  return std::string(tensor.name) + " is " + std::string(name_of(tensor.descriptor.type())) + " " +
         lengths_text(tensor.descriptor.lengths());
}

void require_packed(const NamedTensor& tensor, DataType type, std::int64_t count) {
  const TensorDescriptor& descriptor = tensor.descriptor;
  if (descriptor.type() == type && descriptor.elements() == count &&
      descriptor.bytes() == static_cast<std::size_t>(count) * bytes_of(type))
    return;
  throw Error(Status::kBadParm, text_of(tensor) + ", needs packed " + std::string(name_of(type)) +
                                    " of " + std::to_string(count) + " elements");
}

void require_apart(const NamedTensor& tensor, Status wrong) {
  if (!may_overlap(tensor.descriptor.lengths(), tensor.descriptor.strides())) return;
  throw Error(wrong, std::string(tensor.name) + " has strides by which elements overlap");
}

std::size_t checked_dimension(const NamedTensor& tensor, std::int64_t dimension) {
  const auto rank = static_cast<std::int64_t>(tensor.descriptor.rank());
  if (dimension >= 0 && dimension < rank) return static_cast<std::size_t>(dimension);
  throw Error(Status::kBadParm, "dim is " + std::to_string(dimension) + ", " + tensor.name +
                                    " has " + std::to_string(rank) + " dimensions");
}

}  // namespace rdna1conv
