#pragma once

#include <cstdint>
#include <string>

namespace rdna1conv {

// A convolution near the limits of what can be counted, drawn from `seed`: a driver line whose
// lengths are small, and whose padding, strides, dilations and tensor strides lie around powers of
// two up to 2^31 and 2^62. Most lines have no output or no address that fits, and are refused; the
// tensors of the others are mostly small enough to run. One in eight has a long length as well.
std::string extreme_line(std::uint64_t seed);

}  // namespace rdna1conv
