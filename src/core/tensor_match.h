#pragma once

#include "core/conv_problem.h"
#include "core/tensor_descriptor.h"

namespace rdna1conv {

// Whether a descriptor of 3 to 5 dimensions says the same as ConvProblem's five dimensions do, the
// leading spatial ones being 1 where it has less. Strides of dimensions of length 1 do not matter.
bool is_described_by(const TensorDescriptor& descriptor, DataType type, const FiveDims& lengths,
                     const FiveDims& strides);

}  // namespace rdna1conv
