#pragma once

// A dropout as a value; rate and seed come with the run.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/dropout.h"

namespace rdna1conv {

enum class DropoutFunction : std::uint8_t {
  kSeed,   // states are made of a seed
  kApply,  // y = x / (1 - rate) where it is kept, else 0; backward the same with dy and dx
};

struct DropoutProblem {
  DropoutFunction function = DropoutFunction::kApply;
  DropoutMask mask = DropoutMask::kWritten;
  DataType type = DataType::kFloat;  // of both tensors
  FiveDims lengths{1, 1, 1, 1, 1};
  FiveDims x_strides{}, y_strides{};  // of what is read and of what is written

  auto operator<=>(const DropoutProblem&) const = default;
};

// The numbers of a run that drops elements at `rate`, 0 to 1.
DropoutScalars dropout_scalars(float rate, std::uint32_t stream = 0);

struct DropoutNumbers {
  double rate = 0.5;
  std::uint64_t seed = 0;
};

// MIOpenDriver's line: dropout -d 32,64,56,56 -p 0.5 -l 0 -m 0 -e 0 -F 1
// -l and -m are the seed's low and high half, -e 1 reads the mask. Ours are --mask 0 where there is
// none, and --x and --y (tensors of core/tensor_text.h where they are not packed). -F 2 is
// backward, which reads the mask or, without one, makes it again.
std::string to_driver_line(const DropoutProblem& problem, const DropoutNumbers& numbers,
                           bool backward);

struct ParsedDropout {
  DropoutProblem problem;
  DropoutNumbers numbers;
  bool backward = false;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedDropout parse_dropout(std::string_view line);

}  // namespace rdna1conv
