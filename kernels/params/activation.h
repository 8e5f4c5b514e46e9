#pragma once

// The activations that a kernel can apply to what it stores, for host and device.

#include <cstdint>

namespace rdna1conv {

// The values are those of miopenActivationMode_t. alpha, beta and gamma are the descriptor's.
enum class Activation : std::uint32_t {
  kPassThrough = 0,
  kLogistic = 1,     // 1 / (1 + e^-v)
  kTanh = 2,         // beta * tanh(alpha * v)
  kRelu = 3,         // max(0, v)
  kSoftRelu = 4,     // log(1 + e^v)
  kAbs = 5,          // |v|
  kPower = 6,        // (alpha + beta * v)^gamma
  kClippedRelu = 7,  // min(alpha, max(0, v))
  kLeakyRelu = 8,    // v > 0 ? v : alpha * v
  kElu = 9,          // v > 0 ? v : alpha * (e^v - 1)
  kClamp = 10,       // min(beta, max(alpha, v))
};

}  // namespace rdna1conv
