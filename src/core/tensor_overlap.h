#pragma once

#include <cstdint>
#include <span>

namespace rdna1conv {

// Whether two elements may share an address: not if each stride reaches past all that the smaller
// ones span. An element written twice would make the result depend on the order of writing.
bool may_overlap(std::span<const std::int64_t> lengths, std::span<const std::int64_t> strides);

}  // namespace rdna1conv
