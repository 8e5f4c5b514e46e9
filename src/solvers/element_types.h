#pragma once

// Which row of kernels/params/element_types.h a problem's tensors are.

#include <cstddef>
#include <optional>
#include <string>

#include "core/conv_problem.h"
#include "core/element_types.h"

namespace rdna1conv {

// The row of kElementTypes, for backward data with the roles of x and y swapped; nothing if the
// direction has no such kernel.
inline std::optional<std::size_t> element_types_of(const ConvProblem& p) {
  const std::size_t rows =
      p.direction == Direction::kBackwardWeights ? kFloatTypes : kElementTypes.size();
  const bool swapped = p.direction == Direction::kBackwardData;
  const DataType in = swapped ? p.y_type : p.x_type, out = swapped ? p.x_type : p.y_type;
  for (std::size_t i = 0; i < rows; ++i) {
    const ElementTypes& row = kElementTypes[i];
    if (in == row.in && p.w_type == row.in && out == row.out) return i;
  }
  return std::nullopt;
}

// Instructions that turn a loaded element into a factor of v_fma or v_mad; fp16 is one already
// (v_fma_mix), bf16 has to be shifted.
constexpr double conversion_instructions(DataType type) {
  return type == DataType::kBFloat16 ? 1 : 0;
}

// Reasons to refuse, see refusals.h.

// Tensors that convolution has kernels of in this direction.
inline std::optional<std::string> unless_known_types(const ConvProblem& p) {
  if (element_types_of(p)) return std::nullopt;
  return tensors_are({p.x_type, p.w_type, p.y_type}) + ", needs " +
         (p.direction == Direction::kBackwardWeights ? "all " + float_types_text()
                                                     : convolution_types_text());
}

// All three tensors of one type.
inline std::optional<std::string> unless_all(DataType type, const ConvProblem& p) {
  if (p.is_all(type)) return std::nullopt;
  return tensors_are({p.x_type, p.w_type, p.y_type}) + ", needs all " + std::string(name_of(type));
}

// Tensors of an operator that has kernels of floats, all alike.
inline std::optional<std::string> unless_float_types(std::initializer_list<DataType> types) {
  for (const DataType type : types) {
    if (!float_row(type) || type != *types.begin())
      return tensors_are(types) + ", needs all " + float_types_text();
  }
  return std::nullopt;
}

}  // namespace rdna1conv
