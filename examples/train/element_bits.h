#pragma once

// Elements of the types that networks are trained in, as the card has them.

#include <miopen/miopen.h>

#include <cstddef>
#include <vector>

namespace train {

std::size_t bytes_of(miopenDataType_t type);
std::vector<std::byte> to_elements(miopenDataType_t type, const std::vector<float>& values);
std::vector<double> from_elements(miopenDataType_t type, const std::vector<std::byte>& bytes);

}  // namespace train
