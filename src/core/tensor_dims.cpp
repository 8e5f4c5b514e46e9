#include "core/tensor_dims.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/arithmetic_limits.h"

namespace rdna1conv {

TensorDims dims_of(const TensorDescriptor& descriptor, const char* name, std::size_t least_rank,
                   std::size_t most_rank, Status wrong) {
  const std::size_t rank = descriptor.rank();
  if (rank < least_rank || rank > most_rank) {
    throw Error(wrong, std::string(name) + " has " + std::to_string(rank) +
                           " dimensions, must have " + std::to_string(least_rank) +
                           (least_rank == most_rank ? "" : " to " + std::to_string(most_rank)));
  }
  TensorDims dims;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t at = place_of_dimension(i, rank);
    dims.lengths[at] = descriptor.lengths()[i];
    dims.strides[at] = descriptor.strides()[i];
  }
  canonicalize_strides(dims.lengths, dims.strides);
  if (const auto reason = unless_addressable(descriptor.type(), dims.lengths, dims.strides))
    throw Error(wrong, name + (" " + *reason));
  return dims;
}

bool is_packed(const FiveDims& lengths, const FiveDims& strides) {
  std::array<std::pair<std::int64_t, std::int64_t>, 5> by_stride;
  for (std::size_t i = 0; i < lengths.size(); ++i) by_stride[i] = {strides[i], lengths[i]};
  std::sort(by_stride.begin(), by_stride.end());
  std::int64_t next = 1;
  for (const auto& [stride, length] : by_stride) {
    if (length == 1) continue;
    if (stride != next) return false;
    next *= length;
  }
  return true;
}

std::int64_t count_of(const FiveDims& lengths) {
  std::int64_t count = 1;
  for (const std::int64_t length : lengths) count *= length;
  return count;
}

}  // namespace rdna1conv
