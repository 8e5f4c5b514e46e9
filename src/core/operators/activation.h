#pragma once

// An activation of a tensor as a value; its parameters come with the run.

#include <compare>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/elementwise.h"

namespace rdna1conv {

struct ActivationProblem {
  bool backward = false;
  Activation activation = Activation::kPassThrough;
  DataType type = DataType::kFloat;  // of all tensors
  FiveDims lengths{1, 1, 1, 1, 1};
  FiveDims x_strides{}, y_strides{};
  FiveDims dy_strides{}, dx_strides{};  // of backward, else zeros

  auto operator<=>(const ActivationProblem&) const = default;
};

// MIOpenDriver's line: activ -n 8 -c 64 -H 28 -W 28 -m 3 -A 1 -B 1 -G 1 -F 1
// -F is 1 forward and 2 backward. Ours are --in_d, --layout (of all tensors), --in_strides and
// --out_strides (of x and dx, of y and dy).
std::string to_driver_line(const ActivationProblem& problem, const ActivationScalars& scalars);

struct ParsedActivation {
  ActivationProblem problem;
  ActivationScalars scalars;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedActivation parse_activation(std::string_view line);

}  // namespace rdna1conv
