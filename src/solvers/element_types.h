#pragma once

// Which row of kernels/params/element_types.h a problem's tensors are.

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "core/conv_problem.h"
#include "params/element_types.h"

namespace rdna1conv {

struct ElementTypes {
  DataType x, y;  // w has the type of x
  const char* suffix;
};

// The float types come first: rows up to kFloatTypes serve all directions, the rest all but
// backward weights. (int8 has no gradients; its backward data is a transposed forward convolution.)
#define RDNA1CONV_TYPES_ROW(SUFFIX, X_TYPE, Y_TYPE, IN, OUT) \
  ElementTypes{DataType::X_TYPE, DataType::Y_TYPE, #SUFFIX},
inline constexpr std::array kElementTypes{RDNA1CONV_FLOAT_TYPES(RDNA1CONV_TYPES_ROW)
                                              RDNA1CONV_INT8_TYPES(RDNA1CONV_TYPES_ROW)};
inline constexpr std::size_t kFloatTypes =
    std::array{RDNA1CONV_FLOAT_TYPES(RDNA1CONV_TYPES_ROW)}.size();
#undef RDNA1CONV_TYPES_ROW

// The row of kElementTypes, for backward data with the roles of x and y swapped; nothing if the
// direction has no such kernel.
inline std::optional<std::size_t> element_types_of(const ConvProblem& p) {
  const std::size_t rows =
      p.direction == Direction::kBackwardWeights ? kFloatTypes : kElementTypes.size();
  const bool swapped = p.direction == Direction::kBackwardData;
  const DataType in = swapped ? p.y_type : p.x_type, out = swapped ? p.x_type : p.y_type;
  for (std::size_t i = 0; i < rows; ++i) {
    const ElementTypes& row = kElementTypes[i];
    if (in == row.x && p.w_type == row.x && out == row.y) return i;
  }
  return std::nullopt;
}

// A reason to refuse, see refusals.h.
inline std::optional<std::string> unless_known_types(const ConvProblem& p) {
  if (element_types_of(p)) return std::nullopt;
  return "tensors are " + std::string(name_of(p.x_type)) + ", " + std::string(name_of(p.w_type)) +
         ", " + std::string(name_of(p.y_type)) +
         (p.direction == Direction::kBackwardWeights
              ? ", needs all fp32, fp16 or bfp16"
              : ", needs all fp32, fp16 or bfp16, or int8 that give int32, fp32 or int8");
}

}  // namespace rdna1conv
