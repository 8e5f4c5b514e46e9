#pragma once

#include <optional>
#include <string>

#include "core/conv_problem.h"

namespace rdna1conv {

// Which tensors and convolutions have arithmetic that fits. Descriptors and driver lines allow
// lengths, paddings, strides and dilations of 31 bits and tensor strides of 63, whose products do
// not fit 64 bits. What becomes a problem has passed here, so that everybody after it may multiply.
// Limits of a kernel's own, mostly of 32 bits, are its solver's.

// Bytes from a tensor's first element to behind its last: the card's programs have 47 bits of
// addresses.
inline constexpr double kMaxTensorBytes = 0x1p47;
// Bytes between a tensor's start and any place that an output's taps may name, outside it as well.
inline constexpr double kMaxReachBytes = 0x1p60;
// Multiplications of the direct algorithm; at 10 TFLOP/s they take days.
inline constexpr double kMaxProducts = 0x1p60;

// What a problem's tensors are called in a text.
struct TensorNames {
  const char* x;
  const char* w;
  const char* y;
};

// Why the tensor cannot be addressed, in words that follow its name; nothing if it can.
std::optional<std::string> unless_addressable(DataType type, const FiveDims& lengths,
                                              const FiveDims& strides);

// Why the problem's arithmetic does not fit, as a sentence; nothing if it does.
std::optional<std::string> unless_arithmetic_fits(const ConvProblem& problem,
                                                  const TensorNames& names);

}  // namespace rdna1conv
