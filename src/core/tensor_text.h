#pragma once

// Tensors in driver lines: lengths, and layout or strides where it is not packed.
//   16x64x56x56    16x64x56x56,NHWC    2x3x8x8,400x64x8x1

#include <string>
#include <string_view>

#include "core/tensor_dims.h"

namespace rdna1conv {

// A tensor without depth has four lengths.
std::string tensor_text(const FiveDims& lengths, const FiveDims& strides);

// Of 1 to 5 lengths. Throws Error (kBadParm) naming the option.
TensorDims parse_tensor(std::string_view option, std::string_view text);

}  // namespace rdna1conv
