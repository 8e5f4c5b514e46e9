#pragma once

// A batch normalization as a value. Statistics are over the batch and, spatial, over the image.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/activation.h"

namespace rdna1conv {

enum class BatchNormPass : std::uint8_t {
  kTraining,   // with the statistics of this batch
  kInference,  // with those that are given
  kBackward,
};

struct BatchNormProblem {
  BatchNormPass pass = BatchNormPass::kTraining;
  bool per_activation = false;       // statistics for each of C, D, H, W, else for each of C
  DataType type = DataType::kFloat;  // of x, y, dy and dx; parameters and statistics are fp32
  FiveDims lengths{1, 1, 1, 1, 1};
  FiveDims x_strides{}, y_strides{};  // elements; y: of backward dy
  FiveDims dx_strides{};              // of backward, else zeros
  // Training: running statistics are updated; this batch's are saved. Backward: they were saved.
  bool running = false, saved = false;
  bool inverse_variance = false;  // inference: what is given is 1 / sqrt(variance + epsilon)
  Activation activation = Activation::kPassThrough;  // behind it, in the same call

  auto operator<=>(const BatchNormProblem&) const = default;

  // Elements that share their statistics.
  std::int64_t members() const;
};

// MIOpenDriver's line:
//   bnorm -n 64 -c 256 -H 14 -W 14 -m 1 --forw 1 -b 0 -r 1 -s 1
// with -D for depth and -L NHWC; ours are --in_strides, --out_strides, --din_strides (of x, y or
// dy, dx), --activation (a word of core/epilogue.h) and --inverse_variance.
std::string to_driver_line(const BatchNormProblem& problem);

// Throws Error (kBadParm) naming the option at fault.
BatchNormProblem parse_batch_norm(std::string_view line);

}  // namespace rdna1conv
