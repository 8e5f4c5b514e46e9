#pragma once

// A step of Adam or of the Transformers' AdamW as a value; rates and betas come with the run.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/data_type.h"
#include "params/adam.h"

namespace rdna1conv {

struct AdamProblem {
  DataType type = DataType::kFloat;  // of values, means and squares
  bool gradient_is_half = false;     // else of their type
  bool is_transformers = false;
  bool uses_largest = false;   // AMSGrad
  bool maximizes = false;      // goes up the gradient
  bool decays_values = false;  // AdamW: weight decay is no part of the gradient
  bool corrects_bias = false;  // Transformers
  bool counts_steps = false;   // on the card
  std::int64_t elements = 1;

  auto operator<=>(const AdamProblem&) const = default;
};

// MIOpenDriver's lines:
//   adam -d 64x32x128 -l 0.001 -1 0.9 -2 0.999 -e 1e-08 -W 0 -a 0 -m 0
//   transformersadamw -d 64x32x128 -l 0.001 -1 0.9 -2 0.999 -e 1e-08 -W 0 -c 1
// Ours are --adamw and --step, which MIOpenDriver has 0 and 1. The gradient's scale (-s) and what
// is found in it (-f) are the card's to know.
std::string to_driver_line(const AdamProblem& problem, const AdamScalars& scalars);

struct ParsedAdam {
  AdamProblem problem;
  AdamScalars scalars;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedAdam parse_adam(std::string_view line);

}  // namespace rdna1conv
