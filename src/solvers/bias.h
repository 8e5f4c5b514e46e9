#pragma once

#include <span>

#include "core/conv_problem.h"
#include "plan/convolution_buffers.h"
#include "plan/solver.h"

// A convolution's bias, one value for each channel (kernels/bias.hip):
//   forward   y = alpha * bias + beta * y, alpha and beta from the run's EpilogueScalars
//   backward  bias = sum of y over batch and image, in fp32 and in a fixed order
// One launch, no workspace. The run brings y as Buffer::kY and the bias as Buffer::kBias.
namespace rdna1conv {

struct BiasProblem {
  bool backward = false;
  DataType type = DataType::kFloat;  // of both tensors
  FiveDims lengths{}, strides{};     // of y: n, channels, depth, height, width; elements
  std::int64_t bias_stride = 1;      // elements from channel to channel

  auto operator<=>(const BiasProblem&) const = default;
};

std::span<const Solver<BiasProblem>> solvers_of(const BiasProblem&);

}  // namespace rdna1conv
