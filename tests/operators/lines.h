#pragma once

#include <string>
#include <vector>

namespace rdna1conv {

// The lines of tests/operators/shapes, each in every float type (and as it stands where its word
// names one), and random ones of each operator.
std::vector<std::string> operator_lines();

// One line of each kind that the operators have, for tests that take longer.
std::vector<std::string> sample_lines();

}  // namespace rdna1conv
