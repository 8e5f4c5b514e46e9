#include "core/tensor_overlap.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/tensor_descriptor.h"

namespace rdna1conv {

bool may_overlap(std::span<const std::int64_t> lengths, std::span<const std::int64_t> strides) {
  std::array<std::pair<std::int64_t, std::int64_t>, kMaxTensorDims> by_stride;
  std::size_t used = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] != 1) by_stride.at(used++) = {strides[i], lengths[i]};
  }
  std::sort(by_stride.begin(), by_stride.begin() + static_cast<std::ptrdiff_t>(used));
  std::int64_t reach = 0;
  for (std::size_t i = 0; i < used; ++i) {
    const auto& [stride, length] = by_stride[i];
    if (stride <= reach) return true;
    reach += (length - 1) * stride;
  }
  return false;
}

}  // namespace rdna1conv
