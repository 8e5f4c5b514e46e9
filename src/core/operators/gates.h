#pragma once

// Gated linear units and rotary position embedding as values.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"

namespace rdna1conv {

struct GluProblem {
  bool backward = false;
  DataType type = DataType::kFloat;
  FiveDims lengths{1, 1, 1, 1, 1};  // of a half
  std::int64_t dimension = 0;       // along which x has two halves
  FiveDims x_strides{}, y_strides{},
      dx_strides{};                      // y: of backward dy; dx: of backward, else zeros
  std::int64_t x_half = 0, dx_half = 0;  // elements from half to half

  auto operator<=>(const GluProblem&) const = default;
};

struct RopeProblem {
  bool backward = false;
  DataType type = DataType::kFloat;
  std::int64_t elements = 2;  // of x and y, packed
  std::int64_t period = 2;    // elements of cos and sin, which are repeated

  auto operator<=>(const RopeProblem&) const = default;
};

// MIOpenDriver's lines: glu -D 4x8x12x32 -R 1 -F 1; rope -X 4x16x6x64 -F 1. Ours are -F 2, backward
// alone, and --period; the layout and strides of -D are those of y, dy and dx too.
std::string to_driver_line(const GluProblem& problem);
std::string to_driver_line(const RopeProblem& problem);

// Throw Error (kBadParm) naming the option at fault.
GluProblem parse_glu(std::string_view line);
RopeProblem parse_rope(std::string_view line);

}  // namespace rdna1conv
