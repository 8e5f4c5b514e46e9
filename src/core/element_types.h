#pragma once

// The rows of kernels/params/element_types.h as host code sees them.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/data_type.h"
#include "params/element_types.h"

namespace rdna1conv {

struct ElementTypes {
  DataType in, out;  // read and written
  const char* suffix;
};

// The float types come first: rows up to kFloatTypes serve every operator and direction, the rest
// all of convolution but backward weights. (int8 has no gradients; its backward data is a
// transposed forward convolution.)
#define RDNA1CONV_TYPES_ROW(SUFFIX, READ, WRITTEN, IN, OUT) \
  ElementTypes{DataType::READ, DataType::WRITTEN, #SUFFIX},
inline constexpr std::array kElementTypes{RDNA1CONV_TYPES(RDNA1CONV_TYPES_ROW)};
inline constexpr std::size_t kFloatTypes =
    std::array{RDNA1CONV_FLOAT_TYPES(RDNA1CONV_TYPES_ROW)}.size();
// What is read, each type once; of an integer `out` means nothing.
inline constexpr std::array kInputTypes{RDNA1CONV_INPUT_TYPES(RDNA1CONV_TYPES_ROW)};
#undef RDNA1CONV_TYPES_ROW

// The names <PREFIX><suffix><REST> of a family's kernels, in the order of kElementTypes: of float
// rows, of all, and of kInputTypes.
#define RDNA1CONV_KERNEL_NAME(SUFFIX, READ, WRITTEN, IN, OUT, PREFIX, REST) PREFIX #SUFFIX REST,
#define RDNA1CONV_FLOAT_KERNELS(PREFIX, REST) \
  std::array { RDNA1CONV_FLOAT_TYPES_WITH(RDNA1CONV_KERNEL_NAME, PREFIX, REST) }
#define RDNA1CONV_TYPED_KERNELS(PREFIX, REST) \
  std::array { RDNA1CONV_TYPES_WITH(RDNA1CONV_KERNEL_NAME, PREFIX, REST) }
#define RDNA1CONV_INPUT_KERNELS(PREFIX, REST) \
  std::array { RDNA1CONV_INPUT_TYPES_WITH(RDNA1CONV_KERNEL_NAME, PREFIX, REST) }

// The rows whose tensors are all alike.
inline constexpr std::span<const ElementTypes> float_types() {
  return std::span(kElementTypes).first(kFloatTypes);
}

// The row of kElementTypes below kFloatTypes, for operators that take floats; nothing of others.
constexpr std::optional<std::size_t> float_row(DataType type) {
  for (std::size_t i = 0; i < kFloatTypes; ++i) {
    if (kElementTypes[i].in == type) return i;
  }
  return std::nullopt;
}

// The row of kInputTypes; nothing of types that no kernel reads.
constexpr std::optional<std::size_t> input_row(DataType type) {
  for (std::size_t i = 0; i < kInputTypes.size(); ++i) {
    if (kInputTypes[i].in == type) return i;
  }
  return std::nullopt;
}

// Whether a convolution of `in` may write `out`.
constexpr bool may_give(DataType in, DataType out) {
  for (const ElementTypes& row : kElementTypes) {
    if (row.in == in && row.out == out) return true;
  }
  return false;
}

// What a convolution of `in` writes unless told otherwise.
constexpr DataType usual_output(DataType in) {
  for (const ElementTypes& row : kElementTypes) {
    if (row.in == in) return row.out;
  }
  return in;
}

// The type with this name (name_of()) if a kernel reads or writes it.
std::optional<DataType> element_type_named(std::string_view name);

// For texts. "fp32, fp16 or bfp16", what a convolution of `in` may write: "int32, fp32 or int8",
// and "fp32, fp16, bfp16, int8, int32".
std::string float_types_text();
std::string outputs_text(DataType in);
std::string all_types_text();
// "all fp32, fp16 or bfp16, or int8 that give int32, fp32 or int8"
std::string convolution_types_text();
// "tensors are fp32, fp16, fp32"
std::string tensors_are(std::initializer_list<DataType> types);

// What MIOpenDriver calls an operator ("conv") on tensors of `type`: "conv", "convfp16", ...
std::string driver_word(std::string_view operator_name, DataType type);

}  // namespace rdna1conv
