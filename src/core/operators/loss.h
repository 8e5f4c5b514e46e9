#pragma once

// Losses and the gradients of a rectifier's slope as values.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/loss.h"

namespace rdna1conv {

// The values are those of miopenLossReductionMode_t.
enum class LossReduction : std::uint8_t { kNone = 0, kSum = 1, kMean = 2 };

struct SoftMarginProblem {
  bool backward = false;
  LossReduction reduction = LossReduction::kNone;
  DataType type = DataType::kFloat;
  FiveDims lengths{1, 1, 1, 1, 1};
  FiveDims x_strides{}, target_strides{};
  FiveDims y_strides{};   // of y, zeros where there is one sum; of backward dy, of each element
  FiveDims dx_strides{};  // of backward

  auto operator<=>(const SoftMarginProblem&) const = default;
};

struct MultiMarginProblem {
  LossReduction reduction = LossReduction::kNone;
  DataType type = DataType::kFloat;  // of all but the targets, which are int64
  std::int64_t rows = 1, classes = 1;
  std::int64_t x_row = 1, x_class = 1, target_step = 1, weight_step = 1;
  std::int64_t y_step = 0;  // without reduction

  auto operator<=>(const MultiMarginProblem&) const = default;
};

// The gradients of x and of the weights, as far as they are asked for.
struct PreluProblem {
  DataType type = DataType::kFloat;
  FiveDims lengths{1, 1, 1, 1, 1};
  FiveDims x_strides{}, dy_strides{}, dx_strides{};
  bool per_channel = false;  // else one weight for all
  bool has_dx = true, has_dw = true;

  auto operator<=>(const PreluProblem&) const = default;
};

// MIOpenDriver's lines:
//   softmarginloss -D 4x25x4x25 -R mean -F 1               -F 2: backward alone
//   multimarginloss -D 41x4 -R none -p 1 -M 1 -F 1
//   prelu -D 4x8x6x6 --NumParameters 8
std::string to_driver_line(const SoftMarginProblem& problem);
std::string to_driver_line(const MultiMarginProblem& problem, const MultiMarginScalars& scalars);
std::string to_driver_line(const PreluProblem& problem);

// Throw Error (kBadParm) naming the option at fault.
SoftMarginProblem parse_soft_margin(std::string_view line);
struct ParsedMultiMargin {
  MultiMarginProblem problem;
  MultiMarginScalars scalars;
};
ParsedMultiMargin parse_multi_margin(std::string_view line);
PreluProblem parse_prelu(std::string_view line);

}  // namespace rdna1conv
