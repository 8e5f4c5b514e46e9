#pragma once

#include <string>
#include <vector>

#include "core/data_type.h"

namespace rdna1conv {

// The lines of tests/operators/shapes, each in every float type, and those that are drawn by
// tests/operators/random_lines.txt, each in one.
std::vector<std::string> operator_lines();
// All of them in one type.
std::vector<std::string> operator_lines(DataType type);

// Every seventh, for tests that take longer.
std::vector<std::string> sample_lines();

}  // namespace rdna1conv
