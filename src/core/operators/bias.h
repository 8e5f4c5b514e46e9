#pragma once

// A convolution's bias, one value for each channel, as a value; alpha and beta come with the run:
//   forward   y = alpha * bias + beta * y
//   backward  bias = alpha * sum of y over batch and image + beta * bias, in fp32

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/operators/reduce.h"
#include "core/operators/tensor_functions.h"

namespace rdna1conv {

struct BiasProblem {
  bool backward = false;
  DataType type = DataType::kFloat;  // of both tensors
  FiveDims lengths{1, 1, 1, 1, 1};   // of y
  FiveDims strides{};
  std::int64_t bias_stride = 1;  // elements from channel to channel

  auto operator<=>(const BiasProblem&) const = default;
};

struct BiasScalars {
  float alpha = 1, beta = 0;
};

// What the two directions are: a tensor that is broadcast, and a reduction.
TensorProblem forward_bias(const BiasProblem& problem);
ReduceProblem backward_bias(const BiasProblem& problem);

// A line of ours, as MIOpenDriver has none: convbias -n 32 -c 64 -H 56 -W 56 -A 1 -B 0 -F 2
// -F is 1 forward and 2 backward; --in_d, --layout and --strides (of y) as of activ.
std::string to_driver_line(const BiasProblem& problem, const BiasScalars& scalars);

struct ParsedBias {
  BiasProblem problem;
  BiasScalars scalars;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedBias parse_bias(std::string_view line);

}  // namespace rdna1conv
