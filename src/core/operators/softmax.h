#pragma once

// A softmax as a value; alpha and beta come with the run.

#include <compare>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/softmax.h"

namespace rdna1conv {

struct SoftmaxProblem {
  bool backward = false;
  bool is_log = false;      // the logarithm of the softmax
  bool of_channels = true;  // channels of a pixel sum to one, else all of an item of the batch
  DataType type = DataType::kFloat;  // of all tensors
  FiveDims lengths{1, 1, 1, 1, 1};
  FiveDims x_strides{}, y_strides{};    // forward; of backward x_strides are zeros
  FiveDims dy_strides{}, dx_strides{};  // of backward, else zeros

  auto operator<=>(const SoftmaxProblem&) const = default;
};

// MIOpenDriver's line: softmax -n 64 -c 1000 -H 1 -W 1 -A 1 -B 0 -a 1 -m 1 -F 1
// -a is 0 or 1 for softmax (both with the maximum subtracted) and 2 for its logarithm, -m 1 over
// channels and 0 over an item, -F 1 forward and 2 backward. Ours are --in_d, --layout, of all
// tensors, and
// --in_strides, --out_strides, --dout_strides and --din_strides (of x, y, dy, dx), where they
// differ.
std::string to_driver_line(const SoftmaxProblem& problem, const SoftmaxScalars& scalars);

struct ParsedSoftmax {
  SoftmaxProblem problem;
  SoftmaxScalars scalars;

  bool operator==(const ParsedSoftmax& other) const {
    return problem == other.problem && scalars.alpha == other.scalars.alpha &&
           scalars.beta == other.scalars.beta;
  }
};
// Throws Error (kBadParm) naming the option at fault.
ParsedSoftmax parse_softmax(std::string_view line);

}  // namespace rdna1conv
