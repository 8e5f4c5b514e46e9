#pragma once

// OpTensor, SetTensor, ScaleTensor and TransformTensor as values; their numbers come with the run.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/elementwise.h"

namespace rdna1conv {

enum class TensorFunction : std::uint8_t {
  kSet,        // y = value
  kScale,      // y = alpha1 * y
  kCombine,    // y = operation(alpha1 * a, alpha2 * b) + beta * y
  kTransform,  // y = alpha1 * a + beta * y
  kCopy,       // y = a, of any type
};

struct TensorProblem {
  TensorFunction function = TensorFunction::kSet;
  TensorOperation operation = TensorOperation::kAdd;
  DataType type = DataType::kFloat;  // of all tensors
  FiveDims lengths{1, 1, 1, 1, 1};   // of y
  FiveDims y_strides{};
  FiveDims a_strides{},
      b_strides{};  // 0 where they are broadcast; zeros where there is no such tensor

  auto operator<=>(const TensorProblem&) const = default;
};

// MIOpenDriver's line, for kSet (-o 0), kScale (1) and kCombine (2); ours is kTransform (3):
//   tensorop -n 64 -c 64 -H 56 -W 56 -A 1 -B 1 -G 0 -o 2
// Ours are --in_d, --y, --a and --b (tensors of core/tensor_text.h where they are not packed and as
// large as y) and --operation (add, mul, min or max).
std::string to_driver_line(const TensorProblem& problem, const TensorScalars& scalars);

struct ParsedTensorFunction {
  TensorProblem problem;
  TensorScalars scalars;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedTensorFunction parse_tensor_function(std::string_view line);

}  // namespace rdna1conv
