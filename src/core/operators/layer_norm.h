#pragma once

// Layer normalization and its kin as a value; epsilon comes with the run.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/layer_norm.h"

namespace rdna1conv {

enum class LayerNormKind : std::uint8_t {
  kLayer,
  kAddLayer,  // of x + x2
  kT5,        // by the root mean square
  kT5Backward,
  kGroup,
};

struct LayerNormProblem {
  LayerNormKind kind = LayerNormKind::kLayer;
  DataType type = DataType::kFloat;  // of all tensors
  // What is not joined with others to one statistic, then what is, from `first_member` on. Of a
  // group normalization: N, groups, channels of a group, rows of the image, columns.
  FiveDims lengths{1, 1, 1, 1, 1};
  std::int64_t first_member = 4;
  FiveDims x_strides{}, y_strides{};  // y: of backward dx
  FiveDims other_strides{};           // of x2 or dy, else zeros
  bool has_weights = false;           // and, but in T5, biases
  bool has_weight_gradient = false;   // backward: it is asked for

  auto operator<=>(const LayerNormProblem&) const = default;

  std::int64_t members() const;
  // Of what is packed and has one value for each group, or one for each weight.
  FiveDims statistic_strides() const;
  FiveDims weight_strides() const;
};

// The lengths and strides of a tensor whose channels are in groups. Throws Error
// (kNotImplemented) if depth and rows do not lie behind each other.
void split_channels(std::int64_t groups, FiveDims& lengths, FiveDims& strides, const char* name);

// MIOpenDriver's lines:
//   layernorm -X 32x32x32x32 -e 1e-05 -o 3 -m 1 -F 1     addlayernorm: the same
//   t5layernorm -X 32x32x32x32 -e 1e-05 -m 5 -F 1        -F 2: backward alone
//   groupnorm -n 32 -c 32 -D 14 -H 14 -W 14 -e 1e-05 -g 4 -m 1 -F 1
// -m has weights where it is odd. Ours are --other (x2 or dy) and --output (y or dx), where they do
// not lie as x does, and --in_strides of groupnorm.
std::string to_driver_line(const LayerNormProblem& problem, const LayerNormScalars& scalars);

struct ParsedLayerNorm {
  LayerNormProblem problem;
  LayerNormScalars scalars;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedLayerNorm parse_layer_norm(std::string_view line);

}  // namespace rdna1conv
