#pragma once

#include <cstddef>

#include "core/data_type.h"

namespace rdna1conv {

// The element at `from` of a type that kernels compute with; 0 of others.
double element_value(DataType type, const std::byte* from);

}  // namespace rdna1conv
