#include "core/tensor_match.h"

namespace rdna1conv {

bool is_described_by(const TensorDescriptor& descriptor, DataType type, const FiveDims& lengths,
                     const FiveDims& strides) {
  const std::size_t rank = descriptor.rank();
  if (descriptor.type() != type || rank < 3 || rank > lengths.size()) return false;
  const std::size_t absent = lengths.size() - rank;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (i >= 2 && i < 2 + absent) {
      if (lengths[i] != 1) return false;
      continue;
    }
    const std::size_t at = i < 2 ? i : i - absent;
    if (descriptor.lengths()[at] != lengths[i]) return false;
    if (lengths[i] != 1 && descriptor.strides()[at] != strides[i]) return false;
  }
  return true;
}

}  // namespace rdna1conv
