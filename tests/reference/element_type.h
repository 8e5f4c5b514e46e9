#pragma once

#include <cstddef>
#include <string>

#include "core/conv_problem.h"

namespace rdna1conv {

// The host's side of the element types that convolutions have: fp32, fp16, bf16, int8, int32.
// Every finite value of them but int32's is a float as well.

inline bool is_integer(DataType type) {
  return type == DataType::kInt8 || type == DataType::kInt32;
}

// The nearest value of the type, ties to even; beyond the largest it is infinite, or for integers
// the largest.
double rounded(DataType type, double value);

// Writes the nearest value of the type to bytes_of(type) bytes, or reads one.
void store_element(DataType type, double value, std::byte* at);
double load_element(DataType type, const std::byte* at);

// A problem's types in words: "fp16", or "int8 to int32" where y has another one.
std::string types_text(const ConvProblem& problem);

}  // namespace rdna1conv
