#pragma once

// A local response normalization as a value; alpha, beta and k come with the run.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/lrn.h"

namespace rdna1conv {

// What a miopenLRNDescriptor_t points to.
struct LrnDescriptor {
  bool cross_channel = false;
  std::int64_t size = 5;  // elements of a side of the window
  double alpha = 1e-3, beta = 0.75, k = 1;
};

struct LrnProblem {
  bool backward = false;
  bool cross_channel = false;
  std::int64_t size = 5;
  DataType type = DataType::kFloat;  // of all tensors
  FiveDims lengths{1, 1, 1, 1, 1};
  FiveDims x_strides{}, y_strides{};
  FiveDims dy_strides{}, dx_strides{};  // of backward, else zeros
  bool saves = false;                   // forward: what backward needs is written

  auto operator<=>(const LrnProblem&) const = default;
};

// MIOpenDriver's line: lrn -n 4 -c 96 -H 27 -W 27 -N 5 -A 0.001 -B 0.75 -K 1 -m cross_channel -b 0
// -F 1 -F is 1 forward, with -b 1 for a backward call after it, and 2 backward; --layout is ours.
std::string to_driver_line(const LrnProblem& problem, const LrnScalars& scalars);

struct ParsedLrn {
  LrnProblem problem;
  LrnScalars scalars;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedLrn parse_lrn(std::string_view line);

}  // namespace rdna1conv
